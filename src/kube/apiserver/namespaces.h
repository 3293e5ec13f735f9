// The life of namespaces: what every one gets when it appears, and its emptying when it is deleted.
#pragma once

#include <set>

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

class Namespaces {
 public:
  explicit Namespaces(Core& core);
  // Makes the namespaces of every cluster; goes on with what a stop interrupted.
  void start();

 private:
  void on_event(const Table& table, const Event& event);
  void furnish(std::string_view name);
  // Deletes what is left in it; lets it go when nothing is.
  void empty(const std::string& name);

  Core& core_;
  std::set<std::string, std::less<>> terminating_;
};

}  // namespace lesto::apiserver
