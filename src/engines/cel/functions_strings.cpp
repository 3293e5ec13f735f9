// cel-go's strings extension (version 2), Kubernetes' regular expressions, and optionals.
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engines/cel/declarations.h"
#include "engines/cel/text.h"

namespace lesto::cel {
namespace {

constexpr std::string_view kBlank = " \t\n\v\f\r";

Result<Value> built(const Call& call, std::string text) {
  if (text.size() > kBuildMax || !call.budget.spend_bytes(text.size())) return too_costly();
  return Value::text(text);
}

// Runes of a text by index.
struct Runes {
  std::string_view text;
  std::vector<std::size_t> starts;

  explicit Runes(std::string_view t) : text(t), starts(rune_starts(t)) {}
  std::int64_t size() const { return static_cast<std::int64_t>(starts.size()) - 1; }
  std::string_view cut(std::int64_t from, std::int64_t to) const {
    std::size_t begin = starts[static_cast<std::size_t>(from)];
    return text.substr(begin, starts[static_cast<std::size_t>(to)] - begin);
  }
};

std::unexpected<Error> out_of_range(std::int64_t index) {
  return eval_error("index out of range: " + std::to_string(index));
}

Result<Value> char_at(const Call& call) {
  if (!call.is({Kind::String, Kind::Int})) return call.no_overload();
  Runes runes(call[0].view());
  std::int64_t at = call[1].integer();
  if (at < 0 || at > runes.size()) return out_of_range(at);
  return Value::text(at == runes.size() ? std::string_view() : runes.cut(at, at + 1));
}

// The index of an item, for lists; of a text, for texts.
Result<Value> index_of(const Call& call) {
  bool last = call.name == "lastIndexOf";
  if (call[0].is(Kind::List) && call.size() == 2) {
    std::int64_t found = -1;
    for (std::size_t i = 0; i < call[0].size() && (last || found < 0); ++i) {
      if (!call.budget.spend(1)) return too_costly();
      TRY_ASSIGN(Value item, call[0].item(i));
      if (item == call[1]) found = static_cast<std::int64_t>(i);
    }
    return Value::of(found);
  }
  bool bounded = call.is({Kind::String, Kind::String, Kind::Int});
  if (!bounded && !call.is({Kind::String, Kind::String})) return call.no_overload();
  Runes text(call[0].view());
  Runes part(call[1].view());
  if (!call.budget.spend_bytes(call[0].view().size())) return too_costly();
  std::int64_t offset = bounded ? call[2].integer() : last ? text.size() : 0;
  if (offset < 0 || (bounded && offset > text.size())) return out_of_range(offset);
  if (part.size() == 0) return Value::of(offset);
  std::size_t from = text.starts[static_cast<std::size_t>(offset)];
  std::size_t found =
      last ? call[0].view().rfind(call[1].view(), from) : call[0].view().find(call[1].view(), from);
  if (found == std::string_view::npos) return Value::of(std::int64_t{-1});
  auto at = std::lower_bound(text.starts.begin(), text.starts.end(), found);
  return Value::of(static_cast<std::int64_t>(at - text.starts.begin()));
}

Result<Value> change_case(const Call& call) {
  if (!call.is({Kind::String})) return call.no_overload();
  std::string text = call[0].string();
  bool lower = call.name == "lowerAscii";
  for (char& c : text) {
    if (lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!lower && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return built(call, std::move(text));
}

Result<Value> replace(const Call& call) {
  bool limited = call.is({Kind::String, Kind::String, Kind::String, Kind::Int});
  if (!limited && !call.is({Kind::String, Kind::String, Kind::String})) return call.no_overload();
  std::string_view text = call[0].view(), from = call[1].view(), to = call[2].view();
  std::int64_t left = limited ? call[3].integer() : -1;
  std::string out;
  std::size_t at = 0;
  while (left != 0) {
    std::size_t found = text.find(from, at);
    if (found == std::string_view::npos) break;
    out += text.substr(at, found - at);
    out += to;
    if (out.size() > kBuildMax) return too_costly();
    at = found + from.size();
    if (left > 0) --left;
    if (!from.empty()) continue;
    // An empty text is found before every rune and at the end.
    if (at >= text.size()) break;
    std::size_t next = at + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0) == 0x80) ++next;
    out += text.substr(at, next - at);
    at = next;
  }
  out += text.substr(std::min(at, text.size()));
  return built(call, std::move(out));
}

Result<Value> split(const Call& call) {
  bool limited = call.is({Kind::String, Kind::String, Kind::Int});
  if (!limited && !call.is({Kind::String, Kind::String})) return call.no_overload();
  std::string_view text = call[0].view(), separator = call[1].view();
  std::int64_t limit = limited ? call[2].integer() : -1;
  if (!call.budget.spend_bytes(text.size())) return too_costly();
  std::vector<Value> out;
  if (limit == 0) return Value::list({});
  if (separator.empty()) {
    Runes runes(text);
    for (std::int64_t i = 0; i < runes.size(); ++i) {
      bool rest = limit > 0 && static_cast<std::int64_t>(out.size()) == limit - 1;
      out.push_back(Value::text(runes.cut(i, rest ? runes.size() : i + 1)));
      if (rest) break;
    }
    return Value::list(std::move(out));
  }
  while (limit < 0 || static_cast<std::int64_t>(out.size()) < limit - 1) {
    std::size_t found = text.find(separator);
    if (found == std::string_view::npos) break;
    out.push_back(Value::text(text.substr(0, found)));
    text.remove_prefix(found + separator.size());
  }
  out.push_back(Value::text(text));
  return Value::list(std::move(out));
}

Result<Value> substring(const Call& call) {
  bool bounded = call.is({Kind::String, Kind::Int, Kind::Int});
  if (!bounded && !call.is({Kind::String, Kind::Int})) return call.no_overload();
  Runes runes(call[0].view());
  std::int64_t from = call[1].integer();
  std::int64_t to = bounded ? call[2].integer() : runes.size();
  if (bounded && from > to)
    return eval_error("invalid substring range. start: " + std::to_string(from) +
                      ", end: " + std::to_string(to));
  if (from < 0 || from > runes.size()) return out_of_range(from);
  if (to < 0 || to > runes.size()) return out_of_range(to);
  return built(call, std::string(runes.cut(from, to)));
}

Result<Value> trim(const Call& call) {
  if (!call.is({Kind::String})) return call.no_overload();
  std::string_view text = call[0].view();
  std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return Value::text("");
  return built(call, std::string(text.substr(begin, text.find_last_not_of(kBlank) - begin + 1)));
}

Result<Value> join(const Call& call) {
  bool separated = call.is({Kind::List, Kind::String});
  if (!separated && !call.is({Kind::List})) return call.no_overload();
  std::string out;
  for (std::size_t i = 0; i < call[0].size(); ++i) {
    TRY_ASSIGN(Value item, call[0].item(i));
    if (!item.is(Kind::String)) return call.no_overload();
    if (i > 0 && separated) out += call[1].view();
    out += item.view();
    if (out.size() > kBuildMax) return too_costly();
  }
  return built(call, std::move(out));
}

Result<Value> quote(const Call& call) {
  if (!call.is({Kind::String})) return call.no_overload();
  std::string out = "\"";
  static constexpr std::string_view kFrom = "\a\b\f\n\r\t\v\\\"";
  static constexpr std::string_view kTo = "abfnrtv\\\"";
  for (char c : call[0].view()) {
    std::size_t known = kFrom.find(c);
    if (known == std::string_view::npos) {
      out += c;
    } else {
      out += '\\';
      out += kTo[known];
    }
  }
  return built(call, out + '"');
}

Result<Value> find(const Call& call) {
  if (call.size() < 2 || !call[0].is(Kind::String) || !call[1].is(Kind::String))
    return call.no_overload();
  bool all = call.name == "findAll";
  std::int64_t limit = all ? -1 : 1;
  if (all && call.size() == 3) {
    if (!call[2].is(Kind::Int)) return call.no_overload();
    limit = call[2].integer();
  }
  if (!call.budget.spend_bytes(call[0].view().size() * (1 + call[1].view().size() / 4)))
    return too_costly();
  re2::RE2::Options options;
  options.set_log_errors(false);
  re2::RE2 regex(call[1].string(), options);
  if (!regex.ok()) return eval_error("Illegal regex: error parsing regexp: " + regex.error());
  std::string_view view = call[0].view();
  re2::StringPiece text(view.data(), view.size());
  std::vector<Value> out;
  std::size_t at = 0;
  while (at <= view.size() && (limit < 0 || static_cast<std::int64_t>(out.size()) < limit)) {
    re2::StringPiece match;
    if (!regex.Match(text, at, view.size(), re2::RE2::UNANCHORED, &match, 1)) break;
    out.push_back(Value::text(std::string_view(match.data(), match.size())));
    auto end = static_cast<std::size_t>(match.data() - view.data()) + match.size();
    at = match.empty() ? end + 1 : end;
  }
  if (all) return Value::list(std::move(out));
  return out.empty() ? Value::text("") : out[0];
}

// A value in format's %s.
Result<std::string> shown(const Value& value) {
  switch (value.kind()) {
    case Kind::Null:
      return std::string("null");
    case Kind::Bool:
      return std::string(value.boolean() ? "true" : "false");
    case Kind::Int:
      return std::to_string(value.integer());
    case Kind::Uint:
      return std::to_string(value.unsigned_integer());
    case Kind::Double:
      if (std::isinf(value.real())) return std::string(value.real() > 0 ? "Infinity" : "-Infinity");
      return double_text(value.real());
    case Kind::String:
    case Kind::Bytes:
      return value.string();
    case Kind::Timestamp:
      return moment_text(value.moment());
    case Kind::Duration:
      return span_text(value.span());
    case Kind::Type:
      return std::string(value.type_value() ? to_string(*value.type_value()) : "type");
    case Kind::List: {
      std::string out = "[";
      for (std::size_t i = 0; i < value.size(); ++i) {
        TRY_ASSIGN(Value item, value.item(i));
        TRY_ASSIGN(std::string text, shown(item));
        out += (i > 0 ? ", " : "") + text;
      }
      return out + "]";
    }
    case Kind::Map: {
      std::vector<std::string> entries;
      for (const Value& key : value.keys()) {
        TRY_ASSIGN(std::optional<Value> entry, value.find(key));
        TRY_ASSIGN(std::string name, shown(key));
        TRY_ASSIGN(std::string text, shown(entry ? *entry : Value()));
        entries.push_back(name + ": " + text);
      }
      std::sort(entries.begin(), entries.end());
      std::string out = "{";
      for (const std::string& entry : entries) out += (out.size() > 1 ? ", " : "") + entry;
      return out + "}";
    }
    default:
      return eval_error("could not format value of type " + std::string(value.type_name()));
  }
}

std::string radix(std::uint64_t value, unsigned base, bool upper) {
  std::string out;
  do {
    unsigned digit = static_cast<unsigned>(value % base);
    out.insert(out.begin(),
               static_cast<char>(digit < 10 ? '0' + digit : (upper ? 'A' : 'a') + digit - 10));
    value /= base;
  } while (value != 0);
  return out;
}

std::string hex_of_bytes(std::string_view bytes, bool upper) {
  std::string out;
  for (char c : bytes) {
    std::string digits = radix(static_cast<unsigned char>(c), 16, upper);
    out += (digits.size() < 2 ? "0" : "") + digits;
  }
  return out;
}

Result<std::string> formatted(char verb, int precision, const Value& value) {
  auto wrong = [&](std::string_view wanted) {
    return eval_error("error during formatting: " + std::string(wanted) + ", was given " +
                      std::string(value.type_name()));
  };
  if (verb == 's') return shown(value);
  if (verb == 'f' || verb == 'e') {
    if (!value.is_number()) return wrong("fixed-point clause can only be used on doubles");
    double number = value.is(Kind::Double) ? value.real()
                    : value.is(Kind::Int)  ? static_cast<double>(value.integer())
                                           : static_cast<double>(value.unsigned_integer());
    if (std::isnan(number)) return std::string("NaN");
    if (std::isinf(number)) return std::string(number > 0 ? "Infinity" : "-Infinity");
    char out[512];
    std::snprintf(out, sizeof out, verb == 'f' ? "%.*f" : "%.*e",
                  std::min(precision < 0 ? 6 : precision, 100), number);
    return std::string(out);
  }
  if (verb == 'd') {
    if (value.is(Kind::Int) || value.is(Kind::Uint) || value.is(Kind::Double)) return shown(value);
    return wrong("decimal clause can only be used on integers");
  }
  bool hex = verb == 'x' || verb == 'X';
  if (hex && (value.is(Kind::String) || value.is(Kind::Bytes)))
    return hex_of_bytes(value.view(), verb == 'X');
  if (verb == 'b' && value.is(Kind::Bool)) return std::string(value.boolean() ? "1" : "0");
  unsigned base = hex ? 16 : verb == 'o' ? 8 : verb == 'b' ? 2 : 0;
  if (base == 0)
    return eval_error("could not parse formatting clause: unrecognized formatting clause \"" +
                      std::string(1, verb) + "\"");
  if (value.is(Kind::Uint)) return radix(value.unsigned_integer(), base, verb == 'X');
  if (!value.is(Kind::Int)) return wrong("only integers can be formatted so");
  std::int64_t number = value.integer();
  std::uint64_t size =
      number < 0 ? ~static_cast<std::uint64_t>(number) + 1 : static_cast<std::uint64_t>(number);
  return (number < 0 ? "-" : "") + radix(size, base, verb == 'X');
}

Result<Value> format(const Call& call) {
  if (!call.is({Kind::String, Kind::List})) return call.no_overload();
  std::string_view text = call[0].view();
  std::string out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) return eval_error("unexpected end of string");
    if (text[i] == '%') {
      out += '%';
      continue;
    }
    int precision = -1;
    if (text[i] == '.') {
      precision = 0;
      for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9' && precision < 1000; ++i)
        precision = precision * 10 + (text[i] - '0');
      if (i == text.size()) return eval_error("unexpected end of string");
    }
    if (next >= call[1].size())
      return eval_error("index " + std::to_string(next) + " out of range");
    TRY_ASSIGN(Value value, call[1].item(next++));
    TRY_ASSIGN(std::string part, formatted(text[i], precision, value));
    out += part;
    if (out.size() > kBuildMax) return too_costly();
  }
  return built(call, std::move(out));
}

