#include "foundation/io/sqlite_storage.h"

#include <condition_variable>
#include <cstring>
#include <limits>
#include <thread>
#include <unistd.h>

#include <sqlite3.h>

namespace lesto::io {
namespace {

// "Lsto": marks the file as ours, so that a path to another program's database is refused, not
// changed.
constexpr int kApplicationId = 0x4c73746f;
constexpr int kFormat = 1;
// How long the start waits for a predecessor that is still closing the file.
constexpr int kLockWaitMs = 1000;
// A transaction gathers at most this much, so that one sync never holds up the others for long.
constexpr std::size_t kGroupBatchesMax = 4096;
constexpr std::size_t kGroupBytesMax = 32 << 20;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// What SQLite says, in the words that the person on call needs.
Error explain(sqlite3* database, int status, const std::string& path, const std::string& doing) {
  std::string reason = database ? sqlite3_errmsg(database) : sqlite3_errstr(status);
  std::string system = std::strerror(database ? sqlite3_system_errno(database) : 0);
  switch (status & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(Code::Conflict, doing + " " + path +
                                       ": another process has this file open; each Lesto process "
                                       "needs a data directory of its own");
    case SQLITE_NOTADB:
      return Error(Code::Invalid,
                   doing + " " + path +
                       ": this is not a Lesto store, or its first page is damaged (" + reason +
                       ")");
    case SQLITE_CORRUPT:
      return Error(Code::Internal,
                   doing + " " + path + ": the file is damaged (" + reason +
                       "); restore it from a backup, or `sqlite3 FILE .recover` may save a part");
    case SQLITE_FULL: return Error(Code::Unavailable, doing + " " + path + ": the disk is full");
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return Error(Code::Denied, doing + " " + path +
                                     ": the file or its directory may not be written by this user");
    case SQLITE_CANTOPEN:
      return Error(Code::Denied, doing + " " + path + ": cannot be opened (" + system + ")");
    case SQLITE_IOERR:
      return Error(Code::Unavailable,
                   doing + " " + path + ": the disk failed (" + reason + ": " + system + ")");
    default: return Error(Code::Internal, doing + " " + path + ": " + reason);
  }
}

void bind_blob(sqlite3_stmt* statement, int position, std::string_view bytes) {
  // A null pointer would bind NULL; an empty blob needs an address.
  sqlite3_bind_blob64(statement, position, bytes.empty() ? "" : bytes.data(), bytes.size(),
                      SQLITE_STATIC);
}

std::string column(sqlite3_stmt* statement, int position) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, position));
  return bytes ? std::string(bytes,
                             static_cast<std::size_t>(sqlite3_column_bytes(statement, position)))
               : std::string();
}

}  // namespace

// Owns the database and the thread that works on it. Jobs run in the order in which they came.
class SqliteStorage::Writer {
 public:
  struct Commit {
    std::vector<Write> batch;
    Completion<void> done;
  };
  struct Scan {
    std::string from;
    std::string to;
    std::size_t limit;
    Completion<std::vector<Record>> done;
  };
  using Work = std::variant<Commit, Scan>;

  Writer(Loop& loop, std::string path) : loop_(loop), path_(std::move(path)) {}

  ~Writer() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    arrived_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> open();
  Result<void> start() {
    try {
      thread_ = std::thread([this] { run(); });
    } catch (const std::system_error& failure) {
      return fail(Code::Unavailable,
                  "open " + path_ + ": no thread to write with: " + failure.what());
    }
    return {};
  }

  void add(Work work) {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(std::move(work));
    }
    arrived_.notify_one();
  }

  Result<void> load(const std::function<void(Record)>& each);
  std::uint64_t transactions() const { return transactions_; }

 private:
  Result<void> execute(const char* sql, const std::string& doing);
  Result<std::int64_t> ask(const char* sql);
  Result<Statement> prepare(const char* sql);
  Result<void> check();
  Result<void> prepare_all();
  void run();
  void run_group(std::vector<Commit> group);
  Result<void> write(const std::vector<Commit>& group);
  Result<void> write_one(const Write& write);
  void run_scan(Scan scan);
  Result<std::vector<Record>> read(const Scan& scan);

  Loop& loop_;
  const std::string path_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Work> queue_;  // under mutex_
  bool stopping_ = false;   // under mutex_
  std::atomic<std::uint64_t> transactions_ = 0;

  // Held by whoever uses the database: the thread, or load().
  std::mutex database_mutex_;
  Database database_;
  Statement put_, erase_, scan_, scan_open_;
  std::optional<Error> broken_;  // the first failed commit

  std::thread thread_;
};

Result<void> SqliteStorage::Writer::execute(const char* sql, const std::string& doing) {
  int status = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return fail(explain(database_.get(), status, path_, doing));
  return {};
}

