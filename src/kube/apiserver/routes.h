// A request's path and query, read as kube-apiserver reads them (apiserver/pkg/endpoints/request/requestinfo.go).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lesto::apiserver {

// Query parameters in order, percent-decoded.
struct Query {
  std::vector<std::pair<std::string, std::string>> pairs;

  // The first value; "" when absent.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
};

struct Route {
  std::string path;                 // decoded
  std::vector<std::string> parts;   // of the path
  Query query;
  bool api = false;                 // under /api/VERSION or /apis/GROUP/VERSION with something below
  std::string verb;                 // get list watch create update patch delete deletecollection; else the method, lower case
  std::string group;
  std::string version;
  std::string ns;
  bool within = false;              // the path goes through namespaces/NS
  std::string resource;
  std::string name;
  std::string subresource;
  std::vector<std::string> rest;    // what stands after the subresource
};

// std::nullopt when the target cannot be decoded.
std::optional<Route> parse_route(std::string_view method, std::string_view target);

// Percent-decodes; '+' is a blank in queries only.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank);
std::string percent_encode(std::string_view text);
// Kubernetes' reading of a boolean parameter: absent, "0" and "false" are false.
bool truthy(const Query& query, std::string_view name);

}  // namespace lesto::apiserver
