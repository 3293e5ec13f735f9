#include "fleet/model/fields.h"

#include <array>
#include <charconv>
#include <cmath>

#include "foundation/base/hash.h"
#include "foundation/json/text.h"

namespace lesto::model {
namespace {

constexpr std::size_t kProblemsShown = 5;
// Longest text of a value that a message repeats.
constexpr std::size_t kShownMax = 60;

std::string shown(const json::Value& value) {
  std::string text = json::write(value);
  if (text.size() <= kShownMax) return text;
  std::size_t end = kShownMax;
  // Not in the middle of a letter.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) end -= 1;
  return text.substr(0, end) + "...";
}

std::string_view type_name(const json::Value& value) {
  constexpr std::array<std::string_view, 7> kNames = {"null",   "boolean", "integer", "number",
                                                      "string", "array",   "object"};
  return kNames[static_cast<std::size_t>(value.kind())];
}

bool read_integer(const json::Value& from, const Path& path, Problems& problems, std::int64_t least,
                  std::int64_t most, std::int64_t& to) {
  // 100.0 is an integer to an API server, too.
  constexpr double kExactMost = 9007199254740992.0;
  bool whole = from.is_double() && std::abs(from.number()) <= kExactMost &&
               std::trunc(from.number()) == from.number();
  if (!from.is_int() && !whole) return wrong_type(from, path, problems, "integer");
  std::int64_t value = whole ? static_cast<std::int64_t>(from.number()) : from.integer();
  if (value < least || value > most) {
    problems.add(path, shown(from) + " is not between " + std::to_string(least) + " and " +
                           std::to_string(most));
    return false;
  }
  to = value;
  return true;
}

// Notes the error of a selector that does not compile.
template <class Type>
bool read_selector(const json::Value& from, const Path& path, Problems& problems, Type& to) {
  Type selector;
  selector.source = from;
  Result<kube::LabelSelector> compiled = selector.compiled();
  if (!compiled) {
    problems.add(path, compiled.error().text());
    return false;
  }
  to = std::move(selector);
  return true;
}

}  // namespace

std::string Path::text() const {
  std::string text = up ? up->text() : std::string();
  if (!up) return text;
  if (name.empty()) return text + "[" + std::to_string(index) + "]";
  if (!text.empty()) text += ".";
  return text.append(name);
}

void Problems::add(const Path& path, std::string reason) {
  count_ += 1;
  if (texts_.size() < kProblemsShown) texts_.push_back(path.text() + ": " + reason);
}

std::string Problems::text() const {
  std::string all;
  for (const std::string& text : texts_) {
    if (!all.empty()) all += "; ";
    all += text;
  }
  if (count_ > texts_.size()) all += "; and " + std::to_string(count_ - texts_.size()) + " more";
  return all;
}

bool wrong_type(const json::Value& from, const Path& path, Problems& problems,
                std::string_view wanted) {
  problems.add(path, "must be of type " + std::string(wanted) + ", got " +
                         std::string(type_name(from)) + " " + shown(from));
  return false;
}

void not_one_of(std::string_view got, std::span<const std::string_view> known, const Path& path,
                Problems& problems) {
  std::string reason = "unsupported value " + shown(json::Value(got)) + ", supported values: ";
  for (std::string_view name : known) {
    if (name != known.front()) reason += ", ";
    reason += shown(json::Value(name));
  }
  problems.add(path, std::move(reason));
}

bool read(const json::Value& from, const Path& path, Problems& problems, std::string& to) {
  if (!from.is_string()) return wrong_type(from, path, problems, "string");
  to = from.string();
  return true;
}

bool read(const json::Value& from, const Path& path, Problems& problems, bool& to) {
  if (!from.is_bool()) return wrong_type(from, path, problems, "boolean");
  to = from.boolean();
  return true;
}

bool read(const json::Value& from, const Path& path, Problems& problems, std::int32_t& to) {
  std::int64_t value = 0;
  if (!read_integer(from, path, problems, INT32_MIN, INT32_MAX, value)) return false;
  to = static_cast<std::int32_t>(value);
  return true;
}

bool read(const json::Value& from, const Path& path, Problems& problems, std::int64_t& to) {
  return read_integer(from, path, problems, INT64_MIN, INT64_MAX, to);
}

bool read(const json::Value& from, const Path& path, Problems& problems, Time& to) {
  if (!from.is_string()) return wrong_type(from, path, problems, "string");
  Result<Time> time = parse_rfc3339(from.text());
  if (!time) {
    problems.add(path, time.error().text());
    return false;
  }
  to = *time;
  return true;
}

bool read(const json::Value& from, const Path& path, Problems& problems, Duration& to) {
  if (!from.is_string()) return wrong_type(from, path, problems, "string");
  Result<Duration> duration = parse_duration(from.text());
  if (!duration) {
    problems.add(path, duration.error().text());
    return false;
  }
  to = *duration;
  return true;
}

bool read(const json::Value& from, const Path& path, Problems& problems, Bytes& to) {
  if (!from.is_string()) return wrong_type(from, path, problems, "string");
  Result<std::string> data = base64_decode(from.text());
  if (!data) {
    problems.add(path, data.error().text());
    return false;
  }
  to.data = std::move(*data);
  return true;
}

bool read(const json::Value& from, const Path& path, Problems& problems, MaxUpdate& to) {
  constexpr std::int64_t kPercentMost = 100;
  std::string text = from.is_int() ? std::to_string(from.integer()) : from.string();
  MaxUpdate value;
  std::string_view digits = text;
  if (digits.ends_with('%')) {
    value.unit = MaxUpdate::Unit::Percent;
    digits.remove_suffix(1);
  }
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value.amount);
  bool whole =
      error == std::errc() && end == digits.data() + digits.size() && !digits.starts_with('-');
  if (!whole || (value.unit == MaxUpdate::Unit::Percent && value.amount > kPercentMost)) {
    problems.add(path,
                 "must be a number such as 5 or a percentage such as 10%, got " + shown(from));
    return false;
  }
  to = value;
  return true;
}

