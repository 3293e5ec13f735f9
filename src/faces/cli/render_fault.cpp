#include "faces/cli/render_fault.h"

#include <algorithm>

#include "foundation/json/text.h"

namespace lesto::cli {
namespace {

constexpr std::size_t kBriefMax = 160;
// Lines that are shown before the one at fault.
constexpr std::size_t kLinesBefore = 2;

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'; }

std::string_view line_at(std::string_view text, std::size_t line) {
  for (std::size_t i = 0; i < line; ++i) {
    auto end = text.find('\n');
    if (end == text.npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

// Where a word stands alone in the line, at or after `from`; npos when nowhere.
std::size_t find_word(std::string_view line, std::string_view word, std::size_t from) {
  if (word.empty()) return line.npos;
  for (auto at = line.find(word, from); at != line.npos; at = line.find(word, at + 1)) {
    bool starts = at == 0 || !is_name(line[at - 1]);
    bool ends = at + word.size() == line.size() || !is_name(line[at + word.size()]);
    if (starts && ends) return at;
  }
  return line.npos;
}

// The text between two marks of a message, from the last occurrence of the first one.
std::string_view between(std::string_view text, std::string_view start, std::string_view end) {
  auto from = text.rfind(start);
  if (from == text.npos) return {};
  text.remove_prefix(from + start.size());
  auto to = text.find(end);
  return to == text.npos ? std::string_view() : text.substr(0, to);
}

// What is marked: lines and columns count from 0, in bytes.
struct Mark {
  std::size_t line = 0;
  std::optional<std::size_t> column;
  std::size_t width = 1;
};

// "file:3:9" and, below, the lines up to the one at fault with a mark under the place.
struct Excerpt {
  std::string place;
  std::string lines;
};

Excerpt excerpt(const std::string& file, const std::string& text, const Source& source,
                const Mark& mark) {
  bool in_file = source.first_line.has_value();
  std::string_view shown = in_file ? text : source.text;
  std::size_t first = source.first_line.value_or(0);
  std::size_t line = first + mark.line;
  std::string_view content = line_at(shown, line);
  // The file indents a block text.
  std::size_t shift = indentation(content) -
                      std::min(indentation(content), indentation(line_at(source.text, mark.line)));
  Excerpt result;
  result.place = (in_file ? file : source.name) + ":" + std::to_string(line + 1);
  std::size_t digits = std::to_string(line + 1).size();
  for (std::size_t i = std::max(first, line - std::min(line, kLinesBefore)); i <= line; ++i) {
    std::string number = std::to_string(i + 1);
    result.lines += "\n  " + std::string(digits - number.size(), ' ') + number + " | ";
    result.lines += line_at(shown, i);
  }
  if (!mark.column) return result;
  std::size_t column = std::min(*mark.column + shift, content.size());
  std::string blanks;
  std::size_t characters = 0;
  for (char c : content.substr(0, column)) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;
    ++characters;
    blanks += c == '\t' ? '\t' : ' ';
  }
  result.place += ":" + std::to_string(characters + 1);
  std::string underlined = "^" + std::string(std::max<std::size_t>(mark.width, 1) - 1, '~');
  result.lines += "\n  " + std::string(digits, ' ') + " | " + blanks + underlined;
  return result;
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t above = row[j];
      bool same = std::tolower(static_cast<unsigned char>(a[i - 1])) ==
                  std::tolower(static_cast<unsigned char>(b[j - 1]));
      row[j] = std::min({above + 1, row[j - 1] + 1, corner + (same ? 0u : 1u)});
      corner = above;
    }
  }
  return row[b.size()];
}

// "did you mean": the member with nearly the same name.
std::string suggestion(const json::Value& value, std::string_view key) {
  std::string_view best;
  std::size_t least = key.size() / 3 + 1;
  for (const json::Member& member : value.members()) {
    if (key.size() > 64 || member.name().size() > 64) continue;
    std::size_t differs = distance(key, member.name());
    if (differs > least || (differs == least && !best.empty())) continue;
    least = differs;
    best = member.name();
  }
  return best.empty() ? "" : "\n  did you mean \"" + std::string(best) + "\"?";
}

void append_brief(std::string& out, const json::Value& value, int depth) {
  if (value.is_object()) {
    if (depth > 1 && !value.empty()) {
      out += "{...}";
      return;
    }
    out += '{';
    for (std::size_t i = 0; i < value.size() && out.size() < kBriefMax; ++i) {
      out += i == 0 ? "" : ", ";
      out += std::string(value.members()[i].name()) + ": ";
      append_brief(out, value.members()[i].value, depth + 1);
    }
    out += '}';
  } else if (value.is_array()) {
    if (depth > 1 && !value.empty()) {
      out += "[...]";
      return;
    }
    out += '[';
    for (std::size_t i = 0; i < value.size() && out.size() < kBriefMax; ++i) {
      out += i == 0 ? "" : ", ";
      append_brief(out, value[i], depth + 1);
    }
    out += ']';
  } else if (value.is_string() && value.text().size() > kBriefMax) {
    json::append(out, json::Value(value.text().substr(0, kBriefMax)));
  } else {
    json::append(out, value);
  }
}

// The key that the message misses, as gotemplate words it.
std::string_view missing_key(std::string_view message) {
  for (std::string_view words : {"no entry for key \"", "no entry for key \\\""}) {
    std::string_view key = between(message, words, "\"");
    if (!key.empty()) return key;
  }
  std::string_view field = between(message, "can't evaluate field ", " in type");
  if (!field.empty()) return field;
  auto dot = message.rfind("interface {}.");
  return dot == message.npos ? std::string_view() : message.substr(dot + 13);
}

// The path that a script indexes at `key`: "obj.status.loadBalancer" of "if
// obj.status.loadBalancer.ingress".
std::string indexed_path(std::string_view line, std::size_t key) {
  if (key == 0 || line[key - 1] != '.') return {};
  std::size_t start = key - 1;
  while (start > 0 && (is_name(line[start - 1]) || line[start - 1] == '.')) --start;
  return std::string(line.substr(start, key - 1 - start));
}

// Which part of the path the input has, and what is there.
std::string deepest(std::string_view path, std::string_view input_name, const json::Value& input) {
  if (!path.starts_with(input_name) || path.size() <= input_name.size() ||
      path[input_name.size()] != '.')
    return {};
  const json::Value* value = &input;
  std::string reached(input_name);
  std::string_view rest = path.substr(input_name.size() + 1);
  while (!rest.empty()) {
    std::string_view name = rest.substr(0, rest.find('.'));
    const json::Value* next = value->find(name);
    if (!next || next->is_null()) {
      return "\n  " + reached + "." + std::string(name) + " is nil; " + reached + " is " +
             brief(*value) + suggestion(*value, name);
    }
    value = next;
    reached += "." + std::string(name);
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  return "\n  " + reached + " is " + brief(*value);
}

}  // namespace

std::string brief(const json::Value& value) {
  std::string out;
  append_brief(out, value, 0);
  if (out.size() <= kBriefMax) return out;
  std::size_t end = kBriefMax - 3;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
  return out.substr(0, end) + "...";
}

Error template_fault(const std::string& file, const std::string& text, const Source& source,
                     const Error& error, const gotemplate::Fault& fault) {
  auto place = gotemplate::error_place(source.name, error);
  if (!place || place->line == 0) return error;
  std::string_view message = error.message();
  message.remove_prefix(std::string_view("template: ").size() + source.name.size());
  message = message.substr(message.find(": ") + 2);
  Mark mark{.line = place->line - 1, .column = place->column};
  std::string_view line = line_at(source.text, mark.line);
  std::string_view key = missing_key(message);
  if (mark.column) {
    // Go's column is where the expression begins, or its second name.
    auto found = find_word(line, key, *mark.column);
    if (found == line.npos) found = find_word(line, key, 0);
    if (found != line.npos) {
      mark.column = found;
      mark.width = key.size();
    }
  } else {
    // Errors of the parser have no column; what they quote stands in the line.
    std::string_view quoted = between(message.substr(0, message.rfind('"') + 1), "\"", "\"");
    if (quoted.empty()) {
      auto open = message.find('"');
      auto close = open == message.npos ? open : message.find('"', open + 1);
      if (close != message.npos) quoted = message.substr(open + 1, close - open - 1);
    }
    auto found = quoted.empty() ? line.npos : line.find(quoted);
    mark.column = found == line.npos ? indentation(line) : found;
    mark.width = found == line.npos ? 1 : quoted.size();
  }
  Excerpt shown = excerpt(file, text, source, mark);
  std::string words = shown.place + ": ";
  if (source.name != file) words += source.name + ": ";
  // The name is in the place already.
  if (auto at = message.find(" at <"); message.starts_with("executing ") && at != message.npos) {
    words += message.substr(at + 1);
  } else {
    words += message;
  }
  words += shown.lines;
  if (!fault.what.empty()) {
    words += "\n  " + (fault.what == "." ? std::string("the data") : fault.what) + " is " +
             (fault.value.is_null() ? fault.type == "nil" ? "nil" : "of type " + fault.type
                                    : brief(fault.value));
    if (!fault.value.is_object() && !fault.value.is_null()) words += " (" + fault.type + ")";
    words += suggestion(fault.value, key);
  }
  return Error(error.code(), std::move(words));
}

Error script_fault(const std::string& file, const std::string& text, const Source& source,
                   const lua::Failure& failure, std::string_view input_name,
                   const json::Value& input) {
  std::string head = source.name == file ? "" : source.name + ": ";
  if (failure.line <= 0) {
    std::string words = failure.message;
    while (words.ends_with('\n')) words.pop_back();
    if (words == " attempt to call a non-function object")
      words = "there is no function evaluate() in the script";
    return Error(failure.code, file + ": " + head + words);
  }
  Mark mark{.line = static_cast<std::size_t>(failure.line - 1), .column = {}};
  std::string_view line = line_at(source.text, mark.line);
  std::string_view key = between(failure.message, "with key '", "'");
  std::string value;
  if (auto found = find_word(line, key, 0); found != line.npos) {
    mark.column = found;
    mark.width = key.size();
    value = deepest(indexed_path(line, found), input_name, input);
  } else if (failure.column >= 0) {
    // The place behind the token at fault.
    std::string_view token = between(failure.message, " near '", "':");
    auto column = static_cast<std::size_t>(failure.column);
    mark.width = std::max<std::size_t>(token.size(), 1);
    mark.column = column - std::min(column, mark.width);
  } else {
    mark.column = indentation(line);
  }
  Excerpt shown = excerpt(file, text, source, mark);
  std::string_view message = failure.message;
  // The chunk's name and the line are in the place already.
  if (auto end = message.find(": "); message.starts_with("<string>:") && end != message.npos) {
    message.remove_prefix(end + 2);
  } else if (auto near = message.find("near '");
             message.starts_with("<string> line:") && near != message.npos) {
    message.remove_prefix(near);
  }
  while (message.ends_with('\n')) message.remove_suffix(1);
  return Error(failure.code,
               shown.place + ": " + head + std::string(message) + shown.lines + value);
}

}  // namespace lesto::cli
