#include "fleet/model/condition.h"

#include "fleet/model/blocks.h"

namespace lesto::model {

template <class Io, Is<Condition> Value>
void fields(Io& io, Value& value) {
  io.required("type", value.type);
  io.required("status", value.status);
  io.required("reason", value.reason);
  io.required("message", value.message);
  io.optional("lastTransitionTime", value.last_transition_time);
  io.optional("observedGeneration", value.observed_generation);
}

bool read(const json::Value& from, const Path& path, Problems& problems, Condition& to) {
  return read<Condition>(from, path, problems, to);
}
json::Value write(const Condition& from) { return write<Condition>(from); }

const Condition* find_condition(const Conditions& conditions, std::string_view type) {
  for (const Condition& condition : conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}

Schema conditions() {
  Schema condition =
      object("One statement about the object.",
             {required("type", string("What is stated, such as Ready.").min_length(1)),
              required("status", string("Whether it holds.").one_of({"True", "False", "Unknown"})),
              required("reason", string("One word that says why, for programs.")),
              required("message", string("A sentence that says why, for people.")),
              optional("lastTransitionTime", date_time("When status last changed.")),
              optional("observedGeneration",
                       integer("Generation of the object that this is about.").format("int64"))});
  return array("What holds for the object now.", condition).keyed({"type"});
}

}  // namespace lesto::model
