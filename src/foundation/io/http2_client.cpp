#include <charconv>
#include <cstring>

#include <nghttp2/nghttp2.h>

#include "foundation/io/http1_internal.h"
#include "foundation/io/http2_internal.h"
#include "foundation/io/http_client_internal.h"

namespace lesto::io {
namespace {

class Http2Client final : public ClientSession {
 public:
  explicit Http2Client(ClientHost& host);

  bool accepts(BodyMode mode) const override;
  bool settled() const override { return settled_; }
  void start(std::shared_ptr<ClientCall> call) override;
  void drop(ClientCall& call) override;
  void took(ClientCall& call, std::size_t count) override;
  std::size_t calls() const override { return calls_.size(); }
  void bytes(std::string_view bytes) override;
  void fill(std::string& out) override;
  void lost(WireEnd how, const Error& error) override;
  bool ping() override;

 private:
  static Http2Client& self(void* user) { return *static_cast<Http2Client*>(user); }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user);
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                     std::size_t size, void* user);
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_not_sent(nghttp2_session*, const nghttp2_frame* frame, int error, void* user);
  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t code, void* user);
  static ssize_t on_read(nghttp2_session*, std::int32_t id, std::uint8_t* out, std::size_t size,
                         std::uint32_t* flags, nghttp2_data_source*, void* user);

  void field(ClientCall& call, std::string_view name, std::string_view value);
  void data(std::int32_t id, std::string_view bytes);
  void frame(const nghttp2_frame& frame);
  void closed(std::int32_t id, std::uint32_t code);
  std::shared_ptr<ClientCall> take(std::int32_t id);
  void end(std::int32_t id, Error error, std::uint32_t reset);
  std::uint32_t streams_max() const;
  ClientCall* find(std::int32_t id) {
    auto found = calls_.find(id);
    return found == calls_.end() ? nullptr : found->second.get();
  }

  ClientHost& host_;
  Nghttp2Ptr session_;
  std::unordered_map<std::int32_t, std::shared_ptr<ClientCall>> calls_;
  bool settled_ = false;  // the peer's SETTINGS are there
  bool retired_ = false;
};

Http2Client::Http2Client(ClientHost& host) : host_(host) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_not_sent);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  // Windows grow when the reader takes bytes, so that a slow reader holds back its own stream
  // alone.
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_session* session = nullptr;
  nghttp2_session_client_new2(&session, callbacks, this, option);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  session_.reset(session);
  std::array<nghttp2_settings_entry, 3> settings{{
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kHeaderBytesMax},
  }};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
}

int Http2Client::on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                           std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                           std::uint8_t, void* user) {
  ClientCall* call = self(user).find(frame->hd.stream_id);
  if (call) self(user).field(*call, text_of(name, name_size), text_of(value, value_size));
  return 0;
}

int Http2Client::on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                         std::size_t size, void* user) {
  self(user).data(id, text_of(data, size));
  return 0;
}

int Http2Client::on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  self(user).frame(*frame);
  return 0;
}

int Http2Client::on_not_sent(nghttp2_session*, const nghttp2_frame* frame, int, void* user) {
  if (frame->hd.type != NGHTTP2_HEADERS) return 0;
  // GOAWAY came before the request went out.
  auto call = self(user).take(frame->hd.stream_id);
  if (!call) return 0;
  call->untouched = true;
  call->end(Error(Code::Unavailable, self(user).host_.peer_name() + " is going away"));
  return 0;
}

int Http2Client::on_close(nghttp2_session*, std::int32_t id, std::uint32_t code, void* user) {
  self(user).closed(id, code);
  return 0;
}

