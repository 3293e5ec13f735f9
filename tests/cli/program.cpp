#include "tests/cli/program.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lesto::cli_test {
namespace {

using Clock = std::chrono::steady_clock;

// Generous: this is a bound against hanging, not an expectation.
constexpr std::chrono::seconds kPatience(60);

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  }
};

// Adds what is there to `text`; closes at the end.
void drain(int& descriptor, std::string& text) {
  char buffer[4096];
  ssize_t got = read(descriptor, buffer, sizeof buffer);
  if (got > 0) {
    text.append(buffer, static_cast<std::size_t>(got));
    return;
  }
  close(descriptor);
  descriptor = -1;
}

}  // namespace

Program::Program(const Arguments& arguments, Rights rights) {
  std::vector<char*> pointers = {const_cast<char*>("lesto")};
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  Pipe out;
  Pipe err;
  pid_ = fork();
  if (pid_ == 0) {
    dup2(out.ends[1], STDOUT_FILENO);
    dup2(err.ends[1], STDERR_FILENO);
    if (!rights.override_permissions) prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE);
    unsetenv("KUBECONFIG");
    unsetenv("HOME");
    execv(LESTO_PROGRAM, pointers.data());
    _exit(127);
  }
  close(out.ends[1]);
  close(err.ends[1]);
  out_ = out.ends[0];
  err_ = err.ends[0];
}

Program::~Program() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) close(out_);
  if (err_ >= 0) close(err_);
}

bool Program::pump(std::chrono::milliseconds most) {
  pollfd watched[2] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
  if (out_ < 0 && err_ < 0) return false;
  if (poll(watched, 2, static_cast<int>(most.count())) <= 0) return true;
  if (out_ >= 0 && watched[0].revents != 0) drain(out_, ended_.out);
  if (err_ >= 0 && watched[1].revents != 0) drain(err_, ended_.err);
  return out_ >= 0 || err_ >= 0;
}

bool Program::wait_for_line(const std::string& line) {
  auto has_line = [&] { return ("\n" + ended_.out).find("\n" + line + "\n") != std::string::npos; };
  for (auto end = Clock::now() + kPatience; Clock::now() < end && !has_line();) {
    if (!pump(std::chrono::milliseconds(100))) break;
  }
  return has_line();
}

void Program::terminate() { kill(pid_, SIGTERM); }

Ended Program::wait() {
  auto end = Clock::now() + kPatience;
  while (Clock::now() < end && pump(std::chrono::milliseconds(100))) {
  }
  if (out_ >= 0 || err_ >= 0) kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  if (WIFEXITED(status)) ended_.status = WEXITSTATUS(status);
  return ended_;
}

Ended run(const Arguments& arguments, Rights rights) { return Program(arguments, rights).wait(); }

}  // namespace lesto::cli_test
