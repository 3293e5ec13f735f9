// What one template may cost. All of them are defaults of ExecuteOptions or fixed here; an error
// that a limit causes has code TooLarge and says which one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lesto::gotemplate {

// Text of one template.
inline constexpr std::size_t kTemplateBytes = 4u << 20;
// Parentheses and blocks inside each other. Go's own limit is 10,000; its stack grows, ours does
// not.
inline constexpr std::size_t kNestingDepth = 400;
// Templates calling templates. Go stops at 100,000.
inline constexpr std::size_t kCallDepth = 400;
// Nodes walked, items visited, bytes moved in bulk (one step for 64): about 100 ms.
inline constexpr std::uint64_t kSteps = 1'500'000;
// What one execution writes.
inline constexpr std::size_t kOutputBytes = 8u << 20;
// What the values of one execution take while they live.
inline constexpr std::size_t kHeapBytes = 12u << 20;
// Lists and maps inside each other when they are printed, compared, copied or merged.
inline constexpr std::size_t kValueDepth = 500;
// Width and precision of a verb; Go refuses larger ones too.
inline constexpr int kFormatWidth = 1'000'000;
// Memory of one compiled regular expression, and the length of its text.
inline constexpr std::int64_t kRegexBytes = 4 << 20;
inline constexpr std::size_t kRegexText = 16u << 10;
// Certificates, keys and password hashes of one execution: each costs up to a second of CPU.
inline constexpr int kKeysMade = 8;
// A private key that is given, in PEM: RSA keys of up to 8,192 bits.
inline constexpr std::size_t kKeyText = 8u << 10;
// Compiled templates that a cache keeps, and the bytes of their texts.
inline constexpr std::size_t kCacheEntries = 4096;
inline constexpr std::size_t kCacheBytes = 64u << 20;

}  // namespace lesto::gotemplate
