#include "engines/lua/pattern.h"

#include <algorithm>

#include "engines/lua/limits.h"

namespace lesto::lua {
namespace {

constexpr int kEnd = -1;
constexpr std::size_t kRetriesMax = 200'000;
constexpr std::size_t kPatternBytesMax = 100'000;

bool between(int c, int first, int last) { return c >= first && c <= last; }

bool in_class(int name, int c) {
  switch (name | 0x20) {
    case 'a': return between(c, 'A', 'Z') || between(c, 'a', 'z');
    case 'c': return between(c, 0, 0x1F) || c == 0x7F;
    case 'd': return between(c, '0', '9');
    case 'l': return between(c, 'a', 'z');
    case 'p':
      return between(c, 0x21, 0x2F) || between(c, 0x3A, 0x40) || between(c, 0x5B, 0x60) ||
             between(c, 0x7B, 0x7E);
    case 's': return c == ' ' || between(c, '\t', '\r');
    case 'u': return between(c, 'A', 'Z');
    case 'w': return between(c, '0', '9') || between(c, 'A', 'Z') || between(c, 'a', 'z');
    case 'x': return between(c, '0', '9') || between(c, 'a', 'f') || between(c, 'A', 'F');
    case 'z': return c == 0;
    default: return false;
  }
}

bool is_class_letter(int name) {
  return std::string_view("acdlpsuwxzACDLPSUWXZ").find(static_cast<char>(name)) !=
         std::string_view::npos;
}

}  // namespace

// Reads a pattern straight into steps. A repetition only applies to a single-character item.
class PatternParser {
 public:
  PatternParser(Pattern& out, std::string_view text) : out_(out), text_(text) {}

  bool run() {
    emit({Pattern::Code::Save, 0, 0});
    if (peek() == '^') {
      ++at_;
      out_.anchored_ = true;
    }
    if (!sequence(0)) return false;
    if (tail_) {
      emit({Pattern::Code::Save, 1, 0});
      emit({Pattern::Code::TailEnd, 0, 0});
    }
    emit({Pattern::Code::Save, 1, 0});
    emit({Pattern::Code::End, 0, 0});
    out_.captures_ = static_cast<std::size_t>(captures_);
    return true;
  }

 private:
  using Code = Pattern::Code;
  using Class = Pattern::Class;

  int peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? static_cast<unsigned char>(text_[at_ + ahead]) : kEnd;
  }
  int take() {
    int c = peek();
    if (c != kEnd) ++at_;
    return c;
  }
  void emit(Pattern::Step step) { out_.program_.push_back(step); }

  // Positions in errors: the one of the last character taken, or EOS.
  bool fail(std::string_view message, bool at_end) {
    out_.error_ = message;
    out_.error_ += at_end ? " at EOS" : " at " + std::to_string(at_ == 0 ? 0 : at_ - 1);
    return false;
  }

  static Class one(int c) {
    Class result;
    if (c >= 0) result.set(static_cast<std::size_t>(c));
    return result;
  }
  static Class named(int name) {
    if (name == kEnd) return {};
    if (!is_class_letter(name)) {
      Class result = one(name);
      // Other capital letters stand for everything else.
      return between(name, 'A', 'Z') ? ~result : result;
    }
    Class result;
    for (int c = 0; c < 256; ++c) {
      if (in_class(name, c)) result.set(static_cast<std::size_t>(c));
    }
    return between(name, 'A', 'Z') ? ~result : result;
  }

  struct Member {
    Class set;
    int single = kEnd;
  };

  bool read_set(Class& result) {
    bool negated = peek() == '^';
    if (negated) ++at_;
    std::vector<Member> members;
    bool range = false;
    for (;;) {
      int c = peek();
      if (c == kEnd) return fail("unexpected EOS", false);
      if (!members.empty() && c == ']') {
        ++at_;
        break;
      }
      if (!members.empty() && c == '-') {
        ++at_;
        range = true;
        continue;
      }
      ++at_;
      if (c == '%') {
        members.push_back({named(take()), kEnd});
      } else {
        members.push_back({one(c), c});
      }
      if (range) join_range(members);
      range = false;
    }
    result.reset();
    for (const Member& member : members) result |= member.set;
    if (range) result.set('-');
    if (negated) result = ~result;
    return true;
  }

