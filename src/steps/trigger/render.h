// Renders the texts of one unit with its event's data. Value in, value out; runs on pool threads.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "engines/gotemplate/cache.h"
#include "engines/gotemplate/template.h"
#include "fleet/model/event_trigger.h"
#include "fleet/model/reference.h"

namespace lesto::trigger {

// One matching object, as a report shows it.
struct Event {
  model::ObjectReference reference;
  json::Value object;  // null unless the source collects resources
};

// What templates see (reference/core.md 3.6 and 1.14).
struct EventData {
  bool one_for_event = false;
  // An EventBasedAddOn's templates do not see the cluster, and a missing key is no error.
  model::TriggerForm form = model::TriggerForm::EventTrigger;
  std::vector<Event> events;  // exactly one with one_for_event
  json::Value cluster;
};

// Thread: one at a time; the cache of compiled templates is shared and safe.
class Renderer {
 public:
  Renderer(gotemplate::Cache& templates, const EventData& data, Time now);
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  // `name` is what errors call the template: "ConfigMap default/service-policy key service.yaml". Errors are Invalid
  // (or TooLarge for a budget), with line and column.
  Result<std::string> render(std::string name, std::string_view text);

 private:
  gotemplate::Cache& templates_;
  Time now_;
  // What the template's values borrow from.
  std::deque<json::Value> references_;
  std::deque<json::Value> objects_;
  json::Value cluster_;
  gotemplate::Heap heap_;
  gotemplate::Value data_;
  gotemplate::MissingKey missing_key_ = gotemplate::MissingKey::Error;
};

}  // namespace lesto::trigger
