// Offsets of time zones.
#pragma once

#include <cstdint>
#include <string_view>

#include "foundation/base/result.h"

namespace lesto::cel {

// Seconds east of UTC at that second: of "UTC", "", "+02:00", "-2:30", or a name of the system's
// table ("Europe/Berlin").
Result<std::int32_t> zone_offset(std::string_view zone, std::int64_t second);

}  // namespace lesto::cel
