// Keys and certificates as Sprig makes them, in PEM.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/time.h"

namespace lesto::gotemplate::crypto {

struct CertificateText {
  std::string certificate;
  std::string key;
};
using Made = std::expected<CertificateText, std::string>;

struct CertificateRequest {
  std::string_view common_name;
  std::vector<std::string> addresses;
  std::vector<std::string> names;
  std::int64_t days = 0;
  bool authority = false;
  Time now{};
  // 16 random bytes.
  std::string serial;
  // PEM; empty for a new RSA key of 2048 bits.
  std::string_view key;
};

// A new private key in PEM: "" or rsa (4096 bits), ecdsa (P-256), ed25519, dsa. Keys come from
// OpenSSL's own generator.
std::expected<std::string, std::string> make_key(std::string_view type);

// Signed by its own key.
Made self_signed(const CertificateRequest& request);
// Signed by the given authority.
Made signed_by(const CertificateRequest& request, std::string_view authority_certificate,
               std::string_view authority_key);

// Why the two are no certificate and key; empty when they are.
std::string check_certificate(std::string_view certificate);
std::string check_key(std::string_view key);

}  // namespace lesto::gotemplate::crypto
