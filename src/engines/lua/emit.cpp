#include "engines/lua/emit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engines/lua/emitter.h"

namespace lesto::lua {
namespace {

// The variable that holds the hidden functions: a name that no script can write, as the dialect's
// names are ASCII.
constexpr std::string_view kHidden = "\xc2\xa4";

constexpr std::array<std::string_view, 45> kLibrary{
    "_G",           "_VERSION",     "assert",       "collectgarbage", "error",
    "getfenv",      "getmetatable", "ipairs",       "load",           "loadstring",
    "next",         "pairs",        "pcall",        "print",          "rawequal",
    "rawget",       "rawset",       "require",      "select",         "setfenv",
    "setmetatable", "tonumber",     "tostring",     "type",           "unpack",
    "xpcall",       "string",       "table",        "math",           "os",
    "coroutine",    "base64Encode", "base64Decode", "getLabel",       "getAnnotation",
    "getResource",  "module",       "newproxy",     "dofile",         "loadfile",
    "io",           "debug",        "package",      "channel",        "arg"};

// Names that let a script see its globals as a table, or run text that does.
constexpr std::array<std::string_view, 6> kWindows{"_G",   "getfenv",    "setfenv",
                                                   "load", "loadstring", "module"};

}  // namespace

Outcome<Emitted> Emitter::run() {
  study();
  put("local ");
  put(kHidden);
  put("=...;return function(...) ");
  body(*chunk_.main);
  put(" end");
  if (failed_) return std::unexpected(std::move(failure_));
  return Emitted{std::move(out_), plain_, holes_};
}

void Emitter::study() {
  std::map<std::string, int> gifts;
  std::set<std::string> functions;
  for (const Statement& s : chunk_.statements) {
    if (s.kind == StatementKind::Local || s.kind == StatementKind::GenericFor ||
        s.kind == StatementKind::NumericFor) {
      for (const std::string& name : s.names) ++gifts[name];
      if (is_local_function(s)) functions.insert(s.names[0]);
    }
    for (const Expression* target : s.targets) {
      if (s.kind == StatementKind::Assign && target->kind == ExpressionKind::Name)
        assigned(target->text, gifts);
    }
    if (s.kind == StatementKind::Function && s.values[0]->kind == ExpressionKind::Name) {
      assigned(s.values[0]->text, gifts);
      functions.insert(s.values[0]->text);
    }
  }
  for (const Function& f : chunk_.functions) {
    for (const std::string& name : f.parameters) ++gifts[name];
  }
  for (const std::string& name : functions) {
    if (gifts[name] == 1 && !is_library_name(name)) functions_.insert(name);
  }
  for (const Expression& e : chunk_.expressions) {
    if (e.kind != ExpressionKind::Name) continue;
    if (std::ranges::find(kWindows, e.text) != kWindows.end()) plain_ = false;
  }
}

void Emitter::assigned(const std::string& name, std::map<std::string, int>& gifts) {
  ++gifts[name];
  if (is_library_name(name)) plain_ = false;
}

bool Emitter::is_local_function(const Statement& s) {
  return s.kind == StatementKind::Local && s.names.size() == 1 && s.values.size() == 1 &&
         s.values[0]->kind == ExpressionKind::Function;
}

void Emitter::hidden(std::string_view function) {
  put(kHidden);
  put(".");
  put(function);
  put("(");
}

void Emitter::at(int line) {
  for (; line_ < line; ++line_) out_ += '\n';
}

void Emitter::fail(int line, std::string_view message) {
  if (failed_) return;
  failed_ = true;
  failure_.line = line;
  failure_.message = fmt::format("compile error near line({}) {}: {}", line, name_, message);
}

void Emitter::body(const Function& f) {
  scopes_.push_back({&f, 0, {}});
  std::size_t outside = locals_.size();
  if (f.method) locals_.push_back({"self"});
  for (const std::string& name : f.parameters) locals_.push_back({name});
  if (f.variadic && f.uses_arg) {
    locals_.push_back({"arg"});
    put("local arg=");
    hidden("arg");
    put("...);");
  }
  block(*f.body);
  locals_.resize(outside);
  scopes_.pop_back();
}

void Emitter::block(const Block& b) {
  std::size_t outside = locals_.size();
  std::vector<Label> labels;
  for (const Statement* s : b.statements) {
    if (s->kind != StatementKind::Label) continue;
    for (const Label& known : labels) {
      if (known.name == s->names[0]) {
        fail(s->line + 1,
             fmt::format("label '{}' already defined on line {}", known.name, known.line));
      }
    }
    labels.push_back({s->names[0], s->line});
  }
  scopes_.back().labels.push_back(std::move(labels));
  for (const Statement* s : b.statements) {
    statement(*s);
    put(s->kind == StatementKind::Label ? " " : ";");
  }
  scopes_.back().labels.pop_back();
  locals_.resize(outside);
}

void Emitter::loop_block(const Block& b) {
  ++scopes_.back().loops;
  block(b);
  --scopes_.back().loops;
}

void Emitter::statement(const Statement& s) {
  at(s.line);
  switch (s.kind) {
    case StatementKind::Assign: return assign(s);
    case StatementKind::Call: return expression(*s.values[0]);
    case StatementKind::Do:
      put("do ");
      block(*s.blocks[0]);
      return put(" end");
    case StatementKind::While:
      put("while ");
      expression(*s.targets[0]);
      put(" do ");
      loop_block(*s.blocks[0]);
      return put(" end");
    case StatementKind::Repeat: return repeat(s);
    case StatementKind::If: return branches(s);
    case StatementKind::NumericFor: return numeric_for(s);
    case StatementKind::GenericFor: return generic_for(s);
    case StatementKind::Function: return function_statement(s);
    case StatementKind::Local: return local(s);
    case StatementKind::Return: return give_back(s);
    case StatementKind::Break:
      if (scopes_.back().loops == 0) fail(s.line, "no loop to break");
      return put("break");
    case StatementKind::Goto: return jump(s);
    case StatementKind::Label: return put(fmt::format("::{}::", s.names[0]));
  }
}

bool Emitter::is_computed(const Expression& target) {
  return target.kind == ExpressionKind::Index && target.right->kind != ExpressionKind::String;
}

void Emitter::assign(const Statement& s) {
  if (s.targets.size() == 1 && s.values.size() == 1 && is_computed(*s.targets[0])) {
    hidden("set");
    operand(*s.targets[0]->left);
    put(",");
    operand(*s.targets[0]->right);
    put(",");
    operand(*s.values[0]);
    return put(")");
  }
  for (std::size_t i = 0; i < s.targets.size(); ++i) {
    if (i > 0) put(",");
    if (is_computed(*s.targets[i])) holes_ = true;
    expression(*s.targets[i]);
  }
  put("=");
  list(s.values);
}

void Emitter::repeat(const Statement& s) {
  put("repeat ");
  // The condition sees the variables of the body.
  std::size_t outside = locals_.size();
  ++scopes_.back().loops;
  scopes_.back().labels.emplace_back();
  for (const Statement* inner : s.blocks[0]->statements) {
    if (inner->kind == StatementKind::Label)
      scopes_.back().labels.back().push_back({inner->names[0], inner->line});
  }
  for (const Statement* inner : s.blocks[0]->statements) {
    statement(*inner);
    put(inner->kind == StatementKind::Label ? " " : ";");
  }
  scopes_.back().labels.pop_back();
  --scopes_.back().loops;
  put(" until ");
  expression(*s.targets[0]);
  locals_.resize(outside);
}

void Emitter::branches(const Statement& s) {
  for (std::size_t i = 0; i < s.blocks.size(); ++i) {
    if (i < s.targets.size()) {
      put(i == 0 ? "if " : " elseif ");
      expression(*s.targets[i]);
      put(" then ");
    } else {
      put(" else ");
    }
    block(*s.blocks[i]);
  }
  put(" end");
}

void Emitter::numeric_for(const Statement& s) {
  constexpr std::array<std::string_view, 3> kChecks{"init", "limit", "step"};
  put("for ");
  put(s.names[0]);
  put("=");
  for (std::size_t i = 0; i < s.targets.size(); ++i) {
    if (i > 0) put(",");
    if (is_number(*s.targets[i])) {
      expression(*s.targets[i]);
    } else {
      hidden(kChecks[i]);
      expression(*s.targets[i]);
      put(")");
    }
  }
  put(" do ");
  locals_.push_back({s.names[0]});
  loop_block(*s.blocks[0]);
  locals_.pop_back();
  put(" end");
}

void Emitter::generic_for(const Statement& s) {
  put("for ");
  put(fmt::format("{}", fmt::join(s.names, ",")));
  put(" in ");
  list(s.values);
  put(" do ");
  std::size_t outside = locals_.size();
  for (const std::string& name : s.names) locals_.push_back({name});
  loop_block(*s.blocks[0]);
  locals_.resize(outside);
  put(" end");
}

void Emitter::function_statement(const Statement& s) {
  put("function ");
  const Function& f = *s.values[1]->function;
  std::string name;
  const Expression* e = s.values[0];
  for (bool last = true; e->kind == ExpressionKind::Index; e = e->left, last = false) {
    name = (last && f.method ? ":" : ".") + e->right->text + name;
  }
  put(e->text + name);
  function_rest(f);
}

void Emitter::function_rest(const Function& f) {
  put("(");
  for (std::size_t i = 0; i < f.parameters.size(); ++i) {
    if (i > 0) put(",");
    put(f.parameters[i]);
  }
  if (f.variadic) put(f.parameters.empty() ? "..." : ",...");
  put(") ");
  body(f);
  at(f.end_line);
  put(" end");
}

void Emitter::local(const Statement& s) {
  if (is_local_function(s)) {
    // The reference lets `local f = function() ... end` name itself, as `local function f` does.
    put("local function ");
    put(s.names[0]);
    locals_.push_back({s.names[0], functions_.contains(s.names[0])});
    return function_rest(*s.values[0]->function);
  }
  put("local ");
  put(fmt::format("{}", fmt::join(s.names, ",")));
  if (!s.values.empty()) {
    put("=");
    list(s.values);
  }
  for (const std::string& name : s.names) locals_.push_back({name});
}

void Emitter::give_back(const Statement& s) {
  put("return ");
  if (s.values.size() == 1 && !s.values[0]->single) {
    const Expression& e = *s.values[0];
    bool call = e.kind == ExpressionKind::Call || e.kind == ExpressionKind::Method;
    bool own = e.kind == ExpressionKind::Call && e.left->kind == ExpressionKind::Name &&
               functions_.contains(e.left->text);
    if (call && !own) {
      at(e.line);
      hidden("ret");
      expression(e);
      return put(")");
    }
    // The calls that operators become are no tail calls either.
    bool operation = e.kind == ExpressionKind::Arithmetic || e.kind == ExpressionKind::Concat ||
                     e.kind == ExpressionKind::Minus || e.kind == ExpressionKind::Length ||
                     e.kind == ExpressionKind::Compare;
    if (operation) {
      put("(");
      expression(e);
      return put(")");
    }
  }
  list(s.values);
}

void Emitter::jump(const Statement& s) {
  for (const auto& labels : scopes_.back().labels) {
    for (const Label& label : labels) {
      if (label.name == s.names[0]) return put("goto " + label.name);
    }
  }
  fail(scopes_.back().function->end_line,
       fmt::format("no visible label '{}' for <goto> at line {}", s.names[0], s.line));
}

bool is_library_name(std::string_view name) {
  return std::ranges::find(kLibrary, name) != kLibrary.end();
}

Outcome<Emitted> emit_script(const Chunk& chunk, const std::string& name) {
  return Emitter(chunk, name).run();
}

}  // namespace lesto::lua
