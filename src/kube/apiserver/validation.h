// The rules of the API about particular built-in kinds: the ones that users and controllers run
// into. The full set of upstream's validation is far larger; what is not here is accepted.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

void validate_kind(const Call& call, const json::Value& fresh, const json::Value* old,
                   FieldErrors& errors);

// Families of kinds with a file of their own; called by validate_kind.
void validate_service(const Call& call, const json::Value& fresh, const json::Value* old,
                      FieldErrors& errors);
void validate_workload(const Call& call, const json::Value& fresh, const json::Value* old,
                       FieldErrors& errors);
void validate_endpoints(const json::Value& fresh, FieldErrors& errors);
void validate_endpoint_slice(const json::Value& fresh, const json::Value* old, FieldErrors& errors);

// What the families share.
void complain(FieldErrors& errors, const std::string& field, const json::Value& value,
              const std::vector<std::string>& texts);
constexpr std::string_view kPortRange = "must be between 1 and 65535, inclusive";
inline bool is_port(const json::Value& port) {
  return port.integer() >= 1 && port.integer() <= 65535;
}
bool is_ip(std::string_view text);

}  // namespace lesto::apiserver
