#include <algorithm>
#include <cmath>

#include "foundation/json/number.h"
#include "foundation/json/text.h"
#include "foundation/base/unicode.h"
#include "foundation/json/utf8.h"
#include "foundation/json/yaml.h"
#include "foundation/json/yaml_scalar.h"

namespace lesto::json {
namespace {

constexpr int kIndent = 2;
constexpr int kWidth = 80;
// A key longer than this is written with `?`.
constexpr std::size_t kSimpleKeyMax = 128;

// What the emitter has to know of a text before it writes it.
struct Looks {
  bool multiline = false;
  bool plain = true;
  bool single_quoted = true;
  bool literal = true;
};

std::size_t break_size(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  if (text[at] == '\n' || text[at] == '\r') return 1;
  std::string_view rest = text.substr(at);
  if (rest.starts_with("\xC2\x85")) return 2;
  return rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9") ? 3 : 0;
}

// libyaml's idea of printable: nothing beyond 16 bits, no tab.
bool is_printable(char32_t c) {
  if (c < 0x80) return c == '\n' || (c >= 0x20 && c < 0x7F);
  return c >= 0xA0 && c < 0x10000 && c != 0xFEFF && c != 0xFFFE && c != 0xFFFF;
}

bool is_indicator(char c, bool first, bool before_blank, bool after_blank) {
  if (first) {
    if (std::string_view("#,[]{}&*!|>'\"%@`").find(c) != std::string_view::npos) return true;
    return (c == '?' || c == ':' || c == '-') && before_blank;
  }
  return (c == ':' && before_blank) || (c == '#' && after_blank);
}

Looks look(std::string_view text) {
  Looks looks;
  if (text.empty()) {
    looks.literal = false;
    return looks;
  }
  bool indicators = text.starts_with("---") || text.starts_with("...");
  bool special = false;
  bool edges = false;
  bool break_space = false;
  bool space_break = false;
  bool after_blank = true;
  bool was_space = false;
  bool was_break = false;
  for (std::size_t i = 0; i < text.size();) {
    Rune rune = rune_at(text, i);
    std::size_t next = i + rune.size;
    bool before_blank = next >= text.size() || text[next] == ' ' || text[next] == '\t';
    if (rune.size == 1) indicators |= is_indicator(text[i], i == 0, before_blank, after_blank);
    special |= !is_printable(rune.value);
    bool space = text[i] == ' ';
    bool line_end = break_size(text, i) > 0;
    edges |= (space || line_end) && (i == 0 || next == text.size());
    if (space && next == text.size()) looks.literal = false;
    break_space |= space && was_break;
    space_break |= line_end && was_space;
    looks.multiline |= line_end;
    was_space = space;
    was_break = line_end;
    after_blank = space || line_end || text[i] == '\t' || text[i] == '\0';
    i = next;
  }
  looks.plain =
      !edges && !break_space && !space_break && !special && !looks.multiline && !indicators;
  looks.single_quoted = !break_space && !space_break && !special;
  looks.literal = looks.literal && !space_break && !special;
  return looks;
}

enum class Style : std::uint8_t { Plain, SingleQuoted, DoubleQuoted, Literal };
enum class Place : std::uint8_t { Root, Item, SimpleKey, LongKey, Member };

class Emitter {
 public:
  explicit Emitter(YamlNumbers numbers) : numbers_(numbers) {}

  std::string emit(const Value& value) && {
    node(value, Place::Root);
    write_indent();
    return std::move(out_);
  }

 private:
  void node(const Value& value, Place place) {
    bool nested = value.is_array() || value.is_object();
    if (nested && depth_ >= kWriteDepthMax) return bare("null");
    if (nested) ++depth_;
    any(value, place);
    if (nested) --depth_;
  }

  void any(const Value& value, Place place) {
    switch (value.kind()) {
      case Kind::Array: return sequence(value, place);
      case Kind::Object: return mapping(value);
      case Kind::String: return text(value.text(), place);
      case Kind::Null: return bare("null");
      case Kind::Bool: return bare(value.boolean() ? "true" : "false");
      case Kind::Int: return bare(std::to_string(value.integer()));
      case Kind::Double: return bare(number(value.number()));
    }
  }

  void sequence(const Value& value, Place place) {
    if (value.empty()) {
      indicator("[", Blank::Before);
      return indicator("]", Blank::None);
    }
    int outer = indent_;
    bool same_level = (place == Place::Member || place == Place::LongKey) && !indention_;
    if (indent_ < 0) {
      indent_ = 0;
    } else if (!same_level) {
      indent_ += kIndent;
    }
    for (const Value& item : value.items()) {
      write_indent();
      indicator("-", Blank::Before, true);
      node(item, Place::Item);
    }
    indent_ = outer;
  }

