// Server-side apply and the tracking of field owners (metadata.managedFields), as the API server of
// Kubernetes 1.36 does it: the whole chain of its field managers. Values in, values out; nothing
// here reads a clock.
//
// Order in an API server's request: decode → (apply | track_update after admission's own changes) →
// default, validate, prune → store. Objects are in the version that the request names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engines/patch/schema.h"
#include "foundation/base/result.h"
#include "foundation/base/time.h"
#include "foundation/json/value.h"

namespace lesto::patch {

enum class Force : bool { No, Yes };

// Where a request comes in, and who sends it.
struct Endpoint {
  // The version of the request's path, "apps/v1" or "v1", and its kind: an applied object must say
  // the same.
  std::string api_version;
  std::string kind;
  Schema schema;
  // "" for the main endpoint, else "status", "scale", ...
  std::string subresource;
  // Fields that requests through here cannot set, and therefore do not own. For a kind with a
  // status subresource:
  // {{"status"}} at the main endpoint; {{"metadata"}, {"spec"}} for built-in kinds, and everything
  // but status for custom ones, at the status endpoint.
  std::vector<std::vector<std::string>> reset_fields;
  // Other versions under which owners may be recorded (a CRD with several versions and no
  // conversion). Owners in any other version are dropped, as the API server drops owners in
  // versions that it no longer serves.
  std::vector<std::string> other_versions;
};

// One field of one owner that stands in the way of an apply.
struct Conflict {
  std::string message;  // conflict with "kubectl" using v1
  std::string field;    // .spec.ports[port=80,protocol="TCP"].name
};

struct Applied {
  // The object to store, with metadata.managedFields. Null when there are conflicts.
  json::Value object;
  // Nothing but owners changed (object equals live except for metadata.managedFields).
  bool content_changed = false;
  // Status of the refusal (409, reason Conflict): one cause FieldManagerConflict each, and the
  // message.
  std::vector<Conflict> conflicts;
  std::string conflict_message;  // Apply failed with 1 conflict: ...
};

// Applies `applied` as `manager` onto `live`, the stored object. For an object that does not exist
// yet `live` is {apiVersion, kind} (null is taken for that); the caller adds uid, creationTimestamp
// and so on to the result.
//
// Errors: Invalid (the server's 400: wrong version or kind, managedFields in the body), Internal
// (the server's 500: the object does not fit the schema, duplicate keys in a list of the applied
// object; the text says where).
Result<Applied> apply(const Endpoint& endpoint, const json::Value& live, const json::Value& applied,
                      std::string_view manager, Force force, Time now);

// Records what `manager` changed from `live` to `object` by a create, update or patch, and returns
// `object` with the right metadata.managedFields. It does not fail: an object that does not fit the
// schema loses its owners, as in the server. `live` is {apiVersion, kind} or null for a create.
// managedFields inside `object` are honoured as the server honours them: absent or undecodable
// keeps the live ones, an empty list or one empty entry resets them.
json::Value track_update(const Endpoint& endpoint, const json::Value& live,
                         const json::Value& object, std::string_view manager, Time now);

// The manager of a request without fieldManager: the User-Agent up to the first `/` (at most 128
// printable bytes).
std::string manager_of_user_agent(std::string_view user_agent);

// Update managers beyond this many are merged into "ancient-changes", the oldest first.
inline constexpr std::size_t kUpdateManagersMax = 10;

}  // namespace lesto::patch
