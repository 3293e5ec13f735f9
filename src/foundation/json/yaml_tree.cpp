#include <yaml.h>

#include <algorithm>
#include <map>

#include "foundation/json/text.h"
#include "foundation/json/yaml_node.h"

namespace lesto::json {
namespace {

// Owns libyaml's parser and its current event.
class Events {
 public:
  explicit Events(std::string_view text) {
    if (!yaml_parser_initialize(&parser_)) return;
    ready_ = true;
    // go-yaml reads an empty text as one line break.
    if (text.empty()) text = "\n";
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~Events() {
    yaml_event_delete(&event_);
    if (ready_) yaml_parser_delete(&parser_);
  }
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  Result<void> next() {
    if (!ready_) return fail(Code::Internal, "yaml: out of memory");
    yaml_event_delete(&event_);
    if (!yaml_parser_parse(&parser_, &event_)) return fail(problem());
    return {};
  }
  const yaml_event_t& event() const { return event_; }

 private:
  // go-yaml counts lines from 0, adds one for errors of its scanner only, and names no line 0.
  Error problem() const {
    std::size_t line = 0;
    if (parser_.problem_mark.line != 0) {
      line = parser_.problem_mark.line + (parser_.error == YAML_SCANNER_ERROR ? 1 : 0);
    } else if (parser_.context_mark.line != 0) {
      line = parser_.context_mark.line;
    }
    std::string text = "yaml: ";
    if (line != 0) text += "line " + std::to_string(line) + ": ";
    text += parser_.problem ? parser_.problem : "unknown problem parsing YAML content";
    return Error(Code::Invalid, std::move(text));
  }

  bool ready_ = false;
  yaml_parser_t parser_{};
  yaml_event_t event_{};
};

std::string text_of(const unsigned char* bytes) {
  return bytes ? reinterpret_cast<const char*>(bytes) : "";
}

// Builds the tree of one document from events. An open collection waits on a stack, so that deep
// nesting costs heap.
class Builder {
 public:
  explicit Builder(std::string_view text) : events_(text) {}

  Result<YamlTree> build() {
    TRY(events_.next());  // stream start
    TRY(events_.next());
    if (events_.event().type == YAML_STREAM_END_EVENT) return std::move(tree_);
    // libyaml takes 1.2, too; go-yaml does not.
    auto* version = events_.event().data.document_start.version_directive;
    if (version && version->minor != 1)
      return fail(Code::Invalid, "yaml: found incompatible YAML document");
    do {
      TRY(events_.next());
      TRY(take(events_.event()));
    } while (!open_.empty());
    TRY(events_.next());  // document end
    return std::move(tree_);
  }

 private:
  struct Open {
    std::uint32_t node;
    std::uint32_t last;
  };

  Result<void> take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_SCALAR_EVENT: {
        auto& scalar = event.data.scalar;
        std::uint32_t index = add(YamlKind::Scalar, event);
        YamlNode& node = tree_.nodes[index];
        node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        node.tag = text_of(scalar.tag);
        node.implicit = scalar.plain_implicit != 0;
        name(scalar.anchor, index);
        return {};
      }
      case YAML_ALIAS_EVENT: {
        std::uint32_t index = add(YamlKind::Alias, event);
        YamlNode& node = tree_.nodes[index];
        node.text = text_of(event.data.alias.anchor);
        auto anchor = anchors_.find(node.text);
        if (anchor == anchors_.end()) {
          return fail(Code::Invalid, "yaml: unknown anchor '" + node.text + "' referenced");
        }
        node.first = anchor->second;
        return {};
      }
      case YAML_SEQUENCE_START_EVENT:
        return open(add(YamlKind::Sequence, event), event.data.sequence_start.anchor);
      case YAML_MAPPING_START_EVENT:
        return open(add(YamlKind::Mapping, event), event.data.mapping_start.anchor);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: open_.pop_back(); return {};
      default: return fail(Code::Internal, "yaml: unexpected event");
    }
  }

  Result<void> open(std::uint32_t index, const unsigned char* anchor) {
    name(anchor, index);
    if (open_.size() >= kDepthMax) {
      return fail(Code::TooLarge, "yaml: exceeded max depth of " + std::to_string(kDepthMax));
    }
    open_.push_back({index, kNoNode});
    return {};
  }

  void name(const unsigned char* anchor, std::uint32_t index) {
    if (anchor) anchors_[text_of(anchor)] = index;
  }

  std::uint32_t add(YamlKind kind, const yaml_event_t& event) {
    auto index = static_cast<std::uint32_t>(tree_.nodes.size());
    YamlNode& node = tree_.nodes.emplace_back();
    node.kind = kind;
    node.line = static_cast<std::uint32_t>(event.start_mark.line + 1);
    if (open_.empty()) {
      tree_.root = index;
    } else {
      Open& parent = open_.back();
      (parent.last == kNoNode ? tree_.nodes[parent.node].first : tree_.nodes[parent.last].next) =
          index;
      parent.last = index;
    }
    return index;
  }

  Events events_;
  YamlTree tree_;
  std::vector<Open> open_;
  std::map<std::string, std::uint32_t, std::less<>> anchors_;
};

}  // namespace

Result<YamlTree> read_yaml_tree(std::string_view text) { return Builder(text).build(); }

}  // namespace lesto::json
