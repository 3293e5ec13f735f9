// Suite `ssa`: sequences of applies, updates and patches. See tests/golden/ssa/README.md.
#include <algorithm>
#include <memory>

#include "engines/patch/apply.h"
#include "engines/patch/merge_patch.h"
#include "foundation/json/text.h"
#include "tools/golden/golden.h"
#include "tools/golden/type_table.h"

namespace lesto::golden {
namespace {

using json::Value;

// An API server as small as the recording one: no defaults, no validation.
class Server {
 public:
  Server(const TypeTable& types, const Value& first_object) {
    main_.api_version = first_object["apiVersion"].string();
    main_.kind = first_object["kind"].string();
    main_.schema = types.of(main_.api_version, main_.kind);
    live_ = json::object({{"apiVersion", main_.api_version}, {"kind", main_.kind}});
    has_status_ = types.crd(main_.kind)["spec"]["versions"][0]["subresources"].contains("status");
    if (has_status_) main_.reset_fields = {{"status"}};
  }

  Value step(const Value& step, std::int64_t second) {
    Time now = Time(std::chrono::seconds(1'577'836'800 + second));
    patch::Endpoint endpoint = main_;
    endpoint.subresource = step["subresource"].string();
    bool status = has_status_ && endpoint.subresource == "status";
    if (status) endpoint.reset_fields = {{"metadata"}, {"spec"}};
    std::string_view manager = step["manager"].text();
    Value next;
    if (step["op"].text() == "apply") {
      Value object = step["object"];
      auto force = step["force"].boolean() ? patch::Force::Yes : patch::Force::No;
      auto applied = patch::apply(endpoint, live_, object, manager, force, now);
      if (!applied) return failure(applied.error());
      if (!applied->conflicts.empty()) return refusal(*applied);
      next = keep_reset(applied->object, status);
    } else {
      Value object = step["object"];
      if (step["op"].text() == "merge-patch") {
        object = patch::apply_merge_patch(live_, step["patch"]).value_or(Value());
      }
      next = patch::track_update(endpoint, live_, keep_reset(object, status), manager, now);
    }
    live_ = next;
    live_.set_path({"metadata", "uid"}, "u-1");
    Value shown = next;
    Value entries = next["metadata"]["managedFields"];
    shown.erase_path({"metadata", "managedFields"});
    shown.erase_path({"metadata", "uid"});
    return json::object({{"object", shown}, {"managedFields", entries}});
  }

 private:
  // The main endpoint keeps the status, the status endpoint all else.
  Value keep_reset(Value object, bool status) const {
    if (!has_status_) return object;
    Value kept = status ? live_ : object;
    const Value& source = status ? object : live_;
    if (source.contains("status")) {
      kept.set("status", source["status"]);
    } else {
      kept.erase("status");
    }
    if (status && object["metadata"].contains("managedFields")) {
      kept.set_path({"metadata", "managedFields"}, object["metadata"]["managedFields"]);
    }
    return kept;
  }

  static Value failure(const Error& error) {
    Value out = json::object({{"err", error.text()}});
    if (error.code() == Code::Invalid) out.set("reason", "BadRequest");
    return out;
  }

  static Value refusal(const patch::Applied& applied) {
    std::vector<patch::Conflict> conflicts = applied.conflicts;
    std::ranges::sort(conflicts, [](const auto& a, const auto& b) {
      return std::tie(a.message, a.field) < std::tie(b.message, b.field);
    });
    Value causes = Value::array();
    for (const patch::Conflict& conflict : conflicts) {
      causes.push(json::object({{"reason", "FieldManagerConflict"},
                                {"message", conflict.message},
                                {"field", conflict.field}}));
    }
    return json::object(
        {{"err", applied.conflict_message}, {"reason", "Conflict"}, {"causes", causes}});
  }

  patch::Endpoint main_;
  bool has_status_ = false;
  Value live_;
};

Verdict check(const TypeTable& types, const Value& line) {
  const Value& steps = line["in"]["steps"];
  Value first;
  for (const Value& step : steps.items()) {
    if (first.is_null() && step.contains("object")) first = step["object"];
  }
  Server server(types, first);
  Verdict verdict;
  verdict.passed = true;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    Value got = server.step(steps[i], static_cast<std::int64_t>(i + 1));
    if (got["managedFields"].is_null()) got.erase("managedFields");
    const Value& want = line["out"][i];
    Value wanted = want;
    if (wanted["managedFields"].empty()) wanted.erase("managedFields");
    if (json::write(got) == json::write(wanted)) continue;
    verdict.passed = false;
    verdict.want = "step " + std::to_string(i + 1) + " " + json::write(steps[i]) + "\n        " +
                   json::write(wanted);
    verdict.got = json::write(got);
    return verdict;
  }
  return verdict;
}

}  // namespace

Check ssa_suite() {
  auto types = std::make_shared<const TypeTable>(TypeTable::load());
  return [types](const Value& line) { return check(*types, line); };
}

}  // namespace lesto::golden
