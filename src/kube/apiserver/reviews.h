// Resources that are questions: access reviews, token reviews, who am I.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

Outcome<Reply> answer_review(Core& core, Call& call);

}  // namespace lesto::apiserver
