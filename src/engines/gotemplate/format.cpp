#include "engines/gotemplate/format.h"

#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/printer.h"
#include "engines/gotemplate/unicode.h"
#include "engines/gotemplate/version.h"

namespace lesto::gotemplate {
namespace {

constexpr std::string_view kMissing = "(MISSING)";
constexpr std::string_view kBadIndex = "(BADINDEX)";

// Reads one format and its arguments.
class Directives {
 public:
  Directives(Printer& printer, std::string_view format, std::span<const Value> arguments)
      : printer_(printer), format_(format), arguments_(arguments) {}

  void run();

 private:
  bool at_end() const { return at_ >= format_.size(); }
  // False when the verb was simple and is done.
  bool read_flags();
  void read_index();
  void read_width();
  void read_precision();
  bool read_number(int& number);
  bool argument_number(int& number);
  void verb(char32_t letter);
  void print_next(char32_t letter);
  void extra();

  Printer& printer_;
  std::string_view format_;
  std::span<const Value> arguments_;
  std::size_t at_ = 0;
  std::size_t argument_ = 0;
  bool after_index_ = false;
  bool good_index_ = true;
  bool reordered_ = false;
};

void Directives::run() {
  std::string& out = printer_.out();
  while (!at_end() && !printer_.stopped()) {
    good_index_ = true;
    std::size_t percent = std::min(format_.find('%', at_), format_.size());
    out += format_.substr(at_, percent - at_);
    at_ = percent + 1;
    if (percent == format_.size()) break;
    printer_.clear_flags();
    if (!read_flags()) continue;
    after_index_ = false;
    read_index();
    read_width();
    read_precision();
    if (!after_index_) read_index();
    if (at_end()) {
      out += "%!(NOVERB)";
      break;
    }
    Rune rune = decode_rune(format_.substr(at_));
    at_ += rune.size;
    verb(rune.code);
  }
  if (!reordered_ && argument_ < arguments_.size()) extra();
}

bool Directives::read_flags() {
  FormatFlags& flags = printer_.flags();
  for (; !at_end(); ++at_) {
    char c = format_[at_];
    switch (c) {
      case '#': flags.sharp = true; break;
      case '0': flags.zero = true; break;
      case '+': flags.plus = true; break;
      case '-': flags.minus = true; break;
      case ' ': flags.space = true; break;
      default:
        if (c < 'a' || c > 'z' || argument_ >= arguments_.size()) return true;
        ++at_;
        print_next(static_cast<char32_t>(c));
        return false;
    }
  }
  return true;
}

bool Directives::read_number(int& number) {
  bool found = false;
  number = 0;
  while (!at_end() && format_[at_] >= '0' && format_[at_] <= '9') {
    if (number > kFormatWidth) {
      // Go gives up on the rest of the format here.
      number = 0;
      at_ = format_.size();
      return false;
    }
    number = number * 10 + (format_[at_++] - '0');
    found = true;
  }
  return found;
}

// [n]: which argument comes next.
void Directives::read_index() {
  if (at_end() || format_[at_] != '[') {
    after_index_ = false;
    return;
  }
  reordered_ = true;
  std::size_t close = format_.find(']', at_);
  if (close == format_.npos) {
    good_index_ = false;
    after_index_ = false;
    ++at_;
    return;
  }
  std::size_t end = close + 1;
  ++at_;
  int number = 0;
  bool ok = read_number(number) && at_ == close;
  at_ = end;
  if (ok && number >= 1 && static_cast<std::size_t>(number) <= arguments_.size()) {
    argument_ = static_cast<std::size_t>(number) - 1;
    after_index_ = true;
    return;
  }
  good_index_ = false;
  after_index_ = ok;
}

bool Directives::argument_number(int& number) {
  number = 0;
  if (argument_ >= arguments_.size()) return false;
  const Value& value = arguments_[argument_++];
  if (kind_of(value.type) != ValueKind::Int && kind_of(value.type) != ValueKind::Uint) return false;
  if (value.integer > kFormatWidth || value.integer < -kFormatWidth) return false;
  number = static_cast<int>(value.integer);
  return true;
}

void Directives::read_width() {
  FormatFlags& flags = printer_.flags();
  if (!at_end() && format_[at_] == '*') {
    ++at_;
    flags.has_width = argument_number(flags.width);
    if (!flags.has_width) printer_.out() += "%!(BADWIDTH)";
    if (flags.width < 0) {
      flags.width = -flags.width;
      flags.minus = true;
      flags.zero = false;
    }
    after_index_ = false;
    return;
  }
  flags.has_width = read_number(flags.width);
  if (after_index_ && flags.has_width) good_index_ = false;
}

void Directives::read_precision() {
  FormatFlags& flags = printer_.flags();
  if (at_ + 1 >= format_.size() || format_[at_] != '.') return;
  ++at_;
  if (after_index_) good_index_ = false;
  read_index();
  if (!at_end() && format_[at_] == '*') {
    ++at_;
    flags.has_precision = argument_number(flags.precision);
    if (flags.precision < 0) {
      flags.precision = 0;
      flags.has_precision = false;
    }
    if (!flags.has_precision) printer_.out() += "%!(BADPREC)";
    after_index_ = false;
    return;
  }
  flags.has_precision = read_number(flags.precision);
  if (!flags.has_precision) flags.precision = 0;
  flags.has_precision = true;
}

void Directives::verb(char32_t letter) {
  std::string& out = printer_.out();
  if (letter == '%') {
    out += '%';
    return;
  }
  if (!good_index_ || argument_ >= arguments_.size()) {
    out += "%!";
    append_rune(out, letter);
    out += good_index_ ? kMissing : kBadIndex;
    return;
  }
  print_next(letter);
}

void Directives::print_next(char32_t letter) {
  FormatFlags& flags = printer_.flags();
  if (letter == 'v' || letter == 'w') {
    flags.sharp_v = flags.sharp;
    flags.sharp = false;
    flags.plus_v = flags.plus;
    flags.plus = false;
  }
  printer_.print(arguments_[argument_++], letter);
}

void Directives::extra() {
  std::string& out = printer_.out();
  printer_.clear_flags();
  out += "%!(EXTRA ";
  for (std::size_t i = argument_; i < arguments_.size(); ++i) {
    if (i > argument_) out += ", ";
    if (arguments_[i].nothing()) {
      out += "<nil>";
    } else {
      out += type_name(arguments_[i]);
      out += '=';
      printer_.print(arguments_[i], 'v');
    }
  }
  out += ')';
}

}  // namespace

Outcome append_value(std::string& out, Context& context, const Value& value) {
  switch (value.type) {
    case Type::String: out += value.text(); return {};
    case Type::Int:
    case Type::Int64:
    case Type::Int32: append_int(out, value.integer); return {};
    case Type::Bool: out += value.boolean ? "true" : "false"; return {};
    default: break;
  }
  Printer printer(out, context);
  printer.print(value, 'v');
  return printer.outcome();
}

Outcome append_formatted(std::string& out, Context& context, std::string_view format,
                         std::span<const Value> arguments) {
  Printer printer(out, context);
  Directives(printer, format, arguments).run();
  return printer.outcome();
}

Outcome append_printed(std::string& out, Context& context, std::span<const Value> operands) {
  Printer printer(out, context);
  bool after_text = false;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    bool text = operands[i].is_text();
    if (i > 0 && !text && !after_text) out += ' ';
    printer.print(operands[i], 'v');
    after_text = text;
  }
  return printer.outcome();
}

Outcome append_printed_line(std::string& out, Context& context, std::span<const Value> operands) {
  Printer printer(out, context);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i > 0) out += ' ';
    printer.print(operands[i], 'v');
  }
  out += '\n';
  return printer.outcome();
}

bool own_text(const Value& value, std::string& out) {
  switch (value.type) {
    case Type::Version:
    case Type::VersionCopy: out += value.version->text(); return true;
    case Type::Time:
    case Type::Duration:
    case Type::Month:
    case Type::Weekday:
    case Type::Location: append_date_text(out, value); return true;
    default: return false;
  }
}

}  // namespace lesto::gotemplate
