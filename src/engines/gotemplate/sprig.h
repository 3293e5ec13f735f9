// What the files of Sprig's functions share.
#pragma once

#include <string>
#include <vector>

#include "engines/gotemplate/functions.h"

namespace lesto::gotemplate {

using Text = std::expected<std::string, Failure>;
using Texts = std::expected<std::vector<std::string_view>, Failure>;

// Sprig's strval: texts as they are, everything else as %v. May borrow the value.
std::expected<std::string_view, Failure> string_of(Call& call, const Value& value);
// Sprig's strslice: the non-nil elements of a list as texts, one text for what is no list.
Texts strings_of(Call& call, const Value& value);

// Sprig's idea of empty: zero, false, "", nil, no elements. Structs are never empty.
bool is_empty(const Value& value, const Heap& heap);

// cast.ToInt64, ToInt, ToFloat64: 0 for what is no number.
std::int64_t to_int64(const Value& value);
double to_float64(const Value& value);

// The elements of any slice, each as the interface that holds it. Steps are charged.
std::expected<std::vector<Value>, Failure> elements(Call& call, const Value& list);
// What reflect.TypeOf(list).Kind() is for a list function: fails on nil as Go does.
std::expected<std::string_view, Failure> kind_of_list(Call& call, const Value& list);
inline bool is_slice(const Value& value) { return kind_of(value.type) == ValueKind::Slice; }
std::size_t slice_size(const Value& value);
Value slice_item(const Value& value, std::size_t index);

// The value with maps and lists of its own.
Answer deep_copy_of(Call& call, const Value& value);

// reflect.DeepEqual.
std::expected<bool, Failure> deep_equal(Call& call, const Value& a, const Value& b);

inline constexpr std::string_view kNilPointer =
    "runtime error: invalid memory address or nil pointer dereference";

}  // namespace lesto::gotemplate
