// A prepared Lua state with its budgets: what the native functions of this room share. Private to
// the room.
//
// Errors inside native functions leave by lua_error, which may skip destructors. So a native
// function keeps nothing with a destructor on its stack across a call that can fail: strings under
// construction are borrowed from the Vm, and everything borrowed is taken back where the error is
// caught.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engines/lua/engine.h"
#include "engines/lua/go_format.h"
#include "engines/lua/limits.h"
#include "engines/lua/pattern.h"
#include "engines/lua/pool.h"
#include "engines/lua/sprig_call.h"

struct lua_State;
struct lua_Debug;

namespace lesto::lua {

using Native = int (*)(lua_State*);
struct NativeEntry {
  const char* name;
  Native function;
};

// What is said when a budget is used up.
inline constexpr const char* kOutOfSteps = "script exceeded its budget of steps";
inline constexpr const char* kOutOfMemory = "script exceeded its budget of memory";

// What a container under conversion to JSON has gathered.
struct Gathering {
  std::vector<json::Value> items;
  std::vector<json::Member> members;
};

// A key while keys are sorted. Texts are borrowed from the table.
struct OrderedKey {
  int rank = 0;
  double number = 0;
  std::string_view text;
};

class Vm {
 public:
  Vm() = default;
  ~Vm();
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;

  Outcome<json::Value> evaluate(const std::shared_ptr<const Script>& script, const Input& input);

  // The Vm of a state.
  static Vm& of(lua_State* L);

  // Takes steps from the budget; when it is used up, ends the evaluation for good (does not
  // return).
  void charge(lua_State* L, std::size_t steps) {
    steps_ -= static_cast<std::int64_t>(steps);
    if (steps_ < 0) exceed_steps(L);
  }
  [[noreturn]] void exceed(lua_State* L, const char* message);
  bool exceeded() const { return exceeded_ != nullptr; }
  // Call after every protected call: when the budget is used up, the error goes on, whoever caught
  // it.
  void rethrow_if_exceeded(lua_State* L);

  // An empty string to build a result in, until given back or until the evaluation ends with an
  // error.
  std::string& borrow(lua_State* L);
  void give_back();
  // A compiled pattern, borrowed as strings are. Fails in the words of the dialect.
  Pattern& borrow_pattern(lua_State* L, std::string_view text);
  void give_back_pattern() { --patterns_used_; }
  // Looks for the pattern and pays for it; false when it is not there.
  bool find(lua_State* L, Pattern& pattern, std::string_view subject, std::size_t& at);
  Pattern::Found match_here(lua_State* L, Pattern& pattern, std::string_view subject,
                            std::size_t at);
  // Resumes a coroutine with its arguments on its stack; the status of lua_resume.
  int resume(lua_State* L, lua_State* coroutine, int arguments);
  // What a call of a Sprig function is made of.
  struct SprigWork {
    std::vector<SprigArgument> arguments;
    std::vector<SprigArgument> list;
    SprigAnswer answer;
  };
  SprigWork& sprig() { return sprig_; }
  SprigHost sprig_host() const;
  Time now() const { return now_; }
  std::vector<FormatArgument>& format_arguments() { return format_arguments_; }

  // Says no (and ends the evaluation) before a string or all of them grow too large.
  void reserve(lua_State* L, const std::string& out, std::size_t more);

  // Calls from native functions into scripts; nested no deeper than the C stack bears.
  void call(lua_State* L, int arguments, int results);
  // Protected: returns true when it went well, else the error value is on the stack, in the
  // dialect's words.
  bool protected_call(lua_State* L, int arguments, int results);
  // Counts nested native calls around something else than `call`.
  void enter(lua_State* L);
  void leave() { --native_depth_; }

  // The text of an error of LuaJIT's own in the dialect's words; replaces the value on top of the
  // stack.
  void translate_error(lua_State* L);

  std::int64_t now_seconds() const { return now_seconds_; }
  bool all_holes() const { return all_holes_; }
  void note_holes() { any_holes_ = true; }
  bool any_holes() const { return any_holes_ || all_holes_; }

