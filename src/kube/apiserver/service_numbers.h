// Which Service has which cluster address and node port.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "kube/apiserver/store.h"

namespace lesto::apiserver {

// An entry may be out of date (its Service changed, went, or was refused in the end), so that whoever finds one asks the
// Service itself; but what a Service has is always here. Thread: the loop's.
class ServiceNumbers {
 public:
  explicit ServiceNumbers(const Store& store) : store_(store) {}

  // By another Service than `but`.
  bool address_taken(const std::string& address, std::string_view but);
  bool port_taken(std::int64_t port, std::string_view but);
  void remember(const Key& key, const json::Value& service);

 private:
  void fill();

  const Store& store_;
  bool filled_ = false;
  std::unordered_map<std::string, Key> addresses_;
  std::unordered_map<std::int64_t, Key> ports_;
};

}  // namespace lesto::apiserver
