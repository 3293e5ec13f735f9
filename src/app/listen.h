// "127.0.0.1:6443" and "[::1]:6443", as flags have it.
#pragma once

#include <cstdint>
#include <string>

#include "foundation/base/result.h"

namespace lesto::app {

Result<void> parse_listen(const std::string& text, std::string& address, std::uint16_t& port);

}  // namespace lesto::app
