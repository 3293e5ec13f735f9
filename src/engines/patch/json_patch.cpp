#include "engines/patch/json_patch.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "foundation/json/pointer.h"
#include "foundation/json/scan.h"
#include "foundation/json/text.h"

namespace lesto::patch {
namespace {

using json::Value;

std::unexpected<Error> refuse(std::string text) { return fail(Code::Invalid, std::move(text)); }

constexpr std::string_view kMissing = ": missing value";

std::unexpected<Error> bad_index(std::int64_t index) {
  return refuse("Unable to access invalid index: " + std::to_string(index) +
                ": invalid index referenced");
}

// Go's Atoi: a sign and leading zeros are fine.
Result<std::int64_t> read_index(std::string_view key) {
  std::string_view digits = key;
  if (digits.starts_with('+') && digits.size() > 1 && digits[1] != '-') digits.remove_prefix(1);
  std::int64_t index = 0;
  auto end = digits.data() + digits.size();
  auto result = std::from_chars(digits.data(), end, index);
  bool complete = result.ptr == end && !digits.empty();
  if (result.ec == std::errc() && complete) return index;
  bool range = result.ec == std::errc::result_out_of_range && complete;
  return refuse("strconv.Atoi: parsing " + json::go_quote(key) + ": " +
                (range ? "value out of range" : "invalid syntax"));
}

// The position of an existing item.
Result<std::size_t> item_index(const Value& array, std::string_view key) {
  TRY_ASSIGN(std::int64_t index, read_index(key));
  auto size = static_cast<std::int64_t>(array.size());
  if (index >= size || index < -size) return bad_index(index);
  return static_cast<std::size_t>(index < 0 ? index + size : index);
}

// Where an operation acts: a container, the key in it, and how deep it lies.
struct Place {
  Value* container = nullptr;
  std::string key;
  std::size_t depth = 0;
};

// No container when the path holds no slash, or a step of it is missing, null or a scalar. What
// stands before the first slash does not matter.
Place find_place(Value& document, std::string_view path) {
  std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {};
  auto steps = json::parse_pointer(path.substr(slash));
  if (!steps || steps->empty()) return {};
  Place place{&document, steps->back(), steps->size()};
  for (std::size_t i = 0; i + 1 < steps->size(); ++i) {
    const std::string& step = (*steps)[i];
    if (place.container->is_object()) {
      place.container = place.container->edit(step);
    } else {
      auto index = item_index(*place.container, step);
      place.container = index ? place.container->edit(*index) : nullptr;
    }
    bool inside = place.container && (place.container->is_object() || place.container->is_array());
    if (!inside) return {};
  }
  return place;
}

// A missing member reads as nothing; a missing item is an error.
Result<std::optional<Value>> get(const Place& place) {
  if (place.container->is_object()) {
    const Value* value = place.container->find(place.key);
    return value && !value->is_null() ? std::optional(*value) : std::nullopt;
  }
  TRY_ASSIGN(std::size_t index, item_index(*place.container, place.key));
  const Value& value = (*place.container)[index];
  return value.is_null() ? std::nullopt : std::optional(value);
}

Result<void> add(const Place& place, Value value) {
  if (place.container->is_object()) {
    place.container->set(place.key, std::move(value));
    return {};
  }
  auto size = static_cast<std::int64_t>(place.container->size());
  if (place.key == "-") {
    place.container->push(std::move(value));
    return {};
  }
  auto index = read_index(place.key);
  if (!index)
    return refuse("value was not a proper array index: '" + place.key +
                  "': " + index.error().message());
  if (*index > size || *index < -(size + 1)) return bad_index(*index);
  place.container->insert_at(static_cast<std::size_t>(*index < 0 ? *index + size + 1 : *index),
                             std::move(value));
  return {};
}

Result<void> remove(const Place& place) {
  if (place.container->is_object()) {
    if (!place.container->contains(place.key)) {
      return refuse("Unable to remove nonexistent key: " + place.key + std::string(kMissing));
    }
    place.container->erase(place.key);
    return {};
  }
  TRY_ASSIGN(std::size_t index, item_index(*place.container, place.key));
  place.container->erase_at(index);
  return {};
}

// Bytes of the text form, about, and the depth of a value.
struct Extent {
  std::size_t bytes = 0;
  std::size_t depth = 0;
  std::size_t values = 0;
};

// Stops early where a limit is passed; the limits are then passed in what it returns.
void measure(const Value& value, std::size_t depth, Extent& extent) {
  extent.depth = std::max(extent.depth, depth);
  extent.bytes += value.is_string() ? value.text().size() + 2 : 4;
  ++extent.values;
  bool enough = depth > json::kDepthMax || extent.bytes > kJsonPatchCopyBytesMax ||
                extent.values > kJsonPatchWorkMax;
  if (enough) return;
  for (const Value& item : value.items()) measure(item, depth + 1, extent);
  for (const json::Member& member : value.members()) {
    extent.bytes += member.name().size() + 4;
    measure(member.value, depth + 1, extent);
  }
}

std::string_view kind_name(const Value& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_bool()) return "bool";
  return value.is_number() ? "number" : "string";
}

Result<std::string> text_field(const Value& operation, std::string_view name,
                               std::string_view missing) {
  const Value& value = operation[name];
  if (value.is_null()) return refuse(std::string(missing) + std::string(kMissing));
  if (value.is_string()) return value.string();
  return refuse("json: cannot unmarshal " + std::string(kind_name(value)) +
                " into Go value of type string");
}

class Patcher {
 public:
  explicit Patcher(Value document) : document_(std::move(document)) {}

