#include "kube/apiserver/call.h"

namespace lesto::apiserver {

std::string Core::new_uid() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::uint64_t words[2] = {rng.next(), rng.next()};
  std::string out;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    auto digit = static_cast<std::size_t>((words[i / 16] >> (4 * (i % 16))) & 15);
    if (i == 12) digit = 4;
    if (i == 16) digit = 8 | (digit & 3);
    out += kHex[digit];
  }
  return out;
}

}  // namespace lesto::apiserver
