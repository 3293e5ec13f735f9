#include "foundation/io/sqlite_storage.h"

#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "foundation/io/asio_loop.h"
#include "foundation/io/files.h"

namespace lesto::io {
namespace {

class SqliteStorageTest : public ::testing::Test {
 protected:
  SqliteStorageTest() {
    std::string pattern = ::testing::TempDir() + "lesto-storage-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/store.db";
  }
  ~SqliteStorageTest() override {
    std::string command = "rm -rf '" + folder_ + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
  }

  std::map<std::string, std::string> content(SqliteStorage& storage) {
    std::map<std::string, std::string> all;
    EXPECT_TRUE(storage.load([&](Record record) { all[record.key] = record.value; }));
    return all;
  }

  std::string folder_;
  std::string path_;
  AsioLoop loop_;
};

Task<void> commit_in(Storage& storage, std::vector<Write> batch, std::vector<int>& order,
                     int number) {
  auto done = co_await storage.commit(std::move(batch));
  if (done) order.push_back(number);
}

TEST_F(SqliteStorageTest, keeps_what_was_committed) {
  {
    auto storage = SqliteStorage::open(loop_, path_);
    ASSERT_TRUE(storage) << storage.error().text();
    ASSERT_TRUE(
        loop_.run((*storage)->commit({{"a", "1"}, {"b", "2"}, {"c", std::string("\0x", 2)}})));
    ASSERT_TRUE(loop_.run((*storage)->commit({{"a", std::nullopt}, {"b", "3"}, {"d", ""}})));
    auto found = loop_.run((*storage)->scan("b", "d", 10));
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 2u);
    EXPECT_EQ((*found)[0].value, "3");
    EXPECT_EQ(loop_.run((*storage)->scan("", "", 2))->size(), 2u);
  }
  auto storage = SqliteStorage::open(loop_, path_);
  ASSERT_TRUE(storage) << storage.error().text();
  std::map<std::string, std::string> expected{{"b", "3"}, {"c", std::string("\0x", 2)}, {"d", ""}};
  EXPECT_EQ(content(**storage), expected);
}

TEST_F(SqliteStorageTest, lets_overlapping_commits_share_a_sync_and_ends_them_in_order) {
  auto opened = SqliteStorage::open(loop_, path_);
  ASSERT_TRUE(opened) << opened.error().text();
  SqliteStorage& storage = **opened;
  std::vector<int> order, expected;
  TaskScope scope(loop_);
  for (int i = 0; i < 1000; ++i) {
    scope.spawn(commit_in(
        storage, {{"same key", std::to_string(i)}, {"key " + std::to_string(i), "x"}}, order, i));
    expected.push_back(i);
  }
  loop_.run_until([&] { return scope.running() == 0; });
  EXPECT_EQ(order, expected);
  EXPECT_LT(storage.transactions(), 100u);
  EXPECT_EQ(content(storage)["same key"], "999");
  EXPECT_EQ(content(storage).size(), 1001u);
}

// The child acknowledges each durable commit on a pipe; whatever was acknowledged must be there
// after kill -9.
TEST_F(SqliteStorageTest, loses_nothing_that_was_acknowledged_when_the_process_is_killed) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(ends[0]);
    AsioLoop loop;
    auto storage = SqliteStorage::open(loop, path_);
    if (!storage) _exit(1);
    for (int i = 0;; ++i) {
      if (!loop.run((*storage)->commit({{"key " + std::to_string(i), std::string(3000, 'v')}}))) {
        _exit(1);
      }
      if (write(ends[1], "+", 1) != 1) _exit(1);
    }
  }
  close(ends[1]);
  std::size_t acknowledged = 0;
  char buffer[64];
  while (acknowledged < 300) {
    ssize_t got = read(ends[0], buffer, sizeof buffer);
    ASSERT_GT(got, 0) << "the child ended early";
    acknowledged += static_cast<std::size_t>(got);
  }
  ASSERT_EQ(kill(child, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
    acknowledged += static_cast<std::size_t>(got);
  }
  close(ends[0]);

  auto storage = SqliteStorage::open(loop_, path_);
  ASSERT_TRUE(storage) << storage.error().text();
  auto all = content(**storage);
  EXPECT_GE(all.size(), acknowledged);
  EXPECT_LE(all.size(), acknowledged + 1);
  for (std::size_t i = 0; i < acknowledged; ++i) {
    ASSERT_TRUE(all.contains("key " + std::to_string(i))) << i;
  }
}

