#include "engines/gotemplate/regex_text.h"

#include <re2/re2.h>

#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

std::string parse_error(std::string_view what, std::string_view part) {
  return "error parsing regexp: " + std::string(what) + ": `" + std::string(part) + "`";
}

bool capture_name(std::string_view name) {
  if (name.empty()) return false;
  for (char c : name) {
    bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!letter) return false;
  }
  return true;
}

// Calls `visit(position)` for each place outside classes, escapes and \Q…\E, until it answers
// false.
template <class Visit>
void visit_plain(std::string_view expression, Visit visit) {
  bool in_class = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    char c = expression[i];
    if (c == '\\') {
      if (!in_class && i + 1 < expression.size() && expression[i + 1] == 'Q') {
        std::size_t end = expression.find("\\E", i + 2);
        if (end == expression.npos) return;
        i = end + 1;
        continue;
      }
      if (!visit(i, in_class)) return;
      ++i;
      continue;
    }
    if (in_class) {
      if (c == '[' && i + 1 < expression.size() && expression[i + 1] == ':') {
        std::size_t end = expression.find(":]", i + 2);
        if (end != expression.npos) i = end + 1;
      } else if (c == ']') {
        in_class = false;
      }
      continue;
    }
    if (c == '[') {
      in_class = true;
      // A bracket right after the start stands for itself.
      if (i + 1 < expression.size() && expression[i + 1] == '^') ++i;
      if (i + 1 < expression.size() && expression[i + 1] == ']') ++i;
      continue;
    }
    if (!visit(i, in_class)) return;
  }
}

}  // namespace

std::optional<std::string> regex_error(std::string_view expression) {
  std::optional<std::string> error;
  visit_plain(expression, [&](std::size_t i, bool) {
    std::string_view rest = expression.substr(i);
    if (rest.starts_with("\\C")) {
      error = parse_error("invalid escape sequence", rest.substr(0, 2));
    } else if (rest.starts_with("(?<")) {
      std::size_t end = rest.find('>');
      if (end == rest.npos) {
        error = parse_error("invalid named capture", rest);
      } else if (!capture_name(rest.substr(3, end - 3))) {
        error = parse_error("invalid named capture", rest.substr(0, end + 1));
      }
    }
    return !error;
  });
  return error;
}

std::string re2_expression(std::string_view expression) {
  std::string out;
  std::size_t copied = 0;
  visit_plain(expression, [&](std::size_t i, bool) {
    if (expression.substr(i).starts_with("(?<")) {
      out += expression.substr(copied, i + 2 - copied);
      out += 'P';
      copied = i + 2;
    }
    return true;
  });
  out += expression.substr(copied);
  return out;
}

std::string re2_error(std::string_view expression, int code, std::string_view argument) {
  switch (code) {
    case re2::RE2::ErrorBadEscape: return parse_error("invalid escape sequence", argument);
    case re2::RE2::ErrorBadCharClass: return parse_error("invalid character class", argument);
    case re2::RE2::ErrorBadCharRange: return parse_error("invalid character class range", argument);
    case re2::RE2::ErrorMissingBracket: return parse_error("missing closing ]", argument);
    case re2::RE2::ErrorMissingParen: return parse_error("missing closing )", expression);
    case re2::RE2::ErrorUnexpectedParen: return parse_error("unexpected )", expression);
    case re2::RE2::ErrorTrailingBackslash:
      return "error parsing regexp: trailing backslash at end of expression: ``";
    case re2::RE2::ErrorRepeatArgument:
      return parse_error("missing argument to repetition operator", argument);
    case re2::RE2::ErrorRepeatSize: return parse_error("invalid repeat count", argument);
    case re2::RE2::ErrorRepeatOp:
      return parse_error("invalid nested repetition operator", argument);
    case re2::RE2::ErrorBadPerlOp:
      return parse_error("invalid or unsupported Perl syntax", argument);
    case re2::RE2::ErrorBadUTF8: return parse_error("invalid UTF-8", expression);
    case re2::RE2::ErrorBadNamedCapture: return parse_error("invalid named capture", argument);
    default: return parse_error("regexp/syntax: internal error", expression);
  }
}

std::string compile_panic(std::string_view expression) {
  std::string shown =
      can_backquote(expression) ? "`" + std::string(expression) + "`" : quoted(expression);
  return "regexp: Compile(" + shown + "): ";
}

}  // namespace lesto::gotemplate
