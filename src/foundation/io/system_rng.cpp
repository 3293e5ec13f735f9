#include "foundation/io/system_rng.h"

#include <cerrno>
#include <sys/random.h>

namespace lesto::io {

std::uint64_t SystemRng::next() {
  if (left_ == 0) {
    auto* bytes = reinterpret_cast<char*>(numbers_.data());
    std::size_t got = 0;
    while (got < sizeof(numbers_)) {
      ssize_t more = getrandom(bytes + got, sizeof(numbers_) - got, 0);
      // Interrupted is the only failure that a running Linux gives.
      CHECK(more > 0 || errno == EINTR);
      if (more > 0) got += static_cast<std::size_t>(more);
    }
    left_ = numbers_.size();
  }
  return numbers_[--left_];
}

}  // namespace lesto::io
