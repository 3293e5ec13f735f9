#include "kube/apiserver/json_path.h"

#include <algorithm>
#include <charconv>

namespace lesto::apiserver {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '(')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == ')')) text.remove_suffix(1);
  return text;
}

std::string_view unquote(std::string_view text) {
  bool quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::string scalar_text(const json::Value& value) {
  if (value.is_string()) return value.string();
  if (value.is_int()) return std::to_string(value.integer());
  if (value.is_bool()) return value.boolean() ? "true" : "false";
  return {};
}

// [?(@.type=="Ready")], also with != and ==.
void filter(const json::Value& list, std::string_view condition, std::vector<json::Value>& out) {
  condition = trim(condition);
  bool equal = true;
  std::size_t at = condition.find("==");
  if (at == condition.npos) {
    at = condition.find("!=");
    equal = false;
  }
  std::string_view left = trim(condition.substr(0, at));
  if (left.starts_with('@')) left.remove_prefix(1);
  for (const json::Value& item : list.items()) {
    auto found = find_path(item, left);
    bool keep = !found.empty();
    if (at != condition.npos) {
      std::string_view right = unquote(trim(condition.substr(at + 2)));
      keep = !found.empty() && (scalar_text(found[0]) == right) == equal;
    }
    if (keep) out.push_back(item);
  }
}

void step_bracket(const json::Value& value, std::string_view inside, std::vector<json::Value>& out) {
  if (inside == "*") {
    for (const json::Value& item : value.items()) out.push_back(item);
    for (const json::Member& member : value.members()) out.push_back(member.value);
  } else if (inside.starts_with('?')) {
    filter(value, inside.substr(1), out);
  } else if (inside.starts_with('\'') || inside.starts_with('"')) {
    if (const json::Value* found = value.find(unquote(inside))) out.push_back(*found);
  } else {
    long index = 0;
    auto read = std::from_chars(inside.data(), inside.data() + inside.size(), index);
    if (read.ec != std::errc() || !value.is_array()) return;
    if (index < 0) index += static_cast<long>(value.size());
    if (index >= 0 && index < static_cast<long>(value.size())) out.push_back(value[static_cast<std::size_t>(index)]);
  }
}

// The end of a bracket that opens at 0, quotes respected.
std::size_t bracket_end(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == ']') {
      return i;
    }
  }
  return text.npos;
}

std::string_view take_name(std::string_view& path, std::string& unescaped) {
  unescaped.clear();
  std::size_t i = 0;
  for (; i < path.size() && path[i] != '.' && path[i] != '['; ++i) {
    if (path[i] == '\\' && i + 1 < path.size()) ++i;
    unescaped += path[i];
  }
  path.remove_prefix(i);
  return unescaped;
}

}  // namespace

std::vector<json::Value> find_path(const json::Value& object, std::string_view path) {
  std::vector<json::Value> now{object};
  if (path.starts_with('{') && path.ends_with('}')) path = path.substr(1, path.size() - 2);
  std::string unescaped;
  while (!path.empty() && !now.empty()) {
    std::vector<json::Value> next;
    if (path.front() == '[') {
      std::size_t end = bracket_end(path);
      if (end == path.npos) return {};
      for (const json::Value& value : now) step_bracket(value, path.substr(1, end - 1), next);
      path.remove_prefix(end + 1);
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      if (path.empty()) break;
      if (path.front() == '[') continue;
      std::string_view name = take_name(path, unescaped);
      for (const json::Value& value : now) {
        if (name == "*") step_bracket(value, "*", next);
        else if (const json::Value* found = value.find(name)) next.push_back(*found);
      }
    }
    if (next.size() > kPathResultsMax) next.resize(kPathResultsMax);
    now = std::move(next);
  }
  return now;
}

}  // namespace lesto::apiserver