  void mapping(const Value& value) {
    if (value.empty()) {
      indicator("{", Blank::Before);
      return indicator("}", Blank::None);
    }
    int outer = indent_;
    indent_ = indent_ < 0 ? 0 : indent_ + kIndent;
    std::vector<const Member*> members;
    members.reserve(value.size());
    for (const Member& member : value.members()) members.push_back(&member);
    std::stable_sort(members.begin(), members.end(), [](const Member* a, const Member* b) {
      return yaml_key_less(a->name(), b->name());
    });
    for (const Member* member : members) {
      write_indent();
      std::string_view key = member->name();
      if (key.size() <= kSimpleKeyMax && !look(key).multiline) {
        text(key, Place::SimpleKey);
        indicator(":", Blank::None);
      } else {
        indicator("?", Blank::Before, true);
        text(key, Place::LongKey);
        write_indent();
        indicator(":", Blank::Before, true);
      }
      node(member->value, Place::Member);
    }
    indent_ = outer;
  }

  void text(std::string_view text, Place place) {
    std::string valid;
    if (!is_utf8(text)) text = valid = valid_utf8(text);
    bool string = resolve_yaml(text).type == YamlType::String && !is_base60(text);
    Style style = text.find('\n') != std::string_view::npos ? Style::Literal
                  : string                                  ? Style::Plain
                                                            : Style::DoubleQuoted;
    Looks looks = look(text);
    bool key = place == Place::SimpleKey;
    if (key && looks.multiline) style = Style::DoubleQuoted;
    if (style == Style::Plain && (!looks.plain || (text.empty() && key)))
      style = Style::SingleQuoted;
    if (style == Style::SingleQuoted && !looks.single_quoted) style = Style::DoubleQuoted;
    if (style == Style::Literal && (!looks.literal || key)) style = Style::DoubleQuoted;

    int outer = indent_;
    indent_ = indent_ < 0 ? kIndent : indent_ + kIndent;
    switch (style) {
      case Style::Plain: plain(text, !key); break;
      case Style::SingleQuoted: single_quoted(text, !key); break;
      case Style::DoubleQuoted: double_quoted(text, !key); break;
      case Style::Literal: literal(text); break;
    }
    indent_ = outer;
  }

  void bare(std::string_view text) { plain(text, false); }

  std::string number(double number) const {
    std::string text;
    if (numbers_ == YamlNumbers::AsJson) {
      append_json_number(text, number);
      YamlScalar scalar = resolve_yaml(text);
      if (scalar.type == YamlType::Int) return std::to_string(scalar.integer);
      if (scalar.type == YamlType::Uint) return text;
      text.clear();
    }
    append_go_g(text, number);
    return text;
  }

