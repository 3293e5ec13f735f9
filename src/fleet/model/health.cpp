#include "fleet/model/health.h"

#include "fleet/model/blocks.h"

namespace lesto::model {

template <class Io, Is<MetricSource> Value>
void fields(Io& io, Value& value) {
  io.filled("url", value.url);
  io.defaulted("path", value.path, std::string("api/v1/query"));
  io.optional("secretRef", value.secret_ref);
}

template <class Io, Is<MetricQuery> Value>
void fields(Io& io, Value& value) {
  io.filled("name", value.name);
  io.filled("query", value.query);
}

template <class Io, Is<JobCheck> Value>
void fields(Io& io, Value& value) {
  io.required("jobRef", value.job_ref);
  io.defaulted("timeout", value.timeout, kJobTimeoutDefault);
}

template <class Io, Is<ValidateHealth> Value>
void fields(Io& io, Value& value) {
  io.required("name", value.name);
  io.required("featureID", value.feature);
  io.optional("group", value.group);
  io.optional("version", value.version);
  io.optional("kind", value.kind);
  io.optional("labelFilters", value.label_filters);
  io.optional("namespace", value.ns);
  io.optional("script", value.script);
  io.optional("evaluateCEL", value.evaluate_cel);
  io.optional("metricSource", value.metric_source);
  io.optional("metricQueries", value.metric_queries);
  io.optional("jobCheck", value.job_check);
}

bool read(const json::Value& from, const Path& path, Problems& problems, ValidateHealth& to) {
  return read<ValidateHealth>(from, path, problems, to);
}
json::Value write(const ValidateHealth& from) { return write<ValidateHealth>(from); }

Schema feature_id(std::string_view description) {
  return string(description).one_of({"Resources", "Helm", "Kustomize"});
}

Schema validate_healths(std::string_view description) {
  Schema source = object(
      "Where metrics are asked for.",
      {required("url",
                string("Address of a server that speaks Prometheus' query API.").min_length(1)),
       optional("path", string("Path of the query API.").fallback("api/v1/query")),
       optional("secretRef",
                secret_reference("Secret with a token, or with username and password."))});
  Schema query =
      object({}, {required("name", string("Name under which Lua finds the number.").min_length(1)),
                  required("query", string("The query; it must give one series.").min_length(1))});
  Schema job = object("A Job that must succeed.",
                      {required("jobRef", data_ref("ConfigMap or Secret with the Job's YAML.")),
                       optional("timeout", duration("How long the Job may take.").fallback("5m"))});
  Schema check =
      object(
          "One check.",
          {required("name", string("Name of the check.")),
           required("featureID", feature_id("The check runs with this kind of add-on.")),
           optional("group", string("API group of the objects that are looked at.")),
           optional("version", string("API version of the objects that are looked at.")),
           optional("kind", string("Kind of the objects; without it only metrics are looked at.")),
           optional("labelFilters",
                    label_filters("Conditions on the objects' labels; all must hold.")),
           optional("namespace", string("Only objects of this namespace; empty for all.")),
           optional("script",
                    string("Lua with a function evaluate(obj) that returns {healthy, message}.")),
           optional("evaluateCEL", cel_rules("CEL rules over the variable resource.")),
           optional("metricSource", source),
           optional("metricQueries", array("Metrics for the script.", query)),
           optional("jobCheck", job)})
          .rule("!has(self.jobCheck) || (!has(self.script) && !has(self.evaluateCEL))",
                "jobCheck cannot be set together with script or evaluateCEL");
  return array(description, check).atomic();
}

}  // namespace lesto::model
