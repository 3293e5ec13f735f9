// Sprig's paths: Go's path package, whatever system Lesto runs on.
#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {
namespace {

std::string cleaned(std::string_view path) {
  if (path.empty()) return ".";
  bool rooted = path[0] == '/';
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    std::size_t slash = path.find('/');
    std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!rooted) {
      parts.push_back(part);
    }
  }
  std::string out = rooted ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += '/';
    out += parts[i];
  }
  return out.empty() ? "." : out;
}

Answer clean(Call& call) {
  if (Outcome reserved = call.context.reserve(call.text(0).size()); !reserved) {
    return std::unexpected(reserved.error());
  }
  return call.give(cleaned(call.text(0)));
}

Answer base(Call& call) {
  std::string_view path = call.text(0);
  if (path.empty()) return call.lend(".");
  while (path.ends_with('/')) path.remove_suffix(1);
  std::size_t slash = path.rfind('/');
  if (slash != path.npos) path.remove_prefix(slash + 1);
  return path.empty() ? call.lend("/") : call.lend(path);
}

Answer dir(Call& call) {
  std::string_view path = call.text(0);
  std::size_t slash = path.rfind('/');
  return call.give(cleaned(path.substr(0, slash == path.npos ? 0 : slash + 1)));
}

Answer ext(Call& call) {
  std::string_view path = call.text(0);
  std::size_t slash = path.rfind('/');
  if (slash != path.npos) path.remove_prefix(slash + 1);
  std::size_t dot = path.rfind('.');
  return call.lend(dot == path.npos ? std::string_view() : path.substr(dot));
}

Answer is_abs(Call& call) { return Value::of_bool(call.text(0).starts_with('/')); }

constexpr Function kFunctions[] = {
    {"base", Group::Paths, "s>s", base},    {"osBase", Group::Paths, "s>s", base},
    {"dir", Group::Paths, "s>s", dir},      {"osDir", Group::Paths, "s>s", dir},
    {"clean", Group::Paths, "s>s", clean},  {"osClean", Group::Paths, "s>s", clean},
    {"ext", Group::Paths, "s>s", ext},      {"osExt", Group::Paths, "s>s", ext},
    {"isAbs", Group::Paths, "s>b", is_abs}, {"osIsAbs", Group::Paths, "s>b", is_abs},
};

}  // namespace

std::span<const Function> path_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
