#include "engines/gotemplate/printer.h"

#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/format.h"
#include "engines/gotemplate/unicode.h"
#include "engines/gotemplate/version.h"

namespace lesto::gotemplate {

void Printer::print(const Value& value, char32_t verb) {
  if (value.nothing()) {
    if (verb == 'T' || verb == 'v') {
      pad("<nil>");
    } else {
      bad_verb(value, verb);
    }
    return;
  }
  if (verb == 'T') {
    pad(cut(type_name(value)));
    return;
  }
  if (verb == 'p') {
    print_pointer(value, verb);
    return;
  }
  if (value.type == Type::Bytes) {
    print_bytes(value, verb);
    return;
  }
  if (!print_own_text(value, verb)) print_content(value, verb, 0);
}

void Printer::print_inner(const Value& value, char32_t verb, int depth) {
  if (value.type == Type::Nil) {
    out_ += flags_.sharp_v ? "interface {}(nil)" : "<nil>";
    return;
  }
  if (!print_own_text(value, verb)) print_content(value, verb, depth);
}

void Printer::print_content(const Value& value, char32_t verb, int depth) {
  if (stopped()) return;
  spend(1);
  if (outcome_ && depth > static_cast<int>(kValueDepth))
    outcome_ = context_.limit("depth of values", kValueDepth);
  if (outcome_ && out_.size() - start_ > kOutputBytes)
    outcome_ = context_.limit("bytes of a printed value", kOutputBytes);
  if (stopped()) return;
  switch (kind_of(value.type)) {
    case ValueKind::Invalid:
    case ValueKind::Interface: out_ += "<nil>"; return;
    case ValueKind::Bool: return format_bool(value, verb);
    case ValueKind::Int:
      return format_integer(value, static_cast<std::uint64_t>(value.integer), Sign::Signed, verb);
    case ValueKind::Uint:
      return format_integer(value, static_cast<std::uint64_t>(value.integer), Sign::Unsigned, verb);
    case ValueKind::Float: return format_float(value, value.number, verb);
    case ValueKind::Complex: return format_complex(value, verb);
    case ValueKind::String: return format_text(value, value.text(), verb);
    case ValueKind::Slice: return print_list(value, verb, depth);
    case ValueKind::Map: return print_map(value, verb, depth);
    case ValueKind::Pointer:
      if (value.type == Type::Version && depth == 0 && value.version) {
        out_ += '&';
        Value pointed = value;
        pointed.type = Type::VersionCopy;
        return print_inner(pointed, verb, depth + 1);
      }
      return print_pointer(value, verb);
    case ValueKind::Struct: break;
  }
  if (value.type == Type::VersionCopy) return print_version(value, verb, depth);
  if (value.type == Type::Certificate) {
    constexpr std::string_view kNames[] = {"Cert", "Key"};
    const Value fields[] = {Value::of_text(value.certificate->certificate),
                            Value::of_text(value.certificate->key)};
    return print_fields(type_name(value), kNames, fields, verb, depth);
  }
  if (value.type == Type::Record) {
    std::vector<std::string_view> names;
    std::vector<Value> fields;
    for (const RecordField& field : value.record->type->fields) {
      names.push_back(field.name);
      fields.push_back(Value::of_text((*value.record->json)[field.key].text()));
    }
    return print_fields(value.record->type->name, names, fields, verb, depth);
  }
  // A time under a verb that takes no text.
  bad_verb(value, verb);
}

void Printer::print_version(const Value& value, char32_t verb, int depth) {
  constexpr std::string_view kNames[] = {"major", "minor", "patch", "pre", "metadata", "original"};
  const Version& version = *value.version;
  const Value fields[] = {
      Value::of_integer(Type::Uint64, static_cast<std::int64_t>(version.major())),
      Value::of_integer(Type::Uint64, static_cast<std::int64_t>(version.minor())),
      Value::of_integer(Type::Uint64, static_cast<std::int64_t>(version.patch())),
      Value::of_text(version.prerelease()),
      Value::of_text(version.metadata()),
      Value::of_text(version.original())};
  print_fields("semver.Version", kNames, fields, verb, depth);
}

void Printer::print_fields(std::string_view type, std::span<const std::string_view> names,
                           std::span<const Value> values, char32_t verb, int depth) {
  if (flags_.sharp_v) out_ += type;
  out_ += '{';
  for (std::size_t i = 0; i < names.size(); ++i) {
    separate(i);
    if (flags_.plus_v || flags_.sharp_v) {
      out_ += names[i];
      out_ += ':';
    }
    print_inner(values[i], verb, depth + 1);
  }
  out_ += '}';
}

void Printer::print_list(const Value& value, char32_t verb, int depth) {
  if (value.type == Type::Bytes) {
    if (verb == 's' || verb == 'q' || verb == 'x' || verb == 'X') return print_bytes(value, verb);
    out_ += flags_.sharp_v ? "[]uint8{" : "[";
    for (std::size_t i = 0; i < value.size; ++i) {
      separate(i);
      auto byte = static_cast<unsigned char>(value.chars[i]);
      print_inner(Value::of_integer(Type::Uint8, byte), verb, depth + 1);
    }
    out_ += flags_.sharp_v ? '}' : ']';
    return;
  }
  if (flags_.sharp_v) {
    out_ += type_name(value);
    if (is_nil(value)) {
      out_ += "(nil)";
      return;
    }
  }
  out_ += flags_.sharp_v ? '{' : '[';
  std::size_t size = is_nil(value) ? 0 : list_size(value);
  for (std::size_t i = 0; i < size && !stopped(); ++i) {
    separate(i);
    print_inner(list_item(value, i), verb, depth + 1);
  }
  out_ += flags_.sharp_v ? '}' : ']';
}

void Printer::print_map(const Value& value, char32_t verb, int depth) {
  if (flags_.sharp_v) {
    out_ += type_name(value);
    if (is_nil(value)) {
      out_ += "(nil)";
      return;
    }
    out_ += '{';
  } else {
    out_ += "map[";
  }
  MapView map = context_.heap.open(value);
  for (std::size_t i = 0; i < map.size() && !stopped(); ++i) {
    separate(i);
    print_inner(Value::of_text(map.key(i)), verb, depth + 1);
    out_ += ':';
    print_inner(map.value(i), verb, depth + 1);
  }
  out_ += flags_.sharp_v ? '}' : ']';
}

bool Printer::print_own_text(const Value& value, char32_t verb) {
  if (erroring_) return false;
  if (verb == 'w') {
    bad_verb(value, verb);
    return true;
  }
  if (value.type < Type::Time || is_nil(value)) return false;
  std::string text;
  if (flags_.sharp_v) {
    if (value.type != Type::Time) return false;
    append_date_go_text(text, value);
    pad(cut(text));
    return true;
  }
  if (verb != 'v' && verb != 's' && verb != 'x' && verb != 'X' && verb != 'q') return false;
  if (!own_text(value, text)) return false;
  format_text(value, text, verb);
  return true;
}

void Printer::print_bytes(const Value& value, char32_t verb) {
  switch (verb) {
    case 'v':
    case 'd':
      if (flags_.sharp_v && !value.chars) {
        out_ += "[]byte(nil)";
        return;
      }
      out_ += flags_.sharp_v ? "[]byte{" : "[";
      for (std::size_t i = 0; i < value.size; ++i) {
        separate(i);
        auto byte = static_cast<unsigned char>(value.chars[i]);
        if (flags_.sharp_v) {
          put_0x(byte, true);
        } else {
          put_digits(byte, 10, Sign::Unsigned, verb, "0123456789abcdefx");
        }
      }
      out_ += flags_.sharp_v ? '}' : ']';
      return;
    case 's':
    case 'x':
    case 'X':
    case 'q': format_text(value, value.text(), verb); return;
    default: print_list(value, verb, 0);
  }
}

void Printer::print_pointer(const Value& value, char32_t verb) {
  switch (kind_of(value.type)) {
    case ValueKind::Slice:
    case ValueKind::Map:
    case ValueKind::Pointer: break;
    default: return bad_verb(value, verb);
  }
  // The address is nobody's business; it only has to look like one.
  std::uint64_t address = is_nil(value) ? 0 : 0xc000000000;
  switch (verb) {
    case 'v':
      if (flags_.sharp_v) {
        out_ += '(';
        out_ += type_name(value);
        out_ += ")(";
        if (address == 0) {
          out_ += "nil";
        } else {
          put_0x(address, true);
        }
        out_ += ')';
      } else if (address == 0) {
        pad("<nil>");
      } else {
        put_0x(address, !flags_.sharp);
      }
      return;
    case 'p': return put_0x(address, !flags_.sharp);
    case 'b':
    case 'o':
    case 'd':
    case 'x':
    case 'X': return format_integer(value, address, Sign::Unsigned, verb);
    default: bad_verb(value, verb);
  }
}

void Printer::bad_verb(const Value& value, char32_t verb) {
  erroring_ = true;
  out_ += "%!";
  append_rune(out_, verb);
  out_ += '(';
  if (value.nothing()) {
    out_ += "<nil>";
  } else {
    out_ += type_name(value);
    out_ += '=';
    print(value, 'v');
  }
  out_ += ')';
  erroring_ = false;
}

}  // namespace lesto::gotemplate
