// Garbage collection: objects whose owners are gone go, too; foreground and orphan deletion.
//
// Keeps who owns whom by uid. Everything happens on durable changes, one step at a time, against the newest state.
#pragma once

#include <set>
#include <unordered_map>

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

class Garbage {
 public:
  explicit Garbage(Core& core);
  // Learns what the storage held, and collects what is due.
  void start();

 private:
  // Where an object is.
  struct Place {
    std::string table;
    Key key;
    auto operator<=>(const Place&) const = default;
  };

  void on_event(const Table& table, const Event& event);
  void learn(const std::string& table, const Key& key, const json::Value& object);
  void forget(const std::string& table, const Key& key, const json::Value& object);
  // Deletes the object if all its owners are gone; drops references to those that are.
  void examine(const Place& place);
  // Goes on with a foreground or orphan deletion.
  void advance(const Place& place, const json::Value& object);
  void orphan_dependents(const json::Value& owner);
  bool owner_lives(const json::Value& reference, std::string_view ns) const;
  std::vector<Place> dependents_of(std::string_view uid) const;
  ResourceRef resource_of(const std::string& table) const;

  Core& core_;
  std::map<std::string, std::set<Place>, std::less<>> dependents_;  // owner's uid → who names it
  std::map<std::string, Place, std::less<>> alive_;                 // uid → where
};

}  // namespace lesto::apiserver
