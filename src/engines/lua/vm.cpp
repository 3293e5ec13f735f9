#include "engines/lua/vm.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <luajit-2.1/lua.hpp>
#include <utility>

namespace lesto::lua {
// One evaluation. Lives outside of Lua, so that its destructors run whatever happens inside.
struct Vm::Run {
  Run(const Script& s, const Input& i) : script(s), input(i) {}

  const Script& script;
  const Input& input;
  int function = 0;
  bool done = false;
  Stage stage = Stage::Load;
  std::string message;
  std::string traceback;
  json::Value result;
};

Vm::~Vm() { discard(); }

Vm& Vm::of(lua_State* L) {
  void* self = nullptr;
  lua_getallocf(L, &self);
  return *static_cast<Vm*>(self);
}

// The handler of the outermost call: keeps the words and the frames of the error.
int Vm::on_error(lua_State* L) {
  Vm& vm = of(L);
  if (vm.exceeded_) return 1;
  vm.translate_error(L);
  push_text(L, 1);
  std::size_t size = 0;
  const char* text = lua_tolstring(L, -1, &size);
  vm.run_->message.assign(text, size);
  push_traceback(L);
  text = lua_tolstring(L, -1, &size);
  vm.run_->traceback.assign(text, size);
  return 1;
}

void Vm::use_strings(lua_State* L, int library) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, references_.string_meta);
  lua_pushvalue(L, library);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  own_strings_ = true;
}

SprigHost Vm::sprig_host() const {
  return {now_, rng_, static_cast<std::uint64_t>(std::max<std::int64_t>(steps_, 0)) / kSprigStep};
}

// What the evaluation before left in the registry goes, as far as it left something.
void Vm::forget_last(lua_State* L) {
  if (walked_) {
    lua_newtable(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, references_.walk);
    walked_ = false;
  }
  if (required_) {
    lua_newtable(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, references_.loaded);
    required_ = false;
  }
  if (numbered_ == 0) return;
  numbered_ = 0;
  lua_newtable(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, references_.numbers);
  lua_getmetatable(L, -1);
  lua_setmetatable(L, -3);
  lua_pop(L, 1);
  lua_rawseti(L, LUA_REGISTRYINDEX, references_.numbers);
}

void Vm::set_walk(lua_State* L, int table, int keys) {
  walked_ = true;
  lua_rawgeti(L, LUA_REGISTRYINDEX, references_.walk);
  lua_pushvalue(L, table);
  lua_rawseti(L, -2, 1);
  lua_pushvalue(L, keys);
  lua_rawseti(L, -2, 2);
  lua_pushnumber(L, 1);
  lua_rawseti(L, -2, 3);
  lua_pop(L, 1);
}

bool Vm::push_walk(lua_State* L, int table) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, references_.walk);
  lua_rawgeti(L, -1, 1);
  bool same = lua_rawequal(L, -1, table) != 0;
  lua_pop(L, 1);
  if (same) lua_rawgeti(L, -1, 2);
  lua_remove(L, same ? -2 : -1);
  return same;
}

int Vm::number_of(lua_State* L, int index) {
  lua_pushvalue(L, index);
  lua_rawgeti(L, LUA_REGISTRYINDEX, references_.numbers);
  lua_pushvalue(L, -2);
  lua_rawget(L, -2);
  int number = static_cast<int>(lua_tonumber(L, -1));
  lua_pop(L, 1);
  if (number == 0) {
    number = ++numbered_;
    lua_pushvalue(L, -2);
    lua_pushnumber(L, number);
    lua_rawset(L, -3);
  }
  lua_pop(L, 2);
  return number;
}

void Vm::push_globals(lua_State* L) { lua_rawgeti(L, LUA_REGISTRYINDEX, references_.current); }

bool Vm::push_module(lua_State* L, std::string_view name) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, references_.loaded);
  int loaded = lua_gettop(L);
  push(L, name);
  lua_rawget(L, loaded);
  if (lua_istable(L, -1)) return true;
  lua_pop(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, references_.modules);
  push(L, name);
  lua_rawget(L, -2);
  if (!lua_istable(L, -1)) {
    lua_pop(L, 3);
    return false;
  }
  int source = lua_gettop(L);
  lua_createtable(L, 0, 64);
  int copy = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, source) != 0) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, copy);
  }
  required_ = true;
  push(L, name);
  lua_pushvalue(L, copy);
  lua_rawset(L, loaded);
  return true;
}

bool Vm::compile(lua_State* L, std::string_view text, std::string_view name) {
  compiled_ = Script::compile(text, name);
  if (!compiled_) {
    push(L, compiled_.error().message);
    return false;
  }
  const std::string& code = (*compiled_)->code();
  std::string& chunk = borrow(L);
  chunk = "=";
  chunk += name;
  int status = luaL_loadbuffer(L, code.data(), code.size(), chunk.c_str());
  give_back();
  if (status != 0) return false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, references_.hidden);
  lua_call(L, 1, 1);
  push_globals(L);
  lua_setfenv(L, -2);
  if ((*compiled_)->hidden_holes()) all_holes_ = true;
  return true;
}

