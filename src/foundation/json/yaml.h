// YAML text in and out, as Kubernetes reads and writes it: sigs.k8s.io/yaml over go-yaml v2 (golden
// suite `yaml`).
//
// The rules are YAML 1.1's as go-yaml applies them: yes/no/on/off are booleans, 0777 is octal,
// 1_000 is a number, dates are strings, `<<` merges, keys of any scalar kind become strings, of
// equal keys the last one wins. An alias is expanded; the same limits on expansion as go-yaml's
// hold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::json {

enum class Duplicates : bool {
  Replace,  // of equal keys the last one wins
  Refuse,   // an error that lists each line (strict decoding)
};

// What becomes of a number with a fraction part of zero, or an exponent.
enum class YamlNumbers : bool {
  // As it comes out of YAML -> JSON -> object: 1.0 and 1e3 are the integers 1 and 1000.
  AsJson,
  // As go-yaml sees it: they stay Double. Only for JSON text that is turned into YAML text.
  AsYaml,
};

struct ParseYamlOptions {
  Duplicates duplicates = Duplicates::Replace;
  YamlNumbers numbers = YamlNumbers::AsJson;
};

// Reads the first document of the text; an empty text or document is null. Errors are Invalid,
// worded as go-yaml words them ("yaml: line 3: ..."), or TooLarge for nesting deeper than kDepthMax
// and for excessive aliases.
Result<Value> parse_yaml(std::string_view text, const ParseYamlOptions& options = {});

// Writes as sigs.k8s.io/yaml's Marshal: block style, lists not indented below their key, keys in
// go-yaml's natural order (a9 before a10), lines folded after column 80. Ends with a line break.
std::string write_yaml(const Value& value, YamlNumbers numbers = YamlNumbers::AsJson);

// The order in which write_yaml puts two keys. Where go-yaml's own order is no order (it depends on
// the set), this is one of its outcomes.
bool yaml_key_less(std::string_view a, std::string_view b);

// The documents of a stream, and the error that ended it early, if one did.
struct YamlDocuments {
  std::vector<std::string> texts;
  std::optional<Error> error;
};

// Splits at lines that begin with `---`, as apimachinery's NewYAMLReader does (kubectl, Sveltos):
// what stands before the end of the document is kept with \n line breaks; a separator followed by
// anything but a comment is an error. A `---` that is indented, as it is inside a literal block,
// does not split.
YamlDocuments split_yaml(std::string_view text);

// Splits as apimachinery's NewDocumentDecoder does: at "\n---", whatever follows on that line.
YamlDocuments split_yaml_chunks(std::string_view text);

// Reads a stream of JSON texts or YAML documents as apimachinery's NewYAMLOrJSONDecoder does: JSON
// first if the text begins with `{`, else YAML. Each text is JSON.
YamlDocuments split_yaml_or_json(std::string_view text);

}  // namespace lesto::json
