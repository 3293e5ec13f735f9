// Files, with errors that name the path and the reason.
#pragma once

#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace lesto::io {

inline constexpr std::size_t kFileBytesMax = 256 << 20;

// NotFound, Denied, TooLarge (more than `bytes_max`), or Unavailable for what the disk says.
// Blocks.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max = kFileBytesMax);

// Readers see the old content or the new one, never a part; mode 0600, since what Lesto writes
// holds credentials. The content is on the disk when this returns. Blocks.
Result<void> write_file(const std::string& path, std::string_view content);

// Makes the directory and its parents, mode 0700, when it is not there.
Result<void> make_directories(const std::string& path);

Result<void> remove_file(const std::string& path);

}  // namespace lesto::io
