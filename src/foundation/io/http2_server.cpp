#include <cstring>
#include <charconv>

#include <nghttp2/nghttp2.h>

#include "foundation/io/http1_internal.h"
#include "foundation/io/http2_internal.h"
#include "foundation/io/http_server_internal.h"

namespace lesto::io {
namespace {

class Http2Server final : public ServerSession {
 public:
  explicit Http2Server(SessionHost& host);
  ~Http2Server() override;

  void bytes(std::string_view bytes) override;
  void fill(std::string& out) override;
  void go_away() override;
  std::size_t calls() const override { return streams_.size(); }
  bool receiving() const override { return receiving_ > 0; }

 private:
  struct Stream {
    std::shared_ptr<ServerCall> call;
    std::size_t header_bytes = 0;
    bool arrived = false;    // the request is whole, or was refused
    bool submitted = false;  // the answer's header is with nghttp2
  };

  static Http2Server& self(void* user) { return *static_cast<Http2Server*>(user); }
  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user);
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                     std::size_t size, void* user);
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* user);
  static ssize_t on_read(nghttp2_session*, std::int32_t id, std::uint8_t* out, std::size_t size,
                         std::uint32_t* flags, nghttp2_data_source*, void* user);

  void begin(std::int32_t id);
  void field(std::int32_t id, std::string_view name, std::string_view value);
  void data(std::int32_t id, std::string_view bytes);
  void arrived(std::int32_t id);
  void closed(std::int32_t id);
  void refuse(std::int32_t id, int status, const std::string& words);
  void changed(std::int32_t id);
  void submit(std::int32_t id, Stream& stream);
  ssize_t read(std::int32_t id, std::uint8_t* out, std::size_t size, std::uint32_t* flags);
  void received(Stream& stream);
  Stream* find(std::int32_t id) {
    auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : &found->second;
  }
  void check_over();

  SessionHost& host_;
  Nghttp2Ptr session_;
  std::unordered_map<std::int32_t, Stream> streams_;
  std::size_t receiving_ = 0;
  std::size_t receiving_bytes_ = 0;
  bool leaving_ = false;
  bool over_ = false;
};

Http2Server::Http2Server(SessionHost& host) : host_(host) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_session* session = nullptr;
  nghttp2_session_server_new(&session, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  session_.reset(session);
  std::array<nghttp2_settings_entry, 3> settings{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, host.options().streams_max},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kHeaderBytesMax},
  }};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
}

Http2Server::~Http2Server() {
  for (auto& [id, stream] : streams_) stream.call->abandon();
}

int Http2Server::on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) self(user).begin(frame->hd.stream_id);
  return 0;
}

int Http2Server::on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                           std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                           std::uint8_t, void* user) {
  // Trailers are dropped.
  if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  self(user).field(frame->hd.stream_id, text_of(name, name_size), text_of(value, value_size));
  return 0;
}

int Http2Server::on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                         std::size_t size, void* user) {
  self(user).data(id, text_of(data, size));
  return 0;
}

int Http2Server::on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  bool carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
  if (carries && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) {
    self(user).arrived(frame->hd.stream_id);
  }
  return 0;
}

int Http2Server::on_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
  self(user).closed(id);
  return 0;
}

ssize_t Http2Server::on_read(nghttp2_session*, std::int32_t id, std::uint8_t* out, std::size_t size,
                             std::uint32_t* flags, nghttp2_data_source*, void* user) {
  return self(user).read(id, out, size, flags);
}

void Http2Server::begin(std::int32_t id) {
  Stream& stream = streams_[id];
  stream.call = std::make_shared<ServerCall>(host_.loop());
  ++receiving_;
  host_.progress();
}

void Http2Server::field(std::int32_t id, std::string_view name, std::string_view value) {
  Stream* stream = find(id);
  if (!stream || stream->arrived) return;
  Request& request = stream->call->request;
  stream->header_bytes += name.size() + value.size();
  if (stream->header_bytes > kHeaderBytesMax || request.headers.size() >= kHeaderCountMax) {
    return refuse(id, 431, "the request's headers are too long");
  }
  if (name == ":method") {
    request.method = value;
  } else if (name == ":path") {
    request.target = value;
  } else if (name == ":authority") {
    request.headers.push_back({"host", std::string(value)});
  } else if (!name.starts_with(':')) {
    if (name == "content-length") {
      std::uint64_t length = 0;
      std::from_chars(value.data(), value.data() + value.size(), length);
      if (length > host_.options().request_bytes_max) {
        return refuse(id, 413,
                      "the request body is larger than " +
                          std::to_string(host_.options().request_bytes_max) + " bytes");
      }
    }
    request.headers.push_back({std::string(name), std::string(value)});
  }
}

