// Seeds that once found a defect, with what it was. A seed replays a life only as long as nothing changes what chance is
// asked for: later they are good seeds like others, so each defect also has a decide case or is told in its commit.
#pragma once

#include <cstdint>

namespace lesto::sim {

inline constexpr std::uint64_t kRegressions[] = {
    7,     // a profile that names a cluster kept its summary, and left the next cluster of that name empty
    9,     // a label that changed there and back left the content of the other
    20,    // two owners applied one object at once, and the one of the lower tier did not take it back
    21,    // the ledger lost why an object is there when the manager died
    23,    // nothing woke a unit whose report was removed before its object
    27,    // the report of an aggregated source outlived its last trigger
    49,    // a cluster's 409 waited a minute as if somebody held the object
    52,    // after a restart the inventory was written from half an index
    87,    // an object whose apply had no answer was forgotten when its profile went
    91,    // a manager that stops made a lane that nobody ended
    1062,  // a late answer to a delete took the next object of that name out of the store
    2046,  // a status whose write had no answer came after the decision that nothing is to be written
    104765350,  // an object came and went before its report was written, and was held for there
};

// Played twice: the same seed must give the same trace.
inline constexpr std::uint64_t kDetermined = 2;

}  // namespace lesto::sim
