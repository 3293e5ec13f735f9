#include <charconv>
#include <cmath>
#include <set>
#include <unordered_map>

#include "foundation/base/hash.h"
#include "foundation/json/number.h"
#include "foundation/json/scan.h"
#include "foundation/json/text.h"
#include "foundation/json/utf8.h"
#include "foundation/json/yaml.h"
#include "foundation/json/yaml_node.h"
#include "foundation/json/yaml_scalar.h"

namespace lesto::json {
namespace {

// Share of decoded nodes that may come from aliases: nearly all in small documents, a tenth in very
// large ones.
double alias_share_max(double decoded) {
  constexpr double kSmall = 400'000;
  constexpr double kLarge = 4'000'000;
  if (decoded <= kSmall) return 0.99;
  if (decoded >= kLarge) return 0.10;
  return 0.99 - 0.89 * ((decoded - kSmall) / (kLarge - kSmall));
}

// A value as Go's %#v prints it.
std::string go_syntax(const Value& value) {
  switch (value.kind()) {
    case Kind::Null: return "interface {}(nil)";
    case Kind::Double: {
      std::string text;
      append_go_g(text, value.number());
      return text;
    }
    case Kind::String: return go_quote(value.text());
    case Kind::Array: {
      std::string text = "[]interface {}{";
      for (const Value& item : value.items())
        text += (text.ends_with('{') ? "" : ", ") + go_syntax(item);
      return text + "}";
    }
    case Kind::Object: {
      std::string text = "map[interface {}]interface {}{";
      for (const Member& member : value.members()) {
        text += (text.ends_with('{') ? "" : ", ") + go_quote(member.name()) + ":" +
                go_syntax(member.value);
      }
      return text + "}";
    }
    default: return write(value);
  }
}

// A key that is not yet text: keys that differ in kind are different keys while the document is
// read.
struct Key {
  YamlType type = YamlType::String;
  std::string text;

  // How Go prints it: strings quoted, the rest bare.
  std::string go() const {
    if (type == YamlType::Null) return "<nil>";
    return type == YamlType::String ? go_quote(text) : text;
  }
  bool operator<(const Key& other) const {
    return std::tie(type, text) < std::tie(other.type, other.text);
  }
};

class Decoder {
 public:
  Decoder(const YamlTree& tree, const ParseYamlOptions& options) : tree_(tree), options_(options) {}

  Result<Value> decode() {
    if (tree_.root == kNoNode) return Value();
    TRY_ASSIGN(Value value, node(tree_.root));
    if (!duplicates_.empty()) {
      return fail(Code::Invalid, "yaml: unmarshal errors:" + duplicates_);
    }
    if (unwritable_) return fail(*unwritable_);
    return value;
  }

 private:
  using Keys = std::set<Key>;

  // What an anchor stands for, and what reading it again would count.
  struct Expanded {
    Value value;
    std::size_t nodes = 0;
    std::size_t height = 0;
  };

  Result<void> count(std::size_t nodes = 1) {
    decoded_ += nodes;
    if (alias_depth_ > 0) aliased_ += nodes;
    auto share = static_cast<double>(aliased_) / static_cast<double>(decoded_);
    if (aliased_ > 100 && decoded_ > 1000 &&
        share > alias_share_max(static_cast<double>(decoded_))) {
      return fail(Code::TooLarge, "yaml: document contains excessive aliasing");
    }
    return {};
  }

  Result<Value> node(std::uint32_t index) {
    TRY(count());
    const YamlNode& at = tree_[index];
    switch (at.kind) {
      case YamlKind::Scalar: return scalar(at);
      case YamlKind::Alias: {
        TRY(enter(index));
        Result<Value> value = expand(at.first);
        leave(index);
        return value;
      }
      case YamlKind::Sequence: {
        TRY_ASSIGN(Depth depth, deeper());
        std::vector<Value> items;
        for (std::uint32_t child = at.first; child != kNoNode; child = tree_[child].next) {
          TRY_ASSIGN(Value item, node(child));
          items.push_back(std::move(item));
        }
        return Value::array(std::move(items));
      }
      case YamlKind::Mapping: {
        TRY_ASSIGN(Depth depth, deeper());
        Value object = Value::object();
        Keys keys;
        TRY(mapping(at, object, keys));
        return object;
      }
    }
    return fail(Code::Internal, "yaml: unknown kind of node");
  }

