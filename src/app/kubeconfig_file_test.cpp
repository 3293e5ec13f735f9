#include "app/kubeconfig_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace lesto::app {
namespace {

class KubeconfigFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "lesto-kubeconfig-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& content) {
    std::string path = folder_ + "/" + name;
    std::ofstream(path) << content;
    return path;
  }
  // A kubeconfig whose cluster and user have these fields.
  std::string config(const std::string& name, const std::string& cluster, const std::string& user) {
    return write(name, "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
                       "contexts: [{name: c, context: {cluster: c, user: u}}]\n"
                       "clusters: [{name: c, cluster: {server: 'https://c:6443'" + cluster + "}}]\n"
                       "users: [{name: u, user: {" + user + "}}]\n");
  }

  std::string folder_;
};

TEST_F(KubeconfigFile, reads_the_files_that_it_names_from_its_own_folder) {
  write("ca.crt", "authority\n");
  write("token", "abc\n");
  auto read = read_kubeconfig_file(config("k", ", certificate-authority: ca.crt", "tokenFile: token"), "");
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(read->ca_pem, "authority\n");
  EXPECT_EQ(read->token, "abc");
}

TEST_F(KubeconfigFile, that_names_a_missing_file_says_which) {
  auto read = read_kubeconfig_file(config("k", ", certificate-authority: ca.crt", "token: abc"), "");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code(), Code::Invalid);
  std::string wanted = "cluster c: certificate-authority: read " + folder_ + "/ca.crt";
  EXPECT_NE(read.error().text().find(wanted), std::string::npos)
      << read.error().text();
}

TEST_F(KubeconfigFile, does_not_look_at_files_of_contexts_that_are_not_asked_for) {
  std::string path = write("k", "apiVersion: v1\nkind: Config\ncurrent-context: b\n"
                                "contexts: [{name: a, context: {cluster: a, user: a}},"
                                " {name: b, context: {cluster: b, user: b}}]\n"
                                "clusters: [{name: a, cluster: {server: 'https://a', certificate-authority: gone}},"
                                " {name: b, cluster: {server: 'https://b'}}]\n"
                                "users: [{name: a, user: {exec: {command: 'false'}}}, {name: b, user: {token: b}}]\n");
  auto read = read_kubeconfig_file(path, "");
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(read->server, "https://b");
}

TEST_F(KubeconfigFile, runs_an_exec_plugin_for_its_credentials) {
  std::string plugin = write("plugin", "#!/bin/sh\n[ \"$1\" = get-token ] && [ \"$WHO\" = me ] || exit 1\n"
                                       "echo '{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"made\"}}'\n");
  std::filesystem::permissions(plugin, std::filesystem::perms::owner_all);
  std::string path = config("k", "", "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin,"
                                     " args: [get-token], env: [{name: WHO, value: me}]}");
  auto read = read_kubeconfig_file(path, "");
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(read->token, "made");
  auto refused = read_kubeconfig_file(path, "", ExecPlugins::Refuse);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().text().find("user uses \"exec\""), std::string::npos) << refused.error().text();
}

TEST_F(KubeconfigFile, an_exec_plugin_that_fails_or_is_missing_is_named) {
  const std::string version = "apiVersion: client.authentication.k8s.io/v1";
  auto failed = read_kubeconfig_file(config("k", "", "exec: {" + version + ", command: 'false'}"), "");
  ASSERT_FALSE(failed.has_value());
  EXPECT_NE(failed.error().text().find("user u: exec plugin false failed"), std::string::npos) << failed.error().text();
  auto missing = read_kubeconfig_file(
      config("k", "", "exec: {" + version + ", command: no-such-plugin, installHint: install it}"), "");
  ASSERT_FALSE(missing.has_value());
  EXPECT_NE(missing.error().text().find("no-such-plugin: No such file or directory; install it"), std::string::npos)
      << missing.error().text();
}

TEST_F(KubeconfigFile, that_is_missing_says_how_to_name_one) {
  auto read = read_kubeconfig_file(folder_ + "/none", "");
  ASSERT_FALSE(read.has_value());
  EXPECT_NE(read.error().text().find("--kubeconfig FILE"), std::string::npos) << read.error().text();
}

}  // namespace
}  // namespace lesto::app
