#include "foundation/io/http1_internal.h"
#include "foundation/io/http_client_internal.h"

namespace lesto::io {
namespace {

class Http1Client final : public ClientSession {
 public:
  explicit Http1Client(ClientHost& host) : host_(host), parser_(Http1Parser::Side::Response) {}

  bool accepts(BodyMode) const override { return !call_ && !retired_; }
  bool settled() const override { return true; }
  void start(std::shared_ptr<ClientCall> call) override;
  void drop(ClientCall& call) override;
  void took(ClientCall& call, std::size_t count) override;
  std::size_t calls() const override { return call_ ? 1 : 0; }
  void bytes(std::string_view bytes) override;
  void fill(std::string& out) override;
  void lost(WireEnd how, const Error& error) override;
  bool ping() override { return false; }

 private:
  void write_head(std::string& out);
  void read_head();
  void read_data();
  void ended();
  void broke(Error error);

  ClientHost& host_;
  Http1Parser parser_;
  std::shared_ptr<ClientCall> call_;
  bool head_sent_ = false;
  bool answered_ = false;  // bytes of the response have come
  bool reused_ = false;    // the connection has carried a call before
  bool retired_ = false;
};

void Http1Client::start(std::shared_ptr<ClientCall> call) {
  call_ = std::move(call);
  call_->session = this;
  head_sent_ = false;
  answered_ = false;
  host_.wake();
}

void Http1Client::write_head(std::string& out) {
  head_sent_ = true;
  const Request& request = call_->request;
  out += request.method + " " + request.target + " HTTP/1.1\r\n";
  append_field(out, "host", host_.authority());
  for (const Header& field : request.headers) {
    if (field.name == "host" || field.name == "content-length" ||
        field.name == "transfer-encoding" || field.name == "connection") {
      continue;
    }
    append_field(out, field.name, field.value);
  }
  if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD")) {
    append_field(out, "content-length", std::to_string(request.body.size()));
  }
  out += "\r\n";
}

void Http1Client::fill(std::string& out) {
  if (!call_) return;
  if (!head_sent_) write_head(out);
  const std::string& body = call_->request.body;
  std::size_t size = std::min(kWriteChunk, body.size() - call_->sent);
  out.append(body, call_->sent, size);
  call_->sent += size;
}

void Http1Client::bytes(std::string_view bytes) {
  if (bytes.empty()) return;
  // The session may end inside of each step.
  while (!retired_ || call_) {
    if (!call_) {
      // Nothing was asked: a server that speaks now closes, or is none.
      if (!bytes.empty()) {
        broke(
            Error(Code::Unavailable, host_.peer_name() + " sent a response that nobody asked for"));
      }
      return;
    }
    answered_ = true;
    auto event = parser_.next(bytes);
    if (!event) return broke(std::move(event).error());
    switch (*event) {
      case Http1Parser::Event::More: return;
      case Http1Parser::Event::Head: read_head(); break;
      case Http1Parser::Event::Data: read_data(); break;
      case Http1Parser::Event::End: ended(); break;
    }
  }
}

void Http1Client::read_head() {
  Http1Head& head = parser_.head();
  if (head.status < 200) return;
  if (call_->request.method == "HEAD") parser_.skip_body();
  call_->status = head.status;
  call_->headers = head.headers;
  call_->arrived();
}

void Http1Client::read_data() {
  if (!call_->streamed() && call_->body.size() + parser_.data().size() > call_->bytes_max) {
    return broke(Error(Code::TooLarge, "the response is larger than " +
                                           std::to_string(call_->bytes_max) + " bytes"));
  }
  call_->add(parser_.data());
  if (call_->streamed() && call_->body.size() >= kStreamWindow) host_.pause(true);
}

void Http1Client::ended() {
  // The end of a 1xx response is not the end of the call.
  if (parser_.head().status < 200) return;
  bool again =
      parser_.head().keeps_alive() && call_->sent == call_->request.body.size() && head_sent_;
  auto call = std::exchange(call_, nullptr);
  reused_ = true;
  if (!again) retired_ = true;
  call->end(std::nullopt);
  host_.pause(false);
  if (!again) return host_.retire();
  host_.room();
}

void Http1Client::broke(Error error) {
  retired_ = true;
  auto call = std::exchange(call_, nullptr);
  if (call) call->end(error);
  host_.broken(std::move(error));
}

void Http1Client::lost(WireEnd how, const Error& error) {
  retired_ = true;
  auto call = std::exchange(call_, nullptr);
  if (!call) return;
  if (answered_ && how == WireEnd::Regular && call->status != 0 && parser_.close()) {
    call->end(std::nullopt);
    return;
  }
  // A kept connection may be closed in the moment in which a request sets out. What changes nothing
  // may be sent again.
  const std::string& method = call->request.method;
  call->untouched = !head_sent_ || (reused_ && !answered_ && (method == "GET" || method == "HEAD"));
  call->end(error);
}

// An HTTP/1.1 call can only be ended with its connection.
void Http1Client::drop(ClientCall& call) {
  if (call_.get() != &call) return;
  auto dropped = std::exchange(call_, nullptr);
  retired_ = true;
  dropped->end(Error(Code::Cancelled, "cancelled"));
  host_.broken(Error(Code::Cancelled, "cancelled"));
}

void Http1Client::took(ClientCall& call, std::size_t) {
  if (call_.get() == &call && call.body.size() < kStreamWindow / 2) host_.pause(false);
}

}  // namespace

std::unique_ptr<ClientSession> make_http1_client(ClientHost& host) {
  return std::make_unique<Http1Client>(host);
}

}  // namespace lesto::io
