// How our kinds are read from JSON and printed to it: each struct names its fields once, for both
// directions. Internal to fleet/model: included by its .cpp files only.
//
//   template <class Io, Is<PolicyRef> Value>
//   void fields(Io& io, Value& value) {
//     io.optional("namespace", value.ns);
//     io.defaulted("tier", value.tier, kTierDefault);
//   }
//
// Reading: a field that is absent or null keeps what the struct's initialiser says; a wrong type, a
// missing required field and an unknown enumerator are noted with their path. Unknown fields are
// skipped, as in Kubernetes. Printing: empty texts, lists, maps and objects, false, 0, and what
// equals its default are left out, except where the field is required.
#pragma once

#include <algorithm>
#include <concepts>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "fleet/model/enums.h"
#include "fleet/model/values.h"
#include "foundation/base/result.h"
#include "foundation/base/time.h"
#include "foundation/json/value.h"

namespace lesto::model {

template <class Value, class Type>
concept Is = std::same_as<std::remove_const_t<Value>, Type>;

// A place in an object, linked up to the root; text is made only when something is wrong.
struct Path {
  const Path* up = nullptr;
  std::string_view name;
  std::size_t index = 0;

  std::string text() const;
};

// What was found wrong in one object; the first few are kept.
class Problems {
 public:
  void add(const Path& path, std::string reason);
  bool none() const { return count_ == 0; }
  std::string text() const;

 private:
  std::size_t count_ = 0;
  std::vector<std::string> texts_;
};

class Reader;
class Writer;

template <class Type>
concept Struct = requires(Reader& io, Type& value) { fields(io, value); };
template <class Type>
concept Named = requires(Type value) { names(value); };

// Each returns false, with a note, when the value is of the wrong kind.
bool read(const json::Value& from, const Path& path, Problems& problems, std::string& to);
bool read(const json::Value& from, const Path& path, Problems& problems, bool& to);
bool read(const json::Value& from, const Path& path, Problems& problems, std::int32_t& to);
bool read(const json::Value& from, const Path& path, Problems& problems, std::int64_t& to);
bool read(const json::Value& from, const Path& path, Problems& problems, Time& to);
bool read(const json::Value& from, const Path& path, Problems& problems, Duration& to);
bool read(const json::Value& from, const Path& path, Problems& problems, Bytes& to);
bool read(const json::Value& from, const Path& path, Problems& problems, MaxUpdate& to);
bool read(const json::Value& from, const Path& path, Problems& problems, Selector& to);
bool read(const json::Value& from, const Path& path, Problems& problems, LabelSelector& to);
template <Named Type>
bool read(const json::Value& from, const Path& path, Problems& problems, Type& to);
template <class Type>
bool read(const json::Value& from, const Path& path, Problems& problems, std::optional<Type>& to);
template <class Type>
bool read(const json::Value& from, const Path& path, Problems& problems, std::vector<Type>& to);
template <class Type>
bool read(const json::Value& from, const Path& path, Problems& problems,
          std::map<std::string, Type>& to);
template <Struct Type>
bool read(const json::Value& from, const Path& path, Problems& problems, Type& to);

bool wrong_type(const json::Value& from, const Path& path, Problems& problems,
                std::string_view wanted);
void not_one_of(std::string_view got, std::span<const std::string_view> known, const Path& path,
                Problems& problems);

json::Value write(const std::string& from);
json::Value write(bool from);
json::Value write(std::int32_t from);
json::Value write(std::int64_t from);
json::Value write(Time from);
json::Value write(Duration from);
json::Value write(const Bytes& from);
json::Value write(const MaxUpdate& from);
json::Value write(const Selector& from);
json::Value write(const LabelSelector& from);
template <Named Type>
json::Value write(Type from);
template <class Type>
json::Value write(const std::optional<Type>& from);
template <class Type>
json::Value write(const std::vector<Type>& from);
template <class Type>
json::Value write(const std::map<std::string, Type>& from);
template <Struct Type>
json::Value write(const Type& from);

class Reader {
 public:
  static constexpr bool kReads = true;

  Reader(const json::Value& object, const Path& path, Problems& problems)
      : object_(object), path_(path), problems_(problems) {}

  template <class Type>
  void optional(std::string_view name, Type& field) {
    const json::Value& value = object_[name];
    if (!value.is_null()) read(value, Path{&path_, name}, problems_, field);
  }
  template <class Type>
  void required(std::string_view name, Type& field) {
    if (object_[name].is_null()) return problem(name, "Required value");
    optional(name, field);
  }
  // Required, and not the empty text.
  void filled(std::string_view name, std::string& field) {
    required(name, field);
    if (object_[name].is_string() && field.empty())
      problem(name, "should be at least 1 chars long");
  }
  template <class Type, class Default>
  void defaulted(std::string_view name, Type& field, const Default&) {
    optional(name, field);
  }
  // Written by controllers only: what cannot be read counts as not there.
  template <class Type>
  void status(std::string_view name, Type& field) {
    Problems ignored;
    Type fresh;
    if (!object_[name].is_null() && read(object_[name], Path{&path_, name}, ignored, fresh) &&
        ignored.none()) {
      field = std::move(fresh);
    }
  }
  void problem(std::string_view name, std::string reason) {
    problems_.add(Path{&path_, name}, std::move(reason));
  }

