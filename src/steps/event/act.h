// Carries out what step 1 decided.
#pragma once

#include "fleet/cluster/management.h"
#include "fleet/ledger/ledger.h"
#include "steps/event/decide.h"

namespace lesto::event {

// Writes the reports. A report that somebody else changed meanwhile is a Conflict: read and decide again.
// `known` is brought up to date with what was written and what was found to be right.
io::Task<Result<void>> act(io::Context context, cluster::Management& management, ledger::Ledger& ledger,
                           Decision decision, std::map<std::string, Known>& known);

}  // namespace lesto::event
