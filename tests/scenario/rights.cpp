#include "tests/scenario/rights.h"

#include "foundation/io/files.h"
#include "foundation/json/yaml.h"

namespace lesto::scenario {

void Rights::note(const apiserver::FaultPoint& request) {
  if (request.resource.empty()) return;
  used_.insert(request.verb + " " + request.group + "/" + request.resource);
}

Result<std::vector<std::string>> Rights::unused(const std::string& manifest) const {
  TRY_ASSIGN(std::string text, io::read_file(manifest));
  std::vector<std::string> found;
  for (const std::string& document : json::split_yaml(text).texts) {
    TRY_ASSIGN(json::Value object, json::parse_yaml(document));
    for (const json::Value& rule : object["rules"].items()) {
      std::string group = rule["apiGroups"][0].string();
      if (group == "coordination.k8s.io") continue;
      for (const json::Value& resource : rule["resources"].items()) {
        for (const json::Value& verb : rule["verbs"].items()) {
          std::string right = verb.string() + " " + group + "/" + resource.string();
          if (!used_.contains(right)) found.push_back(std::move(right));
        }
      }
    }
  }
  return found;
}

}  // namespace lesto::scenario
