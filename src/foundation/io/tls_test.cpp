#include "foundation/io/tls.h"

#include <gtest/gtest.h>

#include "foundation/io/asio_loop.h"
#include "foundation/io/files.h"
#include "foundation/io/jwt.h"

namespace lesto::io {
namespace {

using namespace std::chrono_literals;

Time today() { return AsioLoop().now(); }

TEST(Certificates, say_what_they_were_made_with) {
  KeyPair authority = *make_authority("the authority", today(), 24h);
  KeyPair server = *make_server_certificate(
      authority, {{"localhost", "kubernetes"}, {"127.0.0.1", "::1"}}, today(), 2h);
  CertificateFacts facts = *read_certificate(server.certificate);
  EXPECT_EQ(facts.common_name, "localhost");
  EXPECT_EQ(facts.dns_names, (std::vector<std::string>{"localhost", "kubernetes"}));
  EXPECT_EQ(facts.ips, (std::vector<std::string>{"127.0.0.1", "::1"}));
  EXPECT_LT(facts.not_before, today());
  EXPECT_GT(facts.not_after, today() + 1h);
  EXPECT_LT(facts.not_after, today() + 3h);

  KeyPair client =
      *make_client_certificate(authority, "jane", {"system:masters", "dev"}, today(), 1h);
  facts = *read_certificate(client.certificate);
  EXPECT_EQ(facts.common_name, "jane");
  EXPECT_EQ(facts.organizations, (std::vector<std::string>{"system:masters", "dev"}));
}

// OpenSSL's own program judges the chain, its purposes and its names.
TEST(Certificates, verify_with_openssl) {
  std::string folder =
      ::testing::TempDir() + "lesto-tls-" + std::to_string(today().time_since_epoch().count());
  ASSERT_TRUE(make_directories(folder));
  KeyPair authority = *make_authority("the authority", today(), 24h);
  ASSERT_TRUE(write_file(folder + "/ca", authority.certificate));
  ASSERT_TRUE(write_file(
      folder + "/s",
      make_server_certificate(authority, {{"localhost"}, {}}, today(), 1h)->certificate));
  ASSERT_TRUE(write_file(folder + "/c",
                         make_client_certificate(authority, "jane", {}, today(), 1h)->certificate));
  auto verify = [&](const std::string& arguments) {
    return std::system(
        ("openssl verify -x509_strict -CAfile " + folder + "/ca " + arguments + " >/dev/null 2>&1")
            .c_str());
  };
  if (std::system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl program";
  EXPECT_EQ(verify("-purpose sslserver -verify_hostname localhost " + folder + "/s"), 0);
  EXPECT_NE(verify("-purpose sslserver -verify_hostname other " + folder + "/s"), 0);
  EXPECT_NE(verify("-purpose sslclient " + folder + "/s"), 0);
  EXPECT_EQ(verify("-purpose sslclient " + folder + "/c"), 0);
  std::string clean = "rm -rf '" + folder + "'";
  EXPECT_EQ(std::system(clean.c_str()), 0);
}

TEST(Certificates, refuse_names_that_would_smuggle_in_others) {
  KeyPair authority = *make_authority("the authority", today(), 24h);
  EXPECT_FALSE(make_server_certificate(authority, {{"a,DNS:evil"}, {}}, today(), 1h));
  EXPECT_FALSE(make_server_certificate(authority, {{}, {}}, today(), 1h));
  EXPECT_FALSE(make_server_certificate(authority, {{}, {"not an ip"}}, today(), 1h));
  EXPECT_FALSE(make_client_certificate(authority, std::string(65, 'x'), {}, today(), 1h));
}

TEST(Certificates, refuse_what_is_none) {
  EXPECT_EQ(read_certificate("nonsense").error().code(), Code::Invalid);
  EXPECT_EQ(make_client_certificate({"nonsense", "nonsense"}, "a", {}, today(), 1h).error().code(),
            Code::Invalid);
}

TEST(Jwt, verifies_what_it_signed) {
  std::string key = *make_private_key();
  std::string claims = R"({"sub":"system:serviceaccount:a:b"})";
  std::string token = *sign_jwt(claims, key);
  auto read = verify_jwt(token, key);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->claims_json, claims);
  EXPECT_EQ(read->header_json, R"({"alg":"ES256","kid":")" + *key_id(key) + R"("})");
  EXPECT_EQ(peek_jwt(token)->claims_json, claims);
}

TEST(Jwt, refuses_every_changed_character_and_every_other_key) {
  std::string key = *make_private_key();
  std::string token = *sign_jwt(R"({"a":1})", key);
  EXPECT_EQ(verify_jwt(token, *make_private_key()).error().code(), Code::Denied);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'Q' : 'A';
    if (changed == token) continue;
    EXPECT_FALSE(verify_jwt(changed, key)) << i;
  }
}

TEST(Jwt, refuses_what_is_no_token) {
  std::string key = *make_private_key();
  for (const char* text : {"", ".", "..", "a.b", "a.b.c.d", "eyJhbGciOiJub25lIn0.e30."}) {
    EXPECT_FALSE(verify_jwt(text, key)) << text;
  }
  EXPECT_EQ(sign_jwt("{}", "nonsense").error().code(), Code::Invalid);
}

TEST(Jwt, prints_its_public_key) {
  std::string key = *make_private_key();
  std::string jwk = *public_jwk(key);
  EXPECT_NE(jwk.find(R"("crv":"P-256")"), std::string::npos);
  EXPECT_NE(jwk.find(R"("kid":")" + *key_id(key)), std::string::npos);
  EXPECT_EQ(key_id(key)->size(), 43u);
}

TEST(Files, are_written_whole_and_only_for_their_owner) {
  std::string folder =
      ::testing::TempDir() + "lesto-files-" + std::to_string(today().time_since_epoch().count());
  ASSERT_TRUE(make_directories(folder + "/a/b"));
  ASSERT_TRUE(make_directories(folder + "/a/b"));
  std::string path = folder + "/a/b/file";
  ASSERT_TRUE(write_file(path, "one"));
  ASSERT_TRUE(write_file(path, "two"));
  EXPECT_EQ(*read_file(path), "two");
  EXPECT_EQ(read_file(path, 2).error().code(), Code::TooLarge);
  auto missing = read_file(folder + "/none");
  EXPECT_EQ(missing.error().code(), Code::NotFound);
  EXPECT_NE(missing.error().text().find(folder + "/none"), std::string::npos);
  EXPECT_EQ(write_file(folder + "/none/file", "x").error().code(), Code::NotFound);
  EXPECT_EQ(make_directories(path).error().code(), Code::Invalid);
  EXPECT_EQ(make_directories(path + "/below").error().code(), Code::Invalid);
  EXPECT_TRUE(remove_file(path));
  std::string clean = "rm -rf '" + folder + "'";
  EXPECT_EQ(std::system(clean.c_str()), 0);
}

}  // namespace
}  // namespace lesto::io
