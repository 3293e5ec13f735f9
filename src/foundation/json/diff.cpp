#include "foundation/json/diff.h"

#include <algorithm>

#include "foundation/json/text.h"

namespace lesto::json {
namespace {

bool is_word(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

class Differ {
 public:
  explicit Differ(std::size_t changes_max) : changes_max_(changes_max) {}

  void compare(const Value* before, const Value* after) {
    if (changes.size() >= changes_max_) return;
    if (before && after) {
      if (before->same_storage(*after)) return;
      if (before->is_object() && after->is_object()) return objects(*before, *after);
      if (before->is_array() && after->is_array()) return arrays(*before, *after);
      if (*before == *after) return;
    }
    Change change;
    change.path = path_.empty() ? "." : path_;
    if (before) change.before = *before;
    if (after) change.after = *after;
    changes.push_back(std::move(change));
  }

  std::vector<Change> changes;

 private:
  void objects(const Value& before, const Value& after) {
    auto b = before.members().begin();
    auto a = after.members().begin();
    while (b != before.members().end() || a != after.members().end()) {
      bool take_before =
          a == after.members().end() || (b != before.members().end() && b->name() <= a->name());
      bool take_after =
          b == before.members().end() || (a != after.members().end() && a->name() <= b->name());
      std::string_view key = take_before ? b->name() : a->name();
      std::size_t length = path_.size();
      path_ += is_word(key) ? "." + std::string(key) : "[" + write(Value(key)) + "]";
      compare(take_before ? &b->value : nullptr, take_after ? &a->value : nullptr);
      path_.resize(length);
      if (take_before) ++b;
      if (take_after) ++a;
    }
  }

  void arrays(const Value& before, const Value& after) {
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
      std::size_t length = path_.size();
      path_ += "[" + std::to_string(i) + "]";
      compare(i < before.size() ? &before[i] : nullptr, i < after.size() ? &after[i] : nullptr);
      path_.resize(length);
    }
  }

  std::size_t changes_max_;
  std::string path_;
};

}  // namespace

std::vector<Change> diff(const Value& before, const Value& after, std::size_t changes_max) {
  Differ differ(changes_max);
  differ.compare(&before, &after);
  return std::move(differ.changes);
}

}  // namespace lesto::json
