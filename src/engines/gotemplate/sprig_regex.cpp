// Sprig's regular expressions, on RE2: the same family as Go's.
#include <re2/re2.h>

#include "engines/gotemplate/regex_text.h"
#include "engines/gotemplate/sprig.h"
#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

using Pattern = std::unique_ptr<re2::RE2>;
using re2::StringPiece;

// Compiles as regexp.Compile does, or gives its error; the functions without "must" use
// MustCompile, whose panic quotes the expression.
std::expected<Pattern, Failure> compile(Call& call, std::string_view expression) {
  if (expression.size() > kRegexText)
    return call.context.limit("bytes of regular expression", kRegexText);
  // Compiling costs far more than its text shows.
  if (Outcome spent = call.context.spend(500 + expression.size() * 20); !spent) {
    return std::unexpected(spent.error());
  }
  bool panics = !call.function.name.starts_with("must") && call.function.name != "regexMatch";
  std::string before = panics ? compile_panic(expression) : std::string();
  if (auto wrong = regex_error(expression)) return call.fail(before + *wrong);
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kRegexBytes);
  auto pattern = std::make_unique<re2::RE2>(re2_expression(expression), options);
  if (pattern->ok()) return pattern;
  if (pattern->error_code() == re2::RE2::ErrorPatternTooLarge) {
    return call.context.limit("bytes of compiled regular expression",
                              static_cast<std::uint64_t>(kRegexBytes));
  }
  return call.fail(before + re2_error(expression, static_cast<int>(pattern->error_code()),
                                      pattern->error_arg()));
}

struct Match {
  std::size_t start = 0;
  std::size_t end = 0;
  std::vector<StringPiece> groups;
};

// All matches as Go finds them: an empty one right after another match does not count. `most` < 0:
// all.
std::expected<std::vector<Match>, Failure> find_all(Call& call, const re2::RE2& pattern,
                                                    std::string_view text, std::int64_t most,
                                                    int groups) {
  std::vector<Match> matches;
  StringPiece whole(text.data(), text.size());
  std::size_t at = 0;
  std::size_t previous_end = static_cast<std::size_t>(-1);
  std::vector<StringPiece> found(static_cast<std::size_t>(groups));
  while ((most < 0 || matches.size() < static_cast<std::size_t>(most)) && at <= text.size()) {
    // A search may run over all that is left, several times per byte.
    if (Outcome spent = call.context.spend(4 + (text.size() - at) / 8); !spent)
      return std::unexpected(spent.error());
    if (!pattern.Match(whole, at, text.size(), re2::RE2::UNANCHORED, found.data(), groups)) break;
    auto start = static_cast<std::size_t>(found[0].data() - text.data());
    std::size_t end = start + found[0].size();
    bool counts = end != start || start != previous_end;
    if (end > at) {
      at = end;
    } else {
      at += std::max(decode_rune(text.substr(at)).size, 1u);
    }
    previous_end = end;
    if (counts) matches.push_back({start, end, found});
  }
  return matches;
}

Answer matches_text(Call& call, const re2::RE2& pattern, std::string_view text) {
  if (Outcome spent = call.context.spend(1 + text.size() / 16); !spent)
    return std::unexpected(spent.error());
  return Value::of_bool(pattern.Match(StringPiece(text.data(), text.size()), 0, text.size(),
                                      re2::RE2::UNANCHORED, nullptr, 0));
}

Answer must_match(Call& call) {
  auto pattern = compile(call, call.text(0));
  if (!pattern) return std::unexpected(pattern.error());
  return matches_text(call, **pattern, call.text(1));
}

Answer match(Call& call) {
  Answer answer = must_match(call);
  if (answer || answer.error().code == Code::TooLarge) return answer;
  return Value::of_bool(false);
}

Answer find(Call& call) {
  auto pattern = compile(call, call.text(0));
  if (!pattern) return std::unexpected(pattern.error());
  auto found = find_all(call, **pattern, call.text(1), 1, 1);
  if (!found) return std::unexpected(found.error());
  if (found->empty()) return call.lend("");
  const Match& first = found->front();
  return call.lend(call.text(1).substr(first.start, first.end - first.start));
}

Answer give_strings(Call& call, const std::vector<Value>& items) {
  if (Outcome reserved = call.context.reserve(items.size() * sizeof(Value)); !reserved) {
    return std::unexpected(reserved.error());
  }
  return call.heap().list(items, Type::Strings);
}

Answer nil_strings() {
  Value value = Value::of(Type::Strings);
  value.items = nullptr;
  return value;
}

Answer find_every(Call& call) {
  auto pattern = compile(call, call.text(0));
  if (!pattern) return std::unexpected(pattern.error());
  auto found = find_all(call, **pattern, call.text(1), call.integer(2), 1);
  if (!found) return std::unexpected(found.error());
  if (found->empty()) return nil_strings();
  std::vector<Value> items;
  for (const Match& each : *found) {
    items.push_back(Value::of_text(call.text(1).substr(each.start, each.end - each.start)));
  }
  return give_strings(call, items);
}

