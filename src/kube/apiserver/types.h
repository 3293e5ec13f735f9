// The Go types of the built-in kinds (protobuf.json of the data folder): what a built-in object's
// JSON must look like, and what is left of it after a trip through its type.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::apiserver {

// One struct of Go. Owned by Types, never changes.
struct Message;

struct Field {
  std::uint32_t number = 0;  // in protobuf; 0 for what it does not carry
  std::string name;          // in JSON; empty when inlined
  std::string go_name;
  std::string type;  // see data/README.md; empty when `message` is set
  const Message* message = nullptr;
  bool pointer = false;
  bool omit_empty = false;
  bool omit_zero = false;
  bool repeated = false;
  bool map = false;
  bool inlined = false;
};

struct Message {
  std::string name;     // "core.v1.PodSpec"
  std::string go_name;  // "v1.PodSpec"
  std::vector<Field> fields;
  // Fields by JSON name, those of inlined structs included.
  std::unordered_map<std::string_view, const Field*> by_name;
};

enum class Strictness : bool { Ignore, Report };

struct Typed {
  json::Value value;
  // `unknown field "spec.foo"` texts without the frame: the paths, in the order of the object.
  std::vector<std::string> unknown;
};

class Types {
 public:
  // Reads the embedded table.
  static Result<std::shared_ptr<const Types>> load();

  // The message of "apps/v1", "Deployment"; null for what is not built in.
  const Message* kind(std::string_view api_version, std::string_view kind) const;
  const Message* message(std::string_view name) const;

  // Sends an object through its Go type: unknown fields are dropped (and reported), values of the
  // wrong type are an error worded as Go words it ("json: cannot unmarshal string into Go struct
  // field DeploymentSpec.spec.replicas of type int32"), empty members are dropped or shown as the
  // type's tags say, quantities and times get their canonical form.
  Result<Typed> read(const Message& message, const json::Value& value) const;

 private:
  std::unordered_map<std::string, std::unique_ptr<Message>> messages_;
  std::unordered_map<std::string, const Message*> kinds_;
};

}  // namespace lesto::apiserver
