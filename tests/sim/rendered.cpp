// What each template must become. templates.cpp has their texts.
#include "tests/sim/oracle.h"

namespace lesto::sim {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

WantedObject note(const std::string& name, int revision, json::Value data) {
  WantedObject object{.id = {"", "ConfigMap", {std::string(kOut), name}}, .content = {}, .ref = {}};
  data.set("revision", std::to_string(revision));
  object.content = json::object({{"data", std::move(data)}});
  return object;
}

// A Service and its Endpoints for an addressed Service.
void add_export(const TemplateTruth& content, const Thing& of, const std::string& place,
                std::vector<WantedObject>& objects) {
  kube::ObjectKey key{std::string(kOut), content.name + "-" + of.name + place};
  json::Value ports = json::array({});
  json::Value targets = json::array({});
  for (int port : of.ports) {
    std::string name = "p" + std::to_string(port);
    ports.push(json::object({{"name", name}, {"port", port}, {"targetPort", port + 1000}}));
    targets.push(json::object({{"name", name}, {"port", port}}));
  }
  objects.push_back({.id = {"", "Service", key},
                     .content = json::object({{"spec", json::object({{"ports", std::move(ports)}})}}),
                     .ref = {}});
  json::Value subset = json::object({{"addresses", json::array({json::object({{"ip", of.ip}})})},
                                     {"ports", std::move(targets)}});
  objects.push_back({.id = {"", "Endpoints", key},
                     .content = json::object({{"subsets", json::array({std::move(subset)})}}),
                     .ref = {}});
}

WantedObject roll(const TemplateTruth& content, const std::vector<Thing>& events, const std::string& place) {
  json::Value data = json::object({{"count", std::to_string(events.size())}});
  for (const Thing& event : events) data.set(event.kind + "." + event.ns + "." + event.name, "here");
  return note(content.name + "-roll" + place, content.revision, std::move(data));
}

WantedObject cluster_role(const TemplateTruth& content) {
  json::Value rule = json::object({{"apiGroups", json::array({""})},
                                   {"resources", json::array({"pods"})},
                                   {"resourceNames", json::array({"r" + std::to_string(content.revision)})},
                                   {"verbs", json::array({"get"})}});
  return {.id = {"rbac.authorization.k8s.io", "ClusterRole", {"", content.name}},
          .content = json::object({{"rules", json::array({std::move(rule)})}}),
          .ref = {}};
}

}  // namespace

std::vector<kube::GroupVersionKind> deployed_kinds() {
  return {{"", "v1", "ConfigMap"},
          {"", "v1", "Service"},
          {"", "v1", "Endpoints"},
          {"rbac.authorization.k8s.io", "v1", "ClusterRole"}};
}

std::vector<WantedObject> rendered(const TemplateTruth& content, const std::vector<Thing>& events,
                                   const ClusterTruth* source, const ClusterTruth& target) {
  std::vector<WantedObject> objects;
  std::string place = content.by_cluster && source ? "-" + source->name : "";
  const std::string& name = content.name;
  switch (content.shape) {
    case TemplateShape::Export:
      if (!events.empty()) add_export(content, events.front(), place, objects);
      break;
    case TemplateShape::Seen: {
      if (events.empty()) break;
      const Thing& of = events.front();
      objects.push_back(note(name + "-" + lower(of.kind) + "-" + of.ns + "-" + of.name + place, content.revision,
                             json::object({{"of", of.name}})));
      break;
    }
    case TemplateShape::Roll: objects.push_back(roll(content, events, place)); break;
    case TemplateShape::Plain:
      for (int i = 0; i < content.count; ++i) {
        objects.push_back(note(name + "-" + std::to_string(i), content.revision, json::object({})));
      }
      objects.push_back(cluster_role(content));
      break;
    case TemplateShape::Local:
      objects.push_back(note(name + "-local", content.revision,
                             json::object({{"cluster", target.name},
                                           {"env", target.labels.at("env")},
                                           {"region", target.region}})));
      break;
    case TemplateShape::Shared:
      objects.push_back(note(name + "-first", content.revision, json::object({})));
      objects.push_back(note("shared-" + content.group, content.revision, json::object({{"from", name}})));
      objects.push_back(note(name + "-last", content.revision, json::object({})));
      break;
  }
  for (WantedObject& object : objects) {
    object.ref = {.ns = content.ns, .name = name, .secret = content.secret, .tier = 100};
    object.revision = content.shape == TemplateShape::Plain && object.id.kind == "ClusterRole" ? 0 : content.revision;
  }
  return objects;
}

}  // namespace lesto::sim
