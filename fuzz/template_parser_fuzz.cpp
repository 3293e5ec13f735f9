// Fuzzes the template parser: any text. What must hold: it ends, an error names the template, and
// the tree can be written as errors write it.
#include <cstdlib>
#include <string>
#include <string_view>

#include "engines/gotemplate/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace lesto;
  using namespace lesto::gotemplate;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (Dialect dialect : {Dialect::ByMap, Dialect::ById}) {
    Heap heap;
    auto parsed = parse_template("name", text, dialect, heap);
    if (!parsed) {
      bool named = parsed.error().message().starts_with("template: name:");
      if (!named && parsed.error().code() != Code::TooLarge) std::abort();
      continue;
    }
    for (const Definition& definition : parsed->definitions) {
      if (definition.root) (void)node_text(*definition.root);
      (void)is_empty_tree(definition.root);
    }
  }
  return 0;
}
