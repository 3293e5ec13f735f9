#include "foundation/io/http.h"

#include <deque>

namespace lesto::io {

std::string_view header(const Headers& headers, std::string_view name) {
  for (const Header& candidate : headers) {
    if (candidate.name == name) return candidate.value;
  }
  return {};
}

struct Pipe::State {
  explicit State(Loop& l, std::size_t max) : loop(l), bytes_max(max) {}
  Loop& loop;
  std::size_t bytes_max;
  std::deque<std::string> waiting;
  std::size_t bytes = 0;
  std::optional<Error> error;
  bool closed = false;
  bool reader_gone = false;
  std::optional<Completion<void>> reading;
  Job on_reader_gone;

  void wake() {
    if (reading) reading->complete({});
  }
};

class Pipe::Reader final : public BodyStream {
 public:
  explicit Reader(std::shared_ptr<State> state) : state_(std::move(state)) {}
  ~Reader() override {
    state_->reader_gone = true;
    state_->waiting.clear();
    if (!state_->closed && state_->on_reader_gone) state_->loop.post(std::move(state_->on_reader_gone));
    state_->on_reader_gone = nullptr;
  }

  Task<Result<std::optional<std::string>>> next(Context context) override {
    while (state_->waiting.empty() && !state_->closed) {
      state_->reading.emplace(state_->loop);
      auto ready = co_await state_->reading->wait(context);
      state_->reading.reset();
      if (!ready) co_return fail(std::move(ready).error());
    }
    if (!state_->waiting.empty()) {
      // Everything that waits goes out in one piece: a burst costs one turn.
      std::string bytes = std::move(state_->waiting.front());
      state_->waiting.pop_front();
      for (std::string& more : state_->waiting) bytes += more;
      state_->waiting.clear();
      state_->bytes = 0;
      co_return std::optional(std::move(bytes));
    }
    if (state_->error) co_return fail(*state_->error);
    co_return std::optional<std::string>();
  }

 private:
  std::shared_ptr<State> state_;
};

Pipe::Pipe(Loop& loop, std::size_t bytes_max) : state_(std::make_shared<State>(loop, bytes_max)) {}

std::unique_ptr<BodyStream> Pipe::reader() { return std::make_unique<Reader>(state_); }

void Pipe::push(std::string bytes) const {
  if (closed() || bytes.empty()) return;
  state_->bytes += bytes.size();
  if (state_->bytes > state_->bytes_max) {
    close(Error(Code::TooLarge, "the reader of a stream is too slow: more than " +
                                    std::to_string(state_->bytes_max) + " bytes wait"));
    return;
  }
  state_->waiting.push_back(std::move(bytes));
  state_->wake();
}

void Pipe::close() const {
  state_->closed = true;
  state_->on_reader_gone = nullptr;
  state_->wake();
}

void Pipe::close(Error error) const {
  if (!state_->closed) state_->error = std::move(error);
  close();
}

bool Pipe::closed() const { return state_->closed || state_->reader_gone; }

void Pipe::on_reader_gone(Job job) const { state_->on_reader_gone = std::move(job); }

namespace {

Task<Result<std::string>> gather(Context context, std::unique_ptr<BodyStream> stream) {
  std::string body;
  for (;;) {
    auto piece = co_await stream->next(context);
    if (!piece) co_return fail(std::move(piece).error());
    if (!*piece) co_return body;
    body += **piece;
  }
}

class WholeBody final : public BodyStream {
 public:
  explicit WholeBody(std::string body) : body_(std::move(body)) {}
  Task<Result<std::optional<std::string>>> next(Context) override {
    if (body_.empty()) co_return std::optional<std::string>();
    co_return std::optional(std::exchange(body_, {}));
  }

 private:
  std::string body_;
};

}  // namespace

Task<Result<Response>> InProcessExchange::send(Context context, Request request) {
  if (context.cancel.requested()) co_return fail(Code::Cancelled, "cancelled");
  BodyMode mode = request.response;
  Peer peer{.address = "in-process", .certificate_name = {}, .certificate_groups = {}};
  Response response = co_await handler_.handle(context, std::move(request), std::move(peer));
  if (context.cancel.requested()) co_return fail(Code::Cancelled, "cancelled");
  if (mode == BodyMode::Whole && response.stream) {
    auto body = co_await gather(context, std::move(response.stream));
    if (!body) co_return fail(std::move(body).error());
    response.body = std::move(*body);
  }
  if (mode == BodyMode::Stream && !response.stream) {
    response.stream = std::make_unique<WholeBody>(std::exchange(response.body, {}));
  }
  co_return response;
}

}  // namespace lesto::io
