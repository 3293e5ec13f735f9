#include "kube/apiserver/authn.h"

#include "kube/apiserver/rbac.h"
#include "kube/apiserver/tokens.h"

namespace lesto::apiserver {

namespace {

constexpr std::string_view kAccountPrefix = "system:serviceaccount:";

User admin() {
  User user;
  user.name = "system:admin";
  user.groups = {"system:masters", "system:authenticated"};
  return user;
}

User anonymous() {
  User user;
  user.name = "system:anonymous";
  user.groups = {"system:unauthenticated"};
  return user;
}

// Not early out: how long it takes tells nothing about where two tokens differ.
bool equal_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

void add_group(User& user, std::string_view group) {
  if (!user.in(group)) user.groups.emplace_back(group);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

struct Asked {
  std::string user;
  std::string uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;
  bool user_header = false;
};

Asked read_headers(const io::Headers& headers) {
  constexpr std::string_view kExtra = "impersonate-extra-";
  Asked asked;
  for (const io::Header& header : headers) {
    if (header.name == "impersonate-user") {
      asked.user_header = true;
      asked.user = header.value;
    }
    if (header.name == "impersonate-uid") asked.uid = header.value;
    if (header.name == "impersonate-group") asked.groups.push_back(header.value);
    if (std::string_view(header.name).starts_with(kExtra)) {
      std::string_view encoded = std::string_view(header.name).substr(kExtra.size());
      std::string key = lower(percent_decode(encoded, false).value_or(std::string(encoded)));
      auto known = std::find_if(asked.extra.begin(), asked.extra.end(), [&](const auto& e) { return e.first == key; });
      if (known == asked.extra.end()) known = asked.extra.insert(asked.extra.end(), {key, {}});
      known->second.push_back(header.value);
    }
  }
  std::sort(asked.extra.begin(), asked.extra.end());
  return asked;
}

Outcome<void> check_impersonation(Core& core, const User& user, const Asked& asked) {
  std::vector<Attributes> wanted;
  auto add = [&](std::string group, std::string resource, std::string ns, std::string name) {
    Attributes attributes;
    attributes.verb = "impersonate";
    attributes.group = std::move(group);
    attributes.resource = std::move(resource);
    attributes.ns = std::move(ns);
    attributes.name = std::move(name);
    wanted.push_back(std::move(attributes));
  };
  if (auto account = service_account_of(asked.user)) {
    add("", "serviceaccounts", account->first, account->second);
  } else {
    add("", "users", "", asked.user);
  }
  for (const std::string& group : asked.groups) add("", "groups", "", group);
  if (!asked.uid.empty()) add("authentication.k8s.io", "uids", "", asked.uid);
  for (const auto& [key, values] : asked.extra) {
    for (const std::string& value : values) add("authentication.k8s.io", "userextras/" + key, "", value);
  }
  for (Attributes& attributes : wanted) {
    if (!authorize(core, user, attributes).allowed) return refuse(denied(user, attributes));
  }
  return {};
}

}  // namespace

User service_account(std::string_view ns, std::string_view name, std::string_view uid) {
  User user;
  user.name = std::string(kAccountPrefix) + std::string(ns) + ":" + std::string(name);
  user.uid = uid;
  user.groups = {"system:serviceaccounts", "system:serviceaccounts:" + std::string(ns), "system:authenticated"};
  return user;
}

std::optional<std::pair<std::string, std::string>> service_account_of(std::string_view user) {
  if (!user.starts_with(kAccountPrefix)) return std::nullopt;
  user.remove_prefix(kAccountPrefix.size());
  std::size_t colon = user.find(':');
  if (colon == user.npos || colon == 0 || colon + 1 == user.size()) return std::nullopt;
  return std::pair(std::string(user.substr(0, colon)), std::string(user.substr(colon + 1)));
}

Outcome<User> authenticate(Core& core, const io::Headers& headers, const io::Peer& peer) {
  std::string_view header = io::header(headers, "authorization");
  if (!header.empty()) {
    std::string_view scheme = header.substr(0, 7);
    if (lower(scheme) != "bearer ") return refuse(unauthorized());
    std::string_view token = header.substr(7);
    for (const StaticToken& known : core.options.tokens) {
      if (!equal_secret(known.token, token)) continue;
      User user;
      user.name = known.user;
      user.uid = known.uid;
      user.groups = known.groups;
      add_group(user, "system:authenticated");
      return user;
    }
    auto account = check_account_token(core, token, {core.options.issuer});
    if (!account) return refuse(unauthorized());
    return account->user;
  }
  if (peer.certificate_name) {
    User user;
    user.name = *peer.certificate_name;
    user.groups = peer.certificate_groups;
    add_group(user, "system:authenticated");
    return user;
  }
  if (peer.address == "in-process" && core.options.in_process_admin == StandIn::On) return admin();
  if (core.options.anonymous == StandIn::Off) return refuse(unauthorized());
  return anonymous();
}

Outcome<User> impersonate(Core& core, const User& user, const io::Headers& headers) {
  Asked asked = read_headers(headers);
  if (asked.user.empty()) {
    if (asked.groups.empty() && asked.uid.empty() && asked.extra.empty()) return user;
    return refuse(bad_request("requested " + shown(json::object({{"groups", json::Value::array()}})) +
                              " without impersonating a user name"));
  }
  auto allowed = check_impersonation(core, user, asked);
  if (!allowed) return refuse(allowed.error());
  User out;
  out.name = asked.user;
  out.uid = asked.uid;
  out.groups = asked.groups;
  out.extra = std::move(asked.extra);
  if (auto account = service_account_of(out.name); account && out.groups.empty()) {
    out.groups = service_account(account->first, account->second, "").groups;
  }
  if (out.name == "system:anonymous") {
    add_group(out, "system:unauthenticated");
  } else if (!out.in("system:unauthenticated")) {
    add_group(out, "system:authenticated");
  }
  return out;
}

}  // namespace lesto::apiserver
