#include "fleet/cluster/reference.h"

#include "engines/gotemplate/template.h"
#include "kube/object/object.h"

namespace lesto::cluster {
namespace {

// Names are short: whoever needs more steps than this is not naming something. Runs on the loop's thread.
constexpr std::uint64_t kNameSteps = 20'000;
constexpr std::size_t kNameBytes = 4096;

}  // namespace

Result<std::string> render_reference(std::string_view what, std::string_view text, const json::Value& cluster_object) {
  if (text.find("{{") == std::string_view::npos) return std::string(text);
  TRY_ASSIGN(auto compiled, gotemplate::Template::parse(std::string(what), text));
  json::Value data = json::object({{"Cluster", cluster_object},
                                   {"ClusterNamespace", kube::namespace_of(cluster_object)},
                                   {"ClusterName", kube::name_of(cluster_object)}});
  gotemplate::ExecuteOptions options;
  options.limits.steps = kNameSteps;
  options.limits.output_bytes = kNameBytes;
  return compiled->execute(gotemplate::Value::of_json(data), options);
}

}  // namespace lesto::cluster
