// The tables of a TOML text while it is read, and the rules on defining them twice.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engines/gotemplate/heap.h"

namespace lesto::gotemplate {

struct TomlNode {
  enum class Kind { Scalar, Array, Table, Tables } kind = Kind::Scalar;
  Value scalar;
  std::vector<TomlNode*> items;  // of Array and Tables
  std::map<std::string, TomlNode*, std::less<>> table;
};

using TomlKey = std::vector<std::string>;
std::string toml_key_text(const TomlKey& key);

// Follows BurntSushi's parser. What fails answers with the library's message, else "".
class TomlTree {
 public:
  TomlTree() { root_ = make(TomlNode::Kind::Table); }

  TomlNode* make(TomlNode::Kind kind);
  TomlNode* root() { return root_; }

  TomlKey context;

  // [key] and [[key]]: enters the table.
  std::string enter(const TomlKey& key, bool array);
  // Dotted keys: the table need not be written by its own name.
  std::string enter_implicit(const TomlKey& key);
  void mark_implicit(const TomlKey& key) { implicit_.insert(toml_key_text(key)); }
  // The value of a key in the present table.
  std::string set(const std::string& key, TomlNode* value);
  void mark_array(const std::string& key);
  void unmark_array(const std::string& key);

 private:
  TomlKey path(const std::string& key) const;

  std::deque<TomlNode> nodes_;
  TomlNode* root_ = nullptr;
  std::set<std::string> implicit_;
  std::set<std::string> arrays_;
};

}  // namespace lesto::gotemplate
