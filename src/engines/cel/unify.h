// Assignability of types with parameters.
#pragma once

#include <map>
#include <string>

#include "engines/cel/type.h"

namespace lesto::cel {

class Substitution {
 public:
  TypeRef fresh();
  // The overload's parameters replaced by fresh variables, the same for all that share `names`.
  TypeRef instantiate(const TypeRef& type, std::map<std::string, TypeRef>& names);

  // May a value of type `from` be used as `to`? Binds variables when it may, changes nothing when
  // not.
  bool assign(const TypeRef& from, const TypeRef& to);

  // With its bindings; what is unbound becomes dyn.
  TypeRef resolve(const TypeRef& type) const;
  // With its bindings; what is unbound stays.
  TypeRef bound(const TypeRef& type) const;

  // The type of a list that holds both; null when they differ.
  TypeRef join(const TypeRef& a, const TypeRef& b);

 private:
  using Bindings = std::map<std::string, TypeRef, std::less<>>;
  static bool assign(Bindings& bindings, const TypeRef& from, const TypeRef& to);
  static bool bind(Bindings& bindings, const TypeRef& variable, const TypeRef& to);
  static bool mentions(const Bindings& bindings, const TypeRef& type, const std::string& name);
  static bool less_specific(const TypeRef& a, const TypeRef& b);

  Bindings bindings_;
  int next_ = 0;
};

}  // namespace lesto::cel
