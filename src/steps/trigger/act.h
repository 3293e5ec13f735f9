// Carries out what step 2 decided.
#pragma once

#include "fleet/ledger/ledger.h"
#include "steps/trigger/gather.h"

namespace lesto::trigger {

// What a unit is decided from, as it is now: for the causal log.
std::vector<ledger::Input> causes(cluster::Management& management, const Unit& unit);

// Names that the unit needs and somebody else has: `act` fails until they are free.
std::vector<kube::ObjectId> taken_names(cluster::Management& management, const Unit& unit, const Decision& decision);

// Writes the copies, then the profile; whatever is as it should be is not written. Objects of the unit that the decision
// does not hold are removed, profiles first. Invalid when the profile's name belongs to somebody else's profile.
io::Task<Result<void>> act(io::Context context, cluster::Management& management, ledger::Ledger& ledger, Unit unit,
                           Decision decision);

enum class Left { Nothing, Something };

// Removes what the unit made: profiles first, the copies once no profile is left. Something is left while a profile
// waits for its withdrawal; its end wakes the unit again.
io::Task<Result<Left>> withdraw(io::Context context, cluster::Management& management, ledger::Ledger& ledger, Unit unit,
                                std::string reason);

}  // namespace lesto::trigger
