// Who owns what after an update or an apply: structured-merge-diff's updater. Internal to this
// room.
#pragma once

#include <vector>

#include "engines/patch/apply.h"
#include "engines/patch/managed.h"
#include "engines/patch/typed.h"

namespace lesto::patch {

struct OwnerConflict {
  Owner owner;
  Path path;
};

class Updater {
 public:
  explicit Updater(const Endpoint& endpoint);

  // `owner` changes `live` to `object`: it owns what changed, the others lose it.
  Result<void> update(const json::Value& live, const json::Value& object,
                      std::map<Owner, Owned>& owners, const Owner& owner) const;

  struct Outcome {
    json::Value object;
    std::vector<OwnerConflict> conflicts;  // then `owners` has not changed
    bool changed = false;                  // object differs from live
  };
  // `owner` applies `config` onto `live`.
  Result<Outcome> apply(const json::Value& live, const json::Value& config,
                        std::map<Owner, Owned>& owners, const Owner& owner, Force force) const;

 private:
  bool is_served(std::string_view api_version) const;
  FieldSet filter(const FieldSet& fields) const { return fields.subtract_recursively(reset_); }
  std::map<Owner, Owned> reconcile(const std::map<Owner, Owned>& owners) const;
  std::vector<OwnerConflict> take_over(const Comparison& comparison, std::map<Owner, Owned>& owners,
                                       const Owner& owner, Force force) const;
  Result<Comparison> compare_filtered(const json::Value& before, const json::Value& after) const;
  json::Value prune(const json::Value& merged, const std::map<Owner, Owned>& owners,
                    const Owner& owner, const Owned* last) const;
  FieldSet named_fields_of(const json::Value& value) const;

  const Endpoint& endpoint_;
  const SchemaNode& type_;
  FieldSet reset_;
};

}  // namespace lesto::patch
