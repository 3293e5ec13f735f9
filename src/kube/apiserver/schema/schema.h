// The schema of one version of a custom resource, compiled: what a write is decoded and validated
// with.
//
// Follows apiextensions-apiserver v0.36 (golden suite `crd`): pruning, nulls, defaults, embedded
// metadata, OpenAPI validation with ratcheting, list types, CEL rules. Immutable after compile; may
// be used from several threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver {
class Types;
}

namespace lesto::apiserver::schema {

struct Node;
struct Rules;

enum class Scope : bool { Cluster, Namespaced };

struct Kind {
  std::string group;
  std::string version;
  std::string kind;
  Scope scope = Scope::Namespaced;
};

// A decoded object: defaults filled, unknown fields pruned, nulls dropped where they are not
// allowed, metadata passed through its type.
struct Decoded {
  json::Value object;
  // Paths of the pruned fields ("spec.foo", "spec.l[0].x"), sorted: the `unknown field "..."` of
  // fieldValidation.
  std::vector<std::string> unknown;
};

class Schema {
 public:
  // `openapi` is schema.openAPIV3Schema of a CRD version that check_definition (definition.h) finds
  // right; null prunes everything but metadata. `types` must outlive the schema.
  static Result<std::shared_ptr<const Schema>> compile(const json::Value& openapi, Kind kind,
                                                       const Types& types);

  Schema(Kind kind, const Types& types);
  ~Schema();
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  // Reads an object of a request. An error is what makes the request a 400 BadRequest.
  Result<Decoded> decode(json::Value object) const;
  // Reads an object of the store: prunes, defaults, drops nulls; malformed metadata is dropped,
  // never an error.
  json::Value decode_stored(json::Value object) const;

  // What makes the request a 422: sorted by field, type, message. `old` is null on create; on
  // update unchanged parts may stay invalid (ratcheting) and transition rules run.
  std::vector<Problem> validate(const json::Value& object, const json::Value* old = nullptr) const;

  // The same for a write of /status: only `status` is checked against the schema.
  std::vector<Problem> validate_status(const json::Value& object, const json::Value& old) const;

  const Kind& kind() const { return kind_; }
  // The compiled tree, for server-side apply and the like.
  const Node& root() const { return *root_; }

 private:
  Kind kind_;
  const Types& types_;
  std::unique_ptr<Node> root_;
};

}  // namespace lesto::apiserver::schema
