// The result types of scripts, and how a returned table is fitted to them (Go's encoding/json into
// structs: unknown keys are ignored, a missing or null key is the zero value, names match without
// regard to case).
#pragma once

#include <string>
#include <vector>

#include "engines/lua/failure.h"
#include "foundation/json/value.h"

namespace lesto::lua {

struct EventVerdict {
  bool matching = false;
  std::string message;
};

struct AggregateVerdict {
  std::vector<json::Value> resources;
  std::string message;
};

struct HealthVerdict {
  bool healthy = false;
  std::string message;
};

struct ResourceHealth {
  json::Value resource;
  // "Healthy", "Progressing", "Degraded", "Suspended"; also read from `healthStatus`, as the
  // documents call it.
  std::string status;
  std::string message;
  bool ignore = false;
  bool re_evaluate = false;
};
struct HealthCheckVerdict {
  std::vector<ResourceHealth> resources;
};

struct ClusterCheckVerdict {
  // Also read from `result`, as the documents call it.
  bool pass = false;
  std::string message;
};

// Errors: stage Decode, Invalid.
Outcome<EventVerdict> decode_event(const json::Value& table);
Outcome<AggregateVerdict> decode_aggregate(const json::Value& table);
Outcome<HealthVerdict> decode_health(const json::Value& table);
Outcome<HealthCheckVerdict> decode_health_check(const json::Value& table);
Outcome<ClusterCheckVerdict> decode_cluster_check(const json::Value& table);
Outcome<std::string> decode_policy(const json::Value& table);

}  // namespace lesto::lua