ssize_t Http2Client::on_read(nghttp2_session*, std::int32_t id, std::uint8_t* out, std::size_t size,
                             std::uint32_t* flags, nghttp2_data_source*, void* user) {
  ClientCall* call = self(user).find(id);
  if (!call) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const std::string& body = call->request.body;
  std::size_t count = std::min(size, body.size() - call->sent);
  std::memcpy(out, body.data() + call->sent, count);
  call->sent += count;
  if (call->sent == body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(count);
}

std::uint32_t Http2Client::streams_max() const {
  return nghttp2_session_get_remote_settings(session_.get(),
                                             NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

bool Http2Client::accepts(BodyMode mode) const {
  // Until the peer has said how many streams it allows, none: what is too much would be refused.
  if (retired_ || !settled_) return false;
  std::size_t most = streams_max();
  // Watches never end by themselves: what they may not take stays for lists, writes and leases.
  if (mode == BodyMode::Stream) most -= (most + 9) / 10;
  return calls_.size() < std::max<std::size_t>(most, streams_max() > 0 ? 1 : 0);
}

void Http2Client::start(std::shared_ptr<ClientCall> call) {
  const Request& request = call->request;
  std::string length = std::to_string(request.body.size());
  std::vector<nghttp2_nv> fields{
      field_of(":method", request.method),
      field_of(":scheme", host_.options().url.starts_with("https") ? "https" : "http"),
      field_of(":authority", host_.authority()),
      field_of(":path", request.target),
  };
  for (const Header& one : request.headers) {
    if (is_connection_field(one.name) || one.name == "content-length") continue;
    if (is_token(one.name) && is_header_value(one.value)) {
      fields.push_back(field_of(one.name, one.value));
    }
  }
  bool bodied = !request.body.empty();
  if (bodied) fields.push_back(field_of("content-length", length));
  nghttp2_data_provider provider{};
  provider.read_callback = on_read;
  std::int32_t id = nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(),
                                           bodied ? &provider : nullptr, nullptr);
  if (id < 0) {
    // Stream numbers are used up after 2^30 requests.
    retired_ = true;
    call->untouched = true;
    call->end(Error(Code::Unavailable, std::string("HTTP/2: ") + nghttp2_strerror(id)));
    return host_.retire();
  }
  call->session = this;
  call->stream = id;
  calls_.emplace(id, std::move(call));
  host_.wake();
}

void Http2Client::field(ClientCall& call, std::string_view name, std::string_view value) {
  call.header_bytes += name.size() + value.size();
  if (call.header_bytes > kHeaderBytesMax || call.headers.size() >= kHeaderCountMax) {
    return end(call.stream, Error(Code::TooLarge, "the response's headers are too long"),
               NGHTTP2_CANCEL);
  }
  if (name == ":status") {
    call.status = 0;
    std::from_chars(value.data(), value.data() + value.size(), call.status);
    call.headers.clear();
  } else if (!call.head.done()) {
    call.headers.push_back({std::string(name), std::string(value)});
  }
}

void Http2Client::data(std::int32_t id, std::string_view bytes) {
  // The connection's window must not depend on any one reader.
  nghttp2_session_consume_connection(session_.get(), bytes.size());
  ClientCall* call = find(id);
  if (!call) return;
  if (call->streamed()) return call->add(bytes);
  nghttp2_session_consume_stream(session_.get(), id, bytes.size());
  if (call->body.size() + bytes.size() > call->bytes_max) {
    std::string words = "the response is larger than " + std::to_string(call->bytes_max) + " bytes";
    return end(id, Error(Code::TooLarge, std::move(words)), NGHTTP2_CANCEL);
  }
  call->add(bytes);
}

void Http2Client::frame(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_SETTINGS && !(frame.hd.flags & NGHTTP2_FLAG_ACK)) {
    settled_ = true;
    host_.settle();
  } else if (frame.hd.type == NGHTTP2_GOAWAY) {
    // Streams that the peer will not look at are closed by nghttp2 as refused.
    retired_ = true;
    host_.retire();
  } else if (frame.hd.type == NGHTTP2_HEADERS) {
    ClientCall* call = find(frame.hd.stream_id);
    if (call && call->status >= 200) call->arrived();
  }
}

std::shared_ptr<ClientCall> Http2Client::take(std::int32_t id) {
  auto found = calls_.find(id);
  if (found == calls_.end()) return nullptr;
  auto call = std::move(found->second);
  calls_.erase(found);
  host_.room();
  return call;
}

void Http2Client::end(std::int32_t id, Error error, std::uint32_t reset) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, reset);
  auto call = take(id);
  if (call) call->end(std::move(error));
  host_.wake();
}

void Http2Client::closed(std::int32_t id, std::uint32_t code) {
  auto call = take(id);
  if (!call) return;
  if (code == NGHTTP2_NO_ERROR && call->status >= 200) return call->end(std::nullopt);
  call->untouched = code == NGHTTP2_REFUSED_STREAM;
  call->end(Error(Code::Unavailable,
                  host_.peer_name() + " broke off the response: " + nghttp2_http2_strerror(code)));
}

void Http2Client::drop(ClientCall& call) {
  end(call.stream, Error(Code::Cancelled, "cancelled"), NGHTTP2_CANCEL);
}

void Http2Client::took(ClientCall& call, std::size_t count) {
  nghttp2_session_consume_stream(session_.get(), call.stream, count);
  host_.wake();
}

void Http2Client::bytes(std::string_view bytes) {
  auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  ssize_t used = nghttp2_session_mem_recv(session_.get(), data, bytes.size());
  if (used < 0) {
    retired_ = true;
    std::string words =
        host_.peer_name() + " does not keep to HTTP/2: " + nghttp2_strerror(static_cast<int>(used));
    return host_.broken(Error(Code::Unavailable, std::move(words)));
  }
  if (nghttp2_session_want_read(session_.get()) == 0 &&
      nghttp2_session_want_write(session_.get()) == 0) {
    retired_ = true;
    return host_.retire();
  }
  host_.wake();
}

void Http2Client::fill(std::string& out) {
  while (out.size() < kWriteChunk) {
    const std::uint8_t* data = nullptr;
    ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
    if (size <= 0) break;
    out.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
  }
}

void Http2Client::lost(WireEnd, const Error& error) {
  retired_ = true;
  auto calls = std::exchange(calls_, {});
  for (auto& [id, call] : calls) call->end(error);
}

bool Http2Client::ping() {
  nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
  host_.wake();
  return true;
}

}  // namespace

std::unique_ptr<ClientSession> make_http2_client(ClientHost& host) {
  return std::make_unique<Http2Client>(host);
}

}  // namespace lesto::io