  void plain(std::string_view text, bool fold) {
    if (!whitespace_) put(' ');
    bool spaces = false;
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] == ' ') {
        if (fold && !spaces && column_ > kWidth && i + 1 < text.size() && text[i + 1] != ' ') {
          write_indent();
          ++i;
        } else {
          copy(text, i);
        }
        spaces = true;
      } else {
        copy(text, i);
        indention_ = false;
        spaces = false;
      }
    }
    whitespace_ = false;
    indention_ = false;
  }

  void single_quoted(std::string_view text, bool fold) {
    indicator("'", Blank::Before);
    bool spaces = false;
    bool breaks = false;
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] == ' ') {
        bool inside = i > 0 && i + 1 < text.size() && text[i + 1] != ' ';
        if (fold && !spaces && column_ > kWidth && inside) {
          write_indent();
          ++i;
        } else {
          copy(text, i);
        }
        spaces = true;
      } else if (break_size(text, i) > 0) {
        if (!breaks && text[i] == '\n') put_break();
        copy_break(text, i);
        indention_ = true;
        breaks = true;
      } else {
        if (breaks) write_indent();
        if (text[i] == '\'') put('\'');
        copy(text, i);
        indention_ = false;
        spaces = false;
        breaks = false;
      }
    }
    indicator("'", Blank::None);
    whitespace_ = false;
    indention_ = false;
  }

  void double_quoted(std::string_view text, bool fold) {
    indicator("\"", Blank::Before);
    // go-yaml looks for a byte order mark at the text's beginning, whatever character it is at: all
    // is escaped then.
    bool marked = text.starts_with("\xEF\xBB\xBF");
    bool spaces = false;
    for (std::size_t i = 0; i < text.size();) {
      Rune rune = rune_at(text, i);
      if (marked || !is_printable(rune.value) || break_size(text, i) > 0 || text[i] == '"' ||
          text[i] == '\\') {
        escape(rune.value);
        i += rune.size;
        spaces = false;
      } else if (text[i] == ' ') {
        if (fold && !spaces && column_ > kWidth && i > 0 && i + 1 < text.size()) {
          write_indent();
          if (text[i + 1] == ' ') put('\\');
          ++i;
        } else {
          copy(text, i);
        }
        spaces = true;
      } else {
        copy(text, i);
        spaces = false;
      }
    }
    indicator("\"", Blank::None);
    whitespace_ = false;
    indention_ = false;
  }

  void escape(char32_t c) {
    put('\\');
    switch (c) {
      case 0x00: return put('0');
      case 0x07: return put('a');
      case 0x08: return put('b');
      case 0x09: return put('t');
      case 0x0A: return put('n');
      case 0x0B: return put('v');
      case 0x0C: return put('f');
      case 0x0D: return put('r');
      case 0x1B: return put('e');
      case '"': return put('"');
      case '\\': return put('\\');
      case 0x85: return put('N');
      case 0xA0: return put('_');
      case 0x2028: return put('L');
      case 0x2029: return put('P');
      default: break;
    }
    int width = c <= 0xFF ? 2 : c <= 0xFFFF ? 4 : 8;
    put(width == 2 ? 'x' : width == 4 ? 'u' : 'U');
    for (int shift = (width - 1) * 4; shift >= 0; shift -= 4)
      put("0123456789ABCDEF"[c >> shift & 15]);
  }

  void literal(std::string_view text) {
    indicator("|", Blank::Before);
    if (text[0] == ' ' || break_size(text, 0) > 0) indicator(std::string_view("2"), Blank::None);
    chomping(text);
    put_break();
    indention_ = true;
    whitespace_ = true;
    bool breaks = true;
    for (std::size_t i = 0; i < text.size();) {
      if (break_size(text, i) > 0) {
        copy_break(text, i);
        indention_ = true;
        breaks = true;
      } else {
        if (breaks) write_indent();
        copy(text, i);
        indention_ = false;
        breaks = false;
      }
    }
  }

  // `-` when no break ends the text, `+` when more than one does, or nothing else is there.
  void chomping(std::string_view text) {
    auto before = [&](std::size_t end) {
      do --end;
      while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80);
      return end;
    };
    std::size_t last = before(text.size());
    if (break_size(text, last) == 0) return indicator("-", Blank::None);
    if (last == 0 || break_size(text, before(last)) > 0) indicator("+", Blank::None);
  }

  enum class Blank : bool { None, Before };

  void indicator(std::string_view text, Blank blank, bool keeps_indention = false) {
    if (blank == Blank::Before && !whitespace_) put(' ');
    for (char c : text) put(c);
    whitespace_ = false;
    indention_ = indention_ && keeps_indention;
  }

  void write_indent() {
    int indent = std::max(indent_, 0);
    if (!indention_ || column_ > indent || (column_ == indent && !whitespace_)) put_break();
    while (column_ < indent) put(' ');
    whitespace_ = true;
    indention_ = true;
  }

  void put(char c) {
    out_ += c;
    ++column_;
  }
  void put_break() {
    out_ += '\n';
    column_ = 0;
  }
  void copy(std::string_view text, std::size_t& at) {
    std::size_t size = rune_at(text, at).size;
    out_.append(text, at, size);
    at += size;
    ++column_;
  }
  void copy_break(std::string_view text, std::size_t& at) {
    std::size_t size = break_size(text, at);
    out_.append(text, at, size);
    at += size;
    column_ = 0;
  }

  std::string out_;
  YamlNumbers numbers_;
  int indent_ = -1;
  int column_ = 0;
  std::size_t depth_ = 0;
  // The last character written was blank, or a line began; only indicators and blanks stand on the
  // line so far.
  bool whitespace_ = true;
  bool indention_ = true;
};

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

}  // namespace

bool yaml_key_less(std::string_view a, std::string_view b) {
  std::u32string ar;
  std::u32string br;
  for (std::size_t i = 0; i < a.size(); i += rune_at(a, i).size) ar += rune_at(a, i).value;
  for (std::size_t i = 0; i < b.size(); i += rune_at(b, i).size) br += rune_at(b, i).value;
  for (std::size_t i = 0; i < ar.size() && i < br.size(); ++i) {
    if (ar[i] == br[i]) continue;
    bool a_letter = is_letter(ar[i]);
    bool b_letter = is_letter(br[i]);
    if (a_letter && b_letter) return ar[i] < br[i];
    if (a_letter || b_letter) return b_letter;
    // Runs of digits compare as numbers. Behind a digit other than zero, a zero is not a leading
    // one.
    std::uint64_t a_number = 0;
    std::uint64_t b_number = 0;
    if (ar[i] == '0' || br[i] == '0') {
      for (std::size_t j = i; j-- > 0 && is_digit(ar[j]);) {
        if (ar[j] != '0') {
          a_number = b_number = 1;
          break;
        }
      }
    }
    std::size_t a_end = i;
    std::size_t b_end = i;
    for (; a_end < ar.size() && is_digit(ar[a_end]); ++a_end)
      a_number = a_number * 10 + (ar[a_end] - '0');
    for (; b_end < br.size() && is_digit(br[b_end]); ++b_end)
      b_number = b_number * 10 + (br[b_end] - '0');
    auto a_signed = static_cast<std::int64_t>(a_number);
    auto b_signed = static_cast<std::int64_t>(b_number);
    if (a_signed != b_signed) return a_signed < b_signed;
    if (a_end != b_end) return a_end < b_end;
    return ar[i] < br[i];
  }
  return ar.size() < br.size();
}

std::string write_yaml(const Value& value, YamlNumbers numbers) {
  return Emitter(numbers).emit(value);
}

}  // namespace lesto::json
