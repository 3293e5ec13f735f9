// CustomResourceDefinitions become resources: registered as soon as their definition is durable, gone with it.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

class Crds {
 public:
  explicit Crds(Core& core);
  // Registers what the storage held. Once, at the start.
  void start();

 private:
  void on_event(const Table& table, const Event& event);
  void install(const json::Value& definition);
  void establish(std::string_view key, const json::Value& definition);
  void clean_up(const json::Value& definition);

  Core& core_;
  // Tables of definitions that wait for their objects to go: table to the definition's key.
  std::map<std::string, Key> emptying_;
};

// The resource that a definition describes.
Resource custom_resource(const json::Value& definition, const Types& types);

}  // namespace lesto::apiserver