// The group that $name or ${name} means: by number, or by name (of equal names the one that took
// part).
StringPiece group_of(const re2::RE2& pattern, const Match& match, std::string_view name) {
  bool number = !name.empty();
  std::size_t index = 0;
  for (char c : name) {
    number = number && c >= '0' && c <= '9';
    if (number)
      index = std::min<std::size_t>(index * 10 + static_cast<std::size_t>(c - '0'), 1'000'000);
  }
  if (number && name.size() > 1 && name[0] == '0') number = false;
  if (number) return index < match.groups.size() ? match.groups[index] : StringPiece();
  for (const auto& [at, known] : pattern.CapturingGroupNames()) {
    auto group = static_cast<std::size_t>(at);
    if (known == name && group < match.groups.size() && match.groups[group].data())
      return match.groups[group];
  }
  return {};
}

// $name, ${name} and $$ of a replacement, as Regexp.Expand reads them.
void expand(std::string& out, std::string_view replacement, const re2::RE2& pattern,
            const Match& match) {
  for (;;) {
    std::size_t dollar = replacement.find('$');
    out += replacement.substr(0, dollar);
    if (dollar == replacement.npos) return;
    replacement.remove_prefix(dollar + 1);
    if (replacement.starts_with('$')) {
      out += '$';
      replacement.remove_prefix(1);
      continue;
    }
    bool brace = replacement.starts_with('{');
    std::string_view rest = replacement.substr(brace ? 1 : 0);
    std::size_t size = 0;
    while (size < rest.size()) {
      Rune rune = decode_rune(rest.substr(size));
      if (!is_letter(rune.code) && !is_digit(rune.code) && rune.code != '_') break;
      size += rune.size;
    }
    if (size == 0 || (brace && (size >= rest.size() || rest[size] != '}'))) {
      out += '$';
      continue;
    }
    StringPiece group = group_of(pattern, match, rest.substr(0, size));
    out.append(group.data() ? group.data() : "", group.size());
    replacement = rest.substr(size + (brace ? 1 : 0));
  }
}

enum class Replacement : bool { Literal, Expanded };

Answer replace_with(Call& call, Replacement kind) {
  auto pattern = compile(call, call.text(0));
  if (!pattern) return std::unexpected(pattern.error());
  std::string_view text = call.text(1);
  std::string_view replacement = call.text(2);
  int groups = kind == Replacement::Expanded ? 1 + (*pattern)->NumberOfCapturingGroups() : 1;
  auto found = find_all(call, **pattern, text, -1, groups);
  if (!found) return std::unexpected(found.error());
  std::string out;
  std::size_t at = 0;
  for (const Match& each : *found) {
    out += text.substr(at, each.start - at);
    if (kind == Replacement::Literal) {
      out += replacement;
    } else {
      expand(out, replacement, **pattern, each);
    }
    at = each.end;
    if (out.size() > kHeapBytes) return std::unexpected(call.context.out_of_memory().error());
  }
  out += text.substr(at);
  if (Outcome reserved = call.context.reserve(out.size()); !reserved)
    return std::unexpected(reserved.error());
  return call.give(out);
}

Answer replace_all(Call& call) { return replace_with(call, Replacement::Expanded); }
Answer replace_all_literal(Call& call) { return replace_with(call, Replacement::Literal); }

Answer split(Call& call) {
  auto pattern = compile(call, call.text(0));
  if (!pattern) return std::unexpected(pattern.error());
  std::string_view text = call.text(1);
  std::int64_t most = call.integer(2);
  if (most == 0) return nil_strings();
  std::vector<Value> parts;
  if (!call.text(0).empty() && text.empty()) {
    parts.push_back(Value::of_text(""));
    return give_strings(call, parts);
  }
  auto found = find_all(call, **pattern, text, most, 1);
  if (!found) return std::unexpected(found.error());
  std::size_t start = 0;
  std::size_t end = 0;
  for (const Match& each : *found) {
    if (most > 0 && static_cast<std::int64_t>(parts.size()) == most - 1) break;
    end = each.start;
    if (each.end != 0) parts.push_back(Value::of_text(text.substr(start, end - start)));
    start = each.end;
  }
  if (end != text.size()) parts.push_back(Value::of_text(text.substr(start)));
  return give_strings(call, parts);
}

Answer quote_meta(Call& call) {
  constexpr std::string_view kSpecial = "\\.+*?()|[]{}^$";
  std::string out;
  for (char c : call.text(0)) {
    if (kSpecial.find(c) != kSpecial.npos) out += '\\';
    out += c;
  }
  return call.give(out);
}

constexpr Function kFunctions[] = {
    {"regexMatch", Group::Regex, "ss>b", match},
    {"mustRegexMatch", Group::Regex, "ss>b", must_match},
    {"regexFind", Group::Regex, "ss>s", find},
    {"mustRegexFind", Group::Regex, "ss>s", find},
    {"regexFindAll", Group::Regex, "ssi>S", find_every},
    {"mustRegexFindAll", Group::Regex, "ssi>S", find_every},
    {"regexReplaceAll", Group::Regex, "sss>s", replace_all},
    {"mustRegexReplaceAll", Group::Regex, "sss>s", replace_all},
    {"regexReplaceAllLiteral", Group::Regex, "sss>s", replace_all_literal},
    {"mustRegexReplaceAllLiteral", Group::Regex, "sss>s", replace_all_literal},
    {"regexSplit", Group::Regex, "ssi>S", split},
    {"mustRegexSplit", Group::Regex, "ssi>S", split},
    {"regexQuoteMeta", Group::Regex, "s>s", quote_meta},
};

}  // namespace

std::span<const Function> regex_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