  static void join_range(std::vector<Member>& members) {
    if (members.size() < 2) return;
    Member last = members.back();
    members.pop_back();
    Member first = members.back();
    members.pop_back();
    Member range;
    if (first.single != kEnd && last.single != kEnd) {
      for (int c = first.single; c <= last.single; ++c) range.set.set(static_cast<std::size_t>(c));
    }
    members.push_back(range);
  }

  void single(const Class& set) {
    last_ = static_cast<int>(out_.program_.size());
    int index = static_cast<int>(out_.classes_.size());
    out_.classes_.push_back(set);
    emit({Code::Char, index, 0});
  }

  // Turns the last single item into a repetition; false when there is none.
  bool repeat(int kind) {
    if (last_ < 0) return false;
    int at = last_;
    last_ = -1;
    Pattern::Step item = out_.program_.back();
    out_.program_.pop_back();
    switch (kind) {
      case '*':
        emit({Code::Split, at + 1, at + 3});
        emit(item);
        emit({Code::Jump, at, 0});
        return true;
      case '+':
        emit(item);
        emit({Code::Split, at, at + 2});
        return true;
      case '-':
        emit({Code::Split, at + 3, at + 1});
        emit(item);
        emit({Code::Jump, at, 0});
        return true;
      default:
        emit({Code::Split, at + 1, at + 2});
        emit(item);
        return true;
    }
  }

  bool group(int depth) {
    ++at_;
    last_ = -1;
    if (captures_ >= kCapturesMax + 1) {
      out_.error_ = "pattern/input too complex";
      return false;
    }
    int slot = 2 * captures_++;
    if (peek() == ')') {
      ++at_;
      emit({Code::SavePosition, slot, 0});
      return true;
    }
    emit({Code::Save, slot, 0});
    if (!sequence(depth + 1)) return false;
    if (peek() != ')') return fail("unfinished capture", peek() == kEnd);
    ++at_;
    last_ = -1;
    emit({Code::Save, slot + 1, 0});
    return true;
  }

  bool escape() {
    int next = peek(1);
    if (next == '0') {
      ++at_;
      return fail("invalid capture index", false);
    }
    if (between(next, '1', '9')) {
      at_ += 2;
      last_ = -1;
      emit({Code::Back, next - '0', 0});
      return true;
    }
    if (next == 'b') {
      at_ += 2;
      last_ = -1;
      int open = take();
      int close = take();
      emit({Code::Balance, open, close});
      return true;
    }
    ++at_;
    single(named(take()));
    return true;
  }

  bool sequence(int depth) {
    if (depth > kPatternDepthMax) {
      out_.error_ = "pattern/input too complex";
      return false;
    }
    for (;;) {
      int c = peek();
      switch (c) {
        case kEnd: return true;
        case '%':
          if (!escape()) return false;
          break;
        case '.':
          ++at_;
          single(~Class());
          break;
        case '[': {
          ++at_;
          Class set;
          if (!read_set(set)) return false;
          single(set);
          break;
        }
        case ')':
          if (depth == 0) return fail("invalid ')'", false);
          return true;
        case '(':
          if (!group(depth)) return false;
          break;
        case '*':
        case '+':
        case '-':
        case '?':
          ++at_;
          if (!repeat(c)) single(one(c));
          break;
        case '$':
          if (depth == 0 && at_ + 1 == text_.size()) {
            tail_ = true;
          } else {
            single(one(c));
          }
          ++at_;
          break;
        default: ++at_; single(one(c));
      }
    }
  }

  Pattern& out_;
  std::string_view text_;
  std::size_t at_ = 0;
  int last_ = -1;
  int captures_ = 1;
  bool tail_ = false;
};

bool Pattern::compile(std::string_view pattern) {
  classes_.clear();
  program_.clear();
  anchored_ = false;
  captures_ = 1;
  error_.clear();
  if (pattern.size() > kPatternBytesMax) {
    error_ = "pattern/input too complex";
    return false;
  }
  return PatternParser(*this, pattern).run();
}