TEST_F(SqliteStorageTest, refuses_a_file_that_another_process_has_open) {
  int ready[2], over[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(over), 0);
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(over[1]);
    AsioLoop loop;
    auto storage = SqliteStorage::open(loop, path_);
    if (!storage || write(ready[1], "+", 1) != 1) _exit(1);
    char byte;
    (void)!read(over[0], &byte, 1);
    _exit(0);
  }
  close(over[0]);
  char byte;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  auto storage = SqliteStorage::open(loop_, path_);
  ASSERT_FALSE(storage);
  EXPECT_EQ(storage.error().code(), Code::Conflict);
  EXPECT_NE(storage.error().text().find(path_), std::string::npos) << storage.error().text();
  EXPECT_NE(storage.error().text().find("another process"), std::string::npos);
  close(over[1]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(SqliteStorage::open(loop_, path_));
}

TEST_F(SqliteStorageTest, refuses_the_same_file_twice_in_one_process) {
  auto first = SqliteStorage::open(loop_, path_);
  ASSERT_TRUE(first);
  auto second = SqliteStorage::open(loop_, path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::Conflict);
}

TEST_F(SqliteStorageTest, refuses_what_is_no_database) {
  std::ofstream(path_) << std::string(5000, 'x');
  auto storage = SqliteStorage::open(loop_, path_);
  ASSERT_FALSE(storage);
  EXPECT_EQ(storage.error().code(), Code::Invalid);
  EXPECT_NE(storage.error().text().find(path_), std::string::npos) << storage.error().text();
}

TEST_F(SqliteStorageTest, refuses_the_database_of_another_program) {
  std::string command = "sqlite3 '" + path_ + "' 'create table t(a)'";
  if (std::system(command.c_str()) != 0) GTEST_SKIP() << "no sqlite3 shell";
  auto storage = SqliteStorage::open(loop_, path_);
  ASSERT_FALSE(storage);
  EXPECT_EQ(storage.error().code(), Code::Invalid);
  EXPECT_NE(storage.error().text().find("another program"), std::string::npos)
      << storage.error().text();
}

TEST_F(SqliteStorageTest, finds_a_damaged_file_when_it_opens_it) {
  {
    auto storage = SqliteStorage::open(loop_, path_);
    ASSERT_TRUE(storage);
    std::vector<Write> batch;
    for (int i = 0; i < 500; ++i) {
      batch.push_back({"key " + std::to_string(i), std::string(1000, 'v')});
    }
    ASSERT_TRUE(loop_.run((*storage)->commit(std::move(batch))));
  }
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 1; page < 40; ++page) {
      file.seekp(page * 4096);
      file.write(std::string(64, '\xff').data(), 64);
    }
  }
  auto storage = SqliteStorage::open(loop_, path_);
  ASSERT_FALSE(storage);
  EXPECT_EQ(storage.error().code(), Code::Internal);
  EXPECT_NE(storage.error().text().find("damaged"), std::string::npos) << storage.error().text();
}

// The file may not grow: the disk is full as far as this process can tell.
TEST_F(SqliteStorageTest, is_of_no_use_any_more_after_a_commit_that_failed) {
  auto storage = SqliteStorage::open(loop_, path_);
  ASSERT_TRUE(storage);
  ASSERT_TRUE(loop_.run((*storage)->commit({{"before", "1"}})));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 64 << 10;
  auto old = signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  auto failed = loop_.run((*storage)->commit({{"big", std::string(1 << 20, 'x')}}));
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, old);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Code::Unavailable) << failed.error().text();
  EXPECT_NE(failed.error().text().find(path_), std::string::npos) << failed.error().text();
  EXPECT_FALSE(loop_.run((*storage)->commit({{"after", "1"}})));
  storage->reset();
  auto again = SqliteStorage::open(loop_, path_);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(content(**again), (std::map<std::string, std::string>{{"before", "1"}}));
}

TEST_F(SqliteStorageTest, says_that_a_directory_is_missing_or_closed) {
  auto missing = SqliteStorage::open(loop_, folder_ + "/no/store.db");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Code::NotFound);
  EXPECT_NE(missing.error().text().find("does not exist"), std::string::npos);
  if (getuid() == 0) return;  // root may write everywhere
  chmod(folder_.c_str(), 0500);
  auto closed = SqliteStorage::open(loop_, path_);
  chmod(folder_.c_str(), 0700);
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code(), Code::Denied);
}

}  // namespace
}  // namespace lesto::io
