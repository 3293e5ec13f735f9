// What the clusters show of each event, and when it was seen.
#pragma once

#include <map>
#include <string>

#include "kube/control/store.h"

namespace lesto::bench {

// When something was last seen to change, and what it said then: an address of the target, a hash of a deployed status;
// "" when it is gone.
struct Seen {
  Time time{};
  std::string content;
};
using SeenByName = std::map<std::string, Seen>;

// How far one looks: at the target; also at the statuses; also at all that the product writes on the way.
enum class Look { Target, Statuses, Stages };

// Of the Services whose names begin with `prefix`. Thread: the loop's.
class Sightings {
 public:
  Sightings(client::Client& management, client::Client& target, const std::string& target_namespace, std::string prefix,
            Look look);
  void start(io::TaskScope& scope);

  // By the Service's name.
  const SeenByName& objects() const { return objects_; }
  const SeenByName& statuses() const { return statuses_; }
  // By kind, then the Service's name: when the first object of that kind appeared that tells of it.
  const std::map<std::string, std::map<std::string, Time>>& stages() const { return stages_; }

 private:
  void hear_target(const control::Change& change);
  void hear_summary(const control::Change& change);
  void hear_report(const control::Change& change);
  // The Service that a generated object is about, by its labels; "" when none.
  std::string service_of(const json::Value& object) const;
  void first(const std::string& stage, const json::Value& object);

  io::Loop& loop_;
  std::string prefix_;
  Look look_;
  control::Collection endpoints_;
  control::Collection summaries_;
  control::Collection profiles_;
  control::Collection copies_;
  control::Collection reports_;
  SeenByName objects_;
  SeenByName statuses_;
  std::map<std::string, std::map<std::string, Time>> stages_;
};

}  // namespace lesto::bench
