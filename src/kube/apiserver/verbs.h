// The verbs of the API. All decide in one turn of the loop; what has to wait (durability, a version still to come) is
// waited for by the server around them.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

Outcome<Reply> verb_get(Core& core, Call& call);
Outcome<Reply> verb_list(Core& core, Call& call);
Outcome<Reply> verb_watch(Core& core, Call& call, const std::optional<Fault>& fault);
Outcome<Reply> verb_create(Core& core, Call& call);
Outcome<Reply> verb_update(Core& core, Call& call);
Outcome<Reply> verb_patch(Core& core, Call& call);
Outcome<Reply> verb_apply(Core& core, Call& call);
Outcome<Reply> verb_delete(Core& core, Call& call);
Outcome<Reply> verb_delete_collection(Core& core, Call& call);

}  // namespace lesto::apiserver
