// Structured logging: one JSON object a line, to where the sink says. A log line is for the person on call;
// what users need to know stands in the status of an object. Secrets are never logged.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/time.h"

namespace lesto {

enum class LogLevel { Debug, Info, Warn, Error };

struct LogField {
  std::string_view key;
  std::string value;
};

// Thread: any. The sink is called under a lock, one whole line without its line break at a time.
class Log {
 public:
  using Sink = std::function<void(std::string_view line)>;

  Log(const Clock& clock, LogLevel least, Sink sink);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(LogLevel level, std::string_view room, std::string_view message,
             const std::vector<LogField>& fields = {});

  void info(std::string_view room, std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::Info, room, message, fields);
  }
  void warn(std::string_view room, std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::Warn, room, message, fields);
  }
  void error(std::string_view room, std::string_view message, const std::vector<LogField>& fields = {}) {
    write(LogLevel::Error, room, message, fields);
  }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lesto
