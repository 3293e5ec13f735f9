// Sprig's functions that look at characters: case, words, wrapping, abbreviating.
#include "engines/gotemplate/sprig.h"
#include "engines/gotemplate/unicode.h"
#include "engines/gotemplate/words.h"

namespace lesto::gotemplate {
namespace {

using Transform = std::string (*)(std::string_view);

// Applies something whose output is at most four times as long.
template <Transform transform>
Answer transformed(Call& call) {
  if (Outcome reserved = call.context.reserve(call.text(0).size() * 4); !reserved) {
    return std::unexpected(reserved.error());
  }
  return call.give(transform(call.text(0)));
}

// strings.Title: the first letter of what follows a separator.
bool separates(char32_t c) {
  if (c < 0x80) return !(is_letter(c) || is_digit(c) || c == '_');
  return !is_letter(c) && !is_digit(c) && is_space(c);
}

std::string title(std::string_view text) {
  std::string out;
  char32_t before = ' ';
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    append_rune(out, separates(before) ? to_title(rune.code) : rune.code);
    before = rune.code;
    text.remove_prefix(rune.size);
  }
  return out;
}

std::string untitle(std::string_view text) {
  std::string out;
  bool next = true;
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    bool space = is_space(rune.code);
    append_rune(out, next && !space ? to_lower(rune.code) : rune.code);
    next = space;
    text.remove_prefix(rune.size);
  }
  return out;
}

std::string swapcase(std::string_view text) {
  std::string out;
  bool after_space = true;
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    char32_t c = rune.code;
    if (is_upper(c) || is_title(c)) {
      append_rune(out, to_lower(c));
      after_space = false;
    } else if (is_lower(c)) {
      append_rune(out, after_space ? to_title(c) : to_upper(c));
      after_space = false;
    } else {
      append_rune(out, c);
      after_space = is_space(c);
    }
    text.remove_prefix(rune.size);
  }
  return out;
}

// Takes bytes for characters, as goutils does; a text without white space stays as it is.
std::string nospace(std::string_view text) {
  std::string out;
  std::size_t kept = 0;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (is_space(byte)) continue;
    append_rune(out, byte);
    ++kept;
  }
  return kept == text.size() ? std::string(text) : out;
}

std::string initials(std::string_view text) {
  std::string out;
  bool gap = true;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (is_space(byte)) {
      gap = true;
    } else if (gap) {
      append_rune(out, byte);
      gap = false;
    }
  }
  return out;
}

std::string snakecase(std::string_view text) { return joined_words(text, '_'); }
std::string kebabcase(std::string_view text) { return joined_words(text, '-'); }

Answer lower_text(Call& call) {
  std::string_view text = call.text(0);
  bool plain = true;
  for (char c : text)
    plain = plain && static_cast<unsigned char>(c) < 0x80 && !(c >= 'A' && c <= 'Z');
  return plain ? call.lend(text) : transformed<lower>(call);
}

// goutils.AbbreviateFull. Widths that it refuses give "".
std::string abbreviated(std::string_view text, std::int64_t offset, std::int64_t width) {
  auto size = static_cast<std::int64_t>(text.size());
  if (text.empty() || width < 4) return "";
  if (size <= width) return std::string(text);
  offset = std::min(offset, size);
  if (size - offset < width - 3) offset = size - (width - 3);
  if (offset <= 4) return std::string(text.substr(0, static_cast<std::size_t>(width - 3))) + "...";
  if (width < 7) return "";
  if (offset + width - 3 < size) {
    return "..." + abbreviated(text.substr(static_cast<std::size_t>(offset)), 0, width - 3);
  }
  return "..." + std::string(text.substr(static_cast<std::size_t>(size - (width - 3))));
}

Answer abbrev(Call& call) {
  if (call.integer(0) < 4) return call.lend(call.text(1));
  return call.give(abbreviated(call.text(1), 0, call.integer(0)));
}

Answer abbrevboth(Call& call) {
  std::int64_t left = call.integer(0);
  std::int64_t right = call.integer(1);
  if (right < 4 || (left > 0 && right < 7)) return call.lend(call.text(2));
  return call.give(abbreviated(call.text(2), left, right));
}

enum class LongWords : bool { Keep, Break };

// goutils.WrapCustom.
std::string wrapped(std::string_view text, std::size_t width, std::string_view line_break,
                    LongWords words) {
  std::string out;
  std::size_t at = 0;
  while (text.size() - at > width) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    std::size_t space = text.substr(at, width + 1).rfind(' ');
    std::size_t end = at + width;
    std::size_t next = end;
    if (space != text.npos) {
      end = at + space;
      next = end + 1;
    } else if (words == LongWords::Keep) {
      end = text.find(' ', at + width);
      if (end == text.npos) break;
      next = end + 1;
    }
    out += text.substr(at, end - at);
    out += line_break;
    at = next;
  }
  out += text.substr(at);
  return out;
}

Answer wrap_text(Call& call, std::int64_t width, std::string_view line_break, std::string_view text,
                 LongWords words) {
  if (line_break.empty()) line_break = "\n";
  width = std::max<std::int64_t>(width, 1);
  std::size_t breaks =
      text.size() / static_cast<std::size_t>(std::min<std::int64_t>(width, 1 << 30)) + 1;
  if (breaks > kHeapBytes / line_break.size())
    return std::unexpected(call.context.out_of_memory().error());
  if (Outcome spent = call.context.spend(breaks + text.size() / 8); !spent) {
    return std::unexpected(spent.error());
  }
  if (Outcome reserved = call.context.reserve(text.size() + breaks * line_break.size());
      !reserved) {
    return std::unexpected(reserved.error());
  }
  if (text.empty()) return call.lend("");
  auto columns = static_cast<std::size_t>(std::min<std::int64_t>(width, 1 << 30));
  return call.give(wrapped(text, columns, line_break, words));
}

Answer wrap(Call& call) {
  return wrap_text(call, call.integer(0), "\n", call.text(1), LongWords::Keep);
}
Answer wrap_with(Call& call) {
  return wrap_text(call, call.integer(0), call.text(1), call.text(2), LongWords::Break);
}

constexpr Function kFunctions[] = {
    {"upper", Group::Strings, "s>s", transformed<upper>},
    {"lower", Group::Strings, "s>s", lower_text},
    {"title", Group::Strings, "s>s", transformed<title>},
    {"untitle", Group::Strings, "s>s", transformed<untitle>},
    {"swapcase", Group::Strings, "s>s", transformed<swapcase>},
    {"nospace", Group::Strings, "s>s", transformed<nospace>},
    {"initials", Group::Strings, "s>s", transformed<initials>},
    {"snakecase", Group::Strings, "s>s", transformed<snakecase>},
    {"kebabcase", Group::Strings, "s>s", transformed<kebabcase>},
    {"camelcase", Group::Strings, "s>s", transformed<pascal_case>},
    {"abbrev", Group::Strings, "is>s", abbrev},
    {"abbrevboth", Group::Strings, "iis>s", abbrevboth},
    {"wrap", Group::Strings, "is>s", wrap},
    {"wrapWith", Group::Strings, "iss>s", wrap_with},
};

}  // namespace

std::span<const Function> word_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
