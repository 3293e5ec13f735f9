#include "engines/gotemplate/words.h"

#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

enum class Word { Invalid, Number, Upper, Alphabet, Connector, Punctuation, Other };

bool connects(char32_t c) { return c == '-' || c == '_' || is_space(c); }

// Letters other than ideographs.
bool alphabetic(char32_t c) {
  if (!is_letter(c)) return false;
  if (c < 0x3400) return true;
  return !((c >= 0x4E00 && c <= 0x9FCC) || (c >= 0x3400 && c <= 0x4D85) ||
           (c >= 0x20000 && c <= 0x2B81D));
}

// Cuts a text into words. Bytes that are no character belong to what is before them.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view text() const { return text_; }

  Word next() {
    if (rest_.empty()) {
      text_ = {};
      return Word::Invalid;
    }
    std::size_t size = 0;
    char32_t c = valid_rune(rest_, kReplacement, size);
    if (c == kReplacement) return take(size, Word::Invalid);
    if (connects(c)) return take(run(size, c, connects), Word::Connector);
    if (is_punct(c)) return take(run(size, c, is_punct), Word::Punctuation);
    if (is_upper(c)) return take(upper_word(size, c), Word::Upper);
    if (alphabetic(c)) return take(run(size, c, lower_letter), Word::Alphabet);
    if (is_number(c)) return take(run(size, c, is_number), Word::Number);
    return take(run(size, c, other), Word::Other);
  }

 private:
  static bool lower_letter(char32_t c) { return alphabetic(c) && !is_upper(c); }
  static bool other(char32_t c) {
    return !connects(c) && !alphabetic(c) && !is_number(c) && !is_punct(c);
  }

  static char32_t valid_rune(std::string_view text, char32_t before, std::size_t& size) {
    size = 0;
    while (!text.empty()) {
      Rune rune = decode_rune(text);
      size += rune.size;
      if (rune.code != kReplacement) return rune.code;
      text.remove_prefix(rune.size);
    }
    return before;
  }

  // The end of a run of characters of one class that starts with `size` bytes.
  std::size_t run(std::size_t size, char32_t c, bool (*fits)(char32_t)) const {
    while (size < rest_.size()) {
      std::size_t more = 0;
      c = valid_rune(rest_.substr(size), c, more);
      if (!fits(c)) break;
      size += more;
    }
    return size;
  }

  // One capital and the small letters after it, or capitals; of those the last goes to the word
  // that follows.
  std::size_t upper_word(std::size_t size, char32_t c) const {
    if (size >= rest_.size()) return size;
    std::size_t more = 0;
    c = valid_rune(rest_.substr(size), c, more);
    if (!is_upper(c)) return alphabetic(c) ? run(size + more, c, lower_letter) : size;
    std::size_t last = more;
    size += more;
    while (size < rest_.size()) {
      c = valid_rune(rest_.substr(size), c, more);
      if (!is_upper(c)) break;
      last = more;
      size += more;
    }
    if (size < rest_.size() && alphabetic(c)) size -= last;
    return size;
  }

  Word take(std::size_t size, Word word) {
    text_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return word;
  }

  std::string_view rest_;
  std::string_view text_;
};

void append_word(std::string& out, Word word, std::string_view text, char connector) {
  if (word != Word::Upper && word != Word::Connector) {
    out += text;
    return;
  }
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    text.remove_prefix(rune.size);
    if (connects(rune.code)) {
      out += connector;
    } else {
      append_rune(out, is_upper(rune.code) ? to_lower(rune.code) : rune.code);
    }
  }
}

bool joins(Word word) { return word != Word::Connector && word != Word::Punctuation; }

// Letters and digits that stick to a number: "2go", "4x4".
Word append_sticking(std::string& out, Words& words, Word word, char connector) {
  while (word == Word::Alphabet || word == Word::Number) {
    append_word(out, word, words.text(), connector);
    word = words.next();
  }
  if (word != Word::Invalid && joins(word)) out += connector;
  return word;
}

}  // namespace

std::string joined_words(std::string_view text, char connector) {
  std::string out;
  Words words(text);
  Word word = words.next();
  while (!words.at_end()) {
    if (word != Word::Connector) append_word(out, word, words.text(), connector);
    Word before = word;
    std::string_view before_text = words.text();
    word = words.next();
    if (before == Word::Number) {
      word = append_sticking(out, words, word, connector);
    } else if (before == Word::Connector) {
      append_word(out, before, before_text, connector);
    } else if (before != Word::Punctuation) {
      if (word != Word::Number) {
        if (joins(word)) out += connector;
        continue;
      }
      if (words.at_end()) continue;
      std::string_view number = words.text();
      word = words.next();
      if (word != Word::Alphabet) {
        append_word(out, Word::Number, number, connector);
        if (joins(word)) out += connector;
        continue;
      }
      out += connector;
      append_word(out, Word::Number, number, connector);
      word = append_sticking(out, words, word, connector);
    }
  }
  append_word(out, word, words.text(), connector);
  return out;
}

std::string pascal_case(std::string_view text) {
  std::string out;
  char32_t current = 0;
  bool upper_start = false;
  bool any = false;
  auto read = [&text] {
    Rune rune = decode_rune(text);
    text.remove_prefix(rune.size);
    return rune.code;
  };
  while (!text.empty()) {
    current = read();
    any = true;
    if (!connects(current)) {
      upper_start = is_upper(current);
      current = to_upper(current);
      break;
    }
    append_rune(out, current);
  }
  if (text.empty()) {
    if (any) append_rune(out, current);
    return out;
  }
  while (!text.empty()) {
    char32_t before = current;
    current = read();
    if (connects(current) && connects(before)) {
      append_rune(out, before);
      continue;
    }
    if (connects(before)) {
      upper_start = is_upper(current);
      current = to_upper(current);
      continue;
    }
    if (upper_start) {
      if (is_upper(current)) {
        current = to_lower(current);
      } else {
        upper_start = false;
      }
    }
    append_rune(out, before);
  }
  append_rune(out, current);
  return out;
}

}  // namespace lesto::gotemplate
