// Writes the tree of a script as Lua for LuaJIT. Private to emit*.cpp; what it writes is told in
// emit.h.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engines/lua/emit.h"
#include "engines/lua/numeric.h"

namespace lesto::lua {

struct Local {
  std::string name;
  bool function = false;
};

struct Label {
  std::string name;
  int line = 0;
};

// What is known while the body of one function is written.
struct Scope {
  const Function* function = nullptr;
  int loops = 0;
  std::vector<std::vector<Label>> labels;
};

class Emitter {
 public:
  Emitter(const Chunk& chunk, const std::string& name)
      : chunk_(chunk), name_(name), numeric_(numeric_names(chunk)) {}

  Outcome<Emitted> run();

 private:
  // Which globals are assigned, which names are functions for sure.
  void study();
  void assigned(const std::string& name, std::map<std::string, int>& gifts);
  static bool is_local_function(const Statement& s);

  void put(std::string_view text) { out_ += text; }
  void hidden(std::string_view function);
  void at(int line);
  void fail(int line, std::string_view message);
  void body(const Function& f);
  void block(const Block& b);
  void loop_block(const Block& b);
  void statement(const Statement& s);

  // A computed key may be a number that leaves a hole in a list, which `#` has to know of: see
  // operators.cpp.
  static bool is_computed(const Expression& target);
  void assign(const Statement& s);
  void repeat(const Statement& s);
  void branches(const Statement& s);
  void numeric_for(const Statement& s);
  void generic_for(const Statement& s);
  void function_statement(const Statement& s);
  void function_rest(const Function& f);
  void local(const Statement& s);

  // A tail call hides its frame, and with it the place of an error. Only calls of the script's own
  // functions are left as they are: they are the ones that recurse.
  void give_back(const Statement& s);
  void jump(const Statement& s);
  void list(const std::vector<Expression*>& values);
  bool is_local(const std::string& name) const;
  bool is_number(const Expression& e) const;
  void expression(const Expression& e);
  void dots(const Expression& e);

  // An expression that something is appended to: a name or call as it is, all else in parentheses.
  void prefix(const Expression& e);
  void call(const Expression& e);
  static bool may_leave_hole(const Expression& item, const Expression* key);
  void table(const Expression& e);
  void native(const Expression& e, std::string_view op);

  // Two texts may be long, and then comparing them has to be paid for.
  void compare(const Expression& e);
  void concat(const Expression& e, std::size_t from);

  // As the last argument of a call, a call or `...` would give all its values.
  void operand(const Expression& e);
  void arithmetic(const Expression& e);
  void minus(const Expression& e);

  const Chunk& chunk_;
  const std::string& name_;
  std::set<std::string> numeric_;
  std::set<std::string> functions_;
  std::vector<Local> locals_;
  std::vector<Scope> scopes_;
  std::string out_;
  int line_ = 1;
  bool plain_ = true;
  bool holes_ = false;
  bool failed_ = false;
  Failure failure_;
};

}  // namespace lesto::lua
