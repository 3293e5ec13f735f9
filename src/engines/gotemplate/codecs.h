// Base 64 and base 32 with Go's errors ("illegal base64 data at input byte 3").
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace lesto::gotemplate {

std::expected<std::string, std::string> decode_base64(std::string_view text);
std::expected<std::string, std::string> decode_base32(std::string_view text);
std::string encode_base32(std::string_view bytes);

}  // namespace lesto::gotemplate
