#include "engines/gotemplate/constants.h"

#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/quote.h"

namespace lesto::gotemplate {
namespace {

bool has_any(std::string_view text, std::string_view letters) {
  return text.find_first_of(letters) != text.npos;
}

// A number is an integer too when nothing is lost.
void simplify(NumberNode& node, double value) {
  node.is_float = true;
  node.number = value;
  if (static_cast<double>(truncate(value)) == value) {
    node.is_int = true;
    node.integer = truncate(value);
  }
  if (value >= 0 && value < 18446744073709551616.0 &&
      static_cast<double>(static_cast<std::uint64_t>(value)) == value) {
    node.is_uint = true;
    node.unsigned_integer = static_cast<std::uint64_t>(value);
  }
}

void set_complex(NumberNode& node, double real, double imaginary, Heap& heap) {
  node.is_complex = true;
  node.value = Value::of(Type::Complex);
  node.value.complex = heap.make(ComplexNumber{real, imaginary});
  if (imaginary == 0) simplify(node, real);
}

bool read_complex(NumberNode& node, std::string_view text, Heap& heap) {
  // The sign of the second part is the last one that does not belong to an exponent.
  std::size_t split = text.npos;
  bool hex = has_any(text, "xX");
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '+' && text[i] != '-') continue;
    char before = text[i - 1];
    bool exponent = before == 'p' || before == 'P' || (!hex && (before == 'e' || before == 'E'));
    if (!exponent) split = i;
  }
  if (split == text.npos) return false;
  ParsedFloat real = parse_float(text.substr(0, split));
  ParsedFloat imaginary = parse_float(text.substr(split, text.size() - split - 1));
  if (!real.ok() || !imaginary.ok()) return false;
  set_complex(node, real.value, imaginary.value, heap);
  return true;
}

std::expected<Node*, std::string> read_character(NumberNode& node, std::string_view text,
                                                 Heap& heap) {
  auto rune = unquote_rune(text.substr(1), text[0]);
  if (!rune) return std::unexpected("invalid syntax");
  if (rune->rest != "'")
    return std::unexpected("malformed character constant: " + std::string(text));
  node.is_int = node.is_uint = node.is_float = true;
  node.integer = static_cast<std::int64_t>(rune->code);
  node.unsigned_integer = rune->code;
  node.number = static_cast<double>(rune->code);
  node.value = Value::of_int(node.integer);
  return heap.make(node);
}

// The value that the constant has where no type is asked for; none when an integer does not fit.
void set_ideal(NumberNode& node, std::string_view text) {
  bool hex = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
             !has_any(text, "pP");
  if (node.is_complex) return;
  if (node.is_float && !hex && has_any(text, ".eEpP")) {
    node.value = Value::of_float(node.number);
  } else if (node.is_int) {
    node.value = Value::of_int(node.integer);
  }
}

std::expected<Node*, std::string> read_number(NumberNode& node, std::string_view text, Heap& heap) {
  if (text.ends_with('i')) {
    ParsedFloat imaginary = parse_float(text.substr(0, text.size() - 1));
    if (imaginary.ok()) {
      set_complex(node, 0, imaginary.value, heap);
      return heap.make(node);
    }
  }
  ParsedUint as_uint = parse_uint(text, 0);
  if (as_uint.ok()) {
    node.is_uint = true;
    node.unsigned_integer = as_uint.value;
  }
  ParsedInt as_int = parse_int(text, 0);
  if (as_int.ok()) {
    node.is_int = true;
    node.integer = as_int.value;
    if (as_int.value == 0) node.is_uint = true;
  }
  if (node.is_int || node.is_uint) {
    node.is_float = true;
    node.number = node.is_int ? static_cast<double>(node.integer)
                              : static_cast<double>(node.unsigned_integer);
  } else {
    ParsedFloat as_float = parse_float(text);
    if (as_float.ok()) {
      if (!has_any(text, ".eEpP")) return std::unexpected("integer overflow: " + quoted(text));
      simplify(node, as_float.value);
    }
  }
  if (!node.is_float) return std::unexpected("illegal number syntax: " + quoted(text));
  set_ideal(node, text);
  return heap.make(node);
}

}  // namespace

std::expected<Node*, std::string> make_constant(const Item& item, Heap& heap) {
  if (item.type == ItemType::Bool) {
    ConstantNode node;
    node.kind = NodeKind::Bool;
    node.position = item.position;
    node.literal = item.text;
    node.value = Value::of_bool(item.text == "true");
    return heap.make(node);
  }
  if (item.type == ItemType::String || item.type == ItemType::RawString) {
    auto text = unquote(item.text);
    if (!text) return std::unexpected("invalid syntax");
    ConstantNode node;
    node.kind = NodeKind::String;
    node.position = item.position;
    node.literal = item.text;
    node.value = heap.text(*text);
    return heap.make(node);
  }
  NumberNode node;
  node.kind = NodeKind::Number;
  node.position = item.position;
  node.literal = item.text;
  if (item.type == ItemType::CharConstant) return read_character(node, item.text, heap);
  if (item.type == ItemType::Complex) {
    if (!read_complex(node, item.text, heap))
      return std::unexpected("syntax error scanning complex number");
    return heap.make(node);
  }
  return read_number(node, item.text, heap);
}

}  // namespace lesto::gotemplate
