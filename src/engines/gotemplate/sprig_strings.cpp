// Sprig's functions on texts as they are: cutting, joining, padding, quoting.
#include "engines/gotemplate/format.h"
#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/sprig.h"
#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

constexpr std::string_view kNegativeRepeat = "strings: negative Repeat count";

// Go's panic for text[low:high]; bounds that are not given are std::nullopt.
std::unexpected<Failure> out_of_bounds(Call& call, std::optional<std::int64_t> low,
                                       std::optional<std::int64_t> high, std::size_t size) {
  auto length = static_cast<std::int64_t>(size);
  std::string text = "runtime error: slice bounds out of range [";
  std::int64_t end = high.value_or(length);
  if (high && (*high < 0 || *high > length)) {
    text += ":" + std::to_string(*high) + "]";
    if (*high > length) text += " with length " + std::to_string(length);
  } else if (low.value_or(0) < 0) {
    text += std::to_string(*low) + ":]";
  } else {
    text += std::to_string(low.value_or(0)) + ":" + std::to_string(end) + "]";
  }
  return call.fail(text);
}

Answer slice(Call& call, std::string_view text, std::optional<std::int64_t> low,
             std::optional<std::int64_t> high) {
  auto length = static_cast<std::int64_t>(text.size());
  std::int64_t start = low.value_or(0);
  std::int64_t end = high.value_or(length);
  if (start < 0 || end < start || end > length) return out_of_bounds(call, low, high, text.size());
  return call.lend(
      text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start)));
}

Answer trunc(Call& call) {
  std::int64_t count = call.integer(0);
  std::string_view text = call.text(1);
  auto size = static_cast<std::int64_t>(text.size());
  if (count < 0 && size + count > 0)
    return call.lend(text.substr(static_cast<std::size_t>(size + count)));
  if (count >= 0 && size > count) return call.lend(text.substr(0, static_cast<std::size_t>(count)));
  return call.lend(text);
}

Answer substr(Call& call) {
  std::int64_t start = call.integer(0);
  std::int64_t end = call.integer(1);
  std::string_view text = call.text(2);
  if (start < 0) return slice(call, text, std::nullopt, end);
  if (end < 0 || end > static_cast<std::int64_t>(text.size()))
    return slice(call, text, start, std::nullopt);
  return slice(call, text, start, end);
}

Answer trim(Call& call) { return call.lend(trim_space(call.text(0))); }

bool has_rune(std::string_view set, char32_t code) {
  while (!set.empty()) {
    Rune rune = decode_rune(set);
    if (rune.code == code) return true;
    set.remove_prefix(rune.size);
  }
  return false;
}

Answer trim_all(Call& call) {
  std::string_view set = call.text(0);
  std::string_view text = call.text(1);
  if (Outcome spent = call.context.spend(1 + text.size() * (set.size() + 1) / 16); !spent) {
    return std::unexpected(spent.error());
  }
  for (Rune rune = decode_rune(text); rune.size > 0 && has_rune(set, rune.code);
       rune = decode_rune(text)) {
    text.remove_prefix(rune.size);
  }
  for (Rune rune = decode_last_rune(text); rune.size > 0 && has_rune(set, rune.code);
       rune = decode_last_rune(text)) {
    text.remove_suffix(rune.size);
  }
  return call.lend(text);
}

Answer trim_prefix(Call& call) {
  std::string_view text = call.text(1);
  if (text.starts_with(call.text(0))) text.remove_prefix(call.text(0).size());
  return call.lend(text);
}

Answer trim_suffix(Call& call) {
  std::string_view text = call.text(1);
  if (text.ends_with(call.text(0))) text.remove_suffix(call.text(0).size());
  return call.lend(text);
}

// Costs what looking for the part can cost at most.
Outcome spend_search(Call& call, std::string_view part, std::string_view text) {
  return call.context.spend(1 + text.size() / 64 + part.size() / 64);
}

Answer contains(Call& call) {
  if (Outcome spent = spend_search(call, call.text(0), call.text(1)); !spent)
    return std::unexpected(spent.error());
  return Value::of_bool(call.text(1).find(call.text(0)) != std::string_view::npos);
}
Answer has_prefix(Call& call) { return Value::of_bool(call.text(1).starts_with(call.text(0))); }
Answer has_suffix(Call& call) { return Value::of_bool(call.text(1).ends_with(call.text(0))); }

Answer repeat(Call& call) {
  std::int64_t count = call.integer(0);
  std::string_view text = call.text(1);
  if (count < 0) return call.fail(kNegativeRepeat);
  if (count == 0 || text.empty()) return call.lend("");
  if (static_cast<std::uint64_t>(count) > kHeapBytes / text.size()) {
    return std::unexpected(call.context.out_of_memory().error());
  }
  std::size_t size = text.size() * static_cast<std::size_t>(count);
  if (Outcome reserved = call.context.reserve(size); !reserved)
    return std::unexpected(reserved.error());
  char* out = call.heap().bytes(size);
  for (std::size_t at = 0; at < size; at += text.size())
    std::memcpy(out + at, text.data(), text.size());
  return call.lend({out, size});
}

