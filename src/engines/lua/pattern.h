// Lua patterns, matched by a backtracking machine whose memory and steps are bounded. Private to
// the room.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lesto::lua {

struct Capture {
  std::size_t begin = 0;
  std::size_t end = 0;
  // A position capture `()`; `begin` is its 1-based value.
  bool position = false;
};

class Pattern {
 public:
  // False when the pattern is malformed; error() says why.
  bool compile(std::string_view pattern);

  enum class Found : std::uint8_t { No, Yes, Error, TooLong };
  // Tries to match at exactly this place; takes what it costs from `steps`.
  Found match(std::string_view subject, std::size_t at, std::int64_t& steps);
  // Matches as gmatch and gsub walk: the first match at or behind `at`, which moves behind it.
  Found find(std::string_view subject, std::size_t& at, std::int64_t& steps);

  bool anchored() const { return anchored_; }
  // The whole match is capture 0.
  std::size_t captures() const { return captures_; }
  const Capture& capture(std::size_t i) const { return result_[i]; }
  const std::string& error() const { return error_; }

 private:
  friend class PatternParser;
  using Class = std::bitset<256>;
  enum class Code : std::uint8_t {
    Char,
    End,
    TailEnd,
    Jump,
    Split,
    Save,
    SavePosition,
    Balance,
    Back
  };
  struct Step {
    Code code = Code::End;
    // Char: index of the class. Jump, Split: targets. Save: slot. Balance: the two characters.
    // Back: the capture.
    int a = 0;
    int b = 0;
  };
  struct Retry {
    int step = 0;        // -1: restore a slot instead
    std::size_t at = 0;  // or the slot's old value
    std::size_t slot = 0;
  };

  bool balance(std::string_view subject, const Step& step, std::size_t& at,
               std::int64_t& steps) const;
  Found back(std::string_view subject, const Step& step, std::size_t& at);
  Found accept(std::size_t at);

  std::vector<Class> classes_;
  std::vector<Step> program_;
  std::vector<Retry> retries_;
  std::vector<std::size_t> slots_;
  std::vector<bool> position_;
  std::vector<bool> set_;
  std::vector<Capture> result_;
  std::size_t captures_ = 1;
  bool anchored_ = false;
  std::string error_;
};

}  // namespace lesto::lua
