#include "tests/scenario/story.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "foundation/base/hash.h"
#include "foundation/io/files.h"
#include "foundation/json/text.h"
#include "foundation/json/yaml.h"
#include "tests/scenario/check.h"

namespace lesto::scenario {
namespace {

constexpr std::string_view kManager = "story";

Result<std::vector<json::Value>> read_yaml_documents(const std::string& text) {
  std::vector<json::Value> documents;
  json::YamlDocuments split = json::split_yaml(text);
  if (split.error) return fail(*split.error);
  for (const std::string& document : split.texts) {
    TRY_ASSIGN(json::Value value, json::parse_yaml(document));
    if (!value.is_null()) documents.push_back(std::move(value));
  }
  return documents;
}

constexpr std::string_view kKubeconfigOf = "kubeconfig of ";
constexpr std::string_view kStaleOf = "stale kubeconfig of ";

// The kubeconfig with credentials that nobody knows, as if they had been revoked.
std::string stale(const std::string& kubeconfig) {
  auto document = json::parse_yaml(kubeconfig);
  if (!document) return "";
  for (std::size_t i = 0; i < (*document)["users"].size(); ++i) {
    document->edit("users")->edit(i)->set("user", json::object({{"token", "revoked"}}));
  }
  return json::write_yaml(*document);
}

// In every text of a story, ${x*9} stands for nine times what is before the star, ${i} for the turn of `repeat`, and
// ${url of west} for the URL by which the manager reaches that cluster, ${kubeconfig of west} for what its kubeconfig
// Secret holds (${stale kubeconfig of west}: once revoked).
std::string fill(std::string_view text, std::int64_t turn, const World& world) {
  std::string filled;
  for (;;) {
    auto open = text.find("${");
    auto close = text.find('}', std::min(open, text.size()));
    filled += text.substr(0, close == text.npos ? text.npos : open);
    if (close == text.npos) return filled;
    std::string_view inside = text.substr(open + 2, close - open - 2);
    auto star = inside.rfind('*');
    std::string number = inside == "i" ? std::to_string(turn) : "";
    if (inside.starts_with(kKubeconfigOf)) number = world.kubeconfig(std::string(inside.substr(kKubeconfigOf.size())));
    if (inside.starts_with(kStaleOf)) number = stale(world.kubeconfig(std::string(inside.substr(kStaleOf.size()))));
    if (inside.starts_with("url of ")) number = world.url(std::string(inside.substr(7)));
    int times = star == inside.npos ? 0 : std::atoi(std::string(inside.substr(star + 1)).c_str());
    for (int i = 0; i < times; ++i) number += inside.substr(0, star);
    filled += number;
    text.remove_prefix(close + 1);
  }
}

json::Value fill(const json::Value& value, std::int64_t turn, const World& world) {
  if (value.is_string()) return fill(value.text(), turn, world);
  if (value.is_array()) {
    json::Value list = json::array({});
    for (const json::Value& item : value.items()) list.push(fill(item, turn, world));
    return list;
  }
  if (!value.is_object()) return value;
  json::Value object = json::object({});
  for (const json::Member& member : value.members()) object.set(fill(member.name(), turn, world), fill(member.value, turn, world));
  return object;
}

class Player {
 public:
  Player(const json::Value& story, std::string root, World& world) : story_(story), root_(std::move(root)), world_(world) {}

  std::string play() {
    auto done = run();
    std::string text = done ? "" : done.error().text();
    bool wrong = !world_.refusals().empty() && !world_.refuses_in_passing();
    if (text.empty() && wrong) text = "all came true, but the manager asked for what it may not have";
    if (text.empty()) return text;
    if (!world_.refusals().empty()) text += "\n--- what the management cluster refused to the manager ---\n" + scenario::text(world_.refusals());
    text += "\n--- the manager's log ---\n" + world_.log();
    return text;
  }

 private:
  Result<void> run() {
    TRY(world_.start_server(std::string(kManagement)));
    for (const json::Value& cluster : story_["given"]["clusters"].items()) TRY(add_cluster(filled(cluster)));
    for (const json::Value& item : story_["given"]["objects"].items()) TRY(during(act(json::object({{"apply", item}})), "given"));
    TRY(world_.start_manager());
    for (const json::Value& step : story_["steps"].items()) {
      std::string name = "step \"" + step["when"].string() + "\"";
      for (const json::Value& action : step["do"].items()) TRY(during(act(action), name));
      for (const json::Value& expectation : step["then"].items()) TRY(during(expect(expectation), name));
    }
    return {};
  }

  // {name, labels, data?, registered?, server?}
  Result<void> add_cluster(const json::Value& cluster) {
    if (cluster["server"].is_null()) TRY(world_.start_server(cluster["name"].string()));
    if (!cluster["registered"].boolean(true)) return {};
    return register_cluster(cluster);
  }