  // The input being looked at lives here while an evaluation runs.
  std::deque<json::Value>& roots() { return roots_; }
  // Keeps what was built for the rest of the evaluation, for views of it.
  const json::Value& keep_built() {
    roots_.push_back(std::move(built_));
    built_ = {};
    return roots_.back();
  }
  // Conversion to JSON: see result.cpp.
  std::vector<Gathering>& gatherings() { return gatherings_; }
  json::Value& built() { return built_; }
  std::size_t& values_built() { return values_built_; }
  // Why the conversion failed.
  std::string& problem() { return problem_; }

  // References into the registry, made when the state is prepared.
  struct References {
    int hidden = 0;       // functions that emitted code calls
    int globals = 0;      // the library's global names → functions
    int libraries = 0;    // names of libraries → their tables, pristine
    int modules = 0;      // names of modules → their tables, pristine
    int environment = 0;  // metatable of fresh globals
    int view = 0;         // metatable of tables that stand for JSON not yet converted
    int read = 0;         // the same when they keep views of members
    int string_meta = 0;
    int holes = 0;    // weak set of tables with holes
    int loaded = 0;   // modules of this evaluation
    int current = 0;  // globals of this evaluation
    int walk = 0;     // the walk of `next`: [1] table, [2] keys, [3] the place reached
    int numbers = 0;  // weak: things → their numbers
    int lists = 0;    // weak set of empty tables that were empty lists
  };
  const References& references() const { return references_; }
  References& references() { return references_; }
  bool bare() const { return bare_; }

  std::uint64_t& random_state() { return random_state_; }
  // The walk of `next`: set by (table, keys), pushed when it is of that table.
  void set_walk(lua_State* L, int table, int keys);
  bool push_walk(lua_State* L, int table);
  std::vector<OrderedKey>& ordered_keys() { return ordered_keys_; }
  // A number for a table, function or the like, in the order in which scripts first ask.
  int number_of(lua_State* L, int index);

  // The string library of this evaluation: what methods of strings find.
  void use_strings(lua_State* L, int library);
  void push_globals(lua_State* L);
  // Pushes the module of that name, one an evaluation; false when there is none.
  bool push_module(lua_State* L, std::string_view name);
  // Compiles text for load; pushes a function, or false and the error text.
  bool compile(lua_State* L, std::string_view text, std::string_view name);

  // The function that the evaluation called, to tell whether it has left by a tail call.
  const void* called() const { return called_; }

 private:
  struct Loaded {
    std::shared_ptr<const Script> script;
    int reference = 0;
    std::uint64_t used = 0;
  };
  struct Run;

  [[noreturn]] void exceed_steps(lua_State* L);
  bool prepare();
  void discard();
  void settle(lua_State* L);
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
  static void on_count(lua_State* L, lua_Debug* info);
  static int run_protected(lua_State* L);
  static int on_error(lua_State* L);
  void forget_last(lua_State* L);
  bool load(lua_State* L, Run& run);
  void drop_oldest(lua_State* L);

