// `lesto render`: a user tries a template or a script offline, with the engines that the
// controllers use.
#pragma once

#include <ostream>
#include <string>

#include "foundation/base/time.h"

namespace lesto::cli {

enum class RenderKind { Template, Lua };
// Whose template it is: what its object functions take, and what it sees.
enum class RenderFor { EventTrigger, ClusterProfile };

struct RenderOptions {
  RenderKind kind = RenderKind::Template;
  RenderFor render_for = RenderFor::EventTrigger;
  // A template or script; or YAML with the object that holds it: a ConfigMap or Secret whose
  // annotation says that its keys are templates, an EventSource and the like for scripts. "-" is
  // standard input.
  std::string file{};
  // YAML or JSON; "" for none.
  //
  // For a template: an object with apiVersion and kind is the event's (.Resource,
  // .MatchingResource); several of them, or a list, are those of a trigger without oneForEvent
  // (.Resources, .MatchingResources); any other map is given whole. For a script: an object is obj,
  // several are resources.
  std::string data{};
  // The file of what templates see as .Cluster; "" for none.
  std::string cluster{};
  // What `now` tells, and what random functions draw from. Borrowed.
  Time now{};
  Rng* rng = nullptr;
};

// Writes the result to `out`: a template's output; a script's table, whether it matches, and its
// message. An error names the line of the file and shows it, with a mark under the place and the
// value at fault. Blocks on files.
Result<void> render(const RenderOptions& options, std::ostream& out);

// Every function of templates, and the test that shows what it does.
void list_functions(std::ostream& out);

}  // namespace lesto::cli
