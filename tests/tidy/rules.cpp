#include "tests/tidy/rules.h"

#include <algorithm>
#include <functional>
#include <sstream>

namespace lesto::tidy {
namespace {

constexpr std::size_t kLineMax = 130;
constexpr std::size_t kFileMax = 500;

const std::vector<std::string> kFloors = {"foundation", "engines", "kube", "fleet", "steps", "faces", "app"};

std::size_t floor_of(const std::string& room) {
  std::string floor = room.substr(0, room.find('/'));
  return static_cast<std::size_t>(std::ranges::find(kFloors, floor) - kFloors.begin());
}

std::string trimmed(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  std::size_t start = 0;
  while (start < text.size() && std::isspace(static_cast<unsigned char>(text[start]))) ++start;
  return text.substr(start);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The code of a line: without its comment and without the insides of its texts.
std::string code_of(const std::string& line) {
  std::string code;
  bool text = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (text && line[i] == '\\') {
      ++i;
      continue;
    }
    if (line[i] == '"') {
      text = !text;
      code += '"';
      continue;
    }
    if (!text && line.compare(i, 2, "//") == 0) break;
    if (!text) code += line[i];
  }
  return code;
}

std::string at(const Source& source, std::size_t line) { return "src/" + source.path + ":" + std::to_string(line + 1) + ": "; }

struct Banned {
  std::string name;
  std::string instead;
  // Rooms or files (prefixes of the path) that may use it.
  std::vector<std::string> allowed;
};

const std::vector<Banned>& banned() {
  static const std::vector<Banned> list = {
      {"system_clock::now", "ask the Clock or the Loop that is handed in", {"foundation/io"}},
      {"steady_clock::now", "ask the Clock or the Loop that is handed in", {"foundation/io"}},
      {"sleep_for", "co_await io::sleep", {"foundation/io"}},
      {"std::rand", "the Rng that is handed in", {}},
      {"random_device", "the Rng that is handed in", {"foundation/io"}},
      // Callbacks of Asio keep their connection alive.
      {"shared_from_this", "one owner, and references that it outlives", {"foundation/io"}},
      {"const_cast", "a design that needs none", {"engines/lua", "engines/gotemplate", "foundation/io/http2_internal.h"}},
      {"std::regex", "RE2", {}},
      {"std::thread", "io::Loop::offload", {"foundation/io"}},
      {"FIXME", "a mended line", {}},
      {"TODO(now)", "a mended line", {}},
  };
  return list;
}

bool allowed(const Banned& rule, const Source& source) {
  return std::ranges::any_of(rule.allowed, [&](const std::string& prefix) { return source.path.starts_with(prefix); });
}

}  // namespace

std::string Source::room() const {
  auto first = path.find('/');
  std::string floor = path.substr(0, first);
  if (floor == "app") return floor;
  return path.substr(0, path.find('/', first + 1));
}

Grants read_grants(const std::string& text) {
  Grants grants;
  for (const std::string& line : lines_of(text)) {
    std::string rule = trimmed(line);
    if (rule.empty() || rule[0] == '#') continue;
    auto colon = rule.find(':');
    if (colon == std::string::npos) {
      grants.problems.push_back("src/rooms.txt: not \"room: rooms\": " + rule);
      continue;
    }
    std::set<std::string>& granted = grants.rooms[rule.substr(0, colon)];
    std::istringstream names(rule.substr(colon + 1));
    for (std::string name; names >> name;) granted.insert(name);
  }
  return grants;
}

Problems check_grants(const Grants& grants) {
  Problems problems = grants.problems;
  for (const auto& [room, granted] : grants.rooms) {
    for (const std::string& other : granted) {
      if (!grants.rooms.contains(other)) problems.push_back("src/rooms.txt: " + room + " is granted " + other + ", which is no room");
      if (floor_of(other) > floor_of(room)) problems.push_back("src/rooms.txt: " + room + " may not include " + other + ": includes point down");
      if (room.starts_with("steps/") && other.starts_with("steps/")) {
        problems.push_back("src/rooms.txt: " + room + " may not include " + other + ": steps talk through API objects");
      }
    }
  }
  std::set<std::string> done;
  std::vector<std::string> path;
  std::function<void(const std::string&)> visit = [&](const std::string& room) {
    if (done.contains(room)) return;
    auto ring = std::ranges::find(path, room);
    if (ring != path.end()) {
      std::string text;
      for (; ring != path.end(); ++ring) text += *ring + " -> ";
      problems.push_back("src/rooms.txt: a ring: " + text + room);
      return;
    }
    path.push_back(room);
    auto granted = grants.rooms.find(room);
    if (granted != grants.rooms.end()) std::ranges::for_each(granted->second, visit);
    path.pop_back();
    done.insert(room);
  };
  for (const auto& [room, granted] : grants.rooms) visit(room);
  return problems;
}

Problems check_includes(const Grants& grants, const Source& source) {
  Problems problems;
  auto granted = grants.rooms.find(source.room());
  if (granted == grants.rooms.end()) return {"src/" + source.path + ": room " + source.room() + " has no line in src/rooms.txt"};
  std::vector<std::string> lines = lines_of(source.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with("#include \"")) continue;
    std::string path = lines[i].substr(10, lines[i].rfind('"') - 10);
    if (path.starts_with("tests/") && source.is_test()) continue;
    if (path.find('/') == std::string::npos) {
      problems.push_back(at(source, i) + "include \"" + path + "\" by its path from src/");
      continue;
    }
    std::string room = Source{path, {}}.room();
    bool good = room == source.room() || granted->second.contains(room) || (source.is_test() && room == "foundation/io");
    if (!good) {
      problems.push_back(at(source, i) + source.room() + " may not include " + room +
                         ": move what is needed down a floor, or argue for a grant in src/rooms.txt");
    }
  }
  return problems;
}

