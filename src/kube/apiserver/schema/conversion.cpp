#include "kube/apiserver/schema/conversion.h"

#include "kube/apiserver/schema/names.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

void check_webhook_url(Problems& out, std::string_view url, const std::string& path) {
  constexpr std::string_view kForm = "; desired format: https://host[/path]";
  std::size_t colon = url.find("://");
  std::string_view scheme =
      colon == std::string_view::npos ? std::string_view() : url.substr(0, colon);
  if (scheme != "https") {
    out.push_back(invalid(path, Value(scheme),
                          "'https' is the only allowed URL scheme" + std::string(kForm)));
  }
  std::string_view rest = colon == std::string_view::npos ? url : url.substr(colon + 3);
  std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.empty())
    out.push_back(invalid(path, Value(host), "host must be specified" + std::string(kForm)));
  if (host.find('@') != std::string_view::npos) {
    out.push_back(invalid(path, Value(host.substr(0, host.find('@'))),
                          "user information is not permitted in the URL"));
  }
  if (rest.find('#') != std::string_view::npos) {
    out.push_back(invalid(path, Value(rest.substr(rest.find('#') + 1)),
                          "fragments are not permitted in the URL"));
  } else if (rest.find('?') != std::string_view::npos) {
    out.push_back(invalid(path, Value(rest.substr(rest.find('?') + 1)),
                          "query parameters are not permitted in the URL"));
  }
}

void check_review_versions(Problems& out, const Value& versions, const std::string& path) {
  if (versions.empty()) {
    out.push_back(required(path));
    return;
  }
  std::set<std::string> seen;
  bool accepted = false;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    if (!seen.insert(versions[i].string()).second) {
      out.push_back(invalid(index(path, i), versions[i], "duplicate version"));
      continue;
    }
    for (const std::string& complaint : dns1035_label(versions[i].text())) {
      out.push_back(invalid(index(path, i), versions[i], complaint));
    }
    accepted = accepted || versions[i].text() == "v1" || versions[i].text() == "v1beta1";
  }
  if (!accepted) out.push_back(invalid(path, versions, "must include at least one of v1, v1beta1"));
}

void check_all(Problems& out, const Value& conversion, const std::string& path) {
  if (!conversion.is_object()) return;
  const Value& strategy = conversion["strategy"];
  const Value& webhook = conversion["webhook"];
  if (strategy.text().empty()) {
    out.push_back(required(child(path, "strategy")));
  } else if (strategy.text() != "None" && strategy.text() != "Webhook") {
    out.push_back(not_supported(child(path, "strategy"), strategy, {"None", "Webhook"}));
  }
  std::string at = child(path, "webhookClientConfig");
  const Value& config = webhook["clientConfig"];
  if (strategy.text() != "Webhook") {
    if (!config.is_null())
      out.push_back(forbidden(at, "should not be set when strategy is not set to Webhook"));
    if (!webhook["conversionReviewVersions"].empty()) {
      out.push_back(forbidden(child(path, "conversionReviewVersions"),
                              "should not be set when strategy is not set to Webhook"));
    }
    return;
  }
  if (config.is_null()) {
    out.push_back(required(at, "required when strategy is set to Webhook"));
  } else if (config.contains("url") == config.contains("service")) {
    out.push_back(required(at, "exactly one of url or service is required"));
  } else if (config.contains("url")) {
    check_webhook_url(out, config["url"].text(), child(at, "url"));
  }
  check_review_versions(out, webhook["conversionReviewVersions"],
                        child(path, "conversionReviewVersions"));
}

}  // namespace

Problems check_conversion(const Value& conversion, const std::string& path) {
  Problems out;
  check_all(out, conversion, path);
  return out;
}

}  // namespace lesto::apiserver::schema