Result<Statement> SqliteStorage::Writer::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  int status =
      sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (status != SQLITE_OK) return fail(explain(database_.get(), status, path_, "open"));
  return Statement(statement);
}

Result<std::int64_t> SqliteStorage::Writer::ask(const char* sql) {
  TRY_ASSIGN(Statement statement, prepare(sql));
  int status = sqlite3_step(statement.get());
  if (status != SQLITE_ROW) return fail(explain(database_.get(), status, path_, "open"));
  return sqlite3_column_int64(statement.get(), 0);
}

Result<void> SqliteStorage::Writer::open() {
  std::size_t slash = path_.rfind('/');
  std::string directory =
      slash == std::string::npos ? "." : path_.substr(0, std::max<std::size_t>(slash, 1));
  if (access(directory.c_str(), F_OK) != 0) {
    return fail(Code::NotFound,
                "open " + path_ + ": the directory " + directory + " does not exist");
  }
  if (access(directory.c_str(), W_OK) != 0) {
    return fail(Code::Denied, "open " + path_ + ": the directory " + directory +
                                  " may not be written by this user");
  }
  sqlite3* raw = nullptr;
  int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int status = sqlite3_open_v2(path_.c_str(), &raw, flags, nullptr);
  database_.reset(raw);
  if (status != SQLITE_OK) return fail(explain(raw, status, path_, "open"));
  sqlite3_busy_timeout(raw, kLockWaitMs);
  // The exclusive lock first: with it, WAL needs no shared memory file, and a second process is
  // told so at once.
  TRY(execute("PRAGMA locking_mode=EXCLUSIVE", "open"));
  TRY(execute("BEGIN EXCLUSIVE; COMMIT", "open"));
  TRY(check());
  TRY(execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;"
      "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY;",
      "open"));
  TRY(
      execute("BEGIN IMMEDIATE;"
              "CREATE TABLE IF NOT EXISTS record(id INTEGER PRIMARY KEY, key BLOB NOT NULL, value "
              "BLOB NOT NULL);"
              "CREATE UNIQUE INDEX IF NOT EXISTS record_key ON record(key);"
              "COMMIT",
              "open"));
  return prepare_all();
}

// Refuses what is not ours and what is damaged. An empty file becomes ours.
Result<void> SqliteStorage::Writer::check() {
  TRY_ASSIGN(std::int64_t id, ask("PRAGMA application_id"));
  TRY_ASSIGN(std::int64_t format, ask("PRAGMA user_version"));
  TRY_ASSIGN(std::int64_t tables, ask("SELECT count(*) FROM sqlite_schema"));
  if (id == 0 && format == 0 && tables == 0) {
    std::string mark = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                       "; PRAGMA user_version=" + std::to_string(kFormat);
    return execute(mark.c_str(), "open");
  }
  if (id != kApplicationId) {
    return fail(Code::Invalid, "open " + path_ + ": this database belongs to another program");
  }
  if (format > kFormat) {
    return fail(Code::Invalid, "open " + path_ + ": written by a newer Lesto (format " +
                                   std::to_string(format) + ", this one reads up to " +
                                   std::to_string(kFormat) + ")");
  }
  TRY_ASSIGN(Statement quick, prepare("PRAGMA quick_check(1)"));
  int status = sqlite3_step(quick.get());
  if (status != SQLITE_ROW) return fail(explain(database_.get(), status, path_, "check"));
  std::string verdict = column(quick.get(), 0);
  if (verdict == "ok") return {};
  return fail(Code::Internal,
              "check " + path_ + ": the file is damaged (" + verdict +
                  "); restore it from a backup, or `sqlite3 FILE .recover` may save a part");
}

Result<void> SqliteStorage::Writer::prepare_all() {
  TRY_ASSIGN(put_, prepare("INSERT INTO record(key, value) VALUES(?1, ?2) "
                           "ON CONFLICT(key) DO UPDATE SET value = excluded.value"));
  TRY_ASSIGN(erase_, prepare("DELETE FROM record WHERE key = ?1"));
  TRY_ASSIGN(
      scan_,
      prepare("SELECT key, value FROM record WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3"));
  TRY_ASSIGN(scan_open_,
             prepare("SELECT key, value FROM record WHERE key >= ?1 ORDER BY key LIMIT ?3"));
  return {};
}

