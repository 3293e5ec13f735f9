#include "engines/gotemplate/toml_tree.h"

#include "engines/gotemplate/toml_text.h"

namespace lesto::gotemplate {

std::string toml_key_text(const TomlKey& key) {
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (i > 0) out += '.';
    if (!key[i].empty() && is_bare_key(key[i])) {
      out += key[i];
    } else {
      out += '"';
      append_toml_escaped(out, key[i]);
      out += '"';
    }
  }
  return out;
}

TomlNode* TomlTree::make(TomlNode::Kind kind) {
  nodes_.emplace_back();
  nodes_.back().kind = kind;
  return &nodes_.back();
}

TomlKey TomlTree::path(const std::string& key) const {
  TomlKey full = context;
  full.push_back(key);
  return full;
}

std::string TomlTree::enter(const TomlKey& key, bool array) {
  TomlNode* at = root_;
  TomlKey entered;
  for (std::size_t i = 0; i + 1 < key.size(); ++i) {
    entered.push_back(key[i]);
    auto found = at->table.find(key[i]);
    if (found == at->table.end()) {
      mark_implicit(entered);
      found = at->table.emplace(key[i], make(TomlNode::Kind::Table)).first;
    }
    TomlNode* next = found->second;
    if (next->kind == TomlNode::Kind::Tables) {
      at = next->items.back();
    } else if (next->kind == TomlNode::Kind::Table) {
      at = next;
    } else {
      return "Key '" + toml_key_text(entered) + "' was already created as a hash.";
    }
  }
  context = entered;
  if (array) {
    auto found = at->table.find(key.back());
    if (found == at->table.end())
      found = at->table.emplace(key.back(), make(TomlNode::Kind::Tables)).first;
    if (found->second->kind != TomlNode::Kind::Tables) {
      return "Key '" + toml_key_text(key) + "' was already created and cannot be used as an array.";
    }
    found->second->items.push_back(make(TomlNode::Kind::Table));
  } else if (std::string wrong = set(key.back(), make(TomlNode::Kind::Table)); !wrong.empty()) {
    return wrong;
  }
  context.push_back(key.back());
  return "";
}

std::string TomlTree::enter_implicit(const TomlKey& key) {
  mark_implicit(key);
  return enter(key, false);
}

std::string TomlTree::set(const std::string& key, TomlNode* value) {
  TomlNode* at = root_;
  TomlKey walked;
  for (const std::string& part : context) {
    walked.push_back(part);
    auto found = at->table.find(part);
    if (found == at->table.end())
      return "Key '" + toml_key_text(walked) + "' has already been defined.";
    TomlNode* next = found->second;
    if (next->kind == TomlNode::Kind::Tables) {
      at = next->items.back();
    } else if (next->kind == TomlNode::Kind::Table) {
      at = next;
    } else {
      return "Key '" + toml_key_text(walked) + "' has already been defined.";
    }
  }
  walked.push_back(key);
  std::string text = toml_key_text(walked);
  auto [found, fresh] = at->table.emplace(key, value);
  if (fresh) return "";
  bool implicit = implicit_.erase(text) > 0;
  if (!implicit) return "Key '" + text + "' has already been defined.";
  // A table that was only implied may be written once; an array takes its place.
  if (arrays_.contains(text)) found->second = value;
  return "";
}

void TomlTree::mark_array(const std::string& key) { arrays_.insert(toml_key_text(path(key))); }
void TomlTree::unmark_array(const std::string& key) { arrays_.erase(toml_key_text(path(key))); }

}  // namespace lesto::gotemplate
