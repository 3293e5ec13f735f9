// Services: cluster addresses, node ports, address families, and the stand-in that plays the load balancer.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// Allocates what a Service needs and gives back what its new type has no use for.
Outcome<void> complete_service(Core& core, const Call& call, json::Value& fresh, const json::Value* old);
// ipMode of ingress addresses is VIP unless said otherwise.
void default_ingress_mode(json::Value& service);
// The Service `kubernetes` of the namespace default.
void bootstrap_services(Core& core);
// Gives Services of type LoadBalancer an address of 203.0.113.0/24, when the option is on.
void watch_load_balancers(Core& core);

}  // namespace lesto::apiserver
