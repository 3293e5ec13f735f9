#include "steps/trigger/render.h"

namespace lesto::trigger {
namespace {

json::Value reference_json(const model::ObjectReference& reference) {
  json::Value value = json::object({{"kind", reference.kind}, {"name", reference.name}, {"apiVersion", reference.api_version}});
  if (!reference.ns.empty()) value.set("namespace", reference.ns);
  return value;
}

}  // namespace

Renderer::Renderer(gotemplate::Cache& templates, const EventData& data, Time now)
    : templates_(templates), now_(now) {
  bool old = data.form == model::TriggerForm::EventBasedAddOn;
  missing_key_ = old ? gotemplate::MissingKey::Default : gotemplate::MissingKey::Error;
  std::vector<gotemplate::Value> references;
  std::vector<gotemplate::Value> objects;
  for (const Event& event : data.events) {
    references_.push_back(reference_json(event.reference));
    objects_.push_back(event.object);
  }
  for (std::size_t i = 0; i < references_.size(); ++i) {
    references.push_back(heap_.record(gotemplate::kObjectReference, references_[i]));
    if (!objects_[i].is_null()) objects.push_back(gotemplate::Value::of_json(objects_[i]));
  }
  gotemplate::MapNode* root = heap_.new_map();
  if (data.one_for_event) {
    if (!references.empty()) heap_.set(root, "MatchingResource", references.front());
    if (!objects.empty()) heap_.set(root, "Resource", objects.front());
  } else {
    heap_.set(root, "MatchingResources", heap_.list(references));
    heap_.set(root, "Resources", heap_.list(objects));
  }
  cluster_ = data.cluster;
  if (!old) heap_.set(root, "Cluster", gotemplate::Value::of_json(cluster_));
  data_ = gotemplate::Value::of_map(root);
}

Result<std::string> Renderer::render(std::string name, std::string_view text) {
  TRY_ASSIGN(auto compiled, templates_.get(name, text, {}));
  gotemplate::ExecuteOptions options;
  options.missing_key = missing_key_;
  options.now = now_;
  return compiled->execute(data_, options);
}

}  // namespace lesto::trigger
