// Sprig's functions on lists. None changes its argument. The must variants differ in nothing that a
// template sees.
#include <cmath>

#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {
namespace {

using Items = std::expected<std::vector<Value>, Failure>;

// The elements of an argument, or Sprig's refusal: "Cannot push on type string".
Items list_argument(Call& call, const Value& list, std::string_view refusal) {
  auto kind = kind_of_list(call, list);
  if (!kind) return std::unexpected(kind.error());
  if (!is_slice(list)) return call.fail(std::string(refusal) + std::string(*kind));
  return elements(call, list);
}

Answer give_list(Call& call, const std::vector<Value>& items) { return call.heap().list(items); }

Answer nil_list() {
  Value value = Value::of(Type::List);
  value.items = nullptr;
  return value;
}

Answer list(Call& call) { return call.heap().list(call.arguments); }

Answer append(Call& call) {
  Items items = list_argument(call, call.at(0), "Cannot push on type ");
  if (!items) return std::unexpected(items.error());
  items->push_back(call.at(1));
  return give_list(call, *items);
}

Answer prepend(Call& call) {
  Items items = list_argument(call, call.at(0), "Cannot prepend on type ");
  if (!items) return std::unexpected(items.error());
  items->insert(items->begin(), call.at(1));
  return give_list(call, *items);
}

Answer first(Call& call) {
  Items items = list_argument(call, call.at(0), "Cannot find first on type ");
  if (!items) return std::unexpected(items.error());
  return items->empty() ? Value::nil() : items->front();
}

Answer last(Call& call) {
  Items items = list_argument(call, call.at(0), "Cannot find last on type ");
  if (!items) return std::unexpected(items.error());
  return items->empty() ? Value::nil() : items->back();
}

Answer rest(Call& call) {
  Items items = list_argument(call, call.at(0), "Cannot find rest on type ");
  if (!items) return std::unexpected(items.error());
  if (items->empty()) return nil_list();
  return call.heap().list(std::span(*items).subspan(1));
}

Answer initial(Call& call) {
  Items items = list_argument(call, call.at(0), "Cannot find initial on type ");
  if (!items) return std::unexpected(items.error());
  if (items->empty()) return nil_list();
  items->pop_back();
  return give_list(call, *items);
}

Answer reverse(Call& call) {
  Items items = list_argument(call, call.at(0), "Cannot find reverse on type ");
  if (!items) return std::unexpected(items.error());
  std::reverse(items->begin(), items->end());
  return give_list(call, *items);
}

Answer compact(Call& call) {
  Items items = list_argument(call, call.at(0), "Cannot compact on type ");
  if (!items) return std::unexpected(items.error());
  std::erase_if(*items, [&call](const Value& item) { return is_empty(item, call.heap()); });
  return give_list(call, *items);
}

std::expected<bool, Failure> among(Call& call, std::span<const Value> items, const Value& wanted) {
  for (const Value& item : items) {
    auto same = deep_equal(call, wanted, item);
    if (!same || *same) return same;
  }
  return false;
}

Answer uniq(Call& call) {
  Items items = list_argument(call, call.at(0), "Cannot find uniq on type ");
  if (!items) return std::unexpected(items.error());
  std::vector<Value> kept;
  for (const Value& item : *items) {
    auto known = among(call, kept, item);
    if (!known) return std::unexpected(known.error());
    if (!*known) kept.push_back(item);
  }
  return give_list(call, kept);
}

Answer without(Call& call) {
  Items items = list_argument(call, call.at(0), "Cannot find without on type ");
  if (!items) return std::unexpected(items.error());
  std::vector<Value> kept;
  for (const Value& item : *items) {
    auto omitted = among(call, call.arguments.subspan(1), item);
    if (!omitted) return std::unexpected(omitted.error());
    if (!*omitted) kept.push_back(item);
  }
  return give_list(call, kept);
}

Answer has(Call& call) {
  if (call.at(1).nothing()) return Value::of_bool(false);
  Items items = list_argument(call, call.at(1), "Cannot find has on type ");
  if (!items) return std::unexpected(items.error());
  auto found = among(call, *items, call.at(0));
  if (!found) return std::unexpected(found.error());
  return Value::of_bool(*found);
}

Answer slice(Call& call) {
  const Value& list = call.at(0);
  auto kind = kind_of_list(call, list);
  if (!kind) return std::unexpected(kind.error());
  if (!is_slice(list))
    return call.fail("list should be type of slice or array but " + std::string(*kind));
  auto size = static_cast<std::int64_t>(slice_size(list));
  if (size == 0) return Value::nil();
  std::int64_t start = call.count() > 1 ? to_int64(call.at(1)) : 0;
  std::int64_t end = call.count() > 2 ? to_int64(call.at(2)) : size;
  if (start < 0 || end < start || end > size)
    return call.fail("reflect.Value.Slice: slice index out of bounds");
  auto from = static_cast<std::size_t>(start);
  auto count = static_cast<std::size_t>(end - start);
  Value part = list;
  if (list.type == Type::Bytes) {
    part.chars += from;
    part.size = static_cast<std::uint32_t>(count);
    return part;
  }
  if (!list.view) return Value::of_items(list.type, {list.items + from, count});
  Items items = elements(call, list);
  if (!items) return std::unexpected(items.error());
  return call.heap().list(std::span(*items).subspan(from, count));
}

Answer concat(Call& call) {
  std::vector<Value> all;
  for (const Value& list : call.arguments) {
    auto kind = kind_of_list(call, list);
    if (!kind) return std::unexpected(kind.error());
    if (!is_slice(list)) return call.fail("Cannot concat type " + std::string(*kind) + " as list");
    Items items = elements(call, list);
    if (!items) return std::unexpected(items.error());
    all.insert(all.end(), items->begin(), items->end());
  }
  return all.empty() ? nil_list() : give_list(call, all);
}

// Sprig computes sizes in floats; for sizes below 1 this gives an empty list or Go's panic.
Answer chunk(Call& call) {
  constexpr std::string_view kBadLength = "runtime error: makeslice: len out of range";
  std::int64_t size = call.integer(0);
  auto kind = kind_of_list(call, call.at(1));
  if (!kind) return std::unexpected(kind.error());
  if (!is_slice(call.at(1))) return call.fail("Cannot chunk type " + std::string(*kind));
  std::size_t length = slice_size(call.at(1));
  double chunks = std::floor((static_cast<double>(length) - 1) / static_cast<double>(size)) + 1;
  std::int64_t count = truncate(chunks);
  if (count < 0) return call.fail(kBadLength);
  if (count > 0 && size < 1) return call.fail(kBadLength);
  Items items = elements(call, call.at(1));
  if (!items) return std::unexpected(items.error());
  std::vector<Value> parts;
  if (count == 0) length = 0;
  for (std::size_t at = 0; at < length; at += static_cast<std::size_t>(size)) {
    std::size_t part = std::min(static_cast<std::size_t>(size), length - at);
    parts.push_back(call.heap().list(std::span(*items).subspan(at, part)));
  }
  return call.heap().list(parts, Type::Lists);
}

// Integers from start towards stop.
Answer integers(Call& call, std::int64_t start, std::int64_t stop, std::int64_t step) {
  std::vector<Value> items;
  bool up = stop >= start;
  if (up ? step > 0 : step < 0) {
    auto distance = static_cast<std::uint64_t>(up ? stop : start) -
                    static_cast<std::uint64_t>(up ? start : stop);
    auto width = up ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
    std::uint64_t count = distance / width + (distance % width != 0 ? 1 : 0);
    if (count > kHeapBytes / sizeof(Value))
      return std::unexpected(call.context.out_of_memory().error());
    if (Outcome reserved = call.context.reserve(count * sizeof(Value)); !reserved) {
      return std::unexpected(reserved.error());
    }
    items.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      items.push_back(Value::of_int(start + static_cast<std::int64_t>(i) * step));
    }
  }
  return call.heap().list(items, Type::Ints);
}

