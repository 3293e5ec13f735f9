#include "engines/cel/unify.h"

namespace lesto::cel {
namespace {

bool loose(const Type& type) { return type.kind == TypeKind::Dyn || type.kind == TypeKind::Error; }

TypeRef with_params(const Type& type, std::vector<TypeRef> params) {
  auto out = std::make_shared<Type>(type);
  out->params = std::move(params);
  return out;
}

template <class Replace>
TypeRef mapped(const TypeRef& type, Replace replace) {
  if (!type || type->params.empty()) return type;
  std::vector<TypeRef> params;
  bool changed = false;
  for (const TypeRef& param : type->params) {
    params.push_back(replace(param));
    changed = changed || params.back() != param;
  }
  return changed ? with_params(*type, std::move(params)) : type;
}

bool takes_null(const Type& type) {
  switch (type.kind) {
    case TypeKind::Null:
    case TypeKind::Duration:
    case TypeKind::Timestamp:
    case TypeKind::Object:
    case TypeKind::Opaque:
      return true;
    default:
      return false;
  }
}

}  // namespace

TypeRef Substitution::fresh() { return param("_var" + std::to_string(next_++)); }

TypeRef Substitution::instantiate(const TypeRef& type, std::map<std::string, TypeRef>& names) {
  if (!type) return type;
  if (type->kind == TypeKind::Param) {
    auto [place, added] = names.try_emplace(type->name);
    if (added) place->second = fresh();
    return place->second;
  }
  return mapped(type, [&](const TypeRef& inner) { return instantiate(inner, names); });
}

bool Substitution::assign(const TypeRef& from, const TypeRef& to) {
  Bindings trial = bindings_;
  if (!assign(trial, from, to)) return false;
  bindings_ = std::move(trial);
  return true;
}

bool Substitution::less_specific(const TypeRef& a, const TypeRef& b) {
  if (loose(*a) || a->kind == TypeKind::Param) return true;
  if (loose(*b) || b->kind == TypeKind::Param || a->kind != b->kind ||
      a->params.size() != b->params.size())
    return false;
  for (std::size_t i = 0; i < a->params.size(); ++i) {
    if (a->params[i] && b->params[i] && !less_specific(a->params[i], b->params[i])) return false;
  }
  return true;
}

bool Substitution::mentions(const Bindings& bindings, const TypeRef& type,
                            const std::string& name) {
  if (!type) return false;
  if (type->kind == TypeKind::Param) {
    if (type->name == name) return true;
    auto found = bindings.find(type->name);
    return found != bindings.end() && mentions(bindings, found->second, name);
  }
  for (const TypeRef& inner : type->params) {
    if (mentions(bindings, inner, name)) return true;
  }
  return false;
}

// `to` is what the variable must hold; a variable that holds a type already takes the more general
// of both.
bool Substitution::bind(Bindings& bindings, const TypeRef& variable, const TypeRef& to) {
  if (to->kind == TypeKind::Param && to->name == variable->name) return true;
  auto found = bindings.find(variable->name);
  if (found == bindings.end()) {
    if (mentions(bindings, to, variable->name)) return false;
    bindings[variable->name] = to;
    return true;
  }
  TypeRef held = found->second;
  if (!assign(bindings, to, held)) return false;
  TypeRef general = less_specific(to, held) ? to : held;
  if (!mentions(bindings, general, variable->name)) bindings[variable->name] = general;
  return true;
}

bool Substitution::assign(Bindings& bindings, const TypeRef& from, const TypeRef& to) {
  if (from == to) return true;
  if (to->kind == TypeKind::Param) return bind(bindings, to, from);
  if (from->kind == TypeKind::Param) return bind(bindings, from, to);
  if (loose(*from) || loose(*to)) return true;
  if (from->kind == TypeKind::Null) return takes_null(*to);
  if (to->kind == TypeKind::Null) return takes_null(*from);
  if (from->kind != to->kind) return false;
  if (from->kind == TypeKind::Object)
    return from->members.size() == to->members.size() && from->name == to->name;
  if (from->kind == TypeKind::Opaque) return from->name == to->name;
  if (from->kind == TypeKind::Type) return true;
  for (std::size_t i = 0; i < from->params.size(); ++i) {
    if (!assign(bindings, from->params[i], to->params[i])) return false;
  }
  return true;
}

TypeRef Substitution::bound(const TypeRef& type) const {
  if (type && type->kind == TypeKind::Param) {
    auto found = bindings_.find(type->name);
    return found == bindings_.end() ? type : bound(found->second);
  }
  return mapped(type, [&](const TypeRef& inner) { return bound(inner); });
}

TypeRef Substitution::resolve(const TypeRef& type) const {
  TypeRef out = bound(type);
  if (out && out->kind == TypeKind::Param) return dyn();
  return mapped(out, [&](const TypeRef& inner) { return resolve(inner); });
}

TypeRef Substitution::join(const TypeRef& a, const TypeRef& b) {
  if (!assign(b, a) && !assign(a, b)) return nullptr;
  return less_specific(bound(b), bound(a)) ? b : a;
}

}  // namespace lesto::cel
