#include "foundation/json/yaml.h"

#include "foundation/json/scan.h"
#include "foundation/json/text.h"

namespace lesto::json {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() &&
         std::string_view(" \t\n\v\f\r").find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  while (!text.empty() &&
         std::string_view(" \t\n\v\f\r").find(text.back()) != std::string_view::npos) {
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
        documents.error =
            Error(Code::Invalid, "invalid Yaml document separator: " + std::string(after));
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

namespace {

// JSON values one after the other, until the text is no longer JSON. `documents` gets an error when
// no YAML can follow.
std::string_view take_json(std::string_view text, YamlDocuments& documents,
                           std::optional<Error>& first_error) {
  std::size_t consumed = 0;
  while (true) {
    ScannedValue scanned = scan_value(text);
    if (scanned.problem) {
      std::string message = scanned.problem->ended ? "unexpected EOF" : scanned.problem->message;
      // More than one value makes it JSON for sure.
      if (documents.texts.size() > 1) {
        documents.error = Error(Code::Invalid, message);
        return {};
      }
      first_error =
          Error(Code::Invalid, scanned.problem->ended
                                   ? message
                                   : "json: offset " +
                                         std::to_string(consumed + scanned.problem->offset) + ": " +
                                         message);
      break;
    }
    if (scanned.begin == scanned.end) return {};
    documents.texts.emplace_back(text.substr(scanned.begin, scanned.end - scanned.begin));
    text.remove_prefix(scanned.end);
    consumed += scanned.end;
  }
  // Blanks behind the last value, up to the end of its line, are nobody's. Upstream reads four
  // bytes to see one character, and takes no YAML from a shorter rest.
  constexpr std::size_t kRestMin = 4;
  while (true) {
    if (text.size() < kRestMin) {
      documents.error = first_error;
      return {};
    }
    if (std::string_view(" \t\n\v\f\r").find(text.front()) == std::string_view::npos) return text;
    bool line_end = text.front() == '\n';
    text.remove_prefix(1);
    if (line_end) return text;
  }
}

bool begins_as_json(std::string_view text) { return trim(text).starts_with('{'); }

}  // namespace

YamlDocuments split_yaml_or_json(std::string_view text) {
  YamlDocuments documents;
  std::optional<Error> first_error;
  // Upstream looks this far.
  constexpr std::size_t kLook = 4096;
  if (begins_as_json(text.substr(0, kLook))) text = take_json(text, documents, first_error);
  YamlDocuments rest = split_yaml(text);
  for (const std::string& document : rest.texts) {
    auto value = parse_yaml(document);
    if (!value) {
      rest.error = std::move(value.error()).during("error converting YAML to JSON");
      break;
    }
    // An empty document decodes into nothing.
    documents.texts.push_back(value->is_null() ? "" : canonical(*value));
  }
  if (rest.error) documents.error = first_error ? first_error : rest.error;
  return documents;
}

}  // namespace lesto::json
