#include "engines/gotemplate/crypto.h"

#include <crypt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstring>
#include <memory>

#include "foundation/base/hash.h"

namespace lesto::gotemplate::crypto {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kBcryptPassword = 72;
constexpr unsigned long kBcryptCost = 10;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string digest(const EVP_MD* method, std::string_view bytes) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), raw(out), &size, method, nullptr) != 1) size = 0;
  out.resize(size);
  return hex(out);
}

enum class Direction : int { Decrypt = 0, Encrypt = 1 };

// Whole blocks, without padding.
Text cipher(Direction direction, std::string_view password, std::string_view iv,
            std::string_view blocks) {
  std::string key(password.substr(0, 32));
  key.resize(32, '\0');
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                          EVP_CIPHER_CTX_free);
  std::string out(blocks.size() + kBlock, '\0');
  int size = 0;
  bool done = context &&
              EVP_CipherInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, raw(key), raw(iv),
                                static_cast<int>(direction)) == 1 &&
              EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
              EVP_CipherUpdate(context.get(), raw(out), &size, raw(blocks),
                               static_cast<int>(blocks.size())) == 1;
  if (!done) return std::unexpected("AES failed");
  out.resize(blocks.size());
  return out;
}

struct PasswordType {
  std::string_view name;
  std::string_view templates;  // parted by blanks
};

constexpr PasswordType kPasswordTypes[] = {
    {"maximum", "anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno"},
    {"long",
     "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno "
     "CvcvnoCvccCvcv "
     "CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv "
     "CvccCvccnoCvcv "
     "CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc "
     "CvccCvcvCvccno"},
    {"medium", "CvcnoCvc CvcCvcno"},
    {"short", "Cvcn"},
    {"basic", "aaanaaan aannaaan aaannaaa"},
    {"pin", "nnnn"},
};

std::string_view letters_of(char kind) {
  switch (kind) {
    case 'V': return "AEIOU";
    case 'C': return "BCDFGHJKLMNPQRSTVWXYZ";
    case 'v': return "aeiou";
    case 'c': return "bcdfghjklmnpqrstvwxyz";
    case 'A': return "AEIOUBCDFGHJKLMNPQRSTVWXYZ";
    case 'a': return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
    case 'n': return "0123456789";
    case 'o': return "@&%?,=[]_:-+*$#!'^~;()/.";
    default: return "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()";
  }
}

void append_big_endian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

}  // namespace

std::string sha1(std::string_view bytes) { return digest(EVP_sha1(), bytes); }
std::string sha512(std::string_view bytes) { return digest(EVP_sha512(), bytes); }

std::uint32_t adler32(std::string_view bytes) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

Text encrypt_aes(std::string_view password, std::string_view text, std::string_view iv) {
  std::size_t padding = kBlock - text.size() % kBlock;
  std::string padded(text);
  padded.append(padding, static_cast<char>(padding));
  Text blocks = cipher(Direction::Encrypt, password, iv, padded);
  if (!blocks) return blocks;
  return std::string(iv) + *blocks;
}

Text decrypt_aes(std::string_view password, std::string_view bytes) {
  if (bytes.size() < kBlock) {
    // Go cuts the slice before it looks at its length; its capacity is what base64 had made room
    // for.
    return std::unexpected("runtime error: slice bounds out of range [:16] with capacity " +
                           std::to_string((bytes.size() + 2) / 3 * 3));
  }
  std::string_view blocks = bytes.substr(kBlock);
  if (blocks.size() % kBlock != 0) return std::unexpected("crypto/cipher: input not full blocks");
  if (blocks.empty()) return std::unexpected("runtime error: index out of range [-1]");
  Text text = cipher(Direction::Decrypt, password, bytes.substr(0, kBlock), blocks);
  if (!text) return text;
  std::size_t padding = static_cast<unsigned char>(text->back());
  if (padding > text->size()) {
    auto end = static_cast<std::int64_t>(text->size()) - static_cast<std::int64_t>(padding);
    return std::unexpected("runtime error: slice bounds out of range [:" + std::to_string(end) +
                           "]");
  }
  text->resize(text->size() - padding);
  return text;
}

Text bcrypt(std::string_view password, std::string_view salt) {
  if (password.size() > kBcryptPassword)
    return std::unexpected("bcrypt: password length exceeds 72 bytes");
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  if (!crypt_gensalt_rn("$2a$", kBcryptCost, salt.data(), static_cast<int>(salt.size()), setting,
                        sizeof setting)) {
    return std::unexpected("bcrypt: no salt");
  }
  auto data = std::make_unique<crypt_data>();
  std::memset(data.get(), 0, sizeof(crypt_data));
  const char* hash = crypt_r(std::string(password).c_str(), setting, data.get());
  if (!hash || hash[0] == '*') return std::unexpected("bcrypt: hashing failed");
  return std::string(hash);
}

Text derive_password(std::uint32_t counter, std::string_view type, std::string_view password,
                     std::string_view user, std::string_view site) {
  constexpr std::string_view kSeed = "com.lyndir.masterpassword";
  std::string_view templates;
  for (const PasswordType& known : kPasswordTypes) {
    if (known.name == type) templates = known.templates;
  }
  if (templates.empty()) return "cannot find password template " + std::string(type);
  std::string salt(kSeed);
  append_big_endian(salt, static_cast<std::uint32_t>(user.size()));
  salt += user;
  std::string key(64, '\0');
  constexpr std::uint64_t kMemory = 64u << 20;
  if (EVP_PBE_scrypt(password.data(), password.size(), raw(salt), salt.size(), 32768, 8, 2, kMemory,
                     raw(key), key.size()) != 1) {
    return "failed to derive password: scrypt failed";
  }
  std::string message(kSeed);
  append_big_endian(message, static_cast<std::uint32_t>(site.size()));
  message += site;
  append_big_endian(message, counter);
  unsigned char seed[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(message), message.size(), seed,
       &size);
  auto count = static_cast<std::size_t>(std::count(templates.begin(), templates.end(), ' ')) + 1;
  for (std::size_t skip = seed[0] % count; skip > 0; --skip)
    templates.remove_prefix(templates.find(' ') + 1);
  templates = templates.substr(0, templates.find(' '));
  std::string out;
  for (std::size_t i = 0; i < templates.size(); ++i) {
    std::string_view letters = letters_of(templates[i]);
    out += letters[seed[i + 1] % letters.size()];
  }
  return out;
}

}  // namespace lesto::gotemplate::crypto
