// A store seen as typed values: each object is parsed once, when it changes.
#pragma once

#include <memory>
#include <unordered_map>

#include "kube/control/store.h"

namespace lesto::cluster {

// Make it before other listeners are added to the store: it must be the first to hear of a change. Thread: the loop's.
template <class T>
class Typed {
 public:
  using Parse = Result<T> (*)(const json::Value&);

  Typed(control::Store& store, Parse parse) : store_(store), parse_(parse) {
    store_.listen([this](const control::Change& change) { hear(change); });
  }

  // Null when there is no such object, or when it does not parse (see error()).
  std::shared_ptr<const T> get(const kube::ObjectKey& key) const {
    auto found = parsed_.find(key);
    return found == parsed_.end() ? nullptr : found->second;
  }
  // Why the object does not parse.
  const Error* error(const kube::ObjectKey& key) const {
    auto found = errors_.find(key);
    return found == errors_.end() ? nullptr : &found->second;
  }
  const std::unordered_map<kube::ObjectKey, std::shared_ptr<const T>>& all() const { return parsed_; }
  control::Store& store() const { return store_; }

 private:
  void hear(const control::Change& change) {
    kube::ObjectKey key = kube::key_of(change.after.is_null() ? change.before : change.after);
    parsed_.erase(key);
    errors_.erase(key);
    if (change.after.is_null()) return;
    auto value = parse_(change.after);
    if (value) {
      parsed_[key] = std::make_shared<const T>(std::move(*value));
    } else {
      errors_.emplace(key, std::move(value).error());
    }
  }

  control::Store& store_;
  Parse parse_;
  std::unordered_map<kube::ObjectKey, std::shared_ptr<const T>> parsed_;
  std::unordered_map<kube::ObjectKey, Error> errors_;
};

}  // namespace lesto::cluster
