#include "engines/lua/go_format.h"

#include <algorithm>

#include "engines/gotemplate/format.h"
#include "engines/gotemplate/heap.h"
#include "engines/lua/number_text.h"

namespace lesto::lua {
namespace {

using gotemplate::Value;
using Kind = FormatArgument::Kind;

bool is_text_verb(char verb) {
  return std::string_view("sqxXv").find(verb) != std::string_view::npos;
}

// What Go's fmt is given for an argument, which depends on the verb; `holder` keeps a text made for
// it. The verb may change: the dialect knows %i.
Value go_value(const FormatArgument& argument, char& verb, std::string& holder) {
  auto text = [&](std::string_view content) { return Value::of_text(content); };
  switch (argument.kind) {
    case Kind::Nil: return text("nil");
    case Kind::Bool:
      if (verb == 't') return Value::of_bool(argument.boolean);
      if (is_text_verb(verb)) return text(argument.boolean ? "true" : "false");
      return Value::of_bool(argument.boolean);
    case Kind::Text:
      if (verb != 'd' && verb != 'i') return text(argument.text);
      // Of texts %d shows those that are numbers as they stand, others as 0.
      if (parse_number(argument.text)) {
        verb = 's';
        return text(argument.text);
      }
      verb = 'd';
      return Value::of_int64(0);
    case Kind::Other: return text(argument.text);
    case Kind::Number: break;
  }
  double number = argument.number;
  if (verb == 's' || verb == 'q') {
    holder = number_text(number);
    return text(holder);
  }
  if (verb == 'i') verb = 'd';
  if (std::string_view("bcdoxXU").find(verb) != std::string_view::npos)
    return Value::of_int64(to_integer(number));
  if (std::string_view("eEfFgG").find(verb) != std::string_view::npos)
    return Value::of_float(number);
  if (number == static_cast<double>(to_integer(number))) return Value::of_int64(to_integer(number));
  return Value::of_float(number);
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t result = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size()))
    ++result;
  return result;
}

// The directive at text[0] == '%': up to and with its verb.
std::string_view directive_of(std::string_view text) {
  std::size_t at = 1;
  while (at < text.size() &&
         std::string_view("+-# 0123456789.").find(text[at]) != std::string_view::npos)
    ++at;
  return text.substr(0, std::min(at + 1, text.size()));
}

void append_extra(std::string& out, std::span<const FormatArgument> rest) {
  out += "%!(EXTRA ";
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (i > 0) out += ", ";
    switch (rest[i].kind) {
      case Kind::Nil: out += "*lua.LNilType=nil"; break;
      case Kind::Bool: out += rest[i].boolean ? "lua.LBool=true" : "lua.LBool=false"; break;
      case Kind::Number: out += "lua.LNumber=" + number_text(rest[i].number); break;
      case Kind::Text: out += "lua.LString=" + std::string(rest[i].text); break;
      case Kind::Other: out += std::string(rest[i].text); break;
    }
  }
  out += ")";
}

}  // namespace

bool go_format(std::string& out, std::string_view format, std::span<const FormatArgument> arguments,
               std::size_t bytes_max) {
  // The reference counts the directives this way, and drops the arguments beyond.
  std::size_t singles = count(format, "%");
  std::size_t doubles = count(format, "%%");
  std::size_t wanted = singles > doubles ? singles - doubles : 0;
  arguments = arguments.first(std::min(wanted, arguments.size()));

  gotemplate::Heap heap;
  gotemplate::ExecuteOptions options;
  gotemplate::Context context(heap, options);
  std::string holder;
  std::size_t used = 0;
  while (!format.empty()) {
    std::size_t percent = std::min(format.find('%'), format.size());
    out += format.substr(0, percent);
    format.remove_prefix(percent);
    if (format.empty()) break;
    std::string directive(directive_of(format));
    format.remove_prefix(directive.size());
    char verb = directive.back();
    bool takes = directive.size() > 1 && verb != '%' && used < arguments.size();
    std::span<const Value> values;
    Value value;
    if (takes && arguments[used].kind == Kind::Nil && !is_text_verb(verb)) {
      // A pointer to an empty struct, for Go.
      ++used;
      out += "&{}";
      continue;
    }
    std::size_t written = out.size();
    bool boolean = takes && arguments[used].kind == Kind::Bool;
    if (takes) {
      value = go_value(arguments[used++], verb, holder);
      directive.back() = verb;
      values = {&value, 1};
    }
    if (!gotemplate::append_formatted(out, context, directive, values)) return false;
    if (out.size() > bytes_max) return false;
    std::size_t type = boolean ? out.find("(bool=", written) : std::string::npos;
    if (type != std::string::npos) out.replace(type, 6, "(lua.LBool=");
  }
  if (used < arguments.size()) append_extra(out, arguments.subspan(used));
  return out.size() <= bytes_max;
}

}  // namespace lesto::lua
