// One value under one verb of fmt: what stands between the directives (format.h) and the digits
// (numbers.h).
#pragma once

#include <string>

#include "engines/gotemplate/functions.h"

namespace lesto::gotemplate {

struct FormatFlags {
  bool plus = false;
  bool minus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  // %+v and %#v.
  bool plus_v = false;
  bool sharp_v = false;
  bool has_width = false;
  bool has_precision = false;
  int width = 0;
  int precision = 0;
};

// Appends to `out`; stops, and says so in outcome(), when the budget is used up.
class Printer {
 public:
  Printer(std::string& out, Context& context) : out_(out), context_(context), start_(out.size()) {}

  void print(const Value& value, char32_t verb);

  std::string& out() { return out_; }
  FormatFlags& flags() { return flags_; }
  void clear_flags() { flags_ = {}; }
  bool stopped() const { return !outcome_; }
  const Outcome& outcome() const { return outcome_; }

 private:
  enum class Sign : bool { Unsigned, Signed };

  // Inside a list, map or struct.
  void print_inner(const Value& value, char32_t verb, int depth);
  void print_content(const Value& value, char32_t verb, int depth);
  void print_list(const Value& value, char32_t verb, int depth);
  void print_map(const Value& value, char32_t verb, int depth);
  void print_version(const Value& value, char32_t verb, int depth);
  void print_fields(std::string_view type, std::span<const std::string_view> names,
                    std::span<const Value> values, char32_t verb, int depth);
  bool print_own_text(const Value& value, char32_t verb);
  void print_bytes(const Value& value, char32_t verb);
  void print_pointer(const Value& value, char32_t verb);
  void bad_verb(const Value& value, char32_t verb);
  void spend(std::uint64_t steps) {
    if (outcome_) outcome_ = context_.spend(steps);
  }
  void separate(std::size_t index) { out_ += index == 0 ? "" : flags_.sharp_v ? ", " : " "; }

  void format_bool(const Value& value, char32_t verb);
  void format_integer(const Value& value, std::uint64_t bits, Sign sign, char32_t verb);
  void format_float(const Value& value, double number, char32_t verb);
  void format_complex(const Value& value, char32_t verb);
  void format_text(const Value& value, std::string_view text, char32_t verb);

  void put_digits(std::uint64_t bits, unsigned base, Sign sign, char32_t verb, const char* digits);
  void put_unicode(std::uint64_t code);
  void put_float(double number, char form, int precision);
  void put_quoted(std::string_view text);
  void put_hex(std::string_view text, const char* digits);
  void put_0x(std::uint64_t bits, bool leading);
  void pad(std::string_view text);
  void padding(std::int64_t count);
  std::string_view cut(std::string_view text) const;

  std::string& out_;
  Context& context_;
  std::size_t start_;
  FormatFlags flags_;
  Outcome outcome_;
  bool erroring_ = false;
};

}  // namespace lesto::gotemplate
