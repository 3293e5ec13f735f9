// What a test, `lesto up` or `lesto apiserver` can choose about a server.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "foundation/io/http.h"
#include "kube/apiserver/limits.h"

namespace lesto::apiserver {

struct StaticToken {
  std::string token;
  std::string user;
  std::vector<std::string> groups;
  std::string uid;
};

// What a fault hook is asked about: a request after routing, before it is served.
struct FaultPoint {
  std::string verb;      // get list watch create update patch delete deletecollection, or the HTTP method
  std::string group;
  std::string resource;  // plural, with "/subresource" when there is one; "" for other paths
  std::string ns;
  std::string name;
  std::string user;
};

// What the hook wants to happen instead of the regular answer.
struct Fault {
  int status = 0;              // 409 410 429 500 503: answered with a Status; 0: serve the request
  int retry_after_seconds = 0; // adds a Retry-After header
  // For a watch: end the stream without a word after that many events.
  std::optional<std::size_t> drop_watch_after;
  // Serve the request, but answer with `status` although the write happened.
  bool after_write = false;
};

struct HistoryLimits {
  std::size_t events = kHistoryEvents;  // per resource
  std::size_t bytes = kHistoryBytes;    // per resource
};

enum class StandIn { Off, On };

struct Options {
  std::string name = "lesto";
  std::vector<StaticToken> tokens;
  HistoryLimits history;
  // Gives each Service of type LoadBalancer an address of 203.0.113.0/24.
  StandIn load_balancer = StandIn::On;
  // Writes the status of Deployments, StatefulSets and DaemonSets as if their pods ran.
  StandIn workloads_ready = StandIn::Off;
  // Content of the ConfigMap kube-root-ca.crt of every namespace.
  std::string ca_certificate;
  std::string issuer = "https://kubernetes.default.svc";
  // Requests without credentials are system:anonymous when On; refused with 401 when Off.
  StandIn anonymous = StandIn::On;
  // A request of this very process (InProcessExchange) without credentials is an administrator's.
  StandIn in_process_admin = StandIn::On;
  // PEM; signs service account tokens. Made and kept in the storage when empty.
  std::string signing_key;
  // Asked before each request, when set.
  std::function<std::optional<Fault>(const FaultPoint&)> fault;
};

}  // namespace lesto::apiserver
