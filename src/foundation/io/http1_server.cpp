#include "foundation/io/http1_internal.h"
#include "foundation/io/http_server_internal.h"

namespace lesto::io {
namespace {

// Bytes of a next request that are kept while one is answered; then reading stops.
constexpr std::size_t kAheadMax = 16 << 10;

class Http1Server final : public ServerSession {
 public:
  explicit Http1Server(SessionHost& host) : host_(host), parser_(Http1Parser::Side::Request) {}
  ~Http1Server() override {
    if (call_) call_->abandon();
  }

  void bytes(std::string_view bytes) override;
  void fill(std::string& out) override;
  void go_away() override;
  std::size_t calls() const override { return call_ || receiving() ? 1 : 0; }
  bool receiving() const override { return !running_ && (call_ || !parser_.between()); }

 private:
  void read(std::string_view in);
  void began();
  void arrived();
  void refuse(int status, const std::string& words);
  void write_head(std::string& out);
  void write_body(std::string& out);
  void ended();

  SessionHost& host_;
  Http1Parser parser_;
  std::shared_ptr<ServerCall> call_;
  std::string ahead_;     // came while a request was answered
  std::string ready_;     // to be sent before anything else
  bool running_ = false;  // the handler has the request
  bool head_sent_ = false;
  bool chunked_ = false;
  bool closing_ = false;  // close after this answer
  bool refused_ = false;  // what comes in is dropped
};

void Http1Server::bytes(std::string_view bytes) {
  if (refused_) return;
  if (running_) {
    ahead_ += bytes;
    if (ahead_.size() > kAheadMax) host_.pause(true);
    return;
  }
  read(bytes);
}

void Http1Server::read(std::string_view in) {
  while (!running_ && !refused_) {
    auto event = parser_.next(in);
    if (!event) {
      refuse(event.error().code() == Code::TooLarge ? 431 : 400, event.error().message());
      return;
    }
    switch (*event) {
      case Http1Parser::Event::More: return;
      case Http1Parser::Event::Head: began(); break;
      case Http1Parser::Event::Data:
        call_->request.body += parser_.data();
        if (call_->request.body.size() > host_.options().request_bytes_max) {
          refuse(413, "the request body is larger than " +
                          std::to_string(host_.options().request_bytes_max) + " bytes");
        }
        break;
      case Http1Parser::Event::End: arrived(); break;
    }
  }
  if (running_) ahead_ += in;
}

void Http1Server::began() {
  Http1Head& head = parser_.head();
  call_ = std::make_shared<ServerCall>(host_.loop());
  call_->request.method = head.method;
  call_->request.target = std::move(head.target);
  if (!head.keeps_alive()) closing_ = true;
  bool expects = has_token(header(head.headers, "expect"), "100-continue");
  call_->request.headers = std::move(head.headers);
  host_.progress();
  if (parser_.length().value_or(0) > host_.options().request_bytes_max) {
    refuse(413, "the request body is larger than " +
                    std::to_string(host_.options().request_bytes_max) + " bytes");
  } else if (expects && parser_.head().minor >= 1) {
    ready_ += "HTTP/1.1 100 Continue\r\n\r\n";
    host_.wake();
  }
}

void Http1Server::arrived() {
  running_ = true;
  head_sent_ = false;
  call_->changed = [this] { host_.wake(); };
  host_.progress();
  auto call = call_;
  host_.start(call);
}

// Answers without asking the handler, and closes: what follows on the connection cannot be trusted.
void Http1Server::refuse(int status, const std::string& words) {
  refused_ = true;
  closing_ = true;
  running_ = true;
  head_sent_ = false;
  if (call_) call_->abandon();
  call_ = std::make_shared<ServerCall>(host_.loop());
  call_->status = status;
  call_->headers = {{"content-type", "text/plain; charset=utf-8"}};
  call_->waiting = words + "\n";
  call_->answered = call_->whole = call_->ended = true;
  host_.wake();
}

void Http1Server::fill(std::string& out) {
  out += ready_;
  ready_.clear();
  if (!call_ || !call_->answered) return;
  if (!head_sent_) write_head(out);
  write_body(out);
}

void Http1Server::write_head(std::string& out) {
  head_sent_ = true;
  out += "HTTP/1.1 " + std::to_string(call_->status) + " ";
  out += status_words(call_->status);
  out += "\r\n";
  for (const Header& field : call_->headers) {
    if (field.name == "content-length" || field.name == "transfer-encoding" ||
        field.name == "connection")
      continue;
    append_field(out, field.name, field.value);
  }
  bool bodiless = call_->status == 204 || call_->status == 304 || call_->status < 200;
  bool old = parser_.head().minor == 0 && !refused_;
  chunked_ = false;
  if (call_->whole) {
    if (!bodiless) out += "content-length: " + std::to_string(call_->size()) + "\r\n";
  } else if (old) {
    // HTTP/1.0 knows no chunks: the end of the connection ends the body.
    closing_ = true;
  } else {
    out += "transfer-encoding: chunked\r\n";
    chunked_ = true;
  }
  if (closing_) {
    out += "connection: close\r\n";
  } else if (parser_.head().minor == 0) {
    out += "connection: keep-alive\r\n";
  }
  out += "\r\n";
  if (bodiless || call_->request.method == "HEAD") {
    call_->take(call_->size());
    call_->ended = true;
    chunked_ = false;
  }
}

void Http1Server::write_body(std::string& out) {
  std::size_t size = std::min(call_->size(), kWriteChunk);
  if (size > 0) {
    if (chunked_) {
      std::array<char, 20> line{};
      int length = std::snprintf(line.data(), line.size(), "%zx\r\n", size);
      out.append(line.data(), static_cast<std::size_t>(length));
    }
    out.append(call_->waiting, call_->taken, size);
    if (chunked_) out += "\r\n";
    call_->take(size);
  }
  if (!call_->ended || call_->size() > 0) return;
  if (call_->broken) {
    // Without the last chunk the client knows that the body is not whole.
    closing_ = true;
  } else if (chunked_) {
    out += "0\r\n\r\n";
  }
  ended();
}

void Http1Server::ended() {
  call_->abandon();
  call_.reset();
  running_ = false;
  if (closing_) {
    refused_ = true;
    host_.finish();
    return;
  }
  host_.progress();
  host_.pause(false);
  std::string ahead = std::exchange(ahead_, {});
  if (!ahead.empty()) read(ahead);
}

void Http1Server::go_away() {
  closing_ = true;
  if (calls() == 0) {
    refused_ = true;
    host_.finish();
  }
}

}  // namespace

std::unique_ptr<ServerSession> make_http1_server(SessionHost& host) {
  return std::make_unique<Http1Server>(host);
}

}  // namespace lesto::io