Problems check_names(const Source& source) {
  Problems problems;
  std::vector<std::string> lines = lines_of(source.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string code = code_of(lines[i]);
    for (const Banned& rule : banned()) {
      const std::string& where = rule.name.starts_with("TODO") || rule.name == "FIXME" ? lines[i] : code;
      if (where.find(rule.name) == std::string::npos || allowed(rule, source)) continue;
      problems.push_back(at(source, i) + rule.name + ": use " + rule.instead);
    }
    bool heavy = false;
    for (const char* header : {"<boost/", "<nghttp2/", "<openssl/", "<sqlite3.h", "<yaml.h", "<lua", "<simdjson.h"}) {
      heavy |= lines[i].starts_with("#include " + std::string(header));
    }
    if (heavy && source.is_header() && !source.path.ends_with("_internal.h")) {
      problems.push_back(at(source, i) + "a heavy header in one of ours: include it in the .cpp");
    }
    if (source.is_header() && code.starts_with("using namespace")) problems.push_back(at(source, i) + "using namespace in a header");
  }
  if (source.is_header() && source.text.find("#pragma once") == std::string::npos) {
    problems.push_back("src/" + source.path + ": a header without #pragma once");
  }
  for (const char* attic : {"/util", "/common", "/misc", "/helpers"}) {
    if (("/" + source.path).find(attic + std::string("/")) != std::string::npos || ("/" + source.path).find(attic + std::string(".")) != std::string::npos) {
      problems.push_back("src/" + source.path + ": a name that says nothing: name the file after its main type or verb");
    }
  }
  return problems;
}

Problems check_length(const Source& source) {
  Problems problems;
  std::vector<std::string> lines = lines_of(source.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::size_t length = static_cast<std::size_t>(std::ranges::count_if(lines[i], [](char c) { return (c & 0xC0) != 0x80; }));
    if (length > kLineMax) problems.push_back(at(source, i) + std::to_string(length) + " columns: break the line");
  }
  bool table = source.text.find("A table: exempt from the limit of lines.") != std::string::npos;
  if (lines.size() > kFileMax && !table && !source.is_test()) {
    problems.push_back("src/" + source.path + ": " + std::to_string(lines.size()) + " lines: split the file by topic");
  }
  return problems;
}

Problems check_awaits(const Source& source) {
  Problems problems;
  std::vector<std::string> lines = lines_of(source.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string code = trimmed(code_of(lines[i]));
    auto await = code.find("co_await ");
    if (await == std::string::npos) continue;
    std::string head = code.substr(0, await);
    bool condition = head.starts_with("if (") || head.starts_with("} else if (") || head.starts_with("while (") || head.starts_with("switch (");
    bool open = std::ranges::count(head, '(') > std::ranges::count(head, ')');
    if (condition && open) problems.push_back(at(source, i) + "co_await in a condition: bind it to a name first");
    std::string call = code.substr(await);
    if (call.find("[&") != std::string::npos || call.find("[=") != std::string::npos || call.find("[this") != std::string::npos) {
      problems.push_back(at(source, i) + "a lambda in an awaited call: give it a name first");
    }
  }
  return problems;
}

}  // namespace lesto::tidy