  Result<void> run(const Value& operation) {
    const Value& op = operation["op"];
    std::string name = op.is_string() ? op.string() : "unknown";
    if (name == "add") return run_add(operation);
    if (name == "remove") return run_remove(operation);
    if (name == "replace") return run_replace(operation);
    if (name == "move") return run_move(operation);
    if (name == "test") return run_test(operation);
    if (name == "copy") return run_copy(operation);
    return refuse("Unexpected kind: " + name);
  }

  Value take() && { return std::move(document_); }

 private:
  // For some operations the library does not say why the path is no path.
  static Result<std::string> path_of(const Value& operation, std::string_view op, bool tells_why) {
    auto path = text_field(operation, "path", "operation missing path field");
    if (path) return path;
    return refuse(std::string(op) + " operation failed to decode path: " +
                  (tells_why ? path.error().message() : "missing value"));
  }
  static Result<std::string> from_of(const Value& operation, std::string_view op) {
    auto from = text_field(operation, "from", "operation, missing from field");
    if (from) return from;
    return refuse(std::string(op) + " operation failed to decode from: " + from.error().message());
  }

  // The size of what is about to be put there; an error when the document would become too deep.
  Result<std::size_t> check_extent(const Place& place, const Value& value) {
    Extent extent;
    measure(value, place.depth, extent);
    work_ += extent.values;
    if (extent.depth > json::kDepthMax || work_ > kJsonPatchWorkMax) {
      return fail(Code::TooLarge, "the patch makes the document too deep or does too much");
    }
    return extent.bytes;
  }

  Result<void> run_add(const Value& operation) {
    TRY_ASSIGN(std::string path, path_of(operation, "add", false));
    Place place = find_place(document_, path);
    if (!place.container) {
      return refuse("add operation does not apply: doc is missing path: \"" + path + "\"" +
                    std::string(kMissing));
    }
    TRY(check_extent(place, operation["value"]));
    auto done = add(place, operation["value"]);
    return done ? done : refuse("error in add for path: '" + path + "': " + done.error().message());
  }

  Result<void> run_remove(const Value& operation) {
    TRY_ASSIGN(std::string path, path_of(operation, "remove", false));
    Place place = find_place(document_, path);
    if (!place.container) {
      return refuse("remove operation does not apply: doc is missing path: \"" + path + "\"" +
                    std::string(kMissing));
    }
    auto done = remove(place);
    return done ? done
                : refuse("error in remove for path: '" + path + "': " + done.error().message());
  }

  Result<void> run_replace(const Value& operation) {
    TRY_ASSIGN(std::string path, path_of(operation, "replace", true));
    const Value& value = operation["value"];
    if (path.empty()) {
      if (!value.is_object() && !value.is_array()) {
        return refuse("replace operation value must be object or array: %!w(<nil>)");
      }
      document_ = value;
      return {};
    }
    Place place = find_place(document_, path);
    if (!place.container) {
      return refuse("replace operation does not apply: doc is missing path: " + path +
                    std::string(kMissing));
    }
    TRY(check_extent(place, value));
    if (place.container->is_object()) {
      place.container->set(place.key, value);
      return {};
    }
    auto index = item_index(*place.container, place.key);
    if (!index)
      return refuse("replace operation does not apply: doc is missing key: " + path +
                    std::string(kMissing));
    *place.container->edit(*index) = value;
    return {};
  }

