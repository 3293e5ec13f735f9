// The one error channel of Lesto.
//
// Whatever can fail for a reason outside our code returns Result<T>. Absence that is normal is std::optional;
// a broken promise of our own code is CHECK. Nothing throws.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace lesto {

// What the receiver of an error should decide; never a description of what happened.
enum class Code : std::uint8_t {
  NotFound,     // the thing is not there; its absence is certain
  Conflict,     // somebody else changed or holds it: read again, decide again
  Gone,         // the position asked for is too old: list anew
  Invalid,      // the input is wrong; trying again without a change is pointless
  Denied,       // not allowed with these credentials
  Unavailable,  // the other side cannot answer now: back off, try again
  Timeout,      // no answer in time: the outcome is unknown
  Cancelled,    // whoever asked no longer wants the answer
  TooLarge,     // a named limit was hit
  Internal,     // a defect, ours or the other side's
};

std::string_view to_string(Code code);

// A decision code, a message for people, and what was being done, outermost first.
class Error {
 public:
  Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  // How long the other side asked us to wait (Retry-After), when it did.
  std::optional<std::chrono::milliseconds> retry_after() const { return retry_after_; }
  Error&& wait(std::chrono::milliseconds time) && {
    retry_after_ = time;
    return std::move(*this);
  }

  // Adds what was being done when this happened: error.during("render key service.yaml").
  Error&& during(std::string doing) && {
    doing_.insert(doing_.begin(), std::move(doing));
    return std::move(*this);
  }

  // "outer: inner: message", the text that people read.
  std::string text() const;

 private:
  Code code_;
  std::string message_;
  std::vector<std::string> doing_;
  std::optional<std::chrono::milliseconds> retry_after_;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Code code, std::string message) {
  return std::unexpected(Error(code, std::move(message)));
}
inline std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

// Adds context to the error of a result, if it holds one: return during(parse(text), "kubeconfig").
template <class T>
Result<T> during(Result<T> result, std::string doing) {
  if (!result) return std::unexpected(std::move(result.error()).during(std::move(doing)));
  return result;
}

[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace lesto

// Aborts when our own code broke a promise. Never for anything that a user, script, chart, network or API
// server can cause.
#define CHECK(expression) \
  ((expression) ? (void)0 : ::lesto::check_failed(#expression, __FILE__, __LINE__))

#define LESTO_CONCAT_INNER(a, b) a##b
#define LESTO_CONCAT(a, b) LESTO_CONCAT_INNER(a, b)

// TRY_ASSIGN(auto value, call()): declares `value`, or returns the error. CO_TRY_ASSIGN does so in coroutines.
#define TRY_ASSIGN(declaration, ...) \
  TRY_ASSIGN_IMPL(LESTO_CONCAT(result_, __LINE__), return, declaration, __VA_ARGS__)
#define CO_TRY_ASSIGN(declaration, ...) \
  TRY_ASSIGN_IMPL(LESTO_CONCAT(result_, __LINE__), co_return, declaration, __VA_ARGS__)
#define TRY_ASSIGN_IMPL(name, leave, declaration, ...)                    \
  auto name = __VA_ARGS__;                                                \
  if (!name) leave ::std::unexpected(std::move(name).error());            \
  declaration = std::move(*name)

// TRY(call()): returns the error of a Result<void>, or goes on.
#define TRY(...) TRY_IMPL(LESTO_CONCAT(result_, __LINE__), return, __VA_ARGS__)
#define CO_TRY(...) TRY_IMPL(LESTO_CONCAT(result_, __LINE__), co_return, __VA_ARGS__)
#define TRY_IMPL(name, leave, ...)                                        \
  if (auto name = __VA_ARGS__; !name) leave ::std::unexpected(std::move(name).error())
