// `lesto tryout`: plays the cross-cluster story against clusters that run, and says how long each step took from the
// event to the deployed object. What script/try shows.
#pragma once

#include <ostream>
#include <string>

#include "kube/client/client.h"

namespace lesto::cli {

struct TryoutClusters {
  client::Client& management;
  client::Client& source;
  client::Client& target;
};

struct TryoutOptions {
  std::string manifest;  // the file with source, trigger and template
  std::string name;      // of the Service; several runs need several names
  std::string trigger_kind = "EventTrigger";
  std::string trigger_version = "v1beta1";
};

// NotFound names the step that was not seen.
io::Task<Result<void>> tryout(TryoutClusters clusters, TryoutOptions options, std::ostream& out);

}  // namespace lesto::cli
