#include "app/in_cluster.h"

#include <cstdlib>

#include "foundation/io/files.h"
#include "foundation/io/http_client.h"

namespace lesto::app {
namespace {

constexpr Duration kReadAgain = std::chrono::minutes(1);
constexpr std::size_t kFileBytesMax = 1 << 20;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \n\r\t") + 1);
  return text;
}

class WithTokenFile final : public io::Exchange {
 public:
  WithTokenFile(io::AsioLoop& loop, std::unique_ptr<io::HttpExchange> inner, std::string file)
      : loop_(loop), inner_(std::move(inner)), file_(std::move(file)), read_at_(loop.now()) {}

  io::Task<Result<io::Response>> send(io::Context context, io::Request request) override {
    Time now = loop_.now();
    // A clock that was set back counts as time that has passed.
    if (now - read_at_ > kReadAgain || now < read_at_) {
      read_at_ = now;
      // A file of a few hundred bytes in memory (tmpfs): not worth a thread.
      auto token = io::read_file(file_, kFileBytesMax);
      if (token) inner_->set_token(trimmed(std::move(*token)));
    }
    return inner_->send(std::move(context), std::move(request));
  }

 private:
  io::AsioLoop& loop_;
  std::unique_ptr<io::HttpExchange> inner_;
  std::string file_;
  Time read_at_;
};

}  // namespace

bool runs_in_cluster() { return !variable("KUBERNETES_SERVICE_HOST").empty(); }

Result<std::unique_ptr<io::Exchange>> connect_in_cluster(io::AsioLoop& loop,
                                                         const std::string& folder) {
  std::string host = variable("KUBERNETES_SERVICE_HOST");
  std::string port = variable("KUBERNETES_SERVICE_PORT");
  if (host.empty()) return fail(Code::Invalid, "KUBERNETES_SERVICE_HOST is not set: this is no Pod");
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  io::ClientOptions options;
  options.url = "https://" + host + ":" + (port.empty() ? "443" : port);
  TRY_ASSIGN(options.credentials.ca, io::read_file(folder + "/ca.crt", kFileBytesMax));
  TRY_ASSIGN(std::string token, io::read_file(folder + "/token", kFileBytesMax));
  options.credentials.token = trimmed(std::move(token));
  TRY_ASSIGN(auto inner, io::HttpExchange::create(loop, std::move(options)));
  return std::make_unique<WithTokenFile>(loop, std::move(inner), folder + "/token");
}

}  // namespace lesto::app
