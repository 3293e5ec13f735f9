// Values of templates as JSON values, and back.
#pragma once

#include "engines/gotemplate/functions.h"
#include "foundation/json/value.h"

namespace lesto::gotemplate {

using Json = std::expected<json::Value, Failure>;

// What encoding/json makes of the value. Fails as it does, on NaN and the like ("json: unsupported
// value: NaN").
Json to_json(Context& context, const Value& value);

// Keeps the JSON in the heap; every number becomes a float64, as Go decodes into interface {}.
Answer from_json(Context& context, const json::Value& value);

// A JSON text with -0 as -0.0, outside of strings: as a float64 it keeps its sign.
std::string with_signed_zeros(std::string_view text);

// json.Unmarshal's refusal to put a value of this kind where the given Go type is wanted.
std::string wrong_kind_text(const json::Value& value, std::string_view go_type);

// Sveltos' toYaml: "" for what cannot be written; without the last line break.
Answer yaml_text(Context& context, const Value& value);

}  // namespace lesto::gotemplate