  // Values are shared, so that each anchor is read once for all of its aliases; the limits count as if it were read for
  // each of them.
  Result<Value> expand(std::uint32_t anchor) {
    auto known = expanded_.find(anchor);
    if (known != expanded_.end()) {
      TRY(count(known->second.nodes));
      if (depth_ + known->second.height > kDepthMax) return too_deep();
      return known->second.value;
    }
    std::size_t before = decoded_;
    std::size_t complaints = duplicates_.size();
    std::size_t deepest = std::exchange(deepest_, depth_);
    Result<Value> value = node(anchor);
    if (value && duplicates_.size() == complaints) {
      expanded_.emplace(anchor, Expanded{*value, decoded_ - before, deepest_ - depth_});
    }
    deepest_ = std::max(deepest_, deepest);
    return value;
  }

  static std::unexpected<Error> too_deep() {
    return fail(Code::TooLarge, "yaml: exceeded max depth of " + std::to_string(kDepthMax));
  }

  Result<void> enter(std::uint32_t alias) {
    if (!open_aliases_.insert(alias).second) {
      return fail(Code::Invalid, "yaml: anchor '" + tree_[alias].text + "' value contains itself");
    }
    ++alias_depth_;
    return {};
  }
  void leave(std::uint32_t alias) {
    open_aliases_.erase(alias);
    --alias_depth_;
  }

  // Counts nesting, also through aliases.
  struct Depth {
    explicit Depth(std::size_t* level) : level_(level) { ++*level_; }
    Depth(Depth&& other) noexcept : level_(std::exchange(other.level_, nullptr)) {}
    Depth& operator=(Depth&&) = delete;
    ~Depth() {
      if (level_) --*level_;
    }
    std::size_t* level_;
  };
  Result<Depth> deeper() {
    if (depth_ >= kDepthMax) return too_deep();
    deepest_ = std::max(deepest_, depth_ + 1);
    return Depth(&depth_);
  }

  Result<void> mapping(const YamlNode& at, Value& object, Keys& keys) {
    for (std::uint32_t child = at.first; child != kNoNode;) {
      std::uint32_t value_index = tree_[child].next;
      if (is_merge(tree_[child])) {
        TRY(merge(value_index, object, keys));
      } else {
        TRY_ASSIGN(Key key, read_key(child));
        TRY_ASSIGN(Value value, node(value_index));
        put(object, keys, key, std::move(value), tree_[value_index].line);
      }
      child = tree_[value_index].next;
    }
    return {};
  }

  void put(Value& object, Keys& keys, const Key& key, Value value, std::uint32_t line) {
    if (options_.duplicates == Duplicates::Refuse && !keys.insert(key).second) {
      duplicates_ +=
          "\n  line " + std::to_string(line) + ": key " + key.go() + " already set in map";
      return;
    }
    if (key.type == YamlType::Null || key.type == YamlType::Uint) {
      if (unwritable_) return;
      std::string shown = value.is_null() ? "<nil>" : go_syntax(value);
      bool null = key.type == YamlType::Null;
      unwritable_ =
          Error(Code::Invalid, std::string("unsupported map key of type: ") +
                                   (null ? "%!s(<nil>), key: <nil>" : "uint64, key: " + key.text) +
                                   ", value: " + shown);
      return;
    }
    object.set(key.text, std::move(value));
  }

  static bool is_merge(const YamlNode& key) {
    return key.kind == YamlKind::Scalar && key.text == "<<" &&
           (key.implicit || key.tag == std::string(kYamlTagPrefix) + "merge");
  }

  Result<void> merge(std::uint32_t index, Value& object, Keys& keys) {
    const YamlNode& at = tree_[index];
    if (at.kind != YamlKind::Sequence) return merge_one(index, object, keys);
    std::vector<std::uint32_t> children;
    for (std::uint32_t child = at.first; child != kNoNode; child = tree_[child].next)
      children.push_back(child);
    // The first one wins, so it comes last.
    for (auto child = children.rbegin(); child != children.rend(); ++child) {
      TRY(merge_one(*child, object, keys));
    }
    return {};
  }

  Result<void> merge_one(std::uint32_t index, Value& object, Keys& keys) {
    const YamlNode& at = tree_[index];
    bool alias = at.kind == YamlKind::Alias;
    const YamlNode& target = alias ? tree_[at.first] : at;
    if (target.kind != YamlKind::Mapping) {
      return fail(Code::Invalid, "yaml: map merge requires map or sequence of maps as the value");
    }
    TRY(count());
    if (!alias) {
      TRY_ASSIGN(Depth depth, deeper());
      return mapping(at, object, keys);
    }
    TRY(enter(index));
    TRY(count());
    auto depth = deeper();
    Result<void> done = depth ? mapping(target, object, keys) : Result<void>(fail(depth.error()));
    leave(index);
    return done;
  }

