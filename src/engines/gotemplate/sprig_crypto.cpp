// Sprig's digests, passwords and AES.
#include "engines/gotemplate/codecs.h"
#include "engines/gotemplate/crypto.h"
#include "engines/gotemplate/random.h"
#include "engines/gotemplate/sprig.h"
#include "foundation/base/hash.h"

namespace lesto::gotemplate {
namespace {

Answer hashed(Call& call, std::string (*digest)(std::string_view)) {
  if (Outcome spent = call.context.spend_bytes(call.text(0).size() * 12); !spent)
    return std::unexpected(spent.error());
  return call.give(digest(call.text(0)));
}

Answer sha1sum(Call& call) { return hashed(call, crypto::sha1); }
Answer sha256sum(Call& call) { return hashed(call, sha256_hex); }
Answer sha512sum(Call& call) { return hashed(call, crypto::sha512); }
Answer adler32sum(Call& call) {
  return hashed(call, [](std::string_view text) { return std::to_string(crypto::adler32(text)); });
}

Text hash_password(Call& call, std::string_view password) {
  if (Outcome counted = count_key(call); !counted) return std::unexpected(counted.error());
  Text salt = random_bytes(call, 16);
  if (!salt) return salt;
  auto hash = crypto::bcrypt(password, *salt);
  return hash ? *hash : "failed to encrypt string with bcrypt: " + hash.error();
}

Answer bcrypt(Call& call) {
  Text hash = hash_password(call, call.text(0));
  if (!hash) return std::unexpected(hash.error());
  return call.give(*hash);
}

Answer htpasswd(Call& call) {
  std::string user(call.text(0));
  if (user.find(':') != user.npos) return call.give("invalid username: " + user);
  Text hash = hash_password(call, call.text(1));
  if (!hash) return std::unexpected(hash.error());
  return call.give(user + ":" + *hash);
}

Answer derive_password(Call& call) {
  if (Outcome counted = count_key(call); !counted) return std::unexpected(counted.error());
  auto password = crypto::derive_password(static_cast<std::uint32_t>(call.integer(0)), call.text(1),
                                          call.text(2), call.text(3), call.text(4));
  return call.give(password ? *password : password.error());
}

Answer encrypt_aes(Call& call) {
  if (call.text(1).empty()) return call.lend("");
  if (Outcome reserved = call.context.reserve(call.text(1).size() * 4); !reserved) {
    return std::unexpected(reserved.error());
  }
  Text iv = random_bytes(call, 16);
  if (!iv) return std::unexpected(iv.error());
  auto bytes = crypto::encrypt_aes(call.text(0), call.text(1), *iv);
  if (!bytes) return call.fail(bytes.error());
  return call.give(base64_encode(*bytes));
}

Answer decrypt_aes(Call& call) {
  if (call.text(1).empty()) return call.lend("");
  if (Outcome reserved = call.context.reserve(call.text(1).size() * 2); !reserved) {
    return std::unexpected(reserved.error());
  }
  auto bytes = decode_base64(call.text(1));
  if (!bytes) return call.fail(bytes.error());
  auto text = crypto::decrypt_aes(call.text(0), *bytes);
  if (!text) return call.fail(text.error());
  return call.give(*text);
}

constexpr Function kFunctions[] = {
    {"sha1sum", Group::Crypto, "s>s", sha1sum},
    {"sha256sum", Group::Crypto, "s>s", sha256sum},
    {"sha512sum", Group::Crypto, "s>s", sha512sum},
    {"adler32sum", Group::Crypto, "s>s", adler32sum},
    {"bcrypt", Group::Crypto, "s>s", bcrypt},
    {"htpasswd", Group::Crypto, "ss>s", htpasswd},
    {"derivePassword", Group::Crypto, "ussss>s", derive_password},
    {"encryptAES", Group::Crypto, "ss>s", encrypt_aes},
    {"decryptAES", Group::Crypto, "ss>s", decrypt_aes},
};

}  // namespace

std::span<const Function> digest_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
