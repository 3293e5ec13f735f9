#include "app/identity.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>

#include "foundation/base/hash.h"
#include "foundation/io/files.h"

namespace lesto::app {
namespace {

constexpr int kSlotsMax = 64;
constexpr std::size_t kRandomDigits = 16;

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || !name[0]) return "localhost";
  return name.data();
}

std::string random_digits(Rng& rng) {
  std::uint64_t number = rng.next();
  return hex(std::string_view(reinterpret_cast<const char*>(&number), sizeof number));
}

std::unexpected<Error> failed(const std::string& path, int number) {
  Code code = number == EACCES || number == EPERM || number == EROFS ? Code::Denied
                                                                      : Code::Unavailable;
  return fail(code, "lock " + path + ": " + std::strerror(number));
}

}  // namespace

ReplicaIdentity::~ReplicaIdentity() {
  if (lock_ >= 0) close(lock_);
}

Result<ReplicaIdentity> ReplicaIdentity::lock_file(const std::string& path, Rng& rng) {
  int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return failed(path, errno);
  ReplicaIdentity claimed("", file);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return fail(Code::Conflict, path + " is used by another process");
    return failed(path, errno);
  }
  std::array<char, kRandomDigits> digits{};
  if (pread(file, digits.data(), digits.size(), 0) != static_cast<ssize_t>(digits.size())) {
    std::string made = random_digits(rng);
    std::copy_n(made.begin(), digits.size(), digits.begin());
    if (pwrite(file, digits.data(), digits.size(), 0) != static_cast<ssize_t>(digits.size())) {
      return failed(path, errno);
    }
  }
  // The host's name, so that a folder copied to another machine is another identity.
  claimed.text_ = host_name() + "_" + std::string(digits.data(), digits.size());
  return claimed;
}

Result<ReplicaIdentity> ReplicaIdentity::claim(const std::string& folder, Rng& rng) {
  TRY(io::make_directories(folder));
  return lock_file(folder + "/identity", rng);
}

Result<ReplicaIdentity> ReplicaIdentity::claim_any(const std::string& purpose, Rng& rng) {
  const char* variable = std::getenv("TMPDIR");
  std::string folder = std::string(variable && *variable ? variable : "/tmp") + "/lesto-manager-" +
                       std::to_string(getuid());
  TRY(io::make_directories(folder));
  for (int slot = 0; slot < kSlotsMax; ++slot) {
    auto claimed =
        lock_file(folder + "/" + name_hash(purpose) + "-" + std::to_string(slot), rng);
    if (claimed || claimed.error().code() != Code::Conflict) return claimed;
  }
  return fail(Code::TooLarge, folder + ": too many managers on this machine");
}

}  // namespace lesto::app