  Result<Key> read_key(std::uint32_t index) {
    std::uint32_t at = index;
    while (tree_[at].kind == YamlKind::Alias) at = tree_[at].first;
    if (tree_[at].kind != YamlKind::Scalar) {
      TRY_ASSIGN(Value value, node(index));
      return fail(Code::Invalid, "yaml: invalid map key: " + go_syntax(value));
    }
    TRY(count());
    const YamlNode& key = tree_[at];
    TRY_ASSIGN(YamlScalar scalar, resolve(key));
    switch (scalar.type) {
      case YamlType::Null: return Key{YamlType::Null, ""};
      case YamlType::Bool: return Key{YamlType::Bool, scalar.boolean ? "true" : "false"};
      case YamlType::Int: return Key{YamlType::Int, std::to_string(scalar.integer)};
      case YamlType::Uint: {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string text;
        for (int shift = 60; shift >= 0; shift -= 4) {
          auto digit = scalar.unsigned_integer >> shift & 15;
          if (digit != 0 || !text.empty()) text += digits[digit];
        }
        return Key{YamlType::Uint, "0x" + text};
      }
      case YamlType::Float: return Key{YamlType::Float, float_key(scalar.number)};
      case YamlType::Binary: {
        TRY_ASSIGN(std::string bytes, binary(key));
        return Key{YamlType::String, valid_utf8(bytes)};
      }
      default: return Key{YamlType::String, is_utf8(key.text) ? key.text : valid_utf8(key.text)};
    }
  }

  static std::string float_key(double number) {
    if (std::isnan(number)) return ".nan";
    auto narrow = static_cast<float>(number);
    if (std::isinf(narrow)) return number > 0 ? ".inf" : "-.inf";
    std::string text;
    append_go_g(text, narrow);
    return text;
  }

  static Result<YamlScalar> resolve(const YamlNode& at) {
    if (at.tag.empty() && !at.implicit) return YamlScalar();
    return resolve_yaml(at.tag, at.text);
  }

  static Result<std::string> binary(const YamlNode& at) {
    auto bytes = base64_decode(at.text);
    if (!bytes) return fail(Code::Invalid, "yaml: !!binary value contains invalid base64 data");
    return *bytes;
  }

  Result<Value> scalar(const YamlNode& at) {
    TRY_ASSIGN(YamlScalar scalar, resolve(at));
    switch (scalar.type) {
      case YamlType::Null: return Value();
      case YamlType::Bool: return Value(scalar.boolean);
      case YamlType::Int: return Value(scalar.integer);
      case YamlType::Uint: return Value(static_cast<double>(scalar.unsigned_integer));
      case YamlType::Float: return number(scalar.number);
      case YamlType::Binary: {
        TRY_ASSIGN(std::string bytes, binary(at));
        return Value(valid_utf8(bytes));
      }
      default: return Value(at.text);
    }
  }

  Value number(double number) {
    if (!std::isfinite(number)) {
      std::string text;
      append_go_g(text, number);
      if (!unwritable_) unwritable_ = Error(Code::Invalid, "json: unsupported value: " + text);
      return Value();
    }
    if (options_.numbers == YamlNumbers::AsYaml || (number == 0 && std::signbit(number)))
      return Value(number);
    // The way leads through JSON text.
    std::string text;
    append_json_number(text, number);
    std::int64_t integer = 0;
    auto result = std::from_chars(text.data(), text.data() + text.size(), integer);
    if (result.ec == std::errc() && result.ptr == text.data() + text.size()) return Value(integer);
    return Value(number);
  }

  const YamlTree& tree_;
  const ParseYamlOptions& options_;
  std::size_t decoded_ = 0;
  std::size_t aliased_ = 0;
  std::size_t alias_depth_ = 0;
  std::size_t depth_ = 0;
  std::size_t deepest_ = 0;
  std::unordered_map<std::uint32_t, Expanded> expanded_;  // by anchor
  std::set<std::uint32_t> open_aliases_;
  std::string duplicates_;
  // What YAML can say and JSON cannot; reported when nothing else is wrong.
  std::optional<Error> unwritable_;
};

}  // namespace

Result<Value> parse_yaml(std::string_view text, const ParseYamlOptions& options) {
  TRY_ASSIGN(YamlTree tree, read_yaml_tree(text));
  return Decoder(tree, options).decode();
}

}  // namespace lesto::json