bool read(const json::Value& from, const Path& path, Problems& problems, Selector& to) {
  if (!from.is_object() && !from.is_string()) {
    return wrong_type(from, path, problems, "object (LabelSelector) or string");
  }
  return read_selector(from, path, problems, to);
}

bool read(const json::Value& from, const Path& path, Problems& problems, LabelSelector& to) {
  if (!from.is_object()) return wrong_type(from, path, problems, "object");
  return read_selector(from, path, problems, to);
}

json::Value write(const std::string& from) { return from; }
json::Value write(bool from) { return from; }
json::Value write(std::int32_t from) { return from; }
json::Value write(std::int64_t from) { return from; }
json::Value write(Time from) { return rfc3339(from); }
json::Value write(Duration from) { return duration_text(from); }
json::Value write(const Bytes& from) { return base64_encode(from.data); }
// An empty selector is an object where one is required, never null.
json::Value write(const Selector& from) {
  return from.source.is_null() ? json::Value::object() : from.source;
}
json::Value write(const LabelSelector& from) {
  return from.source.is_null() ? json::Value::object() : from.source;
}

json::Value write(const MaxUpdate& from) {
  if (from.unit == MaxUpdate::Unit::Percent) return std::to_string(from.amount) + "%";
  return from.amount;
}

bool Writer::is_zero(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Null:
      return true;
    case json::Kind::Bool:
      return !value.boolean();
    case json::Kind::Int:
      return value.integer() == 0;
    case json::Kind::Double:
      return false;
    case json::Kind::String:
      return value.text().empty();
    case json::Kind::Array:
    case json::Kind::Object:
      return value.empty();
  }
  return false;
}

Error invalid(const json::Value& object, const std::string& problems) {
  std::string who = object["kind"].text().empty() ? "object" : object["kind"].string();
  const json::Value& meta = object["metadata"];
  who += " ";
  if (!meta["namespace"].text().empty()) who += meta["namespace"].string() + "/";
  who += meta["name"].text().empty() ? "(no name)" : meta["name"].string();
  return Error(Code::Invalid, who + ": " + problems);
}

}  // namespace lesto::model
