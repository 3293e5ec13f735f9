// Which objects a list, watch or deletecollection is about, and how a watch shows them.
#pragma once

#include "kube/apiserver/call.h"
#include "kube/apiserver/present.h"

namespace lesto::apiserver {

// Namespace, name, label selector and field selector of a request.
Outcome<Filter> read_filter(Core& core, const Call& call);

// The form of a watch's objects; empty when they are shown as stored. Changes the bookmark's form, too.
std::function<json::Value(const json::Value&)> watch_view(const Core& core, const Call& call, const Accept& accept,
                                                          json::Value& bookmark);

}  // namespace lesto::apiserver
