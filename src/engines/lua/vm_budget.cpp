// Budgets of a Vm: what may be used, and that nobody goes on when it is used up.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <luajit-2.1/lua.hpp>
#include <utility>

#include "engines/lua/vm.h"

namespace lesto::lua {

void* Vm::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  Vm& vm = *static_cast<Vm*>(self);
  if (new_size == 0) {
    vm.pool_.free(block, old_size);
    vm.bytes_ -= old_size;
    return nullptr;
  }
  if (new_size > old_size && vm.bytes_ + (new_size - old_size) > kStateBytesMax) {
    if (!vm.exceeded_) vm.exceeded_ = kOutOfMemory;
    return nullptr;
  }
  void* moved = vm.pool_.resize(block, old_size, new_size);
  if (moved) vm.bytes_ = vm.bytes_ - old_size + new_size;
  if (new_size > old_size)
    vm.steps_ -= static_cast<std::int64_t>((new_size - old_size) / kBytesPerStep);
  return moved;
}

void Vm::on_count(lua_State* L, lua_Debug*) {
  Vm& vm = of(L);
  if (vm.exceeded_) vm.exceed(L, vm.exceeded_);
  bool small = vm.bytes_ <= kSmallStateBytes;
  lua_gc(L, LUA_GCSETPAUSE, small ? kSmallStatePause : kLargeStatePause);
  vm.charge(L, kHookInterval);
}

void Vm::exceed_steps(lua_State* L) { exceed(L, kOutOfSteps); }

void Vm::exceed(lua_State* L, const char* message) {
  if (!exceeded_) exceeded_ = message;
  // From here on every instruction fails, so that no handler of the script goes on.
  lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
  lua_pushnil(L);
  lua_error(L);
  std::abort();
}

void Vm::rethrow_if_exceeded(lua_State* L) {
  if (exceeded_) exceed(L, exceeded_);
}

std::string& Vm::borrow(lua_State* L) {
  if (scratch_used_ >= 64) exceed(L, kOutOfMemory);
  if (scratch_used_ == scratch_.size()) scratch_.emplace_back();
  std::string& out = scratch_[scratch_used_++];
  out.clear();
  return out;
}

void Vm::give_back() {
  std::string& out = scratch_[--scratch_used_];
  if (out.capacity() > (1 << 16)) std::string().swap(out);
}

Pattern& Vm::borrow_pattern(lua_State* L, std::string_view text) {
  if (patterns_used_ >= static_cast<std::size_t>(kNativeDepthMax) + 8) exceed(L, kOutOfMemory);
  if (patterns_used_ == patterns_.size()) patterns_.emplace_back();
  charge(L, 8 * text.size());
  Pattern& pattern = patterns_[patterns_used_];
  if (!pattern.compile(text)) raise(L, pattern.error().c_str());
  ++patterns_used_;
  return pattern;
}

bool Vm::find(lua_State* L, Pattern& pattern, std::string_view subject, std::size_t& at) {
  Pattern::Found found = pattern.find(subject, at, steps_);
  if (found == Pattern::Found::TooLong || steps_ < 0) exceed_steps(L);
  if (found == Pattern::Found::Error) raise(L, pattern.error().c_str());
  return found == Pattern::Found::Yes;
}

Pattern::Found Vm::match_here(lua_State* L, Pattern& pattern, std::string_view subject,
                              std::size_t at) {
  Pattern::Found found = pattern.match(subject, at, steps_);
  if (found == Pattern::Found::TooLong || steps_ < 0) exceed_steps(L);
  if (found == Pattern::Found::Error) raise(L, "pattern/input too complex");
  return found;
}

void Vm::reserve(lua_State* L, const std::string& out, std::size_t more) {
  if (more > kStringBytesMax || out.size() + more > kStringBytesMax) exceed(L, kOutOfMemory);
  if (out.size() + more <= out.capacity()) return;
  std::size_t all = 0;
  for (std::size_t i = 0; i < scratch_used_; ++i) all += scratch_[i].capacity();
  if (all + more > kScratchBytesMax) exceed(L, kOutOfMemory);
}

void Vm::enter(lua_State* L) {
  if (++native_depth_ > kNativeDepthMax) {
    native_depth_ = kNativeDepthMax;
    charge(L, kOverflowSteps);
    raise(L, "stack overflow");
  }
}

void Vm::call(lua_State* L, int arguments, int results) {
  charge(L, kCallSteps);
  enter(L);
  lua_call(L, arguments, results);
  leave();
}

bool Vm::protected_call(lua_State* L, int arguments, int results) {
  charge(L, kCallSteps);
  enter(L);
  int depth = native_depth_;
  std::size_t scratch = scratch_used_;
  std::size_t patterns = patterns_used_;
  int status = lua_pcall(L, arguments, results, 0);
  native_depth_ = depth - 1;
  patterns_used_ = patterns;
  while (scratch_used_ > scratch) give_back();
  if (status == LUA_ERRMEM && !exceeded_) exceeded_ = kOutOfMemory;
  rethrow_if_exceeded(L);
  if (status == 0) return true;
  charge(L, kCatchSteps);
  translate_error(L);
  return false;
}

int Vm::resume(lua_State* L, lua_State* coroutine, int arguments) {
  charge(L, kCallSteps);
  enter(L);
  int depth = native_depth_;
  std::size_t scratch = scratch_used_;
  std::size_t patterns = patterns_used_;
  int status = lua_resume(coroutine, arguments);
  native_depth_ = depth - 1;
  patterns_used_ = patterns;
  while (scratch_used_ > scratch) give_back();
  if (status == LUA_ERRMEM && !exceeded_) exceeded_ = kOutOfMemory;
  rethrow_if_exceeded(L);
  if (status != 0 && status != LUA_YIELD) {
    charge(L, kCatchSteps);
    translate_error(coroutine);
  }
  return status;
}

void Vm::translate_error(lua_State* L) {
  if (lua_type(L, -1) != LUA_TSTRING) return;
  std::size_t size = 0;
  const char* text = lua_tolstring(L, -1, &size);
  constexpr std::string_view kMarks[] = {": attempt to call ", ": attempt to compare two ",
                                         ": stack overflow"};
  std::string_view whole(text, size);
  for (std::string_view mark : kMarks) {
    std::size_t at = whole.find(mark);
    if (at == std::string_view::npos || at > 40 || !whole.starts_with("<string>:")) continue;
    std::string_view rest = whole.substr(at + mark.size());
    lua_pushlstring(L, text, at + 2);
    if (mark == kMarks[0]) {
      if (!rest.ends_with(" value)") && !rest.ends_with(" value")) {
        lua_pop(L, 1);
        return;
      }
      lua_pushliteral(L, "attempt to call a non-function object");
    } else if (mark == kMarks[1]) {
      std::string_view type = rest.substr(0, rest.find(' '));
      lua_pushliteral(L, "attempt to compare ");
      push(L, type);
      lua_pushliteral(L, " with ");
      push(L, type);
      lua_concat(L, 4);
    } else {
      charge(L, kOverflowSteps);
      lua_pushliteral(L, "stack overflow");
    }
    lua_concat(L, 2);
    lua_replace(L, -2);
    return;
  }
}

}  // namespace lesto::lua
