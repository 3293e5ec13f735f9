// A script, compiled: immutable, shareable between threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engines/lua/failure.h"

namespace lesto::lua {

class Script {
 public:
  // Parses and checks the text; its top level does not run. Errors: stage Load, as the reference
  // words them; `chunk` is the name that they show.
  static Outcome<std::shared_ptr<const Script>> compile(std::string_view text,
                                                        std::string_view chunk = "<string>");

  const std::string& text() const { return text_; }
  // What the state loads (see emit.h).
  const std::string& code() const { return code_; }
  bool plain_globals() const { return plain_globals_; }
  bool hidden_holes() const { return hidden_holes_; }

 private:
  Script() = default;

  std::string text_;
  std::string code_;
  bool plain_globals_ = true;
  bool hidden_holes_ = false;
};

}  // namespace lesto::lua
