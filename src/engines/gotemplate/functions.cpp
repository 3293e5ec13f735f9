#include "engines/gotemplate/functions.h"

#include <algorithm>

#include "engines/gotemplate/value.h"

namespace lesto::gotemplate {
namespace {

using Table = std::unordered_map<std::string_view, const Function*>;

void add(Table& table, std::span<const Function> functions) {
  for (const Function& function : functions) table.insert_or_assign(function.name, &function);
}

Table make_table(Dialect dialect) {
  Table table;
  table.reserve(512);
  for (auto functions :
       {builtin_functions(),      comparison_functions(), string_functions(),
        word_functions(),         regex_functions(),      list_functions_of_sprig(),
        dict_functions(),         merge_functions(),      default_functions(),
        math_functions(),         decimal_functions(),    conversion_functions(),
        date_functions(),         encoding_functions(),   digest_functions(),
        certificate_functions(),  random_functions(),     semver_functions(),
        url_functions(),          path_functions(),       reflection_functions(),
        json_functions(),         yaml_functions(),       toml_functions(),
        object_functions(dialect)}) {
    add(table, functions);
  }
  return table;
}

const Table& table_of(Dialect dialect) {
  static const Table by_map = make_table(Dialect::ByMap);
  static const Table by_id = make_table(Dialect::ById);
  return dialect == Dialect::ByMap ? by_map : by_id;
}

Type type_of(char letter) {
  switch (letter) {
    case 's': return Type::String;
    case 'i': return Type::Int;
    case 'l': return Type::Int64;
    case 'u': return Type::Uint32;
    case 'f': return Type::Float64;
    case 'b': return Type::Bool;
    case 'm': return Type::Map;
    case 'L': return Type::List;
    case 't': return Type::Time;
    case 'd': return Type::Duration;
    case 'c': return Type::Certificate;
    case 'V': return Type::Version;
    case 'w': return Type::VersionCopy;
    case 'Z': return Type::Location;
    default: return Type::Nil;
  }
}

}  // namespace

Outcome Context::out_of_steps() { return limit("steps", options.limits.steps); }

Outcome Context::out_of_memory() { return limit("bytes of values", options.limits.heap_bytes); }

std::unexpected<Failure> Context::limit(std::string_view what, std::uint64_t most) {
  return fail("the limit of " + std::to_string(most) + " " + std::string(what) + " is passed",
              Code::TooLarge);
}

std::string_view group_name(Group group) {
  switch (group) {
    case Group::Builtin: return "builtin";
    case Group::Strings: return "strings";
    case Group::Regex: return "regex";
    case Group::Lists: return "lists";
    case Group::Dicts: return "dicts";
    case Group::Defaults: return "defaults";
    case Group::Math: return "math";
    case Group::Conversion: return "conversion";
    case Group::Dates: return "dates";
    case Group::Encoding: return "encoding";
    case Group::Crypto: return "crypto";
    case Group::Semver: return "semver";
    case Group::Url: return "url";
    case Group::Paths: return "paths";
    case Group::Reflection: return "reflection";
    case Group::Random: return "random";
    case Group::System: return "system";
    case Group::Data: return "data";
    case Group::Objects: return "objects";
    case Group::Method: return "method";
  }
  return "";
}

const Function* find_function(std::string_view name, Dialect dialect) {
  const Table& table = table_of(dialect);
  auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

const Function* find_method(Type type, std::string_view name) {
  char letter = 0;
  std::span<const Function> methods;
  switch (type) {
    case Type::Time:
      letter = 't';
      methods = date_methods();
      break;
    case Type::Duration:
      letter = 'd';
      methods = date_methods();
      break;
    case Type::Month:
      letter = 'M';
      methods = date_methods();
      break;
    case Type::Weekday:
      letter = 'W';
      methods = date_methods();
      break;
    case Type::Location:
      letter = 'Z';
      methods = date_methods();
      break;
    case Type::Version:
      letter = 'V';
      methods = semver_methods();
      break;
    case Type::VersionCopy:
      letter = 'w';
      methods = semver_methods();
      break;
    default: return nullptr;
  }
  for (const Function& method : methods) {
    if (method.parameters[0] == letter && method.name == name) return &method;
  }
  return nullptr;
}

std::vector<const Function*> list_functions(Dialect dialect) {
  std::vector<const Function*> functions;
  for (const auto& [name, function] : table_of(dialect)) functions.push_back(function);
  std::sort(functions.begin(), functions.end(),
            [](const Function* a, const Function* b) { return a->name < b->name; });
  return functions;
}

std::string_view parameter_type_name(char letter) {
  if (letter == 'a') return "interface {}";
  if (letter == 'v') return "reflect.Value";
  return type_name(type_of(letter));
}

bool fits_parameter(Value& value, char letter) {
  if (letter == 'v') return true;
  if (letter == 'a') {
    if (value.type != Type::Nil) value.boxed = false;
    return true;
  }
  if (value.type != type_of(letter)) return false;
  value.boxed = false;
  return true;
}

bool nil_parameter(char letter, Value& value) {
  switch (letter) {
    case 'a': value = Value::nil(); return true;
    case 'v': value = {}; return true;
    case 'm':
    case 'L':
    case 'V':
    case 'Z':
      value = Value::of(type_of(letter));
      value.address = nullptr;
      return true;
    default: return false;
  }
}

Result<Value> call_function(std::string_view name, std::span<const Value> arguments,
                            Context& context, Dialect dialect) {
  const Function* function = find_function(name, dialect);
  if (!function) return fail(Code::NotFound, "function \"" + std::string(name) + "\" not defined");
  std::size_t fixed = function->fixed();
  if (function->variadic ? arguments.size() < fixed : arguments.size() != fixed) {
    return fail(Code::Invalid, "wrong number of args for " + std::string(name) + ": want " +
                                   (function->variadic ? "at least " : "") + std::to_string(fixed) +
                                   " got " + std::to_string(arguments.size()));
  }
  std::vector<Value> fitted(arguments.begin(), arguments.end());
  for (std::size_t i = 0; i < fitted.size(); ++i) {
    char letter = function->parameter(i);
    bool fits =
        fitted[i].nothing() ? nil_parameter(letter, fitted[i]) : fits_parameter(fitted[i], letter);
    // A host with one kind of integer may give it for another.
    if (!fits && fitted[i].is_integer() && (letter == 'i' || letter == 'l')) {
      fitted[i] = Value::of_integer(type_of(letter), fitted[i].integer);
      fits = true;
    }
    if (!fits) {
      return fail(Code::Invalid, "wrong type for argument " + std::to_string(i + 1) + " of " +
                                     std::string(name) + "; expected " +
                                     std::string(parameter_type_name(letter)) + "; got " +
                                     std::string(type_name(fitted[i])));
    }
  }
  Call call{context, fitted, *function};
  Answer answer = function->handler(call);
  if (!answer) return fail(answer.error().code, std::string(answer.error().text));
  return *answer;
}

}  // namespace lesto::gotemplate
