#include "kube/apiserver/schema/openapi_rules.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver::schema {
namespace {

// Splits into ".", "[", "]", quoted texts and the words between them.
std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t begin = at;
    if (text[at] == '\'') {
      ++at;
      while (at < text.size() && !(text[at] == '\'' && text[at - 1] != '\\')) ++at;
      if (at < text.size()) ++at;
    } else if (text[at] == '.' || text[at] == '[' || text[at] == ']') {
      ++at;
    } else {
      at = text.find_first_of(".[]", at);
      if (at == std::string_view::npos) at = text.size();
    }
    out.push_back(text.substr(begin, at - begin));
  }
  return out;
}

class Resolver {
 public:
  explicit Resolver(const Node& root) { found_.node = &root; }

  FieldPath resolve(std::string_view text, Brackets brackets) {
    std::vector<std::string_view> tokens = tokens_of(text);
    for (std::size_t i = 0; i < tokens.size() && found_.error.empty(); ++i) {
      if (tokens[i] == ".") {
        if (++i == tokens.size()) return failed("unexpected end of JSON path");
        step(std::string(tokens[i]));
      } else if (tokens[i] == "[") {
        if (brackets == Brackets::Refuse) return failed("array notation is not allowed");
        if (++i == tokens.size()) return failed("unexpected end of JSON path");
        std::string_view word = tokens[i];
        if (word.size() < 2 || word.front() != '\'' || word.back() != '\'') {
          return failed("expected single quoted string but got " + std::string(word));
        }
        step(unescaped(word.substr(1, word.size() - 2)));
        if (!found_.error.empty()) break;
        if (++i == tokens.size()) return failed("unexpected end of JSON path");
        if (tokens[i] != "]") return failed("expected ] but got " + std::string(tokens[i]));
      } else {
        return failed("expected [ or . but got: " + std::string(tokens[i]));
      }
    }
    return found_;
  }

 private:
  FieldPath failed(std::string error) {
    found_.error = std::move(error);
    return found_;
  }

  static std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      out += text[i];
    }
    return out;
  }

  void step(const std::string& name) {
    const Node* node = found_.node;
    const Node* next = nullptr;
    if (!node->properties.empty()) {
      next = node->property(name);
      found_.canonical = child(found_.canonical, name);
    } else if (node->additional) {
      next = node->additional.get();
      found_.canonical = key(found_.canonical, name);
    }
    if (!next) {
      found_.error = "does not refer to a valid field";
      return;
    }
    found_.node = next;
  }

  FieldPath found_;
};

}  // namespace

FieldPath resolve_path(std::string_view text, const Node& root, Brackets brackets) {
  return Resolver(root).resolve(text, brackets);
}

}  // namespace lesto::apiserver::schema
