#include "engines/lua/script.h"

#include <fmt/format.h>

#include "engines/lua/emit.h"
#include "engines/lua/limits.h"
#include "engines/lua/parser.h"

namespace lesto::lua {

Outcome<std::shared_ptr<const Script>> Script::compile(std::string_view text,
                                                       std::string_view chunk) {
  const std::string name(chunk);
  if (text.size() > kScriptBytesMax) {
    Failure failure;
    failure.code = Code::TooLarge;
    failure.message =
        fmt::format("script has {} bytes, more than {}", text.size(), kScriptBytesMax);
    return std::unexpected(std::move(failure));
  }
  auto tree = parse_script(text, name);
  if (!tree) return std::unexpected(std::move(tree.error()));
  auto emitted = emit_script(**tree, name);
  if (!emitted) return std::unexpected(std::move(emitted.error()));
  std::shared_ptr<Script> script(new Script());
  script->text_ = text;
  script->code_ = std::move(emitted->code);
  script->plain_globals_ = emitted->plain_globals;
  script->hidden_holes_ = emitted->hidden_holes;
  return std::shared_ptr<const Script>(std::move(script));
}

}  // namespace lesto::lua
