// Quoted text as Go's strconv writes and reads it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lesto::gotemplate {

enum class Letters : bool { Printable, Ascii };

// strconv.Quote: a Go string literal.
void append_quoted(std::string& out, std::string_view text, Letters letters = Letters::Printable);
std::string quoted(std::string_view text);
// strconv.QuoteRune: a Go character literal.
void append_quoted_rune(std::string& out, char32_t code, Letters letters = Letters::Printable);
// Whether the text can stand between back quotes.
bool can_backquote(std::string_view text);

// Reads a whole "…" or `…` literal.
std::optional<std::string> unquote(std::string_view literal);

struct UnquotedRune {
  char32_t code = 0;
  std::string_view rest;
};
// Reads one character or escape, inside the given kind of quote.
std::optional<UnquotedRune> unquote_rune(std::string_view text, char quote);

}  // namespace lesto::gotemplate