bool Pattern::balance(std::string_view subject, const Step& step, std::size_t& at,
                      std::int64_t& steps) const {
  auto byte = [&](std::size_t i) {
    return static_cast<int>(static_cast<unsigned char>(subject[i]));
  };
  if (at >= subject.size() || byte(at) != step.a) return false;
  int open = 1;
  std::size_t first = at;
  for (++at; at < subject.size(); ++at) {
    if (byte(at) == step.b) --open;
    if (open == 0) {
      ++at;
      steps -= static_cast<std::int64_t>(at - first);
      return true;
    }
    if (byte(at) == step.a) ++open;
  }
  steps -= static_cast<std::int64_t>(at - first);
  return false;
}

Pattern::Found Pattern::back(std::string_view subject, const Step& step, std::size_t& at) {
  auto capture = static_cast<std::size_t>(step.a);
  std::size_t slot = 2 * capture;
  if (slot + 1 >= slots_.size() || !set_[slot + 1]) {
    error_ = "invalid capture index";
    return Found::Error;
  }
  std::size_t begin = position_[slot] ? slots_[slot] : slots_[slot];
  std::size_t end = std::max(begin, slots_[slot + 1]);
  std::string_view text = subject.substr(std::min(begin, subject.size()), end - begin);
  if (!subject.substr(at).starts_with(text)) return Found::No;
  at += text.size();
  return Found::Yes;
}

Pattern::Found Pattern::accept(std::size_t) {
  result_.resize(captures_);
  for (std::size_t i = 0; i < captures_; ++i) {
    result_[i] = {slots_[2 * i], slots_[2 * i + 1], position_[2 * i]};
  }
  return Found::Yes;
}

Pattern::Found Pattern::match(std::string_view subject, std::size_t start, std::int64_t& steps) {
  slots_.assign(2 * captures_, 0);
  position_.assign(2 * captures_, false);
  set_.assign(2 * captures_, false);
  retries_.clear();
  std::size_t at = start;
  std::size_t pc = 0;
  for (;;) {
    if (--steps < 0 || retries_.size() > kRetriesMax)
      return steps < 0 ? Found::TooLong : Found::Error;
    const Step& step = program_[pc];
    bool failed = false;
    switch (step.code) {
      case Code::Char:
        failed = at >= subject.size() || !classes_[static_cast<std::size_t>(step.a)].test(
                                             static_cast<unsigned char>(subject[at]));
        ++at;
        ++pc;
        break;
      case Code::End: return accept(at);
      case Code::TailEnd:
        if (at >= subject.size()) return accept(at);
        failed = true;
        break;
      case Code::Jump: pc = static_cast<std::size_t>(step.a); break;
      case Code::Split:
        retries_.push_back({step.b, at, 0});
        pc = static_cast<std::size_t>(step.a);
        break;
      case Code::Save: {
        auto slot = static_cast<std::size_t>(step.a);
        retries_.push_back({-1, slots_[slot], slot});
        slots_[slot] = at;
        set_[slot] = true;
        ++pc;
        break;
      }
      case Code::SavePosition: {
        auto slot = static_cast<std::size_t>(step.a);
        slots_[slot] = slots_[slot + 1] = at + 1;
        position_[slot] = true;
        set_[slot] = set_[slot + 1] = true;
        ++pc;
        break;
      }
      case Code::Balance:
        failed = !balance(subject, step, at, steps);
        ++pc;
        break;
      case Code::Back: {
        Found found = back(subject, step, at);
        if (found == Found::Error) return found;
        failed = found == Found::No;
        ++pc;
        break;
      }
    }
    if (!failed) continue;
    for (;;) {
      if (retries_.empty()) return Found::No;
      Retry retry = retries_.back();
      retries_.pop_back();
      if (retry.step >= 0) {
        pc = static_cast<std::size_t>(retry.step);
        at = retry.at;
        break;
      }
      slots_[retry.slot] = retry.at;
    }
  }
}

Pattern::Found Pattern::find(std::string_view subject, std::size_t& at, std::int64_t& steps) {
  while (at <= subject.size()) {
    std::size_t start = at++;
    Found found = match(subject, start, steps);
    if (found == Found::Yes) at = std::max(at, result_[0].end);
    if (found == Found::Error && error_.empty()) error_ = "pattern/input too complex";
    if (found != Found::No || anchored_) return found;
  }
  return Found::No;
}

}  // namespace lesto::lua
