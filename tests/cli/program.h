// Runs the real `lesto` as a user does: arguments in, what it prints and its exit status out.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace lesto::cli_test {

using Arguments = std::vector<std::string>;

struct Ended {
  int status = -1;  // of exit; -1 when it was killed, by us or by a signal
  std::string out;
  std::string err;
};

// What the process may do.
struct Rights {
  // Without it even root is refused by the permission bits, as every user is.
  bool override_permissions = true;
};

// A process of the test. Killed and waited for when it goes out of scope.
class Program {
 public:
  explicit Program(const Arguments& arguments, Rights rights = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Waits for a line on its standard output. False when it ended, or took too long.
  bool wait_for_line(const std::string& line);
  void terminate();
  // Waits for its end; kills what takes too long.
  Ended wait();

 private:
  // Reads what is there, or waits up to `most` for it. False at the end of both outputs.
  bool pump(std::chrono::milliseconds most);

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  Ended ended_;
};

// Runs to the end.
Ended run(const Arguments& arguments, Rights rights = {});

}  // namespace lesto::cli_test
