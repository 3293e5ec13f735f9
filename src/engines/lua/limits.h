// The limits of the Lua engine. Whatever a script does is stopped by one of them; the error names
// it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lesto::lua {

// Longest script text, bytes.
inline constexpr std::size_t kScriptBytesMax = 256 << 10;
// The same for text that a script loads, and the steps that a byte of it costs.
inline constexpr std::size_t kLoadedBytesMax = 64 << 10;
inline constexpr std::size_t kLoadedByteSteps = 60;
inline constexpr std::size_t kLoadSteps = 4000;
// How deep expressions and blocks may be nested in a script.
inline constexpr int kNestingMax = 150;
// The same for the parser's own recursion, which takes several calls a level.
inline constexpr int kParserDepthMax = 800;
// Steps of one evaluation. A virtual machine instruction is one step; library functions charge for
// their work in steps of about the same cost (some 5 ns), and so does memory as it is allocated.
inline constexpr std::int64_t kStepsMax = 4'000'000;
// Steps of calls out of native functions, of errors that are caught (unwinding is slow), of
// coroutines.
inline constexpr std::size_t kCallSteps = 40;
inline constexpr std::size_t kCatchSteps = 700;
inline constexpr std::size_t kOverflowSteps = 60'000;
inline constexpr std::size_t kCoroutineSteps = 400;
// Our steps for one step of engines/gotemplate, and for a password hash or key of Sprig (they take
// tens of ms).
inline constexpr std::size_t kSprigStep = 7;
inline constexpr std::size_t kKeySteps = 3'000'000;
// Bytes that are allocated for one step.
inline constexpr std::size_t kBytesPerStep = 16;
// Instructions between two looks at the budget.
inline constexpr int kHookInterval = 1000;
// Bytes of one prepared state, scripts and values together.
inline constexpr std::size_t kStateBytesMax = 40 << 20;
// A state collects when it has grown to so many per cent of what was alive at the last collection: a
// small one seldom, a large one early, so that garbage does not use up its bytes.
inline constexpr int kSmallStatePause = 400;
inline constexpr int kLargeStatePause = 200;
inline constexpr std::size_t kSmallStateBytes = 8 << 20;
// A single string that a library function makes, bytes.
inline constexpr std::size_t kStringBytesMax = 8 << 20;
// Strings under construction at one time, bytes.
inline constexpr std::size_t kScratchBytesMax = 12 << 20;
// Calls from library functions back into scripts (pcall, sort, gsub, metamethods of library
// functions), nested.
inline constexpr int kNativeDepthMax = 120;
// Nesting of a table that is turned into JSON.
inline constexpr int kResultDepthMax = 200;
// Values and bytes of a result.
inline constexpr std::size_t kResultValuesMax = 1'000'000;
// Groups of parentheses, nested, in a pattern.
inline constexpr int kPatternDepthMax = 100;
// Captures of a pattern.
inline constexpr int kCapturesMax = 32;
// Aliases of a YAML text that a script reads.
inline constexpr std::size_t kYamlAliasesMax = 20;
// Prepared scripts that an engine keeps.
inline constexpr std::size_t kScriptsKept = 256;
// A state is renewed after an evaluation that left more garbage than this, beyond as much again as
// the state held before; bytes.
inline constexpr std::size_t kGarbageBytes = 1 << 20;
// A state is renewed once it holds more than this after a collection, bytes.
inline constexpr std::size_t kStateBytesRenewed = 12 << 20;

}  // namespace lesto::lua
