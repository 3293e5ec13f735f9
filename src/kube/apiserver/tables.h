// Objects as rows: what kubectl get prints (meta.k8s.io Table).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// "5d", "2m30s": apimachinery's HumanDuration.
std::string human_duration(Duration duration);

class TableMaker {
 public:
  TableMaker(const Core& core, const Call& call, std::string meta_version);

  // The refusal of an includeObject that does not exist.
  static Outcome<void> check(const Call& call);

  // Columns only.
  json::Value empty() const;
  enum class Columns : bool { Leave, Show };
  json::Value table(const std::vector<json::Value>& objects, Columns columns) const;

 private:
  json::Value cells(const json::Value& object) const;

  const Core& core_;
  ResourceRef resource_;
  std::string version_;
  std::string meta_version_;
  std::string include_;
  json::Value definitions_;
  json::Value paths_;  // of a custom resource's columns
};

// The cells of a built-in object; null when its kind has no columns of its own.
json::Value builtin_cells(const Resource& resource, const json::Value& object, Time now);
// What an age column shows for a timestamp.
std::string age_text(const json::Value& timestamp, Time now);

}  // namespace lesto::apiserver
