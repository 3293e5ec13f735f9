// Signed tokens (RFC 7519) with ES256, the one algorithm that is made and accepted here: service
// account tokens. Claims are JSON texts; what they mean is the caller's business.
#pragma once

#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace lesto::io {

// `private_key` is PEM (make_private_key()). The header names the key by its key_id().
Result<std::string> sign_jwt(std::string_view claims_json, const std::string& private_key);

struct Jwt {
  std::string header_json;
  std::string claims_json;
};
// Checks the signature as ES256, whatever the token's header says. `key` is a private or public key
// in PEM. Times and audiences in the claims are not looked at. Errors: Denied (bad signature),
// Invalid (no token at all).
Result<Jwt> verify_jwt(std::string_view token, const std::string& key);
// The claims, unchecked: only to find out which key to check with.
Result<Jwt> peek_jwt(std::string_view token);

// base64url(sha256(DER of the public key)), as kube-apiserver names its keys.
Result<std::string> key_id(const std::string& key);
// The public key as a JSON web key, for /openid/v1/jwks.
Result<std::string> public_jwk(const std::string& key);

}  // namespace lesto::io