Answer indent_with(Call& call, std::string_view before) {
  std::int64_t count = call.integer(0);
  std::string_view text = call.text(1);
  if (count < 0) return call.fail(kNegativeRepeat);
  if (static_cast<std::uint64_t>(count) > kHeapBytes)
    return std::unexpected(call.context.out_of_memory().error());
  auto blanks = static_cast<std::size_t>(count);
  auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  if (blanks > 0 && lines > kHeapBytes / blanks)
    return std::unexpected(call.context.out_of_memory().error());
  std::size_t size = before.size() + text.size() + lines * blanks;
  if (Outcome reserved = call.context.reserve(size); !reserved)
    return std::unexpected(reserved.error());
  char* start = call.heap().bytes(size);
  char* out = start;
  auto put = [&out](std::string_view part) {
    if (!part.empty()) std::memcpy(out, part.data(), part.size());
    out += part.size();
  };
  put(before);
  for (;;) {
    std::memset(out, ' ', blanks);
    out += blanks;
    std::size_t end = text.find('\n');
    if (end == text.npos) break;
    put(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  put(text);
  return call.lend({start, size});
}

Answer indent(Call& call) { return indent_with(call, ""); }
Answer nindent(Call& call) { return indent_with(call, "\n"); }

// strings.Replace with an empty old text: the new one before each character and at the end.
std::string interleave(std::string_view text, std::string_view between) {
  std::string out(between);
  while (!text.empty()) {
    unsigned size = decode_rune(text).size;
    out += text.substr(0, size);
    out += between;
    text.remove_prefix(size);
  }
  return out;
}

Answer replace(Call& call) {
  std::string_view old = call.text(0);
  std::string_view fresh = call.text(1);
  std::string_view text = call.text(2);
  std::size_t count = 0;
  if (old.empty()) {
    count = rune_count(text) + 1;
  } else {
    if (Outcome spent = spend_search(call, old, text); !spent)
      return std::unexpected(spent.error());
    for (std::size_t at = text.find(old); at != text.npos; at = text.find(old, at + old.size()))
      ++count;
  }
  if (count == 0) return call.lend(text);
  if (count > kHeapBytes / (fresh.size() + 1))
    return std::unexpected(call.context.out_of_memory().error());
  if (Outcome reserved = call.context.reserve(text.size() + count * fresh.size()); !reserved) {
    return std::unexpected(reserved.error());
  }
  if (old.empty()) return call.give(interleave(text, fresh));
  std::string out;
  out.reserve(text.size() + count * fresh.size());
  for (std::size_t at = text.find(old); at != text.npos; at = text.find(old)) {
    out += text.substr(0, at);
    out += fresh;
    text.remove_prefix(at + old.size());
  }
  out += text;
  return call.give(out);
}

Answer quote(Call& call) {
  std::string out;
  for (std::size_t i = 0; i < call.count(); ++i) {
    if (call.at(i).nothing()) continue;
    auto text = string_of(call, call.at(i));
    if (!text) return std::unexpected(text.error());
    if (Outcome reserved = call.context.reserve(out.size() + text->size() * 4); !reserved) {
      return std::unexpected(reserved.error());
    }
    if (!out.empty()) out += ' ';
    append_quoted(out, *text);
  }
  return call.give(out);
}

Answer squote(Call& call) {
  std::string out;
  for (const Value& value : call.arguments) {
    if (value.nothing()) continue;
    if (!out.empty()) out += ' ';
    out += '\'';
    Outcome printed = append_value(out, call.context, value);
    if (!printed) return std::unexpected(printed.error());
    out += '\'';
  }
  return call.give(out);
}

Answer cat(Call& call) {
  std::string out;
  bool first = true;
  for (const Value& value : call.arguments) {
    if (value.nothing()) continue;
    if (!first) out += ' ';
    first = false;
    Outcome printed = append_value(out, call.context, value);
    if (!printed) return std::unexpected(printed.error());
  }
  return call.give(out);
}

Answer plural(Call& call) { return call.lend(call.integer(2) == 1 ? call.text(0) : call.text(1)); }

// strings.SplitN: an empty separator splits after each character.
std::vector<std::string_view> split_text(std::string_view separator, std::string_view text,
                                         std::int64_t most) {
  std::vector<std::string_view> parts;
  if (most == 0) return parts;
  auto limit = most < 0 ? static_cast<std::size_t>(-1) : static_cast<std::size_t>(most);
  if (separator.empty()) {
    while (!text.empty() && parts.size() + 1 < limit) {
      unsigned size = decode_rune(text).size;
      parts.push_back(text.substr(0, size));
      text.remove_prefix(size);
    }
    if (!text.empty()) parts.push_back(text);
    return parts;
  }
  while (parts.size() + 1 < limit) {
    std::size_t at = text.find(separator);
    if (at == text.npos) break;
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.push_back(text);
  return parts;
}

Answer as_strings(Call& call, std::span<const std::string_view> parts) {
  if (Outcome spent = call.context.spend(parts.size()); !spent)
    return std::unexpected(spent.error());
  if (Outcome reserved = call.context.reserve(parts.size() * sizeof(Value)); !reserved) {
    return std::unexpected(reserved.error());
  }
  Value* items = call.heap().values(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) items[i] = Value::of_text(parts[i]);
  return Value::of_items(Type::Strings, {items, parts.size()});
}

Answer split_list(Call& call) {
  if (Outcome reserved = call.context.reserve(call.text(1).size()); !reserved) {
    return std::unexpected(reserved.error());
  }
  return as_strings(call, split_text(call.text(0), call.text(1), -1));
}

Answer split_map(Call& call, std::string_view separator, std::int64_t most, std::string_view text) {
  if (Outcome reserved = call.context.reserve(text.size()); !reserved)
    return std::unexpected(reserved.error());
  auto parts = split_text(separator, text, most);
  MapNode* map = call.heap().new_map(parts.size());
  if (Outcome reserved = call.context.reserve(parts.size() * sizeof(MapEntry)); !reserved) {
    return std::unexpected(reserved.error());
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::size_t moved =
        call.heap().set(map, call.heap().copy("_" + std::to_string(i)), Value::of_text(parts[i]));
    if (Outcome spent = call.context.spend(1 + moved / 16); !spent)
      return std::unexpected(spent.error());
  }
  return Value::of_map(map, Type::StringMap);
}

Answer split(Call& call) { return split_map(call, call.text(0), -1, call.text(1)); }
Answer splitn(Call& call) { return split_map(call, call.text(0), call.integer(1), call.text(2)); }

Answer join(Call& call) {
  auto texts = strings_of(call, call.at(1));
  if (!texts) return std::unexpected(texts.error());
  std::string_view separator = call.text(0);
  std::size_t size = 0;
  for (std::string_view text : *texts) size += text.size() + separator.size();
  if (Outcome reserved = call.context.reserve(size); !reserved)
    return std::unexpected(reserved.error());
  std::string out;
  out.reserve(size);
  for (std::size_t i = 0; i < texts->size(); ++i) {
    if (i > 0) out += separator;
    out += (*texts)[i];
  }
  return call.give(out);
}

Answer to_strings(Call& call) {
  if (call.at(0).type == Type::Strings) return call.at(0);
  auto texts = strings_of(call, call.at(0));
  if (!texts) return std::unexpected(texts.error());
  return as_strings(call, *texts);
}

Answer sort_alpha(Call& call) {
  if (call.at(0).nothing()) {
    // strval(nil).
    std::string_view text = "<nil>";
    return as_strings(call, std::span(&text, 1));
  }
  auto texts = strings_of(call, call.at(0));
  if (!texts) return std::unexpected(texts.error());
  if (Outcome spent = call.context.spend(texts->size() * 4); !spent)
    return std::unexpected(spent.error());
  std::sort(texts->begin(), texts->end());
  return as_strings(call, *texts);
}

Answer to_string(Call& call) {
  auto text = string_of(call, call.at(0));
  if (!text) return std::unexpected(text.error());
  return call.lend(*text);
}

Answer hello(Call& call) { return call.lend("Hello!"); }

constexpr Function kFunctions[] = {
    {"trunc", Group::Strings, "is>s", trunc},
    {"substr", Group::Strings, "iis>s", substr},
    {"trim", Group::Strings, "s>s", trim},
    {"trimAll", Group::Strings, "ss>s", trim_all},
    {"trimall", Group::Strings, "ss>s", trim_all},
    {"trimPrefix", Group::Strings, "ss>s", trim_prefix},
    {"trimSuffix", Group::Strings, "ss>s", trim_suffix},
    {"contains", Group::Strings, "ss>b", contains},
    {"hasPrefix", Group::Strings, "ss>b", has_prefix},
    {"hasSuffix", Group::Strings, "ss>b", has_suffix},
    {"repeat", Group::Strings, "is>s", repeat},
    {"indent", Group::Strings, "is>s", indent},
    {"nindent", Group::Strings, "is>s", nindent},
    {"replace", Group::Strings, "sss>s", replace},
    {"quote", Group::Strings, "a*>s", quote},
    {"squote", Group::Strings, "a*>s", squote},
    {"cat", Group::Strings, "a*>s", cat},
    {"plural", Group::Strings, "ssi>s", plural},
    {"split", Group::Strings, "ss>m", split},
    {"splitn", Group::Strings, "sis>m", splitn},
    {"splitList", Group::Strings, "ss>S", split_list},
    {"join", Group::Strings, "sa>s", join},
    {"toStrings", Group::Strings, "a>S", to_strings},
    {"sortAlpha", Group::Strings, "a>S", sort_alpha},
    {"toString", Group::Conversion, "a>s", to_string},
    {"hello", Group::Strings, ">s", hello},
};

}  // namespace

std::span<const Function> string_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
