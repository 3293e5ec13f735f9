#include "fleet/model/values.h"

namespace lesto::model {
namespace {

bool nothing_in(const json::Value& list) {
  return list.is_null() || ((list.is_array() || list.is_object()) && list.empty());
}

}  // namespace

bool Selector::empty() const {
  if (source.is_object())
    return nothing_in(source["matchLabels"]) && nothing_in(source["matchExpressions"]);
  return source.text().find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Result<kube::LabelSelector> Selector::compiled() const {
  if (empty()) {
    // An API server that prunes would have dropped it and chosen nothing, without a word.
    for (const json::Member& member : source.members()) {
      if (member.name() == "matchLabels" || member.name() == "matchExpressions") continue;
      return fail(Code::Invalid, "unknown field \"" + std::string(member.name()) +
                                     "\", a selector has matchLabels and matchExpressions");
    }
    return kube::LabelSelector::nothing();
  }
  if (source.is_string()) return kube::parse_label_selector(source.text());
  return kube::read_label_selector(source);
}

Result<kube::LabelSelector> LabelSelector::compiled() const {
  return kube::read_label_selector(source.is_null() ? json::Value::object() : source);
}

}  // namespace lesto::model
