// From content to objects: what a summary wants in its cluster. Value in, value out; runs on pool threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engines/gotemplate/cache.h"
#include "fleet/model/cluster_summary.h"
#include "kube/object/object.h"

namespace lesto::deploy {

// One policyRef with what it refers to.
struct Content {
  model::PolicyRef ref;     // namespace and name rendered
  std::size_t index = 0;    // in spec.policyRefs
  json::Value object;       // the ConfigMap or Secret
};

struct Sources {
  std::vector<Content> contents;
  json::Value cluster;             // .Cluster
  json::Value template_resources;  // .MgmtResources: objects by identifier
  std::shared_ptr<const model::ClusterSummary> summary;
  Time now;
};

// An object that must be in the cluster.
struct Desired {
  json::Value object;  // as written by the user, but for templates
  std::size_t content = 0;
  std::string where;  // "ConfigMap default/policy key service.yaml document 2", for messages
};

struct Manifest {
  std::vector<Desired> objects;
  // Of all that was rendered and of how it is to be deployed: equal hashes, equal outcome.
  std::string hash;
};

// Errors name content, key, document or line: Invalid.
Result<Manifest> render(const Sources& sources, gotemplate::Cache& templates);

}  // namespace lesto::deploy
