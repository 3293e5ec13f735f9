#include "engines/gotemplate/sprig.h"
#include "engines/gotemplate/toml.h"

namespace lesto::gotemplate {
namespace {

Answer to_toml(Call& call) {
  if (call.at(0).nothing()) return call.fail("reflect: call of reflect.Value.Type on zero Value");
  std::string out;
  Outcome written = append_toml(out, call.context, call.at(0));
  if (written) return call.give(out);
  // The error's text is the answer; a limit stays an error.
  if (written.error().code == Code::TooLarge) return std::unexpected(written.error());
  return call.lend(written.error().text);
}

Answer from_toml(Call& call) {
  if (Outcome spent = call.context.spend(1 + call.text(0).size() / 4); !spent)
    return std::unexpected(spent.error());
  if (Outcome reserved = call.context.reserve(call.text(0).size() * 8); !reserved) {
    return std::unexpected(reserved.error());
  }
  auto table = parse_toml(call.text(0), call.heap());
  if (table) return *table;
  MapNode* map = call.heap().new_map(1);
  call.heap().set(map, "Error", call.heap().text(table.error()));
  return Value::of_map(map);
}

constexpr Function kFunctions[] = {
    {"toToml", Group::Data, "a>s", to_toml},
    {"fromToml", Group::Data, "s>m", from_toml},
};

}  // namespace

std::span<const Function> toml_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
