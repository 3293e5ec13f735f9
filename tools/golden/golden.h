// The golden runner: compares our engines with the recorded answers of the reference programs.
//
//   golden SUITE FILE.jsonl...
//
// One case a line: {"id", "group", "in", "out" | "err", ...}; what the members mean is the suite's matter. Prints each
// failing case with what was wanted and what came, and ends with "N passed, N failed".
#pragma once

#include <functional>
#include <string>

#include "foundation/json/value.h"

namespace lesto::golden {

struct Verdict {
  bool passed = false;
  std::string want;
  std::string got;
};

// Runs one case, given as the whole line.
using Check = std::function<Verdict(const json::Value& line)>;

// One a suite, each in suite_NAME.cpp; registered in main.cpp.
Check gotemplate_suite();
Check json_suite();
Check patch_suite();
Check selectors_suite();
Check ssa_suite();
Check semver_suite();
Check yaml_suite();
Check lua_suite();
Check cel_suite();
Check crd_suite();

}  // namespace lesto::golden
