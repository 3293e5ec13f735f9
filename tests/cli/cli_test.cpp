// What somebody sees who types something wrong, or whose disk is broken: the thing, the reason, what to do.
#include <arpa/inet.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/cli/program.h"

namespace lesto::cli_test {
namespace {

// A folder of the test, removed with everything in it.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/lesto-cli-XXXXXX";
    if (mkdtemp(name) != nullptr) path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(*this / name) << text;
    return *this / name;
  }

 private:
  std::string path_;
};

// A socket that listens on a free port.
class Listening {
 public:
  Listening() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    good_ = bind(socket_, any, size) == 0 && listen(socket_, 1) == 0 && getsockname(socket_, any, &size) == 0;
    port_ = std::to_string(ntohs(address.sin_port));
  }
  ~Listening() { close(socket_); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  bool good() const { return good_; }
  const std::string& port() const { return port_; }

 private:
  int socket_;
  bool good_ = false;
  std::string port_;
};

Arguments up(const Folder& folder, const std::string& data) {
  return {"up", "--data", data, "--kubeconfig", folder / "kubeconfig"};
}

Arguments with(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

void expect_failure(const Ended& ended, int status, const std::string& message) {
  EXPECT_EQ(ended.status, status);
  EXPECT_EQ(ended.err, message + "\n");
  EXPECT_EQ(ended.out, "");
}

// Starts once, and ends in good order.
void start_once(const Folder& folder, const std::string& data) {
  Program program(up(folder, data));
  ASSERT_TRUE(program.wait_for_line("ready"));
  program.terminate();
  ASSERT_EQ(program.wait().status, 0);
}

TEST(CommandLine, an_unknown_flag_is_named) {
  expect_failure(run({"up", "--clustre", "gke"}), 2,
                 "lesto up: there is no flag --clustre; `lesto up --help` shows what there is");
  expect_failure(run({"--verbose"}), 2, "lesto: there is no flag --verbose; `lesto --help` shows what there is");
}

TEST(CommandLine, an_unknown_command_is_named) {
  expect_failure(run({"upp"}), 2, "lesto: there is no command \"upp\"; `lesto --help` shows what there is");
  expect_failure(run({}), 2, "lesto: say what to do; `lesto --help` shows what there is");
}

TEST(CommandLine, what_is_missing_and_what_is_too_much_is_named) {
  expect_failure(run({"apply"}), 2, "lesto apply: --filename is required; `lesto apply --help` shows what there is");
  expect_failure(run({"delete", "service", "web", "api"}), 2,
                 "lesto delete: \"api\" is one argument too many; `lesto delete --help` shows what there is");
}

TEST(CommandLine, help_goes_to_standard_output_and_is_no_failure) {
  Ended ended = run({"up", "--help"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "");
  EXPECT_NE(ended.out.find("--data"), std::string::npos);
}

TEST(CommandLine, clusters_need_good_names_of_their_own) {
  Folder folder;
  expect_failure(run(with(up(folder, "memory"), {"--cluster", "gke", "--cluster", "gke,a=b"})), 1,
                 "lesto: --cluster gke,a=b: the name \"gke\" is taken; a cluster needs one of its own");
  expect_failure(run(with(up(folder, "memory"), {"--cluster", "ledger"})), 1,
                 "lesto: --cluster ledger: the name \"ledger\" is taken; a cluster needs one of its own");
  expect_failure(run(with(up(folder, "memory"), {"--cluster", "../gke"})), 1,
                 "lesto: --cluster ../gke: \"../gke\" cannot be the name of a cluster: a lowercase RFC 1123 label must "
                 "consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
                 "character (e.g. 'my-name',  or '123-abc', regex used for validation is "
                 "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
  expect_failure(run(with(up(folder, "memory"), {"--cluster", "gke,production"})), 1,
                 "lesto: --cluster gke,production: \"production\" is not key=value");
}

TEST(CommandLine, a_kubeconfig_that_is_not_there_is_named) {
  Folder folder;
  std::string file = folder / "none";
  std::string advice = "say which cluster: --kubeconfig FILE, or the variable KUBECONFIG";
  std::string message = "lesto: read " + file + ": No such file or directory; " + advice;
  expect_failure(run({"get", "pods", "--kubeconfig", file}), 1, message);
  expect_failure(run({"manager", "--kubeconfig", file}), 1, message);
  expect_failure(run({"get", "pods"}), 1, "lesto: " + advice);
}

TEST(CommandLine, a_kubeconfig_that_is_none_is_named_with_what_is_wrong) {
  Folder folder;
  std::string text = folder.write("text", "hello");
  expect_failure(run({"get", "pods", "--kubeconfig", text}), 1,
                 "lesto: " + text + ": not a kubeconfig");
  std::string empty = folder.write("empty", "{apiVersion: v1, kind: Config}");
  expect_failure(run({"get", "pods", "--kubeconfig", empty}), 1,
                 "lesto: " + empty + ": kubeconfig: current-context is not set");
  expect_failure(run({"get", "pods", "--kubeconfig", empty, "--context", "gke"}), 1,
                 "lesto: " + empty + ": kubeconfig: there is no context \"gke\"");
}

TEST(CommandLine, a_port_that_is_in_use_is_named) {
  Folder folder;
  Listening other;
  ASSERT_TRUE(other.good());
  std::string address = "127.0.0.1:" + other.port();
  expect_failure(run(with(up(folder, "memory"), {"--listen", address})), 1,
                 "lesto: start cluster management: listen on " + address +
                     ": another process uses this port; choose another one, or port 0 for any that is free");
}

TEST(CommandLine, an_address_that_is_none_is_named) {
  Folder folder;
  expect_failure(run(with(up(folder, "memory"), {"--listen", "everywhere"})), 1,
                 "lesto: --listen everywhere: not an address and a port, such as 127.0.0.1:6443");
  expect_failure(run(with(up(folder, "memory"), {"--listen", "300.1.1.1:0"})), 1,
                 "lesto: --listen 300.1.1.1:0: not an address and a port, such as 127.0.0.1:6443");
  expect_failure(run(with(up(folder, "memory"), {"--listen", "127.0.0.1:70000"})), 1,
                 "lesto: --listen 127.0.0.1:70000: not an address and a port, such as 127.0.0.1:6443");
}

TEST(DataDirectory, one_that_is_missing_is_made_with_its_parents) {
  Folder folder;
  start_once(folder, folder / "deep/data");
  EXPECT_TRUE(std::filesystem::is_regular_file(folder / "deep/data/management.db"));
  auto permissions = std::filesystem::status(folder / "deep/data").permissions();
  EXPECT_EQ(permissions, std::filesystem::perms::owner_all);
}

TEST(DataDirectory, one_that_may_not_be_written_is_named) {
  Folder folder;
  std::string data = folder / "data";
  std::filesystem::create_directory(data);
  std::filesystem::permissions(data, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  expect_failure(run(up(folder, data), {.override_permissions = false}), 1,
                 "lesto: --data " + data + ": write " + data + "/ca.crt: Permission denied");
  expect_failure(run(up(folder, data + "/deeper"), {.override_permissions = false}), 1,
                 "lesto: --data " + data + "/deeper: make directory " + data + "/deeper: Permission denied");
}

TEST(DataDirectory, a_file_in_its_place_is_named) {
  Folder folder;
  std::string file = folder.write("data", "");
  expect_failure(run(up(folder, file)), 1,
                 "lesto: --data " + file + ": make directory " + file + ": Not a directory");
}

TEST(DataDirectory, another_process_that_uses_it_is_named) {
  Folder folder;
  Program first(up(folder, folder / "data"));
  ASSERT_TRUE(first.wait_for_line("ready"));
  expect_failure(run(up(folder, folder / "data")), 1,
                 "lesto: start cluster management: open " + (folder / "data/management.db") +
                     ": another process has this file open; each Lesto process needs a data directory of its own");
}

TEST(DataDirectory, a_file_that_is_no_store_is_named_and_left_as_it_is) {
  Folder folder;
  std::filesystem::create_directory(folder / "data");
  std::string text = "this is not a database, but somebody may want it back";
  std::string file = folder.write("data/management.db", text);
  expect_failure(run(up(folder, folder / "data")), 1,
                 "lesto: start cluster management: open " + file +
                     ": this is not a Lesto store, or its first page is damaged (file is not a database)");
  EXPECT_EQ(std::filesystem::file_size(file), text.size());
}

TEST(DataDirectory, a_store_with_a_damaged_page_is_named_and_not_used) {
  Folder folder;
  start_once(folder, folder / "data");
  std::string file = folder / "data/management.db";
  ASSERT_GT(std::filesystem::file_size(file), 64u << 10);
  std::fstream store(file, std::ios::in | std::ios::out | std::ios::binary);
  store.seekp(4096);
  store << std::string(32u << 10, '\xff');
  store.close();
  Ended ended = run(up(folder, folder / "data"));
  EXPECT_EQ(ended.status, 1);
  EXPECT_TRUE(ended.err.starts_with("lesto: start cluster management: ")) << ended.err;
  EXPECT_NE(ended.err.find(file + ": the file is damaged ("), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("restore it from a backup"), std::string::npos) << ended.err;
}

TEST(DataDirectory, a_damaged_causal_log_is_named_with_the_way_out) {
  Folder folder;
  std::filesystem::create_directory(folder / "data");
  std::string file = folder.write("data/ledger.db", "no database");
  expect_failure(run(up(folder, folder / "data")), 1,
                 "lesto: the causal log (moved away, it begins anew: only the history is lost): open " + file +
                     ": this is not a Lesto store, or its first page is damaged (file is not a database)");
}

TEST(DataDirectory, a_lost_key_is_named_and_nothing_is_made_in_its_place) {
  Folder folder;
  start_once(folder, folder / "data");
  std::filesystem::remove(folder / "data/ca.key");
  expect_failure(run(up(folder, folder / "data")), 1,
                 "lesto: --data " + (folder / "data") + ": read " + (folder / "data/ca.key") +
                     ": No such file or directory; restore it, or move ca.crt, ca.key and admin.token away: new ones are "
                     "made then, and kubeconfigs of before no longer work");
  EXPECT_FALSE(std::filesystem::exists(folder / "data/ca.key"));
}

TEST(Kubeconfig, a_place_that_cannot_be_written_is_named) {
  Folder folder;
  expect_failure(run({"up", "--data", "memory", "--kubeconfig", folder / "none/kubeconfig"}), 1,
                 "lesto: --kubeconfig " + (folder / "none/kubeconfig") + ": write " + (folder / "none/kubeconfig") +
                     ": No such file or directory");
}

// With a cluster that runs.
class Commands : public testing::Test {
 protected:
  Commands() : program_({"up", "--data", "memory", "--kubeconfig", folder_ / "kubeconfig"}) {}
  void SetUp() override { ASSERT_TRUE(program_.wait_for_line("ready")); }
  Ended run_there(Arguments arguments) { return run(with(std::move(arguments), {"--kubeconfig", folder_ / "kubeconfig"})); }

  Folder folder_;
  Program program_;
};

TEST_F(Commands, files_and_documents_that_cannot_be_applied_are_named) {
  expect_failure(run_there({"apply", "-f", folder_ / "none.yaml"}), 1,
                 "lesto: read " + (folder_ / "none.yaml") + ": No such file or directory");
  expect_failure(run_there({"apply", "-f", folder_.path()}), 1, "lesto: read " + folder_.path() + ": Is a directory");
  std::string file = folder_.write("two.yaml", "{apiVersion: v1, kind: Namespace, metadata: {name: good}}\n---\n{a: b}\n");
  expect_failure(run_there({"apply", "-f", file}), 1,
                 "lesto: " + file + " document 2: not a Kubernetes object: it has no kind");
  // Nothing of the file was applied.
  Ended found = run_there({"get", "namespaces", "good"});
  EXPECT_EQ(found.status, 1);
  EXPECT_EQ(found.err, "lesto: get /api/v1/namespaces/good: namespaces \"good\" not found\n");
}

TEST_F(Commands, kinds_and_objects_that_do_not_exist_are_named) {
  expect_failure(run_there({"get", "gizmos"}), 1, "lesto: the server serves no kind \"gizmos\"");
  expect_failure(run_there({"delete", "service", "web"}), 1, "lesto: delete Service default/web: services \"web\" not found");
  expect_failure(run_there({"register", "--cluster", "gke", "--cluster-kubeconfig", folder_ / "kubeconfig"}), 1,
                 "lesto: --cluster gke: not NAMESPACE/NAME");
}

}  // namespace
}  // namespace lesto::cli_test
