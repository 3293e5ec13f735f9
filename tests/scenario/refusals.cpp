#include "tests/scenario/refusals.h"

#include <utility>

#include "foundation/json/text.h"

namespace lesto::scenario {
namespace {

constexpr int kForbidden = 403;

class Noting final : public io::Exchange {
 public:
  Noting(std::unique_ptr<io::Exchange> inner, Refusals& refusals) : inner_(std::move(inner)), refusals_(refusals) {}
  io::Task<Result<io::Response>> send(io::Context context, io::Request request) override {
    std::string what = request.method + " " + request.target;
    auto response = co_await inner_->send(std::move(context), std::move(request));
    if (response && response->status == kForbidden) note(std::move(what), *response);
    co_return response;
  }

 private:
  // A streamed body is still to come; then what was asked for must do.
  void note(std::string what, const io::Response& response) {
    auto status = json::parse(response.body);
    ++refusals_[status && status->contains("message") ? (*status)["message"].string() : std::move(what)];
  }

  std::unique_ptr<io::Exchange> inner_;
  Refusals& refusals_;
};

}  // namespace

std::unique_ptr<io::Exchange> noting(std::unique_ptr<io::Exchange> inner, Refusals& refusals) {
  return std::make_unique<Noting>(std::move(inner), refusals);
}

std::string text(const Refusals& refusals) {
  std::string lines;
  for (const auto& [message, times] : refusals) lines += "403, " + std::to_string(times) + " times: " + message + "\n";
  return lines;
}

}  // namespace lesto::scenario