Result<Value> optional_of_value(const Call& call) {
  if (call.name == "optional.none") return Value::none();
  if (call.size() != 1) return call.no_overload();
  if (call.name == "optional.of") return Value::some(call[0]);
  // ofNonZeroValue
  const Value& value = call[0];
  bool zero = false;
  switch (value.kind()) {
    case Kind::Null:
      zero = true;
      break;
    case Kind::Bool:
      zero = !value.boolean();
      break;
    case Kind::Int:
      zero = value.integer() == 0;
      break;
    case Kind::Uint:
      zero = value.unsigned_integer() == 0;
      break;
    case Kind::Double:
      zero = value.real() == 0;
      break;
    case Kind::String:
    case Kind::Bytes:
      zero = value.view().empty();
      break;
    case Kind::List:
    case Kind::Map:
      zero = value.size() == 0;
      break;
    case Kind::Duration:
      zero = value.span().nanos == 0;
      break;
    default:
      break;
  }
  return zero ? Value::none() : Value::some(value);
}

Result<Value> has_value(const Call& call) {
  if (!call.is({Kind::Optional})) return call.no_overload();
  return Value::of(call[0].optional().has_value());
}

// `value` of an optional; `ip` and others that share no name come here never.
Result<Value> value_of_optional(const Call& call) {
  if (!call.is({Kind::Optional})) return call.no_overload();
  if (auto inner = call[0].optional()) return *inner;
  return eval_error("optional.none() dereference");
}

