// Certificates and what a TLS connection is made of. All keys are EC P-256; all texts are PEM.
// OpenSSL stays in the .cpp files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/time.h"

namespace lesto::io {

// A certificate (or a chain, leaf first) and its private key.
struct KeyPair {
  std::string certificate;
  std::string key;
};

struct ServerNames {
  std::vector<std::string> dns;  // "localhost", "kubernetes.default.svc"
  std::vector<std::string> ips;  // "127.0.0.1", "::1"
};

// Certificates are valid from five minutes before `now`, so that a clock that runs behind still
// accepts them.
Result<KeyPair> make_authority(const std::string& common_name, Time now, Duration validity);
Result<KeyPair> make_server_certificate(const KeyPair& authority, const ServerNames& names,
                                        Time now, Duration validity);
// The common name is the user, the organizations are the user's groups, as Kubernetes reads them.
Result<KeyPair> make_client_certificate(const KeyPair& authority, const std::string& common_name,
                                        const std::vector<std::string>& organizations, Time now,
                                        Duration validity);
// A bare private key, for signing.
Result<std::string> make_private_key();

struct CertificateFacts {
  std::string common_name;
  std::vector<std::string> organizations;
  std::vector<std::string> dns_names;
  std::vector<std::string> ips;
  Time not_before;
  Time not_after;
  std::string sha256;  // of its DER form, in hexadecimal
};
// Of the first certificate in the text.
Result<CertificateFacts> read_certificate(std::string_view pem);

// How a client proves who it is and whom it trusts: what one kubeconfig entry says.
struct Credentials {
  std::string ca;                   // empty: the authorities of the operating system
  std::optional<KeyPair> identity;  // client certificate
  std::string token;                // sent as a bearer token
  std::string
      server_name;  // tls-server-name: the name to verify and to ask for instead of the host's
  // Only from the kubeconfig's own insecure-skip-tls-verify.
  enum class Verify { Yes, Skip } verify = Verify::Yes;
};

}  // namespace lesto::io
