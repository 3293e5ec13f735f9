#include "foundation/io/jwt.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "foundation/base/hash.h"
#include "foundation/io/openssl_internal.h"

namespace lesto::io {
namespace {

// r and s of P-256, one after the other.
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kTokenBytesMax = 64 << 10;

using SignaturePtr = std::unique_ptr<ECDSA_SIG, OpensslFree<ECDSA_SIG_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;

std::unexpected<Error> failed(const std::string& doing) {
  return fail(Code::Internal, doing + ": " + openssl_reason());
}

std::string base64url(std::string_view bytes) {
  std::string text = base64_encode(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

Result<std::string> from_base64url(std::string_view text) {
  std::string standard(text);
  for (char& c : standard) {
    // Only the characters of this alphabet: one text has one spelling.
    if (c == '+' || c == '/' || c == '=' || c == '\n' || c == '\r') {
      return fail(Code::Invalid, "not base64url");
    }
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  while (standard.size() % 4 != 0) standard += '=';
  return base64_decode(standard);
}

bool is_p256(EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t size = 0;
  return EVP_PKEY_is_a(key, "EC") &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
         std::string_view(group.data(), size) == "prime256v1";
}

Result<KeyPtr> signing_key(const std::string& pem) {
  TRY_ASSIGN(KeyPtr key, parse_key(pem));
  if (!is_p256(key.get())) return fail(Code::Invalid, "the key is not an EC P-256 key");
  return key;
}

Result<std::string> public_der(EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  int size = i2d_PUBKEY(key, &bytes);
  if (size <= 0) return failed("write public key");
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

Result<std::string> id_of(EVP_PKEY* key) {
  TRY_ASSIGN(std::string der, public_der(key));
  Digest digest = sha256(der);
  return base64url(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

Result<std::string> sign(EVP_PKEY* key, std::string_view text) {
  DigestPtr context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::array<unsigned char, 128> der{};
  std::size_t size = der.size();
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), der.data(), &size, bytes, text.size()) != 1) {
    return failed("sign");
  }
  const unsigned char* at = der.data();
  SignaturePtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  if (!signature) return failed("sign");
  std::string flat(kSignatureBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(flat.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kSignatureBytes / 2);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kSignatureBytes / 2, kSignatureBytes / 2);
  return flat;
}

bool verifies(EVP_PKEY* key, std::string_view text, std::string_view flat) {
  if (flat.size() != kSignatureBytes) return false;
  const auto* in = reinterpret_cast<const unsigned char*>(flat.data());
  SignaturePtr signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(in, kSignatureBytes / 2, nullptr);
  BIGNUM* s = BN_bin2bn(in + kSignatureBytes / 2, kSignatureBytes / 2, nullptr);
  ECDSA_SIG_set0(signature.get(), r, s);
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return false;
  DigestPtr context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  bool good =
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(size), bytes, text.size()) == 1;
  OPENSSL_free(der);
  (void)openssl_reason();
  return good;
}

struct Parts {
  std::string_view signed_text;
  std::string_view header;
  std::string_view claims;
  std::string_view signature;
};

Result<Parts> split(std::string_view token) {
  std::size_t first = token.find('.');
  std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (token.size() > kTokenBytesMax || second == std::string_view::npos ||
      token.find('.', second + 1) != std::string_view::npos) {
    return fail(Code::Invalid, "this is not a signed token");
  }
  return Parts{token.substr(0, second), token.substr(0, first),
               token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

Result<Jwt> decode(const Parts& parts) {
  auto header = from_base64url(parts.header);
  auto claims = from_base64url(parts.claims);
  if (!header || !claims) return fail(Code::Invalid, "this is not a signed token");
  return Jwt{std::move(*header), std::move(*claims)};
}

Result<std::string> coordinate(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return failed("read public key");
  std::string bytes(kSignatureBytes / 2, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  BN_free(number);
  return base64url(bytes);
}

}  // namespace

Result<std::string> sign_jwt(std::string_view claims_json, const std::string& private_key) {
  TRY_ASSIGN(KeyPtr key, signing_key(private_key));
  TRY_ASSIGN(std::string id, id_of(key.get()));
  std::string text =
      base64url(R"({"alg":"ES256","kid":")" + id + R"("})") + "." + base64url(claims_json);
  TRY_ASSIGN(std::string signature, sign(key.get(), text));
  return text + "." + base64url(signature);
}

Result<Jwt> verify_jwt(std::string_view token, const std::string& key_pem) {
  TRY_ASSIGN(KeyPtr key, signing_key(key_pem));
  TRY_ASSIGN(Parts parts, split(token));
  auto signature = from_base64url(parts.signature);
  if (!signature || !verifies(key.get(), parts.signed_text, *signature)) {
    return fail(Code::Denied, "the signature of the token is wrong");
  }
  return decode(parts);
}

Result<Jwt> peek_jwt(std::string_view token) {
  TRY_ASSIGN(Parts parts, split(token));
  return decode(parts);
}

Result<std::string> key_id(const std::string& key_pem) {
  TRY_ASSIGN(KeyPtr key, signing_key(key_pem));
  return id_of(key.get());
}

Result<std::string> public_jwk(const std::string& key_pem) {
  TRY_ASSIGN(KeyPtr key, signing_key(key_pem));
  TRY_ASSIGN(std::string id, id_of(key.get()));
  TRY_ASSIGN(std::string x, coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_X));
  TRY_ASSIGN(std::string y, coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y));
  return R"({"use":"sig","kty":"EC","kid":")" + id + R"(","crv":"P-256","alg":"ES256","x":")" + x +
         R"(","y":")" + y + R"("})";
}

}  // namespace lesto::io