  const json::Value& object() const { return object_; }

 private:
  const json::Value& object_;
  const Path& path_;
  Problems& problems_;
};

class Writer {
 public:
  static constexpr bool kReads = false;

  template <class Type>
  void optional(std::string_view name, const Type& field) {
    json::Value value = write(field);
    if (!is_zero(value)) out_.set(name, std::move(value));
  }
  // What may be unset is printed when it is set, whatever it says.
  template <class Type>
  void optional(std::string_view name, const std::optional<Type>& field) {
    if (field) out_.set(name, write(*field));
  }
  template <class Type>
  void required(std::string_view name, const Type& field) {
    out_.set(name, write(field));
  }
  void filled(std::string_view name, const std::string& field) { required(name, field); }
  template <class Type, class Default>
  void defaulted(std::string_view name, const Type& field, const Default& usual) {
    if (!(field == usual)) out_.set(name, write(field));
  }
  template <class Type>
  void status(std::string_view name, const Type& field) {
    optional(name, field);
  }

  json::Value take() { return std::move(out_); }

 private:
  static bool is_zero(const json::Value& value);

  json::Value out_ = json::Value::object();
};

template <Named Type>
bool read(const json::Value& from, const Path& path, Problems& problems, Type& to) {
  if (!from.is_string()) return wrong_type(from, path, problems, "string");
  std::vector<std::string_view> known;
  for (const auto& [value, name] : names(Type{})) {
    if (name == from.text()) {
      to = value;
      return true;
    }
    known.push_back(name);
  }
  not_one_of(from.text(), known, path, problems);
  return false;
}

template <class Type>
bool read(const json::Value& from, const Path& path, Problems& problems, std::optional<Type>& to) {
  Type value{};
  if (!read(from, path, problems, value)) return false;
  to = std::move(value);
  return true;
}

template <class Type>
bool read(const json::Value& from, const Path& path, Problems& problems, std::vector<Type>& to) {
  if (!from.is_array()) return wrong_type(from, path, problems, "array");
  to.clear();
  to.reserve(from.size());
  for (const json::Value& item : from.items()) {
    Type value{};
    read(item, Path{&path, {}, to.size()}, problems, value);
    to.push_back(std::move(value));
  }
  return true;
}

template <class Type>
bool read(const json::Value& from, const Path& path, Problems& problems,
          std::map<std::string, Type>& to) {
  if (!from.is_object()) return wrong_type(from, path, problems, "object");
  to.clear();
  for (const json::Member& member : from.members()) {
    Type value{};
    read(member.value, Path{&path, member.name()}, problems, value);
    to.emplace(member.name(), std::move(value));
  }
  return true;
}

template <Struct Type>
bool read(const json::Value& from, const Path& path, Problems& problems, Type& to) {
  if (!from.is_object()) return wrong_type(from, path, problems, "object");
  Reader reader(from, path, problems);
  fields(reader, to);
  return true;
}

template <Named Type>
json::Value write(Type from) {
  return to_string(from);
}

template <class Type>
json::Value write(const std::optional<Type>& from) {
  return from ? write(*from) : json::Value();
}

template <class Type>
json::Value write(const std::vector<Type>& from) {
  json::Value list = json::Value::array();
  for (const Type& item : from) list.push(write(item));
  return list;
}

template <class Type>
json::Value write(const std::map<std::string, Type>& from) {
  json::Value object = json::Value::object();
  for (const auto& [key, value] : from) object.set(key, write(value));
  return object;
}

template <Struct Type>
json::Value write(const Type& from) {
  Writer writer;
  fields(writer, from);
  return writer.take();
}

// "EventTrigger web: spec.tier: ..." as an Invalid error.
Error invalid(const json::Value& object, const std::string& problems);

// Reads a whole object of one of these kinds. `check` adds what one field alone cannot tell.
template <class Type>
Result<Type> read_object(const json::Value& object, std::initializer_list<std::string_view> kinds,
                         void (*check)(const Type&, Problems&)) {
  Problems problems;
  Type value{};
  const Path root;
  if (std::find(kinds.begin(), kinds.end(), object["kind"].text()) == kinds.end()) {
    problems.add(Path{&root, "kind"}, "expected " + std::string(*kinds.begin()));
  } else if (read(object, root, problems, value) && problems.none() && check) {
    check(value, problems);
  }
  if (!problems.none()) return fail(invalid(object, problems.text()));
  return value;
}

// The object as it is sent: apiVersion, kind, and the struct's fields.
template <class Type>
json::Value write_object(std::string_view api_version, std::string_view kind, const Type& value) {
  json::Value object = write(value);
  object.set("apiVersion", api_version);
  object.set("kind", kind);
  return object;
}

}  // namespace lesto::model