void SqliteStorage::Writer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    if (auto* scan = std::get_if<Scan>(&queue_.front())) {
      Scan next = std::move(*scan);
      queue_.pop_front();
      lock.unlock();
      run_scan(std::move(next));
      lock.lock();
      continue;
    }
    std::vector<Commit> group;
    std::size_t bytes = 0;
    while (!queue_.empty() && group.size() < kGroupBatchesMax && bytes < kGroupBytesMax) {
      auto* commit = std::get_if<Commit>(&queue_.front());
      if (!commit) break;
      for (const Write& one : commit->batch) {
        bytes += one.key.size() + (one.value ? one.value->size() : 0);
      }
      group.push_back(std::move(*commit));
      queue_.pop_front();
    }
    lock.unlock();
    run_group(std::move(group));
    lock.lock();
  }
}

void SqliteStorage::Writer::run_group(std::vector<Commit> group) {
  std::optional<Error> error;
  {
    std::lock_guard lock(database_mutex_);
    if (!broken_) {
      auto written = write(group);
      if (!written) {
        sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
        broken_ = std::move(written).error();
      }
    }
    error = broken_;
  }
  // The completions belong to the loop; the group goes back to it whole.
  loop_.post([group = std::move(group), error = std::move(error)] {
    for (const Commit& commit : group) {
      if (error) {
        commit.done.complete(fail(*error));
      } else {
        commit.done.complete({});
      }
    }
  });
}

Result<void> SqliteStorage::Writer::write(const std::vector<Commit>& group) {
  TRY(execute("BEGIN IMMEDIATE", "write to"));
  for (const Commit& commit : group) {
    for (const Write& one : commit.batch) {
      TRY(write_one(one));
    }
  }
  TRY(execute("COMMIT", "write to"));
  ++transactions_;
  return {};
}

Result<void> SqliteStorage::Writer::write_one(const Write& write) {
  sqlite3_stmt* statement = write.value ? put_.get() : erase_.get();
  bind_blob(statement, 1, write.key);
  if (write.value) bind_blob(statement, 2, *write.value);
  int status = sqlite3_step(statement);
  Result<void> result;
  if (status != SQLITE_DONE) result = fail(explain(database_.get(), status, path_, "write to"));
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return result;
}

void SqliteStorage::Writer::run_scan(Scan scan) {
  Result<std::vector<Record>> found = fail(Code::Internal, "not run");
  {
    std::lock_guard lock(database_mutex_);
    found = read(scan);
  }
  loop_.post([done = std::move(scan.done), found = std::move(found)]() mutable {
    done.complete(std::move(found));
  });
}

Result<std::vector<Record>> SqliteStorage::Writer::read(const Scan& scan) {
  sqlite3_stmt* statement = scan.to.empty() ? scan_open_.get() : scan_.get();
  bind_blob(statement, 1, scan.from);
  if (!scan.to.empty()) bind_blob(statement, 2, scan.to);
  std::size_t most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  sqlite3_bind_int64(statement, 3, static_cast<std::int64_t>(std::min(scan.limit, most)));
  std::vector<Record> found;
  int status;
  while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
    found.push_back({column(statement, 0), column(statement, 1)});
  }
  Result<std::vector<Record>> result = std::move(found);
  if (status != SQLITE_DONE) result = fail(explain(database_.get(), status, path_, "read"));
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return result;
}

Result<void> SqliteStorage::Writer::load(const std::function<void(Record)>& each) {
  std::lock_guard lock(database_mutex_);
  TRY_ASSIGN(Statement all, prepare("SELECT key, value FROM record ORDER BY key"));
  int status;
  while ((status = sqlite3_step(all.get())) == SQLITE_ROW) {
    each({column(all.get(), 0), column(all.get(), 1)});
  }
  if (status != SQLITE_DONE) return fail(explain(database_.get(), status, path_, "read"));
  return {};
}

SqliteStorage::SqliteStorage(Loop& loop, std::unique_ptr<Writer> writer)
    : loop_(loop), writer_(std::move(writer)) {}
SqliteStorage::~SqliteStorage() = default;

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::open(Loop& loop, std::string path) {
  auto writer = std::make_unique<Writer>(loop, std::move(path));
  TRY(writer->open());
  TRY(writer->start());
  return std::make_unique<SqliteStorage>(loop, std::move(writer));
}

Task<Result<void>> SqliteStorage::commit(std::vector<Write> batch) {
  Completion<void> done(loop_);
  writer_->add(Writer::Commit{std::move(batch), done});
  auto result = co_await done.wait({});
  co_return result;
}

Task<Result<std::vector<Record>>> SqliteStorage::scan(std::string from, std::string to,
                                                      std::size_t limit) {
  Completion<std::vector<Record>> done(loop_);
  writer_->add(Writer::Scan{std::move(from), std::move(to), limit, done});
  auto result = co_await done.wait({});
  co_return result;
}

Result<void> SqliteStorage::load(const std::function<void(Record)>& each) {
  return writer_->load(each);
}

std::uint64_t SqliteStorage::transactions() const { return writer_->transactions(); }

}  // namespace lesto::io
