// Suite `patch`: JSON patch, merge patch, strategic merge. See tests/golden/patch/README.md. Groups
// kustomize-* belong to the kustomize engine and are not run here.
#include <memory>

#include "engines/patch/json_patch.h"
#include "engines/patch/merge_patch.h"
#include "engines/patch/strategic.h"
#include "foundation/json/text.h"
#include "kube/object/object.h"
#include "tools/golden/golden.h"
#include "tools/golden/type_table.h"

namespace lesto::golden {
namespace {

using json::Value;

Result<Value> json_patch(const Value& in) {
  // The patch is decoded before the document.
  TRY_ASSIGN(Value patch, json::parse(in["patch"].text()));
  bool empty = in["doc"].text().empty();
  auto document = empty ? Result<Value>(Value()) : json::parse(in["doc"].text());
  if (patch.is_array() || patch.is_null()) {
    for (const Value& operation : patch.items()) {
      if (!operation.is_object() && !operation.is_null())
        return patch::apply_json_patch(Value::object(), patch);
    }
  } else {
    return patch::apply_json_patch(Value::object(), patch);
  }
  if (!document) return document;
  if (empty) return Value("");
  return patch::apply_json_patch(*document, patch);
}

Result<Value> merge(const Value& in, std::string_view group) {
  auto read = [](const Value& text, std::string_view problem) -> Result<Value> {
    auto value = json::parse(text.text());
    if (!value) return fail(Code::Invalid, std::string(problem));
    return value;
  };
  if (group == "merge-patch") {
    TRY_ASSIGN(Value document, read(in["doc"], "Invalid JSON Document"));
    TRY_ASSIGN(Value patch, read(in["patch"], "Invalid JSON Patch"));
    return patch::apply_merge_patch(document, patch);
  }
  auto optional = [&](const Value& text) -> Result<Value> {
    if (text.text().empty() && group != "merge-create") return Value::object();
    return read(text, "Invalid JSON Document");
  };
  // A text that is neither object nor array counts as an object until it is read.
  bool arrays = in["original"].text().starts_with('[');
  if (group == "merge-create" && arrays != in["modified"].text().starts_with('[')) {
    return fail(Code::Invalid, "Mismatched JSON Documents");
  }
  TRY_ASSIGN(Value original, optional(in["original"]));
  TRY_ASSIGN(Value modified, optional(in["modified"]));
  if (group == "merge-create") return patch::create_merge_patch(original, modified);
  TRY_ASSIGN(Value current, optional(in["current"]));
  auto identity =
      in["preconditions"].boolean() ? patch::KeepIdentity::Yes : patch::KeepIdentity::No;
  return patch::create_three_way_merge_patch(original, modified, current, identity);
}

Result<Value> strategic(const TypeTable& types, const Value& in, std::string_view group) {
  patch::Schema schema = types.of_kind(in["kind"].text());
  if (group == "strategic-apply")
    return patch::apply_strategic(schema, in["original"], in["patch"]);
  if (group == "strategic-create")
    return patch::create_strategic(schema, in["original"], in["modified"]);
  auto overwrite = in["overwrite"].boolean() ? patch::Overwrite::Yes : patch::Overwrite::No;
  return patch::create_three_way_strategic(schema, in["original"], in["modified"], in["current"],
                                           overwrite, patch::KeepIdentity::Yes);
}

// Numbers compare by value: texts in, values out.
bool same(const Value& a, const Value& b, bool exact) {
  if (exact || a.kind() != b.kind() || !(a.is_array() || a.is_object())) {
    return exact || !a.is_number() || !b.is_number() ? a == b : a.number() == b.number();
  }
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.items().size(); ++i) {
    if (!same(a[i], b[i], exact)) return false;
  }
  for (std::size_t i = 0; i < a.members().size(); ++i) {
    if (a.members()[i].name() != b.members()[i].name()) return false;
    if (!same(a.members()[i].value, b.members()[i].value, exact)) return false;
  }
  return true;
}

Verdict check(const TypeTable& types, const Value& line) {
  std::string_view group = line["group"].text();
  const Value& in = line["in"];
  bool texts = !group.starts_with("strategic-");
  auto got = group == "json-patch"         ? json_patch(in)
             : group.starts_with("merge-") ? merge(in, group)
                                           : strategic(types, in, group);
  Verdict verdict;
  verdict.got = got ? json::write(*got) : "error: " + got.error().text();
  if (line.contains("err")) {
    verdict.want = "error: " + line["err"].string();
    bool crash = line["err"].text().starts_with("panic:");
    verdict.passed = crash ? !got : verdict.want == verdict.got;
    return verdict;
  }
  auto want = texts && !line["out"].text().empty() ? json::parse(line["out"].text())
                                                   : Result<Value>(line["out"]);
  verdict.want = json::write(want.value_or(Value()));
  verdict.passed = got && want && same(*want, *got, group == "json-patch");
  return verdict;
}

}  // namespace

Check patch_suite() {
  auto types = std::make_shared<const TypeTable>(TypeTable::load());
  return [types](const Value& line) { return check(*types, line); };
}

}  // namespace lesto::golden
