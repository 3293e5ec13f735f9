// What creating, updating and patching have in common: from a body to a stored object.
#pragma once

#include <functional>

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// The object in the request's body, checked to be of the kind that the path says.
Outcome<json::Value> read_object(Core& core, Call& call);

// Who owns the fields of a written object: whoever sends an update, or what apply has worked out already.
enum class Owners : bool { Updated, Applied };

// Admits, defaults, checks and stores a new object.
Outcome<Reply> create_object(Core& core, Call& call, json::Value object, Owners owners = Owners::Updated);
// The same for the next state of an object that exists. `old` is the newest state.
Outcome<Reply> update_object(Core& core, Call& call, json::Value fresh, const json::Value& old,
                             Owners owners = Owners::Updated);

// Stores the next state of an object; removes it when it is being deleted and nothing holds it any more. Nothing
// happens when the content is the same. Gives the object as stored.
json::Value store_state(Core& core, const Resource& resource, std::string_view key, json::Value fresh,
                        const json::Value& old);
// Deletes, or marks for deletion when something holds the object. For the verbs and the controllers.
struct DeleteOptions {
  std::string policy = {};  // Background, Foreground, Orphan; "" for the default
  std::optional<std::int64_t> grace = {};
  std::string uid = {};
  std::string version = {};
  bool dry_run = false;
};
struct Deleted {
  json::Value object;
  bool gone = false;
};
Deleted delete_object(Core& core, const Resource& resource, std::string_view key, const json::Value& old,
                      const DeleteOptions& options);

// For controllers: changes the newest state of an object, if it exists and `change` changes anything.
void change_object(Core& core, const Resource& resource, std::string_view key,
                   const std::function<void(json::Value&)>& change);

}  // namespace lesto::apiserver
