#include "fleet/cluster/connection.h"

namespace lesto::cluster {
namespace {

// Cancelled when either of two contexts is.
struct Either {
  Either(const io::Context& a, const io::Cancel& b) {
    if (a.cancel.requested() || b.requested()) source.request();
    if (!a.cancel.requested()) first.emplace(a.cancel.on_request([this] { source.request(); }));
    if (!b.requested()) second.emplace(b.on_request([this] { source.request(); }));
    context = {source.token(), a.deadline};
  }
  io::CancelSource source;
  std::optional<io::Cancel::Registration> first;
  std::optional<io::Cancel::Registration> second;
  io::Context context;
};

std::unexpected<Error> replaced() {
  return fail(Code::Unavailable, "the connection was replaced");
}

}  // namespace

// A stream that ends when its connection is replaced.
class Link::Stream final : public io::BodyStream {
 public:
  Stream(std::unique_ptr<io::BodyStream> inner, std::shared_ptr<io::Exchange> exchange, io::Cancel current)
      : exchange_(std::move(exchange)), inner_(std::move(inner)), current_(std::move(current)) {}

  io::Task<Result<std::optional<std::string>>> next(io::Context context) override {
    Either either(context, current_);
    auto result = co_await inner_->next(either.context);
    if (!result && current_.requested() && !context.cancel.requested()) co_return replaced();
    co_return result;
  }

 private:
  std::shared_ptr<io::Exchange> exchange_;
  std::unique_ptr<io::BodyStream> inner_;
  io::Cancel current_;
};

Link::Link(io::Loop& loop, std::string user_agent)
    : client_(loop, *this, std::move(user_agent)), mapper_(client_) {
  client_.set_connection([this] { return current_.token(); });
}

void Link::connect(std::unique_ptr<io::Exchange> exchange) {
  current_.request();
  current_ = io::CancelSource();
  exchange_ = std::move(exchange);
}

void Link::disconnect(std::string reason) {
  current_.request();
  current_ = io::CancelSource();
  exchange_.reset();
  reason_ = std::move(reason);
}

io::Task<Result<io::Response>> Link::send(io::Context context, io::Request request) {
  if (!exchange_) co_return fail(Code::Unavailable, reason_);
  std::shared_ptr<io::Exchange> exchange = exchange_;
  io::Cancel current = current_.token();
  Either either(context, current);
  auto response = co_await exchange->send(either.context, std::move(request));
  if (!response && current.requested() && !context.cancel.requested()) co_return replaced();
  if (response && response->stream) {
    response->stream = std::make_unique<Stream>(std::move(response->stream), std::move(exchange), std::move(current));
  }
  co_return response;
}

}  // namespace lesto::cluster
