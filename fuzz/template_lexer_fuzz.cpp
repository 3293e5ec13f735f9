// Fuzzes the template lexer: any text. What must hold: it ends, after no more items than the text
// has bytes (and a few), and each item is a part of the text that lies behind the one before.
#include <cstdlib>
#include <string_view>

#include "engines/gotemplate/lexer.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace lesto::gotemplate;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Lexer lexer(text);
  std::size_t end = 0;
  for (std::size_t count = 0;; ++count) {
    Item item = lexer.next();
    (void)item.describe();
    if (item.type == ItemType::Eof || item.type == ItemType::Error) break;
    if (count > size) std::abort();
    if (item.position < end || item.position + item.text.size() > size) std::abort();
    if (text.substr(item.position, item.text.size()) != item.text) std::abort();
    end = item.position + item.text.size();
  }
  return 0;
}
