// Library `coroutine`. Coroutines share the budgets of their evaluation; resuming one counts as a
// native call.
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

enum class Status : unsigned char { Running, Suspended, Normal, Dead };

Status status_of(lua_State* L, lua_State* coroutine) {
  if (L == coroutine) return Status::Running;
  int status = lua_status(coroutine);
  if (status == LUA_YIELD) return Status::Suspended;
  if (status != 0) return Status::Dead;
  lua_Debug frame;
  if (lua_getstack(coroutine, 0, &frame)) return Status::Normal;
  return lua_gettop(coroutine) == 0 ? Status::Dead : Status::Suspended;
}

lua_State* check_thread(lua_State* L, int index) {
  lua_State* coroutine = lua_tothread(L, index);
  if (!coroutine) type_error(L, index, "thread");
  return coroutine;
}

int create(lua_State* L) {
  check_function(L, 1);
  lua_settop(L, 1);
  Vm::of(L).charge(L, kCoroutineSteps);
  lua_State* coroutine = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, coroutine, 1);
  return 1;
}

// Resumes with the `arguments` on top of the stack. True: the results are on the stack, `count` of
// them. False: one error value is.
bool resume(lua_State* L, lua_State* coroutine, int arguments, int& count) {
  Status status = status_of(L, coroutine);
  count = 1;
  if (status == Status::Dead) {
    lua_pushliteral(L, "can not resume a dead thread");
    return false;
  }
  if (status != Status::Suspended) {
    lua_pushliteral(L, "can not resume a running thread");
    return false;
  }
  if (!lua_checkstack(coroutine, arguments + 4)) raise(L, "stack overflow");
  lua_xmove(L, coroutine, arguments);
  int result = Vm::of(L).resume(L, coroutine, arguments);
  if (result != 0 && result != LUA_YIELD) {
    lua_xmove(coroutine, L, 1);
    return false;
  }
  count = lua_gettop(coroutine);
  if (!lua_checkstack(L, count + 4)) raise(L, "stack overflow");
  lua_xmove(coroutine, L, count);
  return true;
}

int coroutine_resume(lua_State* L) {
  lua_State* coroutine = check_thread(L, 1);
  int count = 0;
  bool fine = resume(L, coroutine, lua_gettop(L) - 1, count);
  lua_pushboolean(L, fine);
  lua_insert(L, -count - 1);
  return count + 1;
}

int wrapped(lua_State* L) {
  lua_State* coroutine = lua_tothread(L, lua_upvalueindex(1));
  bool dead = status_of(L, coroutine) != Status::Suspended;
  int count = 0;
  if (resume(L, coroutine, lua_gettop(L), count)) return count;
  if (dead) raise_top(L);
  return lua_error(L);
}

int coroutine_wrap(lua_State* L) {
  create(L);
  lua_pushcclosure(L, wrapped, 1);
  return 1;
}

int coroutine_yield(lua_State* L) {
  if (lua_pushthread(L) == 1) raise(L, "can not yield from outside of a coroutine");
  lua_pop(L, 1);
  return lua_yield(L, lua_gettop(L));
}

int coroutine_running(lua_State* L) {
  if (lua_pushthread(L) == 1) lua_pushnil(L);
  return 1;
}

int coroutine_status(lua_State* L) {
  switch (status_of(L, check_thread(L, 1))) {
    case Status::Running: lua_pushliteral(L, "running"); break;
    case Status::Suspended: lua_pushliteral(L, "suspended"); break;
    case Status::Normal: lua_pushliteral(L, "normal"); break;
    case Status::Dead: lua_pushliteral(L, "dead"); break;
  }
  return 1;
}

constexpr NativeEntry kCoroutine[] = {
    {"create", create},           {"resume", coroutine_resume}, {"running", coroutine_running},
    {"status", coroutine_status}, {"wrap", coroutine_wrap},     {"yield", coroutine_yield},
};

}  // namespace

void open_coroutine(lua_State* L) { fill(L, kCoroutine); }

}  // namespace lesto::lua