Answer until(Call& call) {
  std::int64_t count = call.integer(0);
  return integers(call, 0, count, count < 0 ? -1 : 1);
}

Answer until_step(Call& call) {
  return integers(call, call.integer(0), call.integer(1), call.integer(2));
}

Answer joined(Call& call, std::int64_t start, std::int64_t stop, std::int64_t step) {
  Answer list = integers(call, start, stop, step);
  if (!list) return list;
  std::string out;
  for (std::size_t i = 0; i < list->size; ++i) {
    if (i > 0) out += ' ';
    append_int(out, list->items[i].integer);
  }
  return call.give(out);
}

Answer seq(Call& call) {
  switch (call.count()) {
    case 1: {
      std::int64_t step = call.integer(0) < 1 ? -1 : 1;
      return joined(call, 1, call.integer(0) + step, step);
    }
    case 2: {
      std::int64_t step = call.integer(1) < call.integer(0) ? -1 : 1;
      return joined(call, call.integer(0), call.integer(1) + step, step);
    }
    case 3: {
      bool down = call.integer(2) < call.integer(0);
      if (down && call.integer(1) > 0) return call.lend("");
      return joined(call, call.integer(0), call.integer(2) + (down ? -1 : 1), call.integer(1));
    }
    default: return call.lend("");
  }
}

constexpr Function kFunctions[] = {
    {"list", Group::Lists, "a*>L", list},
    {"tuple", Group::Lists, "a*>L", list},
    {"append", Group::Lists, "aa>L", append},
    {"push", Group::Lists, "aa>L", append},
    {"mustAppend", Group::Lists, "aa>L", append},
    {"mustPush", Group::Lists, "aa>L", append},
    {"prepend", Group::Lists, "aa>L", prepend},
    {"mustPrepend", Group::Lists, "aa>L", prepend},
    {"first", Group::Lists, "a>a", first},
    {"mustFirst", Group::Lists, "a>a", first},
    {"last", Group::Lists, "a>a", last},
    {"mustLast", Group::Lists, "a>a", last},
    {"rest", Group::Lists, "a>L", rest},
    {"mustRest", Group::Lists, "a>L", rest},
    {"initial", Group::Lists, "a>L", initial},
    {"mustInitial", Group::Lists, "a>L", initial},
    {"reverse", Group::Lists, "a>L", reverse},
    {"mustReverse", Group::Lists, "a>L", reverse},
    {"compact", Group::Lists, "a>L", compact},
    {"mustCompact", Group::Lists, "a>L", compact},
    {"uniq", Group::Lists, "a>L", uniq},
    {"mustUniq", Group::Lists, "a>L", uniq},
    {"without", Group::Lists, "aa*>L", without},
    {"mustWithout", Group::Lists, "aa*>L", without},
    {"has", Group::Lists, "aa>b", has},
    {"mustHas", Group::Lists, "aa>b", has},
    {"slice", Group::Lists, "aa*>a", slice},
    {"mustSlice", Group::Lists, "aa*>a", slice},
    {"concat", Group::Lists, "a*>a", concat},
    {"chunk", Group::Lists, "ia>Z", chunk},
    {"mustChunk", Group::Lists, "ia>Z", chunk},
    {"until", Group::Lists, "i>I", until},
    {"untilStep", Group::Lists, "iii>I", until_step},
    {"seq", Group::Lists, "i*>s", seq},
};

}  // namespace

std::span<const Function> list_functions_of_sprig() { return kFunctions; }

}  // namespace lesto::gotemplate
