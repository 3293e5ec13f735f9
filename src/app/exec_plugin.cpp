#include "app/exec_plugin.h"

#include <cerrno>
#include <cstring>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "foundation/json/text.h"

extern char** environ;

namespace lesto::app {
namespace {

constexpr std::size_t kOutputMax = 1 << 20;

// Texts as the null-ended list of pointers that C wants. Valid while `texts` is.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> environment(const json::Value& exec) {
  std::vector<std::string> variables;
  for (char** at = environ; *at; ++at) variables.emplace_back(*at);
  for (const json::Value& variable : exec["env"].items()) {
    variables.push_back(variable["name"].string() + "=" + variable["value"].string());
  }
  json::Value info = json::object({{"apiVersion", exec["apiVersion"]},
                                   {"kind", "ExecCredential"},
                                   {"spec", json::object({{"interactive", false}})}});
  variables.push_back("KUBERNETES_EXEC_INFO=" + json::write(info));
  return variables;
}

struct Ended {
  std::string output;
  int status = 0;
};

// Starts the program with its stdout in a pipe, and reads that to its end.
Result<Ended> run(const std::string& command, std::vector<std::string> arguments,
                  std::vector<std::string> variables) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return fail(Code::Unavailable, std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  pid_t child = 0;
  int started = posix_spawnp(&child, command.c_str(), &actions, nullptr,
                             pointers(arguments).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  Ended ended;
  if (started == 0) {
    std::array<char, 4096> piece{};
    for (;;) {
      ssize_t got = read(ends[0], piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0 || ended.output.size() > kOutputMax) break;
      ended.output.append(piece.data(), static_cast<std::size_t>(got));
    }
  }
  close(ends[0]);
  if (started != 0) return fail(Code::Unavailable, std::strerror(started));
  while (waitpid(child, &ended.status, 0) < 0 && errno == EINTR) {
  }
  return ended;
}

}  // namespace

Result<json::Value> run_exec_plugin(const json::Value& exec, const std::string& folder) {
  std::string command = exec["command"].string();
  if (command.empty()) return fail(Code::Invalid, "exec names no command");
  // As kubectl has it: with a slash it counts from the kubeconfig's folder, without it is looked up.
  bool relative = command.find('/') != std::string::npos && !command.starts_with('/');
  if (relative && !folder.empty()) command = folder + "/" + command;
  std::vector<std::string> arguments{command};
  for (const json::Value& argument : exec["args"].items()) arguments.push_back(argument.string());
  std::string what = "exec plugin " + command;
  std::string hint = exec["installHint"].string();
  if (!hint.empty()) hint = "; " + hint;
  auto ended = run(command, std::move(arguments), environment(exec));
  if (!ended) return fail(Code::Unavailable, what + ": " + ended.error().message() + hint);
  if (!WIFEXITED(ended->status) || WEXITSTATUS(ended->status) != 0) {
    return fail(Code::Unavailable, what + " failed" + hint);
  }
  auto answer = json::parse(ended->output);
  if (!answer) return fail(Code::Invalid, what + ": what it printed is not JSON");
  if (!(*answer)["status"].is_object()) {
    return fail(Code::Invalid, what + ": what it printed holds no status with credentials");
  }
  return (*answer)["status"];
}

}  // namespace lesto::app
