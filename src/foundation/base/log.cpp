#include "foundation/base/log.h"

#include <cstdio>
#include <mutex>

namespace lesto {
namespace {

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (byte < 0x20) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\u%04x", byte);
      line += buffer;
    } else {
      line += c;
    }
  }
  line += '"';
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warn: return "warn";
    case LogLevel::Error: return "error";
  }
  return "unknown";
}

}  // namespace

struct Log::State {
  const Clock& clock;
  LogLevel least;
  std::mutex mutex;
  Sink sink;
};

Log::Log(const Clock& clock, LogLevel least, Sink sink)
    : state_(new State{clock, least, {}, std::move(sink)}) {}
Log::~Log() = default;

void Log::write(LogLevel level, std::string_view room, std::string_view message,
                const std::vector<LogField>& fields) {
  if (level < state_->least) return;
  std::string line = "{\"time\":\"" + rfc3339_micro(state_->clock.now()) + "\",\"level\":\"";
  line += level_name(level);
  line += "\",\"room\":";
  append_quoted(line, room);
  line += ",\"message\":";
  append_quoted(line, message);
  for (const LogField& field : fields) {
    line += ',';
    append_quoted(line, field.key);
    line += ':';
    append_quoted(line, field.value);
  }
  line += '}';
  std::lock_guard lock(state_->mutex);
  state_->sink(line);
}

}  // namespace lesto
