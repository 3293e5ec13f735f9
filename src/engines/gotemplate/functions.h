// The functions that templates call: Go's builtins, Sprig, to/from Yaml, Json and Toml, Sveltos'
// object functions.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engines/gotemplate/heap.h"
#include "engines/gotemplate/options.h"
#include "engines/gotemplate/value.h"
#include "foundation/base/result.h"

namespace lesto::gotemplate {

// Why a function or an expression failed. The text lives in the heap.
struct Failure {
  std::string_view text;
  Code code = Code::Invalid;
};
using Answer = std::expected<Value, Failure>;
using Outcome = std::expected<void, Failure>;

// What an execution hands to the functions that it calls, and what they share.
struct Context {
  Context(Heap& values, const ExecuteOptions& chosen)
      : heap(values), options(chosen), steps(chosen.limits.steps) {}

  // Takes from the budget of steps.
  Outcome spend(std::uint64_t count) {
    if (count > steps) {
      steps = 0;
      return out_of_steps();
    }
    steps -= count;
    return {};
  }
  // For bulk work on so many bytes.
  Outcome spend_bytes(std::size_t count) { return spend(1 + count / 64); }
  // That something large fits the heap, before it is made.
  Outcome reserve(std::size_t bytes) {
    if (bytes > kHeapBytes || !heap.has_room(bytes)) return out_of_memory();
    return spend_bytes(bytes);
  }
  Outcome out_of_steps();
  Outcome out_of_memory();
  std::unexpected<Failure> fail(std::string_view text, Code code = Code::Invalid) {
    return std::unexpected(Failure{heap.copy(text), code});
  }
  std::unexpected<Failure> limit(std::string_view what, std::uint64_t most);

  Heap& heap;
  const ExecuteOptions& options;
  std::uint64_t steps;
  int keys_made = 0;
  // Maps may be changed: what is given as a copy must be one.
  bool may_change = true;
  // The data of the whole template: where .MgmtResources are found.
  Value root;
  // For building a text before it goes to the heap; empty between uses.
  std::string scratch;
};

struct Function;

// One call of a function. The arguments have the types of its signature; those of type "any" may be
// Nil, those of type "value" may be no value at all.
struct Call {
  Context& context;
  std::span<const Value> arguments;
  const Function& function;

  Heap& heap() const { return context.heap; }
  std::size_t count() const { return arguments.size(); }
  const Value& at(std::size_t i) const { return arguments[i]; }
  std::string_view text(std::size_t i) const { return arguments[i].text(); }
  std::int64_t integer(std::size_t i) const { return arguments[i].integer; }

  // Results. Texts are copied to the heap, unless lent.
  Answer give(std::string_view text) const { return context.heap.text(text); }
  Answer lend(std::string_view text) const { return Value::of_text(text); }
  Answer give(Value value) const { return value; }
  std::unexpected<Failure> fail(std::string_view text) const { return context.fail(text); }
};

using Handler = Answer (*)(Call&);

enum class Group : std::uint8_t {
  Builtin,
  Strings,
  Regex,
  Lists,
  Dicts,
  Defaults,
  Math,
  Conversion,
  Dates,
  Encoding,
  Crypto,
  Semver,
  Url,
  Paths,
  Reflection,
  Random,
  System,
  Data,
  Objects,
  Method,
};
std::string_view group_name(Group group);

// Types of parameters, one letter each:
//   s string · i int · l int64 · u uint32 · f float64 · b bool
//   a interface {} · m map[string]interface {} · L []interface {} · v reflect.Value
//   t time.Time · d time.Duration · c certificate · V *semver.Version
// The last may be followed by * (any number of it), then > and the type of the result.
struct Function {
  constexpr Function(std::string_view called, Group in, std::string_view types, Handler run,
                     bool mutates = false)
      : name(called), signature(types), handler(run), group(in), changes(mutates) {
    std::size_t arrow = types.find('>');
    parameters = types.substr(0, arrow);
    result = types[arrow + 1];
    variadic = parameters.ends_with('*');
    if (variadic) parameters.remove_suffix(1);
  }

  std::string_view name;
  std::string_view signature;
  std::string_view parameters;
  Handler handler;
  Group group;
  char result = 'a';
  bool variadic = false;
  // Changes one of its arguments.
  bool changes = false;

  // The type of parameter i, which may be one of the variadic ones.
  char parameter(std::size_t i) const {
    return i < parameters.size() ? parameters[i] : parameters.back();
  }
  std::size_t fixed() const { return parameters.size() - (variadic ? 1u : 0u); }
};

// Null when there is no such function.
const Function* find_function(std::string_view name, Dialect dialect);
// Methods of times, versions and the like: their first parameter is the receiver.
const Function* find_method(Type type, std::string_view name);

// All of them by name, for listings.
std::vector<const Function*> list_functions(Dialect dialect);

// Calls a function by its name, for hosts other than templates. Arguments are taken as a template
// would take them from variables. The result lives as long as the context's heap and the arguments.
Result<Value> call_function(std::string_view name, std::span<const Value> arguments,
                            Context& context, Dialect dialect = Dialect::ByMap);

// The Go type that a letter stands for.
std::string_view parameter_type_name(char letter);
// Whether the value may be given for the parameter as it is. `value` may be unboxed or dereferenced
// for that.
bool fits_parameter(Value& value, char letter);
// A nil of the parameter's type; false when it cannot be nil.
bool nil_parameter(char letter, Value& value);

// The tables, one a file.
std::span<const Function> builtin_functions();
std::span<const Function> comparison_functions();
std::span<const Function> string_functions();
std::span<const Function> word_functions();
std::span<const Function> regex_functions();
std::span<const Function> list_functions_of_sprig();
std::span<const Function> dict_functions();
std::span<const Function> merge_functions();
std::span<const Function> default_functions();
std::span<const Function> math_functions();
std::span<const Function> decimal_functions();
std::span<const Function> conversion_functions();
std::span<const Function> date_functions();
std::span<const Function> date_methods();
std::span<const Function> encoding_functions();
std::span<const Function> digest_functions();
std::span<const Function> certificate_functions();
std::span<const Function> random_functions();
std::span<const Function> semver_functions();
std::span<const Function> semver_methods();
std::span<const Function> url_functions();
std::span<const Function> path_functions();
std::span<const Function> reflection_functions();
std::span<const Function> json_functions();
std::span<const Function> yaml_functions();
std::span<const Function> toml_functions();
std::span<const Function> object_functions(Dialect dialect);

}  // namespace lesto::gotemplate
