// What Sprig's cryptographic functions need of OpenSSL, as values. Errors are Go's texts where one
// can tell.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "foundation/base/time.h"

namespace lesto::gotemplate::crypto {

using Text = std::expected<std::string, std::string>;

// In hexadecimal.
std::string sha1(std::string_view bytes);
std::string sha512(std::string_view bytes);
std::uint32_t adler32(std::string_view bytes);

// AES-256-CBC with the password as key, cut or filled with zeros to 32 bytes. The first block of
// the bytes is the IV.
Text encrypt_aes(std::string_view password, std::string_view text, std::string_view iv);
Text decrypt_aes(std::string_view password, std::string_view bytes);

// $2a$, cost 10; `salt` has 16 bytes.
Text bcrypt(std::string_view password, std::string_view salt);

// The master password algorithm of Sprig's derivePassword.
Text derive_password(std::uint32_t counter, std::string_view type, std::string_view password,
                     std::string_view user, std::string_view site);

}  // namespace lesto::gotemplate::crypto
