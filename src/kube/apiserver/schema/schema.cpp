#include "kube/apiserver/schema/schema.h"

#include <algorithm>

#include "kube/apiserver/schema/decode.h"
#include "kube/apiserver/schema/embedded.h"
#include "kube/apiserver/schema/object_meta.h"
#include "kube/apiserver/schema/rules.h"
#include "kube/apiserver/schema/validate.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

Problems check_type(const Value& object, const Kind& kind) {
  Problems out;
  std::string api_version = kind.group + "/" + kind.version;
  if (object["kind"].text() != kind.kind) {
    out.push_back(invalid("kind", Value(object["kind"].text()), "must be " + kind.kind));
  }
  if (object["apiVersion"].text() != api_version) {
    out.push_back(
        invalid("apiVersion", Value(object["apiVersion"].text()), "must be " + api_version));
  }
  return out;
}

// Rules expect a value of the right shape and a bounded size.
bool blocks_rules(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(), [](const Problem& problem) {
    return problem.type == "FieldValueRequired" || problem.type == "FieldValueTooLong" ||
           problem.type == "FieldValueTooMany" || problem.type == "FieldValueTypeInvalid" ||
           problem.type == "FieldValueNotSupported";
  });
}

void check_rules(Problems& out, const Value& value, const Node& node, const Value* old,
                 std::string_view path) {
  if (!node.rules_below) return;
  if (blocks_rules(out)) {
    out.push_back(invalid("", nullptr,
                          "some validation rules were not checked because the object was invalid; "
                          "correct the existing "
                          "errors to complete validation"));
    return;
  }
  append(out, run_rules(value, node, old, path));
}

}  // namespace

Schema::Schema(Kind kind, const Types& types) : kind_(std::move(kind)), types_(types) {}
Schema::~Schema() = default;

Result<std::shared_ptr<const Schema>> Schema::compile(const Value& openapi, Kind kind,
                                                      const Types& types) {
  TRY_ASSIGN(Node root, Node::compile(openapi));
  auto schema = std::make_shared<Schema>(std::move(kind), types);
  schema->root_ = std::make_unique<Node>(std::move(root));
  compile_rules(*schema->root_);
  return schema;
}

Result<Decoded> Schema::decode(Value object) const {
  if (!object.is_object()) return fail(Code::Invalid, "the object provided is not a JSON object");
  Decoded out;
  out.unknown = prune(object, *root_);
  drop_nulls(object, *root_);
  TRY_ASSIGN(std::vector<std::string> more, coerce_meta(object, *root_, types_, Malformed::Refuse));
  fill_defaults(object, *root_);
  out.unknown.insert(out.unknown.end(), std::make_move_iterator(more.begin()),
                     std::make_move_iterator(more.end()));
  std::sort(out.unknown.begin(), out.unknown.end());
  out.object = std::move(object);
  return out;
}

Value Schema::decode_stored(Value object) const {
  prune(object, *root_);
  drop_nulls(object, *root_);
  // Dropping what is malformed cannot fail.
  auto dropped = coerce_meta(object, *root_, types_, Malformed::Drop);
  fill_defaults(object, *root_);
  return object;
}

std::vector<Problem> Schema::validate(const Value& object, const Value* old) const {
  if (Problems wrong = check_type(object, kind_); !wrong.empty()) return sorted(std::move(wrong));
  Problems out;
  if (old) {
    out = check_meta_update(object["metadata"], (*old)["metadata"]);
  } else {
    out = check_meta(object["metadata"],
                     {.namespaced = kind_.scope == Scope::Namespaced, .name = dns1123_subdomain});
  }
  append(out, check_value(object, *root_, "", old));
  append(out, check_embedded(object, *root_));
  // Duplicates that were there before are let through.
  if (!old || check_lists(*old, *root_).empty()) append(out, check_lists(object, *root_));
  check_rules(out, object, *root_, old, "");
  return sorted(std::move(out));
}

std::vector<Problem> Schema::validate_status(const Value& object, const Value& old) const {
  if (Problems wrong = check_type(object, kind_); !wrong.empty()) return sorted(std::move(wrong));
  Problems out = check_meta_update(object["metadata"], old["metadata"]);
  const Node* status = root_->property("status");
  const Value* now = object.find("status");
  if (!status || !now) return sorted(std::move(out));
  const Value* before = old.find("status");
  append(out, check_value(*now, *status, "status", before));
  append(out, check_embedded(*now, *status, "status"));
  if (!before || check_lists(*before, *status).empty())
    append(out, check_lists(*now, *status, "status"));
  check_rules(out, *now, *status, before, "status");
  return sorted(std::move(out));
}

}  // namespace lesto::apiserver::schema
