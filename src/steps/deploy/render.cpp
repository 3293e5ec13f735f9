#include "steps/deploy/render.h"

#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "foundation/json/yaml.h"
#include "steps/deploy/limits.h"

namespace lesto::deploy {
namespace {

Result<std::string> plain_text(const json::Value& holder, const json::Member& entry) {
  if (holder["kind"].text() != "Secret") return entry.value.string();
  return base64_decode(entry.value.text());
}

Result<std::string> expand(const Sources& sources, gotemplate::Cache& templates, const std::string& name,
                           std::string text) {
  TRY_ASSIGN(auto compiled, templates.get(name, text, {.dialect = gotemplate::Dialect::ById}));
  json::Value data = json::object({{"Cluster", sources.cluster}, {"MgmtResources", sources.template_resources}});
  gotemplate::ExecuteOptions options;
  options.now = sources.now;
  return compiled->execute(gotemplate::Value::of_json(data), options);
}

Result<void> add_object(Manifest& manifest, json::Value object, std::size_t content, std::string where) {
  if (object.is_null()) return {};
  if (!object.is_object()) return fail(Code::Invalid, where + ": not a Kubernetes object");
  for (const char* field : {"apiVersion", "kind"}) {
    if (object[field].text().empty()) return fail(Code::Invalid, where + ": the object has no " + field);
  }
  if (kube::name_of(object).empty()) {
    return fail(Code::Invalid, where + ": the " + object["kind"].string() + " has no metadata.name");
  }
  if (manifest.objects.size() >= kObjectsMax) {
    return fail(Code::TooLarge, "more than " + std::to_string(kObjectsMax) + " objects");
  }
  manifest.objects.push_back({std::move(object), content, std::move(where)});
  return {};
}

// One document: an object, or a list of texts of which each is one (reference/core.md hard case 14).
Result<void> add_document(Manifest& manifest, const std::string& text, std::size_t content, std::string where) {
  auto value = json::parse_yaml(text);
  if (!value) return fail(std::move(value.error()).during(std::move(where)));
  if (!value->is_array()) return add_object(manifest, std::move(*value), content, std::move(where));
  for (std::size_t i = 0; i < value->size(); ++i) {
    std::string place = where + " item " + std::to_string(i + 1);
    auto item = json::parse_yaml((*value)[i].text());
    if (!item) return fail(std::move(item.error()).during(std::move(place)));
    TRY(add_object(manifest, std::move(*item), content, std::move(place)));
  }
  return {};
}

Result<void> add_key(Manifest& manifest, const Sources& sources, gotemplate::Cache& templates, std::size_t index,
                     const json::Member& entry) {
  const json::Value& holder = sources.contents[index].object;
  std::string name = kube::text_of(holder) + " key " + std::string(entry.name());
  auto text = plain_text(holder, entry);
  if (!text) return fail(std::move(text.error()).during(std::move(name)));
  if (kube::annotation_of(holder, model::annotation::kTemplate)) {
    TRY_ASSIGN(text, expand(sources, templates, name, std::move(*text)));
  }
  json::YamlDocuments documents = json::split_yaml(*text);
  bool several = documents.texts.size() > 1 || documents.error;
  for (std::size_t i = 0; i < documents.texts.size(); ++i) {
    std::string where = several ? name + " document " + std::to_string(i + 1) : name;
    TRY(add_document(manifest, documents.texts[i], index, std::move(where)));
  }
  if (documents.error) return fail(std::move(*documents.error).during(std::move(name)));
  return {};
}

// Everything of the summary that decides the outcome beside the objects.
std::string hash_of(const Sources& sources, const Manifest& manifest) {
  const model::ProfileSpec& spec = sources.summary->spec.profile_spec;
  std::string text = std::to_string(spec.tier) + (spec.continue_on_conflict ? "c" : "-") + (spec.continue_on_error ? "e" : "-");
  for (const auto& [key, value] : spec.extra_labels) text += "\nl" + key + "=" + value;
  for (const auto& [key, value] : spec.extra_annotations) text += "\na" + key + "=" + value;
  for (const Desired& desired : manifest.objects) {
    const model::PolicyRef& ref = sources.contents[desired.content].ref;
    text += "\n" + ref.ns + "/" + ref.name + " " + std::to_string(ref.tier) + " ";
    json::append(text, desired.object);
  }
  Digest digest = sha256(text);
  return std::string(reinterpret_cast<const char*>(digest.data()), digest.size());
}

}  // namespace

Result<Manifest> render(const Sources& sources, gotemplate::Cache& templates) {
  Manifest manifest;
  for (std::size_t i = 0; i < sources.contents.size(); ++i) {
    // In the order of their keys: upstream's order is random (reference/core.md hard case 13).
    for (const json::Member& entry : sources.contents[i].object["data"].members()) {
      TRY(add_key(manifest, sources, templates, i, entry));
    }
  }
  manifest.hash = hash_of(sources, manifest);
  return manifest;
}

}  // namespace lesto::deploy
