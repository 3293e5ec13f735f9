// Reads TOML. Private to toml_read.cpp and toml_values.cpp.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "engines/gotemplate/toml_characters.h"
#include "engines/gotemplate/toml_tree.h"
#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {

// Reads a text from its start to its end. The first error wins; after it everything fails.
class TomlReader {
 public:
  TomlReader(std::string_view text, Heap& heap) : text_(text), heap_(heap) {}

  std::expected<Value, std::string> read();

 private:
  bool failed() const { return !error_.empty(); }
  std::nullptr_t fail(std::string_view message, std::size_t line);
  std::nullptr_t fail(std::string_view message) { return fail(message, line_); }
  std::string current() const;

  char32_t peek() const;
  char32_t next();
  bool take(std::string_view wanted);
  void skip_blanks() {
    while (toml::blank(peek())) next();
  }
  // Blanks, line breaks and comments.
  void skip_lines();
  bool comment();

  bool top();
  bool table_header();
  bool line_end();
  bool key_value();
  bool key(TomlKey& out);
  bool key_part(std::string& out);
  bool quoted_key(std::string& out);

  TomlNode* value(bool in_array, std::size_t depth);
  TomlNode* array(std::size_t depth);
  TomlNode* inline_table(bool in_array, std::size_t depth);
  TomlNode* number_or_date();
  TomlNode* signed_number();
  TomlNode* word();
  TomlNode* integer(std::string_view text);
  TomlNode* floating(std::string_view text);
  TomlNode* date(std::string_view text);
  TomlNode* scalar(const Value& value) {
    TomlNode* node = tree_.make(TomlNode::Kind::Scalar);
    node->scalar = value;
    return node;
  }
  bool string(std::string& out);
  bool multi_line_string(std::string& out);
  bool raw_string(std::string& out);
  bool multi_line_raw_string(std::string& out);
  bool escape(std::string& out, bool multi_line);
  std::string_view run(bool (*fits)(char32_t));

  Value built(const TomlNode& node);

  std::string_view text_;
  Heap& heap_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t key_line_ = 1;
  TomlTree tree_;
  std::string key_;
  std::string error_;
};

}  // namespace lesto::gotemplate
