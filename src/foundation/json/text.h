// JSON text in and out, with Kubernetes' and Go's rules (reference/dependencies.md section 5,
// golden suite `json`).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::json {

// How deep arrays and objects may be nested.
inline constexpr std::size_t kDepthMax = 1000;

// Reads one JSON text. Errors are Invalid, worded as Go's decoder words them. Bytes that are not
// UTF-8 and lone surrogates become U+FFFD; of equal keys the last one wins.
Result<Value> parse(std::string_view text);

// How many problems strict decoding lists.
inline constexpr std::size_t kStrictProblemsMax = 100;

struct Strict {
  Value value;
  // `duplicate field "spec.a"`, in the order of the text.
  std::vector<std::string> problems;
};

// Reads as parse() does and lists the fields that occur twice, as sigs.k8s.io/json's strict mode
// does.
Result<Strict> parse_strict(std::string_view text);

enum class EscapeHtml : bool { No, Yes };

struct WriteOptions {
  // Write <, > and & as \u003c and so on, as Go's encoder does by default.
  EscapeHtml escape_html = EscapeHtml::No;
  // Blanks a level; 0 writes one line.
  unsigned indent = 0;
};

// Keys in byte order, shortest numbers that read back, Go's notation for exponents. Values nested
// deeper than kWriteDepthMax (which no text can be read into) are written as null.
inline constexpr std::size_t kWriteDepthMax = 2 * kDepthMax;
std::string write(const Value& value, const WriteOptions& options = {});
void append(std::string& out, const Value& value, const WriteOptions& options = {});

// The text that hashes are taken of: one line, HTML escaped, as Go's json.Marshal gives it.
inline std::string canonical(const Value& value) {
  return write(value, {.escape_html = EscapeHtml::Yes});
}

}  // namespace lesto::json