  lua_State* state_ = nullptr;
  Run* run_ = nullptr;
  Pool pool_;
  std::size_t bytes_ = 0;
  // What the state held after its last full collection.
  std::size_t bytes_settled_ = 0;
  std::int64_t steps_ = 0;
  const char* exceeded_ = nullptr;
  int native_depth_ = 0;
  std::deque<std::string> scratch_;
  std::size_t scratch_used_ = 0;
  std::deque<Pattern> patterns_;
  std::size_t patterns_used_ = 0;
  std::vector<FormatArgument> format_arguments_;
  SprigWork sprig_;
  Time now_{};
  Rng* rng_ = nullptr;
  std::int64_t now_seconds_ = 0;
  bool bare_ = false;
  bool all_holes_ = false;
  bool any_holes_ = false;
  std::uint64_t random_state_ = 0;
  const void* called_ = nullptr;
  bool own_strings_ = false;
  bool walked_ = false;
  bool required_ = false;
  std::vector<OrderedKey> ordered_keys_;
  int numbered_ = 0;
  Outcome<std::shared_ptr<const Script>> compiled_;
  std::deque<json::Value> roots_;
  std::vector<Gathering> gatherings_;
  json::Value built_;
  std::size_t values_built_ = 0;
  std::string problem_;
  References references_;
  std::map<const Script*, Loaded> loaded_;
  std::uint64_t clock_ = 0;
};

// Arguments and errors of native functions, with the dialect's words (arguments.cpp).
[[noreturn]] void raise(lua_State* L, const char* message);
// As raise, with the message on top of the stack, which it takes.
[[noreturn]] void raise_top(lua_State* L);
[[noreturn]] void argument_error(lua_State* L, int index, const char* message);
[[noreturn]] void type_error(lua_State* L, int index, const char* wanted);
void check_any(lua_State* L, int index);
void check_table(lua_State* L, int index);
void check_function(lua_State* L, int index);
// A number as text takes the place of the argument.
std::string_view check_string(lua_State* L, int index);
// Pushes the name under which the running native function was called.
void push_function_name(lua_State* L);
std::string_view optional_string(lua_State* L, int index, std::string_view otherwise);
double check_number(lua_State* L, int index);
std::int64_t check_integer(lua_State* L, int index);
std::int64_t optional_integer(lua_State* L, int index, std::int64_t otherwise);
bool is_none_or_nil(lua_State* L, int index);
const char* type_name(lua_State* L, int index);
void push(lua_State* L, std::string_view text);
// Pushes "<string>:3:" for the level-th frame, or the first script frame below it; "" when there is
// none.
void push_where(lua_State* L, int level);
// Pushes the text that tostring gives without metamethods; `index` may be of any type.
void push_text(lua_State* L, int index);
void push_number_text(lua_State* L, double number);
// Pushes the metamethod of the value, or nothing and false.
bool push_metamethod(lua_State* L, int index, const char* event);
// "stack traceback:\n..." of the state as it stands; pushed.
void push_traceback(lua_State* L);

// Tables (tables.cpp).
// Makes a table whole: converts the level that it stands for, when it is a view.
void make_whole(lua_State* L, int index);
// The largest whole-number key whose value is not nil.
std::size_t length(lua_State* L, int index);
// Pushes a list of the table's keys in an order that depends on nothing but the keys: the list's
// first, then numbers, texts, booleans, and what has no order of its own. `next` and `pairs` walk
// in it.
void push_ordered_keys(lua_State* L, int table);
// Pushes the key behind `key` in the list of keys at `keys`; nil at the end.
void push_key_after(lua_State* L, int keys, int key);
// t[key] = value (on top of the stack, taken) without metamethods, keeping the books on holes.
void raw_set(lua_State* L, int table, std::int64_t key);
void note_assignment(lua_State* L, int table, double key, bool is_nil);
void mark_holes(lua_State* L, int table);
// Pushes a value for JSON: scalars as they are, containers as views.
void push_json(lua_State* L, const json::Value& value);
// The value that a view stands for; null for a plain table, and for a view of which parts were taken
// out.
const json::Value* view_source(lua_State* L, int index);
int view_index(lua_State* L);
int view_newindex(lua_State* L);

// Lua → JSON (result.cpp): true and vm.built(), or false and vm.problem().
bool build_json(lua_State* L, int index);
// The same for nil, booleans, numbers and strings.
bool build_scalar(lua_State* L, int index);

// Libraries, each in its own file. They fill the table on top of the stack.
void open_base(lua_State* L);
void open_walk(lua_State* L);
void open_string(lua_State* L);
void open_table(lua_State* L);
void open_math(lua_State* L);
void open_os(lua_State* L);
void open_coroutine(lua_State* L);
void open_helpers(lua_State* L);
void open_hidden(lua_State* L);
void open_json(lua_State* L);
void open_strings(lua_State* L);
void open_runes(lua_State* L);
void open_sprig(lua_State* L);
void open_sprig_values(lua_State* L);
void fill(lua_State* L, const NativeEntry* entries, std::size_t count);
template <std::size_t N>
void fill(lua_State* L, const NativeEntry (&entries)[N]) {
  fill(L, entries, N);
}
// Gives the basic types their metatables, so that their misuse fails in the dialect's words.
void open_basic_types(lua_State* L);
bool is_hidden(Native function);
int environment_index(lua_State* L);
// Puts the whole library into the globals table at index.
void deliver_all(lua_State* L, int environment);

}  // namespace lesto::lua
