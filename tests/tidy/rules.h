// The house rules that a machine can check. Each gives what breaks it, with what to do instead. Pure: texts in, texts out.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace lesto::tidy {

// One file of src/: its path from src/, and its content.
struct Source {
  std::string path;  // "kube/client/client.cpp"
  std::string text;

  std::string room() const;  // "kube/client"; "app" for the door
  bool is_header() const { return path.ends_with(".h"); }
  bool is_test() const { return path.ends_with("_test.cpp") || path.ends_with("_test.h"); }
};

// src/rooms.txt: which rooms each room may include.
struct Grants {
  std::map<std::string, std::set<std::string>> rooms;
  std::vector<std::string> problems;  // lines that are not understood
};
Grants read_grants(const std::string& text);

using Problems = std::vector<std::string>;

// Rings among the grants, grants that point up, steps that include steps.
Problems check_grants(const Grants& grants);
// Includes of one file that its room was not granted. Tests may use the simulated seams, too.
Problems check_includes(const Grants& grants, const Source& source);
// Names that have a better one, heavy headers in our headers, missing #pragma once, marks that may not land.
Problems check_names(const Source& source);
// Lines that are too long, files that are too long.
Problems check_length(const Source& source);
// Await form: one await a statement, bound to a name, with neither lambda nor braces nor ?: in it.
Problems check_awaits(const Source& source);

}  // namespace lesto::tidy
