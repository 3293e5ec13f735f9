#include "engines/gotemplate/builtins.h"

#include "engines/gotemplate/escapes.h"
#include "engines/gotemplate/format.h"

namespace lesto::gotemplate {
namespace {

constexpr std::string_view kZeroValueType = "reflect: call of reflect.Value.Type on zero Value";

std::string join(std::string_view a, std::string_view b) { return std::string(a) + std::string(b); }

Answer never(Call& call) { return call.fail("unreachable"); }

Answer negate(Call& call) { return Value::of_bool(!is_true(call.at(0).unbox(), call.heap())); }

Answer length(Call& call) {
  const Value& item = call.at(0);
  if (item.type == Type::Nil) return call.fail("len of nil pointer");
  switch (kind_of(item.type)) {
    case ValueKind::Invalid: return call.fail(kZeroValueType);
    case ValueKind::String: return Value::of_int(item.size);
    case ValueKind::Map:
      return Value::of_int(static_cast<std::int64_t>(call.heap().open(item).size()));
    case ValueKind::Slice: {
      std::size_t size = is_nil(item) ? 0 : item.type == Type::Bytes ? item.size : list_size(item);
      return Value::of_int(static_cast<std::int64_t>(size));
    }
    default: return call.fail(join("len of type ", type_name(item)));
  }
}

// The position that an index means; Go lets one through that is just behind the end.
std::expected<std::size_t, Failure> position(Call& call, const Value& index, std::size_t size) {
  if (!index.valid()) return call.fail("cannot index slice/array with nil");
  ValueKind kind = kind_of(index.type);
  if (kind != ValueKind::Int && kind != ValueKind::Uint) {
    return call.fail(join("cannot index slice/array with type ", type_name(index)));
  }
  if (index.integer < 0 || static_cast<std::uint64_t>(index.integer) > size) {
    return call.fail("index out of range: " + std::to_string(index.integer));
  }
  return static_cast<std::size_t>(index.integer);
}

Answer index_map(Call& call, const Value& map, const Value& key) {
  if (!key.valid()) return call.fail("value is nil; should be of type string");
  if (!key.is_text())
    return call.fail(join(join("value has type ", type_name(key)), "; should be string"));
  Value found;
  if (call.heap().open(map).find(key.text(), found)) return found;
  return map.type == Type::Map ? Value::nil() : Value::of_text("");
}

Answer index_one(Call& call, const Value& item, const Value& key) {
  if (item.type == Type::Nil) return call.fail("index of nil pointer");
  switch (kind_of(item.type)) {
    case ValueKind::Map: return index_map(call, item, key);
    case ValueKind::String: {
      auto at = position(call, key, item.size);
      if (!at) return std::unexpected(at.error());
      if (*at == item.size) return call.fail("reflect: string index out of range");
      return Value::of_integer(Type::Uint8, static_cast<unsigned char>(item.chars[*at]));
    }
    case ValueKind::Slice: {
      std::size_t size = is_nil(item) ? 0 : item.type == Type::Bytes ? item.size : list_size(item);
      auto at = position(call, key, size);
      if (!at) return std::unexpected(at.error());
      if (*at == size) return call.fail("reflect: slice index out of range");
      if (item.type == Type::Bytes) {
        return Value::of_integer(Type::Uint8, static_cast<unsigned char>(item.chars[*at]));
      }
      return list_item(item, *at);
    }
    default: {
      std::string_view type =
          item.type == Type::Version ? type_name(Type::VersionCopy) : type_name(item);
      return call.fail(join("can't index item of type ", type));
    }
  }
}

Answer index(Call& call) {
  Value item = call.at(0).unbox();
  if (!item.valid()) return call.fail("index of untyped nil");
  for (std::size_t i = 1; i < call.count(); ++i) {
    Answer next = index_one(call, item, call.at(i).unbox());
    if (!next) return next;
    item = *next;
  }
  return item;
}

Answer print(Call& call) {
  std::string out;
  Outcome printed = append_printed(out, call.context, call.arguments);
  if (!printed) return std::unexpected(printed.error());
  return call.give(out);
}

Answer print_line(Call& call) {
  std::string out;
  Outcome printed = append_printed_line(out, call.context, call.arguments);
  if (!printed) return std::unexpected(printed.error());
  return call.give(out);
}

Answer print_formatted(Call& call) {
  std::string out;
  Outcome printed = append_formatted(out, call.context, call.text(0), call.arguments.subspan(1));
  if (!printed) return std::unexpected(printed.error());
  return call.give(out);
}

// The operands as one text, as html, js and urlquery take them.
std::expected<std::string, Failure> operands(Call& call) {
  std::string out;
  if (call.count() == 1 && call.at(0).is_text()) return std::string(call.text(0));
  std::vector<Value> values(call.arguments.begin(), call.arguments.end());
  for (Value& value : values) {
    if (value.nothing()) value = Value::of_text("<no value>");
  }
  Outcome printed = append_printed(out, call.context, values);
  if (!printed) return std::unexpected(printed.error());
  Outcome reserved = call.context.reserve(out.size() * 6);
  if (!reserved) return std::unexpected(reserved.error());
  return out;
}

Answer html(Call& call) {
  auto text = operands(call);
  if (!text) return std::unexpected(text.error());
  return call.give(html_escaped(*text));
}

Answer js(Call& call) {
  auto text = operands(call);
  if (!text) return std::unexpected(text.error());
  return call.give(js_escaped(*text));
}

Answer url_query(Call& call) {
  auto text = operands(call);
  if (!text) return std::unexpected(text.error());
  return call.give(query_escaped(*text));
}

constexpr Function kFunctions[] = {
    // and, or and call are the executor's: they do not evaluate all arguments, or need their text.
    {"and", Group::Builtin, "vv*>v", never},
    {"or", Group::Builtin, "vv*>v", never},
    {"call", Group::Builtin, "vv*>v", never},
    {"not", Group::Builtin, "v>b", negate},
    {"len", Group::Builtin, "v>i", length},
    {"index", Group::Builtin, "vv*>v", index},
    {"print", Group::Builtin, "a*>s", print},
    {"println", Group::Builtin, "a*>s", print_line},
    {"printf", Group::Builtin, "sa*>s", print_formatted},
    {"html", Group::Builtin, "a*>s", html},
    {"js", Group::Builtin, "a*>s", js},
    {"urlquery", Group::Builtin, "a*>s", url_query},
};

}  // namespace

bool is_true(const Value& value, const Heap& heap) {
  switch (kind_of(value.type)) {
    case ValueKind::Invalid:
    case ValueKind::Interface: return false;
    case ValueKind::Bool: return value.boolean;
    case ValueKind::Int:
    case ValueKind::Uint: return value.integer != 0;
    case ValueKind::Float: return value.number != 0;
    case ValueKind::Complex: return value.complex->real != 0 || value.complex->imaginary != 0;
    case ValueKind::String: return value.size > 0;
    case ValueKind::Slice:
      return !is_nil(value) && (value.type == Type::Bytes ? value.size : list_size(value)) > 0;
    case ValueKind::Map: return heap.open(value).size() > 0;
    case ValueKind::Pointer: return value.address != nullptr;
    case ValueKind::Struct: return true;
  }
  return false;
}

std::span<const Function> builtin_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
