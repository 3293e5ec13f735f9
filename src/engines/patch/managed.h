// metadata.managedFields as a value; internal to this room.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>

#include "engines/patch/field_set.h"
#include "foundation/base/result.h"
#include "foundation/base/time.h"
#include "foundation/json/value.h"

namespace lesto::patch {

enum class Operation : bool { Apply, Update };

// Who an owner is. Appliers are one owner whatever version they apply; updaters are one a version.
struct Owner {
  std::string manager;
  Operation operation = Operation::Update;
  std::string api_version;  // of an updater
  std::string subresource;

  // The JSON text by which Kubernetes names owners.
  std::string id() const;
  // As conflicts name it: "kubectl" with subresource "status" using v1.
  std::string text() const;
  auto operator<=>(const Owner&) const = default;
};

struct Owned {
  FieldSet fields;
  std::string api_version;
  Operation operation = Operation::Update;
};

struct Managed {
  std::map<Owner, Owned> owners;
  std::map<Owner, Time> times;

  static Result<Managed> decode(const json::Value& entries);
  // Sorted as the server sorts: appliers first, then by time, manager, version, subresource. Null
  // when there is none.
  json::Value encode() const;
};

}  // namespace lesto::patch