  Result<void> register_cluster(const json::Value& cluster) {
    std::string name = cluster["name"].string();
    std::string ns = cluster["namespace"].is_null() ? "clusters" : cluster["namespace"].string();
    std::string server = cluster["server"].is_null() ? name : cluster["server"].string();
    std::string config = cluster["kubeconfig"].is_null() ? world_.kubeconfig(server) : cluster["kubeconfig"].string();
    TRY(apply(kManagement, json::object({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", json::object({{"name", ns}})}})));
    TRY(apply(kManagement, json::object({{"apiVersion", "v1"},
                                         {"kind", "Secret"},
                                         {"metadata", json::object({{"name", name + "-sveltos-kubeconfig"}, {"namespace", ns}})},
                                         {"data", json::object({{"kubeconfig", base64_encode(config)}})}})));
    json::Value spec = json::object({});
    if (!cluster["data"].is_null()) spec.set("data", cluster["data"]);
    json::Value metadata = json::object({{"name", name}, {"namespace", ns}});
    if (!cluster["labels"].is_null()) metadata.set("labels", cluster["labels"]);
    return apply(kManagement, json::object({{"apiVersion", "lib.projectsveltos.io/v1beta1"},
                                            {"kind", "SveltosCluster"},
                                            {"metadata", std::move(metadata)},
                                            {"spec", std::move(spec)}}));
  }

  Result<void> act(const json::Value& action) {
    const json::Member& verb = action.members()[0];
    if (verb.name() == "repeat") return repeat(verb.value);
    if (verb.name() == "refused") return refused(verb.value);
    const json::Value what = filled(verb.value);
    std::string cluster = what["cluster"].is_null() ? std::string(kManagement) : what["cluster"].string();
    if (verb.name() == "apply") return apply_item(cluster, what);
    if (verb.name() == "status") return patch(cluster, what, "status", json::object({{"status", what["status"]}}));
    if (verb.name() == "patch") return patch(cluster, what, "", what["patch"]);
    if (verb.name() == "delete") return remove(cluster, what);
    if (verb.name() == "register") return register_cluster(what);
    if (verb.name() == "remember") return remember(cluster, what);
    return act_on_world(verb.name(), what);
  }

  Result<void> act_on_world(std::string_view verb, const json::Value& what) {
    if (verb == "wait") {
      TRY_ASSIGN(Duration duration, parse_duration(what.text()));
      world_.wait(duration);
    } else if (verb == "cut") {
      world_.cut(what.string());
    } else if (verb == "heal") {
      world_.heal(what.string());
    } else if (verb == "start server") {
      return world_.start_server(what.string());
    } else if (verb == "stop server") {
      return world_.stop_server(what.string());
    } else if (verb == "stop manager") {
      world_.stop_manager();
    } else if (verb == "start manager") {
      return world_.start_manager();
    } else {
      return world_.fault(verb, what);
    }
    return {};
  }

  // {times, do}
  Result<void> repeat(const json::Value& what) {
    for (turn_ = 1; turn_ <= what["times"].integer(); ++turn_) {
      for (const json::Value& action : what["do"].items()) TRY(act(action));
    }
    turn_ = 0;
    return {};
  }

  // {do, with}: an action that an API server refuses, with a message that contains `with`.
  Result<void> refused(const json::Value& what) {
    auto done = act(what["do"]);
    if (done) return fail(Code::Invalid, "was not refused: " + json::write(what["do"]).substr(0, 1000));
    if (done.error().text().find(fill(what["with"].text(), turn_, world_)) != std::string::npos) return {};
    return fail(Code::Invalid, "was refused with another message: " + done.error().text());
  }

  // Keeps the object as it is now, for an expectation `unchanged: true`.
  Result<void> remember(const std::string& cluster, const json::Value& what) {
    TRY_ASSIGN(kube::Resource resource, resolve(cluster, what));
    TRY_ASSIGN(json::Value object, run_task(world_.user(cluster).get({}, std::move(resource), key(what))));
    remembered_[memory_name(cluster, what)] = std::move(object);
    return {};
  }
  static std::string memory_name(const std::string& cluster, const json::Value& what) {
    return cluster + " " + what["kind"].string() + " " + key(what).text();
  }

  // {cluster?, file} or {cluster?, object}
  Result<void> apply_item(const std::string& cluster, const json::Value& what) {
    if (what["file"].is_null()) return apply(cluster, what["object"]);
    TRY_ASSIGN(std::string text, io::read_file(root_ + "/" + what["file"].string()));
    TRY_ASSIGN(std::vector<json::Value> documents, read_yaml_documents(text));
    for (json::Value& document : documents) TRY(apply(cluster, std::move(document)));
    return {};
  }

  Result<kube::Resource> resolve(std::string_view cluster, const json::Value& object) {
    return run_task(world_.mapper(std::string(cluster)).resolve({}, kube::gvk_of(object)));
  }

  Result<void> apply(std::string_view cluster, json::Value object) {
    TRY_ASSIGN(kube::Resource resource, resolve(cluster, object));
    if (resource.scope == kube::Scope::Namespaced && kube::namespace_of(object).empty()) {
      object.set_path({"metadata", "namespace"}, "default");
    }
    client::PatchOptions options;
    options.field_manager = kManager;
    options.force = true;
    TRY(run_task(world_.user(std::string(cluster)).apply({}, std::move(resource), std::move(object), std::move(options))));
    return {};
  }

  // {cluster?, apiVersion, kind, namespace?, name}
  static kube::ObjectKey key(const json::Value& what) { return {what["namespace"].string(), what["name"].string()}; }

  Result<void> patch(const std::string& cluster, const json::Value& what, std::string subresource, json::Value body) {
    TRY_ASSIGN(kube::Resource resource, resolve(cluster, what));
    client::PatchOptions options;
    options.field_manager = kManager;
    options.subresource = std::move(subresource);
    TRY(run_task(world_.user(cluster).patch({}, std::move(resource), key(what), client::PatchType::Merge,
                                            std::move(body), std::move(options))));
    return {};
  }

  Result<void> remove(const std::string& cluster, const json::Value& what) {
    TRY_ASSIGN(kube::Resource resource, resolve(cluster, what));
    TRY(run_task(world_.user(cluster).remove({}, std::move(resource), key(what), {})));
    return {};
  }

  Result<void> expect(const json::Value& written) {
    const json::Value expectation = filled(written);
    std::optional<std::string> wrong;
    const Patience& patience = world_.patience();
    Time end = world_.loop().now() + patience.until_true;
    do {
      wrong = look(expectation);
      if (!wrong) break;
      world_.pass(patience.look_every);
    } while (world_.loop().now() < end);
    if (wrong) return fail(Code::Invalid, *wrong);
    if (!expectation["still"].boolean()) return {};
    end = world_.loop().now() + patience.still;
    while (world_.loop().now() < end) {
      world_.pass(patience.still_every);
      wrong = look(expectation);
      if (wrong) return fail(Code::Invalid, "did not stay so: " + *wrong);
    }
    return {};
  }

  // Nothing when it holds, else why not.
  std::optional<std::string> look(const json::Value& expectation) {
    std::string cluster = expectation["cluster"].is_null() ? std::string(kManagement) : expectation["cluster"].string();
    std::string name = cluster + ": " + expectation["kind"].string() + " " + key(expectation).text();
    auto resource = resolve(cluster, expectation);
    if (!resource) return name + ": " + resource.error().text();
    if (!expectation["count"].is_null()) return look_count(cluster, *resource, expectation);
    auto object = run_task(world_.user(cluster).get({}, *resource, key(expectation)));
    bool absent = expectation["absent"].boolean();
    if (!object && object.error().code() == Code::NotFound) {
      return absent ? std::nullopt : std::optional(name + " is not there");
    }
    if (!object) return name + ": " + object.error().text();
    if (absent) return name + " is still there: " + json::write(*object);
    if (expectation["unchanged"].boolean()) {
      if (auto wrong = mismatch(remembered_[memory_name(cluster, expectation)], *object)) return name + *wrong;
    }
    if (!expectation["has"].is_null()) {
      if (auto wrong = mismatch(expectation["has"], *object)) return name + *wrong;
    }
    for (const json::Value& path : expectation["lacks"].items()) {
      const json::Value* place = &*object;
      std::string_view rest = path.text();
      while (place && !rest.empty()) {
        auto dot = std::min(rest.find('.'), rest.size());
        place = place->find(rest.substr(0, dot));
        rest.remove_prefix(std::min(dot + 1, rest.size()));
      }
      if (place) return name + " has " + path.string();
    }
    return std::nullopt;
  }

  std::optional<std::string> look_count(const std::string& cluster, const kube::Resource& resource, const json::Value& expectation) {
    client::ListOptions options;
    options.ns = expectation["namespace"].string();
    options.label_selector = expectation["labels"].string();
    auto list = run_task(world_.user(cluster).list({}, resource, options));
    if (!list) return list.error().text();
    if (static_cast<std::int64_t>(list->items.size()) == expectation["count"].integer()) return std::nullopt;
    std::string names;
    for (const json::Value& item : list->items) names += " " + kube::key_of(item).text();
    return cluster + ": " + std::to_string(list->items.size()) + " " + resource.plural + " instead of " +
           std::to_string(expectation["count"].integer()) + ":" + names;
  }

  template <class T>
  T run_task(io::Task<T> task) {
    return world_.run(std::move(task));
  }
  json::Value filled(const json::Value& value) const { return fill(value, turn_, world_); }

  const json::Value& story_;
  std::string root_;
  World& world_;
  std::int64_t turn_ = 0;
  std::map<std::string, json::Value> remembered_;
};

}  // namespace

Result<std::vector<json::Value>> read_stories(const std::string& path) {
  TRY_ASSIGN(std::string text, io::read_file(path));
  return during(read_yaml_documents(text), path);
}

std::string play(const json::Value& story, const std::string& root, World& world) {
  return Player(story, root, world).play();
}

}  // namespace lesto::scenario
