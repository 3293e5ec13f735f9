// Tokens of a CEL expression.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lesto::cel {

enum class TokenKind : std::uint8_t {
  End,
  Ident,
  Quoted,
  Int,
  Uint,
  Double,
  String,
  Bytes,
  Symbol,
  Bad
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::size_t position = 0;
  std::string_view text;  // as written
  std::string value;      // of String, Bytes and Quoted (`a-b`); of Bad, what is wrong
};

// Always ends with End; a Bad token stands for what cannot be read.
std::vector<Token> tokens_of(std::string_view text);

}  // namespace lesto::cel
