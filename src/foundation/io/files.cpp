#include "foundation/io/files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace lesto::io {
namespace {

std::unexpected<Error> failed(const std::string& doing, const std::string& path, int number) {
  Code code = Code::Unavailable;
  if (number == ENOENT) code = Code::NotFound;
  if (number == EACCES || number == EPERM || number == EROFS) code = Code::Denied;
  if (number == ENOTDIR || number == EISDIR || number == ENAMETOOLONG) code = Code::Invalid;
  return fail(code, doing + " " + path + ": " + std::strerror(number));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  bool close_now() { return close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed("read", path, errno);
  std::string content;
  for (;;) {
    std::size_t before = content.size();
    content.resize(before + (before < (1u << 16) ? std::size_t(1) << 14 : std::size_t(1) << 20));
    ssize_t got = read(file.get(), content.data() + before, content.size() - before);
    int number = errno;
    content.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && number == EINTR) continue;
    if (got < 0) return failed("read", path, number);
    if (got == 0) return content;
    if (content.size() > bytes_max) {
      return fail(Code::TooLarge,
                  "read " + path + ": more than " + std::to_string(bytes_max) + " bytes");
    }
  }
}

Result<void> write_file(const std::string& path, std::string_view content) {
  std::string beside = path + ".new-" + std::to_string(getpid());
  Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.get() < 0) return failed("write", path, errno);
  bool whole =
      write_all(file.get(), content) && fchmod(file.get(), 0600) == 0 && fsync(file.get()) == 0;
  if (!whole || !file.close_now() || rename(beside.c_str(), path.c_str()) != 0) {
    int number = errno;
    unlink(beside.c_str());
    return failed("write", path, number);
  }
  // The rename itself is durable once the directory is synced.
  std::string parent = std::filesystem::path(path).parent_path().string();
  Descriptor directory(
      open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || fsync(directory.get()) != 0) {
    return failed("sync the directory of", path, errno);
  }
  return {};
}

Result<void> make_directories(const std::string& path) {
  for (std::size_t at = 0; at != std::string::npos && !path.empty();) {
    at = path.find('/', at + 1);
    std::string part = path.substr(0, at);
    if (mkdir(part.c_str(), 0700) == 0 || errno == EEXIST) continue;
    int number = errno;
    struct stat found{};
    if (stat(part.c_str(), &found) == 0 && S_ISDIR(found.st_mode)) continue;
    return failed("make directory", part, number);
  }
  struct stat found{};
  if (stat(path.c_str(), &found) != 0) return failed("make directory", path, errno);
  if (!S_ISDIR(found.st_mode)) return failed("make directory", path, ENOTDIR);
  return {};
}

Result<void> remove_file(const std::string& path) {
  if (unlink(path.c_str()) != 0) return failed("remove", path, errno);
  return {};
}

}  // namespace lesto::io
