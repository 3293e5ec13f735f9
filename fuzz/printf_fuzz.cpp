// Fuzzes fmt: a format up to the first line break, then arguments as a JSON list (without one a
// value of every type). What must hold: no crash, an end, and no more output than the limits allow.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "engines/gotemplate/format.h"
#include "foundation/json/text.h"

namespace {

using namespace lesto;
using namespace lesto::gotemplate;

std::vector<Value> every_type(Heap& heap) {
  static const ComplexNumber complex{1.5, -2};
  MapNode* map = heap.new_map();
  heap.set(map, "k", heap.text("v"));
  Value bytes = Value::of_text("by\xfftes");
  bytes.type = Type::Bytes;
  Value imaginary = Value::of(Type::Complex);
  imaginary.complex = &complex;
  std::vector<Value> items{Value::of_int(-3), heap.text("x"), Value::nil()};
  std::vector<Value> values{Value::of_int(-42),
                            Value::of_int64(1LL << 40),
                            Value::of_integer(Type::Uint8, 200),
                            Value::of_float(-0.1),
                            Value::of_float(1e300),
                            Value::of_bool(true),
                            heap.text("a \"text\" \xe2\x82\xac \xff"),
                            bytes,
                            imaginary,
                            heap.list(items),
                            Value::of_map(map),
                            Value::nil(),
                            Value::of_integer(Type::Duration, 90'000'000'000)};
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view format = text.substr(0, text.find('\n'));
  Heap heap;
  json::Value list;
  std::vector<Value> arguments;
  if (format.size() < text.size()) {
    auto given = json::parse(text.substr(format.size() + 1));
    if (given && given->is_array()) list = *given;
  }
  if (list.is_array()) {
    for (const json::Value& item : list.items()) arguments.push_back(Value::of_json(item));
  } else {
    arguments = every_type(heap);
  }
  ExecuteOptions options;
  options.limits.steps = 30'000;
  Context context(heap, options);
  std::string out;
  (void)append_formatted(out, context, format, arguments);
  (void)append_printed(out, context, arguments);
  (void)append_printed_line(out, context, arguments);
  // What is printed stops at the limit of output; one verb may go beyond it by its own width, of
  // which Go takes up to ten million.
  if (out.size() > 3 * (kOutputBytes + 10 * static_cast<std::size_t>(kFormatWidth + 10)))
    std::abort();
  return 0;
}