void Http2Server::data(std::int32_t id, std::string_view bytes) {
  Stream* stream = find(id);
  if (!stream || stream->arrived) return;
  std::string& body = stream->call->request.body;
  body += bytes;
  receiving_bytes_ += bytes.size();
  if (receiving_bytes_ > kReceivingBytesMax) {
    return refuse(id, 503, "too many large requests arrive on this connection at once");
  }
  if (body.size() > host_.options().request_bytes_max) {
    refuse(id, 413,
           "the request body is larger than " + std::to_string(host_.options().request_bytes_max) +
               " bytes");
  }
}

void Http2Server::received(Stream& stream) {
  stream.arrived = true;
  --receiving_;
  receiving_bytes_ -= stream.call->request.body.size();
  host_.progress();
}

void Http2Server::arrived(std::int32_t id) {
  Stream* stream = find(id);
  if (!stream || stream->arrived) return;
  received(*stream);
  auto call = stream->call;
  call->changed = [this, id] { changed(id); };
  host_.start(call);
}

// Answers without asking the handler; what follows of the request is dropped.
void Http2Server::refuse(std::int32_t id, int status, const std::string& words) {
  Stream& stream = *find(id);
  received(stream);
  ServerCall& call = *stream.call;
  call.request.body = std::string();
  call.status = status;
  call.headers = {{"content-type", "text/plain; charset=utf-8"}};
  call.waiting = words + "\n";
  call.answered = call.whole = call.ended = true;
  submit(id, stream);
}

void Http2Server::closed(std::int32_t id) {
  auto found = streams_.find(id);
  if (found == streams_.end()) return;
  if (!found->second.arrived) received(found->second);
  auto call = std::move(found->second.call);
  streams_.erase(found);
  // The task may go on at once and come back here, so the stream is gone first.
  call->abandon();
  host_.progress();
  check_over();
}

void Http2Server::changed(std::int32_t id) {
  Stream* stream = find(id);
  if (!stream) return;
  if (!stream->submitted && stream->call->answered) {
    submit(id, *stream);
  } else if (stream->submitted) {
    nghttp2_session_resume_data(session_.get(), id);
  }
  host_.wake();
}

void Http2Server::submit(std::int32_t id, Stream& stream) {
  stream.submitted = true;
  ServerCall& call = *stream.call;
  std::string status = std::to_string(call.status);
  std::string length = std::to_string(call.size());
  std::vector<nghttp2_nv> fields;
  fields.push_back(field_of(":status", status));
  for (const Header& one : call.headers) {
    if (is_connection_field(one.name) || one.name == "content-length") continue;
    if (is_token(one.name) && is_header_value(one.value)) {
      fields.push_back(field_of(one.name, one.value));
    }
  }
  bool bodiless = call.status == 204 || call.status == 304;
  if (call.whole && !bodiless) fields.push_back(field_of("content-length", length));
  if (bodiless || call.request.method == "HEAD" || (call.whole && call.size() == 0)) {
    call.ended = true;
    nghttp2_submit_response(session_.get(), id, fields.data(), fields.size(), nullptr);
  } else {
    nghttp2_data_provider provider{};
    provider.read_callback = on_read;
    nghttp2_submit_response(session_.get(), id, fields.data(), fields.size(), &provider);
  }
}

ssize_t Http2Server::read(std::int32_t id, std::uint8_t* out, std::size_t size,
                          std::uint32_t* flags) {
  Stream* stream = find(id);
  if (!stream) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  ServerCall& call = *stream->call;
  std::size_t count = std::min(size, call.size());
  std::memcpy(out, call.waiting.data() + call.taken, count);
  call.take(count);
  if (call.size() == 0 && call.ended) {
    if (call.broken && count == 0) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (!call.broken) *flags |= NGHTTP2_DATA_FLAG_EOF;
  } else if (count == 0) {
    return NGHTTP2_ERR_DEFERRED;
  }
  return static_cast<ssize_t>(count);
}

void Http2Server::bytes(std::string_view bytes) {
  if (over_) return;
  auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  ssize_t used = nghttp2_session_mem_recv(session_.get(), data, bytes.size());
  if (used < 0) {
    // Not HTTP/2, or a flood: nothing sensible can be said any more.
    over_ = true;
    host_.finish();
    return;
  }
  host_.wake();
  check_over();
}

void Http2Server::fill(std::string& out) {
  while (out.size() < kWriteChunk) {
    const std::uint8_t* data = nullptr;
    ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
    if (size <= 0) break;
    out.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
  }
  check_over();
}

void Http2Server::check_over() {
  if (over_) return;
  bool idle = leaving_ && streams_.empty();
  if (!idle &&
      (nghttp2_session_want_read(session_.get()) || nghttp2_session_want_write(session_.get())))
    return;
  over_ = true;
  host_.finish();
}

void Http2Server::go_away() {
  if (leaving_) return;
  leaving_ = true;
  std::int32_t last = nghttp2_session_get_last_proc_stream_id(session_.get());
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, nullptr, 0);
  host_.wake();
  check_over();
}

}  // namespace

std::unique_ptr<ServerSession> make_http2_server(SessionHost& host) {
  return std::make_unique<Http2Server>(host);
}

}  // namespace lesto::io