bool Vm::prepare() {
  if (state_) return true;
  bytes_ = 0;
  exceeded_ = nullptr;
  state_ = lua_newstate(allocate, this);
  if (!state_) return false;
  lua_gc(state_, LUA_GCSETPAUSE, kSmallStatePause);
  luaJIT_setmode(state_, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  auto open = [](lua_State* L) -> int {
    Vm& vm = of(L);
    References& references = vm.references_;
    auto keep = [&](int& reference) { reference = luaL_ref(L, LUA_REGISTRYINDEX); };
    lua_newtable(L);
    open_hidden(L);
    keep(references.hidden);
    lua_newtable(L);
    open_base(L);
    open_walk(L);
    open_helpers(L);
    keep(references.globals);
    auto add = [&](const char* name, void (*fill_table)(lua_State*)) {
      lua_newtable(L);
      fill_table(L);
      lua_setfield(L, -2, name);
    };
    lua_newtable(L);
    add("string", open_string);
    add("table", open_table);
    add("math", open_math);
    add("os", open_os);
    add("coroutine", open_coroutine);
    keep(references.libraries);
    lua_newtable(L);
    add("json", open_json);
    add("strings", open_strings);
    add("runes", open_runes);
    add("sprig", open_sprig);
    keep(references.modules);
    auto meta = [&](Native index, Native newindex, int& reference) {
      lua_createtable(L, 0, 2);
      lua_pushcfunction(L, index);
      lua_setfield(L, -2, "__index");
      if (newindex) {
        lua_pushcfunction(L, newindex);
        lua_setfield(L, -2, "__newindex");
      }
      keep(reference);
    };
    meta(environment_index, nullptr, references.environment);
    meta(view_index, view_newindex, references.view);
    meta(view_index, view_newindex, references.read);
    auto weak = [&](int& reference) {
      lua_newtable(L);
      lua_createtable(L, 0, 1);
      lua_pushliteral(L, "k");
      lua_setfield(L, -2, "__mode");
      lua_setmetatable(L, -2);
      keep(reference);
    };
    weak(references.holes);
    weak(references.lists);
    weak(references.numbers);
    lua_newtable(L);
    keep(references.walk);
    lua_newtable(L);
    keep(references.loaded);
    lua_newtable(L);
    keep(references.current);
    open_basic_types(L);
    return 0;
  };
  if (lua_cpcall(state_, open, nullptr) == 0) return true;
  discard();
  return false;
}

// After a large evaluation the state's own tables (strings, weak sets) stay large, and every small
// one that follows takes twice the time. A new state is cheaper.
void Vm::settle(lua_State* L) {
  if (bytes_ <= 2 * bytes_settled_ + kGarbageBytes) return;
  std::size_t before = bytes_;
  lua_gc(L, LUA_GCCOLLECT, 0);
  bytes_settled_ = bytes_;
  if (before - bytes_ > kGarbageBytes || bytes_ > kStateBytesRenewed) discard();
}

void Vm::discard() {
  if (state_) lua_close(state_);
  state_ = nullptr;
  pool_.clear();
  bytes_settled_ = 0;
  walked_ = required_ = false;
  numbered_ = 0;
  own_strings_ = false;
  loaded_.clear();
}

void Vm::drop_oldest(lua_State* L) {
  auto oldest = loaded_.begin();
  for (auto it = loaded_.begin(); it != loaded_.end(); ++it) {
    if (it->second.used < oldest->second.used) oldest = it;
  }
  luaL_unref(L, LUA_REGISTRYINDEX, oldest->second.reference);
  loaded_.erase(oldest);
}

// Pushes the script's main function.
bool Vm::load(lua_State* L, Run& run) {
  if (run.function != 0) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, run.function);
    return true;
  }
  const std::string& code = run.script.code();
  if (luaL_loadbuffer(L, code.data(), code.size(), "=<string>") != 0) {
    std::size_t size = 0;
    const char* text = lua_tolstring(L, -1, &size);
    run.message = "compile error near line(";
    std::string_view words(text ? text : "", text ? size : 0);
    run.message += std::to_string(line_of(words)) + ") <string>: ";
    std::size_t cut = words.find(": ");
    run.message += words.substr(cut == std::string_view::npos ? 0 : cut + 2);
    return false;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, references_.hidden);
  lua_call(L, 1, 1);
  lua_pushvalue(L, -1);
  run.function = luaL_ref(L, LUA_REGISTRYINDEX);
  return true;
}

