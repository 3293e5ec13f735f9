#include "foundation/json/yaml.h"

#include "foundation/json/text.h"

namespace lesto::json {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::string_view(" \t\n\v\f\r").find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::string_view(" \t\n\v\f\r").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

YamlDocuments split_yaml(std::string_view text) {
  YamlDocuments documents;
  std::string current;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("---")) {
      std::string_view after = trim(line.substr(3));
      if (!after.empty() && after[0] != '#') {
        documents.error = Error(Code::Invalid, "invalid Yaml document separator: " + std::string(after));
        return documents;
      }
      if (!current.empty()) {
        documents.texts.push_back(std::exchange(current, {}));
        continue;
      }
      // A separator that ends no document begins one, and is part of it.
    }
    current += line;
    current += '\n';
  }
  if (!current.empty()) documents.texts.push_back(std::move(current));
  return documents;
}

YamlDocuments split_yaml_chunks(std::string_view text) {
  constexpr std::string_view kSeparator = "\n---";
  YamlDocuments documents;
  while (!text.empty()) {
    std::size_t at = text.find(kSeparator);
    if (at == std::string_view::npos) {
      documents.texts.emplace_back(text);
      break;
    }
    documents.texts.emplace_back(text.substr(0, at));
    text.remove_prefix(at + kSeparator.size());
    std::size_t line_end = text.find('\n');
    if (text.empty()) break;
    if (line_end == std::string_view::npos) {
      // Upstream waits for the end of the line, and gives up what it has when there is none.
      documents.texts.pop_back();
      break;
    }
    text.remove_prefix(line_end + 1);
  }
  return documents;
}

YamlDocuments split_yaml_or_json(std::string_view text) {
  YamlDocuments documents = split_yaml(text);
  for (std::string& document : documents.texts) {
    auto value = parse_yaml(document);
    if (!value) {
      documents.error = std::move(value.error()).during("error converting YAML to JSON");
      documents.texts.resize(static_cast<std::size_t>(&document - documents.texts.data()));
      return documents;
    }
    document = canonical(*value);
  }
  return documents;
}

}  // namespace lesto::json
