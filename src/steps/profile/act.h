// Carries out what step 3 decided.
#pragma once

#include "fleet/ledger/ledger.h"
#include "steps/profile/gather.h"

namespace lesto::profile {

io::Task<Result<void>> act(io::Context context, cluster::Management& management, ledger::Ledger& ledger,
                           Decision decision);

}  // namespace lesto::profile
