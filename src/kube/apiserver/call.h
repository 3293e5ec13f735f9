// One request on its way through the server, and the state that all verbs share.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foundation/io/http.h"
#include "kube/apiserver/options.h"
#include "kube/apiserver/registry.h"
#include "kube/apiserver/routes.h"
#include "kube/apiserver/status.h"
#include "kube/apiserver/service_numbers.h"
#include "kube/apiserver/store.h"
#include "kube/apiserver/watch.h"

namespace lesto::apiserver {

class Types;

struct User {
  std::string name;
  std::string uid;
  std::vector<std::string> groups;
  // authentication.k8s.io's extra: key to list of strings.
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;

  bool in(std::string_view group) const {
    return std::find(groups.begin(), groups.end(), group) != groups.end();
  }
};

// What the whole server shares. Members are destroyed in reverse order.
struct Core {
  Core(io::Loop& l, io::Storage& storage, Rng& r, Options o)
      : loop(l),
        rng(r),
        options(std::move(o)),
        store(l, storage, options.history),
        services(store),
        watches(l, r, store),
        scope(l) {}

  io::Loop& loop;
  Rng& rng;
  Options options;
  Store store;
  ServiceNumbers services;
  Registry registry;
  WatchHub watches;
  io::TaskScope scope;  // the controllers
  std::shared_ptr<const Types> types;
  // Merge schemas of the built-in group versions, read when they are first needed.
  std::map<std::string, patch::Schemas, std::less<>> merge_schemas;

  std::string new_uid();
  // metav1.Time: seconds.
  std::string now_text() const { return rfc3339(std::chrono::floor<std::chrono::seconds>(loop.now())); }
};

struct Call {
  Route route;
  io::Headers headers;
  std::string body;
  User user;
  ResourceRef resource;
  std::string version;
  bool dry_run = false;
  std::vector<std::string> warnings;
  // Duplicate fields in the body of a patch.
  std::vector<std::string> patch_problems;

  std::string_view header(std::string_view name) const { return io::header(headers, name); }
  Key key() const { return make_key(ns(), route.name); }
  // Of the object: cluster-wide kinds have none.
  std::string_view ns() const { return resource->namespaced ? std::string_view(route.ns) : std::string_view(); }
  GroupResource group_resource() const { return resource->group_resource(); }
  std::string api_version() const { return resource->api_version(version); }
};

// What a verb gives; the server turns it into a response.
struct Reply {
  int code = 200;
  // An object, a list or a Status. Objects are in stored form when `resource` is set.
  json::Value body;
  enum class Form { Plain, Object, List } form = Form::Plain;
  // The answer is held back until this version is durable.
  std::uint64_t wait_for = 0;
  // Instead of a body: a watch.
  std::unique_ptr<io::BodyStream> stream;
};

}  // namespace lesto::apiserver