int Vm::run_protected(lua_State* L) {
  Run& run = *static_cast<Run*>(lua_touserdata(L, 1));
  Vm& vm = of(L);
  lua_settop(L, 0);
  lua_pushcfunction(L, on_error);
  const int handler = 1;
  if (!vm.load(L, run)) return 0;
  vm.forget_last(L);
  if (vm.own_strings_) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm.references_.libraries);
    lua_getfield(L, -1, "string");
    vm.use_strings(L, lua_gettop(L));
    lua_pop(L, 2);
    vm.own_strings_ = false;
  }
  // Fresh globals.
  lua_createtable(L, 0, 8);
  const int globals = 3;
  if (run.script.plain_globals()) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm.references_.environment);
    lua_setmetatable(L, globals);
  } else {
    deliver_all(L, globals);
  }
  lua_pushvalue(L, globals);
  lua_setfenv(L, 2);
  lua_pushvalue(L, globals);
  lua_rawseti(L, LUA_REGISTRYINDEX, vm.references_.current);
  lua_sethook(L, on_count, LUA_MASKCOUNT, kHookInterval);

  bool health = run.input.entry == Entry::Health;
  if (health) {
    push_json(L, run.input.metrics.is_object() ? run.input.metrics
                                               : vm.roots_.emplace_back(json::Value::object()));
    lua_pushliteral(L, "metrics");
    lua_insert(L, -2);
    lua_rawset(L, globals);
  }
  lua_pushvalue(L, 2);
  vm.called_ = lua_topointer(L, -1);
  if (lua_pcall(L, 0, 0, handler) != 0) return 0;
  run.stage = Stage::Call;

  bool object = run.input.entry == Entry::Value || run.input.entry == Entry::Event || health;
  lua_pushstring(L, object ? "obj" : "resources");
  push_json(L, vm.roots_.front());
  const int input = lua_gettop(L);
  lua_pushvalue(L, input - 1);
  lua_pushvalue(L, input);
  lua_rawset(L, globals);

  lua_pushliteral(L, "evaluate");
  lua_rawget(L, globals);
  if (!lua_isfunction(L, -1)) {
    run.message = " attempt to call a non-function object";
    run.traceback = "stack traceback:\n\t[G]: ?";
    return 0;
  }
  vm.called_ = lua_topointer(L, -1);
  lua_pushvalue(L, input);
  if (lua_pcall(L, 1, 1, handler) != 0) return 0;
  run.stage = Stage::Table;
  if (!lua_istable(L, -1)) {
    run.message = "lua script output is not a lua table";
    return 0;
  }
  run.stage = Stage::Encode;
  if (!build_json(L, lua_gettop(L))) {
    run.message = vm.problem_;
    return 0;
  }
  run.result = std::move(vm.built_);
  run.done = true;
  return 0;
}

Outcome<json::Value> Vm::evaluate(const std::shared_ptr<const Script>& script, const Input& input) {
  Run run(*script, input);
  if (!prepare()) {
    Failure failure;
    failure.code = Code::Internal;
    failure.message = "no memory for a Lua state";
    return std::unexpected(std::move(failure));
  }
  lua_State* L = state_;
  auto known = loaded_.find(script.get());
  if (known != loaded_.end()) run.function = known->second.reference;
  bool was_loaded = known != loaded_.end();

  steps_ = kStepsMax;
  exceeded_ = nullptr;
  native_depth_ = 0;
  now_seconds_ = std::chrono::floor<std::chrono::seconds>(input.now).time_since_epoch().count();
  now_ = input.now;
  rng_ = input.rng;
  bare_ = input.entry == Entry::ClusterCheck;
  all_holes_ = script->hidden_holes();
  any_holes_ = false;
  random_state_ = 0x9E3779B97F4A7C15ULL;
  values_built_ = 0;
  problem_.clear();
  roots_.clear();
  roots_.push_back(input.value);
  run_ = &run;
  int status = lua_cpcall(L, run_protected, &run);
  run_ = nullptr;
  lua_sethook(L, nullptr, 0, 0);
  while (scratch_used_ > 0) give_back();
  patterns_used_ = 0;
  gatherings_.clear();
  built_ = {};
  sprig_ = {};
  roots_.clear();

  if (exceeded_ || status != 0) {
    // What was being done when memory ran out is unknown; a new state costs little.
    Failure failure;
    failure.stage = run.stage;
    failure.code = Code::TooLarge;
    failure.message = exceeded_ ? exceeded_ : kOutOfMemory;
    discard();
    exceeded_ = nullptr;
    return std::unexpected(std::move(failure));
  }
  lua_settop(L, 0);
  if (run.function != 0) {
    Loaded& loaded = loaded_[script.get()];
    if (!was_loaded) loaded = {script, run.function, 0};
    loaded.used = ++clock_;
    if (loaded_.size() > kScriptsKept) drop_oldest(L);
  }
  settle(L);
  if (run.done) return std::move(run.result);
  Failure failure;
  failure.stage = run.stage;
  failure.line = line_of(run.message);
  failure.message = std::move(run.message);
  failure.traceback = std::move(run.traceback);
  return std::unexpected(std::move(failure));
}

}  // namespace lesto::lua