  Result<void> run_move(const Value& operation) {
    TRY_ASSIGN(std::string from, from_of(operation, "move"));
    Place place = find_place(document_, from);
    if (!place.container) {
      return refuse("move operation does not apply: doc is missing from path: " + from +
                    std::string(kMissing));
    }
    auto wrong = [](std::string_view where, const Error& error) {
      return refuse("error in move for path: '" + std::string(where) + "': " + error.message());
    };
    auto value = get(place);
    if (!value) return wrong(place.key, value.error());
    if (auto removed = remove(place); !removed) return wrong(place.key, removed.error());
    TRY_ASSIGN(std::string path, path_of(operation, "move", true));
    place = find_place(document_, path);
    if (!place.container) {
      return refuse("move operation does not apply: doc is missing destination path: " + path +
                    std::string(kMissing));
    }
    TRY(check_extent(place, value->value_or(Value())));
    auto added = add(place, value->value_or(Value()));
    return added ? added : wrong(path, added.error());
  }

  Result<void> run_test(const Value& operation) {
    TRY_ASSIGN(std::string path, path_of(operation, "test", true));
    const Value* wanted = operation.find("value");
    bool equal = false;
    if (path.empty()) {
      equal = wanted && document_ == *wanted;
    } else {
      Place place = find_place(document_, path);
      if (!place.container) {
        return refuse("test operation does not apply: is missing path: " + path +
                      std::string(kMissing));
      }
      auto value = get(place);
      if (!value)
        return refuse("error in test for path: '" + path + "': " + value.error().message());
      equal = *value ? wanted && **value == *wanted : !wanted || wanted->is_null();
    }
    if (equal) return {};
    return refuse("testing value " + path + " failed: test failed");
  }

  Result<void> run_copy(const Value& operation) {
    TRY_ASSIGN(std::string from, from_of(operation, "copy"));
    Place place = find_place(document_, from);
    if (!place.container) {
      return refuse("copy operation does not apply: doc is missing from path: " + from +
                    std::string(kMissing));
    }
    auto value = get(place);
    if (!value) return refuse("error in copy for from: '" + from + "': " + value.error().message());
    TRY_ASSIGN(std::string path, path_of(operation, "copy", false));
    place = find_place(document_, path);
    if (!place.container) {
      return refuse("copy operation does not apply: doc is missing destination path: " + path +
                    std::string(kMissing));
    }
    TRY_ASSIGN(std::size_t bytes, check_extent(place, value->value_or(Value())));
    copied_ += bytes;
    if (copied_ > kJsonPatchCopyBytesMax) {
      return fail(Code::TooLarge,
                  "Unable to complete the copy, the accumulated size increase of copy is " +
                      std::to_string(copied_) + ", exceeding the limit " +
                      std::to_string(kJsonPatchCopyBytesMax));
    }
    auto added = add(place, value->value_or(Value()));
    return added ? added
                 : refuse("error while adding value during copy: " + added.error().message());
  }

  Value document_;
  std::size_t copied_ = 0;
  std::size_t work_ = 0;
};

}  // namespace

Result<Value> apply_json_patch(const Value& document, const Value& patch) {
  if (patch.is_null()) return document;
  if (!patch.is_array()) {
    return refuse("json: cannot unmarshal " + std::string(kind_name(patch)) +
                  " into Go value of type jsonpatch.Patch");
  }
  if (patch.size() > kJsonPatchOperationsMax) {
    return fail(Code::TooLarge, "The allowed maximum operations in a JSON patch is " +
                                    std::to_string(kJsonPatchOperationsMax) + ", got " +
                                    std::to_string(patch.size()));
  }
  for (const Value& operation : patch.items()) {
    if (operation.is_object() || operation.is_null()) continue;
    return refuse("json: cannot unmarshal " + std::string(kind_name(operation)) +
                  " into Go value of type jsonpatch.Operation");
  }
  if (!document.is_object() && !document.is_array() && !document.is_null()) {
    return refuse("json: cannot unmarshal " + std::string(kind_name(document)) +
                  " into Go value of type jsonpatch.partialDoc");
  }
  Patcher patcher(document.is_null() ? Value::object() : document);
  for (const Value& operation : patch.items()) {
    TRY(patcher.run(operation));
  }
  Value result = std::move(patcher).take();
  if (!document.is_null()) return result;
  // Null reads as an empty object, but cannot be written to.
  return result.empty() ? Result<Value>(Value()) : refuse("a null document cannot be changed");
}

}  // namespace lesto::patch
