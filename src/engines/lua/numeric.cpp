#include "engines/lua/numeric.h"

#include <utility>
#include <vector>

namespace lesto::lua {
namespace {

// A variable and what it is given; null for anything that is not a single known expression.
using Gift = std::pair<const std::string*, const Expression*>;

void gifts_of(const Statement& s, std::vector<Gift>& out) {
  auto give_list = [&](const std::vector<const std::string*>& names) {
    bool open = !s.values.empty() && !s.values.back()->single &&
                (s.values.back()->kind == ExpressionKind::Call ||
                 s.values.back()->kind == ExpressionKind::Method ||
                 s.values.back()->kind == ExpressionKind::Dots);
    for (std::size_t i = 0; i < names.size(); ++i) {
      bool known = i < s.values.size() && !(open && i + 1 >= s.values.size());
      if (names[i]) out.emplace_back(names[i], known ? s.values[i] : nullptr);
    }
  };
  std::vector<const std::string*> names;
  switch (s.kind) {
    case StatementKind::Local:
      for (const std::string& name : s.names) names.push_back(&name);
      give_list(names);
      break;
    case StatementKind::Assign:
      for (const Expression* target : s.targets) {
        names.push_back(target->kind == ExpressionKind::Name ? &target->text : nullptr);
      }
      give_list(names);
      break;
    case StatementKind::GenericFor:
      for (const std::string& name : s.names) out.emplace_back(&name, nullptr);
      break;
    case StatementKind::Function:
      if (s.values[0]->kind == ExpressionKind::Name) out.emplace_back(&s.values[0]->text, nullptr);
      break;
    default: break;
  }
}

}  // namespace

bool is_numeric(const Expression& e, const std::set<std::string>& names) {
  switch (e.kind) {
    case ExpressionKind::Number: return true;
    case ExpressionKind::Name: return names.contains(e.text);
    case ExpressionKind::Arithmetic:
      return is_numeric(*e.left, names) && is_numeric(*e.right, names);
    case ExpressionKind::Minus: return is_numeric(*e.left, names);
    default: return false;
  }
}

std::set<std::string> numeric_names(const Chunk& chunk) {
  std::vector<Gift> gifts;
  std::set<std::string> names;
  for (const Statement& s : chunk.statements) {
    gifts_of(s, gifts);
    if (s.kind == StatementKind::NumericFor) names.insert(s.names[0]);
  }
  for (const Gift& gift : gifts) names.insert(*gift.first);
  for (const Function& f : chunk.functions) {
    for (const std::string& parameter : f.parameters) names.erase(parameter);
  }
  names.erase("self");
  names.erase("arg");
  // Parameters come from outside; then whatever is given something unknown goes, until nothing
  // changes.
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [name, value] : gifts) {
      if (names.contains(*name) && (!value || !is_numeric(*value, names))) {
        names.erase(*name);
        changed = true;
      }
    }
  }
  return names;
}

}  // namespace lesto::lua