// The evaluator does these itself.
Result<Value> elsewhere(const Call& call) { return call.no_overload(); }

}  // namespace

std::span<const Declaration> optional_declarations() {
  static constexpr Declaration kDeclarations[] = {
      {"optional.of", "(A) -> optional(A)", optional_of_value},
      {"optional.ofNonZeroValue", "(A) -> optional(A)", optional_of_value},
      {"optional.none", "() -> optional(A)", optional_of_value},
      {"hasValue", "optional(A).() -> bool", has_value},
      {"value", "optional(A).() -> A", value_of_optional},
      {"or", "optional(A).(optional(A)) -> optional(A)", elsewhere},
      {"orValue", "optional(A).(A) -> A", elsewhere},
  };
  return kDeclarations;
}

std::span<const Declaration> string_declarations() {
  static constexpr Declaration kDeclarations[] = {
      {"charAt", "string.(int) -> string", char_at},
      {"indexOf", "string.(string) -> int | string.(string, int) -> int | list(A).(A) -> int",
       index_of},
      {"lastIndexOf", "string.(string) -> int | string.(string, int) -> int | list(A).(A) -> int",
       index_of},
      {"lowerAscii", "string.() -> string", change_case},
      {"upperAscii", "string.() -> string", change_case},
      {"replace", "string.(string, string) -> string | string.(string, string, int) -> string",
       replace},
      {"split", "string.(string) -> list(string) | string.(string, int) -> list(string)", split},
      {"substring", "string.(int) -> string | string.(int, int) -> string", substring},
      {"trim", "string.() -> string", trim},
      {"join", "list(string).() -> string | list(string).(string) -> string", join},
      {"strings.quote", "(string) -> string", quote},
      {"format", "string.(list(dyn)) -> string", format},
      {"find", "string.(string) -> string", find},
      {"findAll", "string.(string) -> list(string) | string.(string, int) -> list(string)", find},
  };
  return kDeclarations;
}

}  // namespace lesto::cel
