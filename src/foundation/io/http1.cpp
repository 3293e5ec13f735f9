#include "foundation/io/http1_internal.h"

#include <charconv>

namespace lesto::io {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::unexpected<Error> malformed(const std::string& what) {
  return fail(Code::Invalid, "malformed HTTP/1.1 message: " + what);
}

}  // namespace

bool has_token(std::string_view value, std::string_view word) {
  while (!value.empty()) {
    std::size_t comma = value.find(',');
    if (same_word(trim(value.substr(0, comma)), word)) return true;
    if (comma == std::string_view::npos) break;
    value.remove_prefix(comma + 1);
  }
  return false;
}

bool is_token(std::string_view text) {
  if (text.empty()) return false;
  for (char c : text) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_header_value(std::string_view value) {
  for (char c : value) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return false;
  }
  return true;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_header_value(value)) return;
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

bool Http1Head::keeps_alive() const {
  bool close = false;
  bool keep = false;
  for (const Header& field : headers) {
    if (field.name != "connection") continue;
    close = close || has_token(field.value, "close");
    keep = keep || has_token(field.value, "keep-alive");
  }
  return !close && (minor >= 1 || keep);
}

Result<Http1Parser::Event> Http1Parser::next(std::string_view& in) {
  if (state_ == State::Over) {
    state_ = State::Head;
    head_ = {};
  }
  if (state_ == State::Head) return read_head(in);
  return read_body(in);
}

Result<Http1Parser::Event> Http1Parser::read_head(std::string_view& in) {
  // Empty lines before a message are forgiven (RFC 9112 section 2.2).
  while (buffer_.empty() && !in.empty() && (in.front() == '\r' || in.front() == '\n')) {
    in.remove_prefix(1);
  }
  if (in.empty()) return Event::More;
  // The end may straddle what came before and what comes now.
  std::size_t from = buffer_.size() < 3 ? 0 : buffer_.size() - 3;
  std::size_t before = buffer_.size();
  std::size_t take = std::min(in.size(), kHeaderBytesMax + 4 - std::min(before, kHeaderBytesMax));
  buffer_.append(in.substr(0, take));
  std::size_t end = buffer_.find("\r\n\r\n", from);
  if (end == std::string::npos) {
    if (buffer_.size() > kHeaderBytesMax) {
      return fail(Code::TooLarge, "the header of an HTTP/1.1 message is too long");
    }
    in.remove_prefix(take);
    return Event::More;
  }
  in.remove_prefix(end + 4 - before);
  std::string text = std::exchange(buffer_, {}).substr(0, end);
  TRY(parse_head(text));
  TRY(frame());
  state_ = body_ == Body::Chunked ? State::ChunkLine : State::Body;
  return Event::Head;
}

Result<void> Http1Parser::parse_head(std::string_view text) {
  head_ = {};
  std::size_t end = text.find("\r\n");
  TRY(parse_start(text.substr(0, end)));
  while (end != std::string_view::npos) {
    text.remove_prefix(end + 2);
    end = text.find("\r\n");
    TRY(parse_field(text.substr(0, end)));
  }
  return {};
}

Result<void> Http1Parser::parse_start(std::string_view line) {
  std::size_t first = line.find(' ');
  if (first == std::string_view::npos) return malformed("its first line");
  std::string_view version;
  if (side_ == Side::Request) {
    std::size_t last = line.rfind(' ');
    if (last == first) return malformed("its first line");
    head_.method = line.substr(0, first);
    head_.target = line.substr(first + 1, last - first - 1);
    version = line.substr(last + 1);
    bool clean =
        is_header_value(head_.target) && head_.target.find_first_of(" \t") == std::string::npos;
    if (!is_token(head_.method) || head_.target.empty() || !clean) {
      return malformed("its first line");
    }
  } else {
    version = line.substr(0, first);
    std::string_view status = line.substr(first + 1, 3);
    auto [end, error] = std::from_chars(status.data(), status.data() + status.size(), head_.status);
    if (error != std::errc() || end != status.data() + 3 || head_.status < 100) {
      return malformed("its status");
    }
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return malformed("its version");
  head_.minor = version.back() - '0';
  return {};
}

Result<void> Http1Parser::parse_field(std::string_view line) {
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return malformed("a header's name");
  }
  if (head_.headers.size() >= kHeaderCountMax) {
    return fail(Code::TooLarge, "an HTTP/1.1 message has too many headers");
  }
  std::string name(line.substr(0, colon));
  for (char& c : name) c = lower(c);
  std::string_view value = trim(line.substr(colon + 1));
  if (!is_header_value(value)) return malformed("the value of " + name);
  head_.headers.push_back({std::move(name), std::string(value)});
  return {};
}

// Decides how the body is delimited (RFC 9112 section 6.3), strictly: two readings of one message
// are how requests are smuggled.
Result<void> Http1Parser::frame() {
  std::optional<std::uint64_t> length;
  bool encoded = false;
  for (const Header& field : head_.headers) {
    if (field.name == "transfer-encoding") {
      if (encoded || !same_word(field.value, "chunked")) return malformed("its transfer encoding");
      encoded = true;
    }
    if (field.name != "content-length") continue;
    std::uint64_t value = 0;
    const char* last = field.value.data() + field.value.size();
    auto [end, error] = std::from_chars(field.value.data(), last, value);
    if (error != std::errc() || end != last || (length && *length != value)) {
      return malformed("its content length");
    }
    length = value;
  }
  if (encoded && length) return malformed("both a content length and chunks");
  left_ = length.value_or(0);
  if (side_ == Side::Response &&
      (head_.status < 200 || head_.status == 204 || head_.status == 304)) {
    left_ = 0;
    body_ = Body::None;
  } else if (encoded) {
    body_ = Body::Chunked;
    trailer_bytes_ = 0;
  } else if (length || side_ == Side::Request) {
    body_ = Body::Length;
  } else {
    body_ = Body::UntilClose;
  }
  return {};
}

Http1Parser::Event Http1Parser::end() {
  state_ = State::Over;
  return Event::End;
}

Result<Http1Parser::Event> Http1Parser::read_body(std::string_view& in) {
  if (body_ == Body::None || (body_ == Body::Length && left_ == 0)) return end();
  for (;;) {
    if (state_ == State::Body || state_ == State::ChunkData) {
      if (in.empty()) return Event::More;
      std::size_t take = in.size();
      if (body_ != Body::UntilClose) {
        take = static_cast<std::size_t>(std::min<std::uint64_t>(take, left_));
      }
      data_ = in.substr(0, take);
      in.remove_prefix(take);
      left_ -= body_ == Body::UntilClose ? 0 : take;
      if (state_ == State::ChunkData && left_ == 0) state_ = State::ChunkEnd;
      return Event::Data;
    }
    std::string line;
    TRY_ASSIGN(bool whole, read_line(in, line));
    if (!whole) return Event::More;
    if (state_ == State::ChunkLine) {
      TRY(parse_chunk_line(line));
    } else if (state_ == State::ChunkEnd) {
      if (!line.empty()) return malformed("the end of a chunk");
      state_ = State::ChunkLine;
    } else {
      // Trailers are read and dropped.
      trailer_bytes_ += line.size();
      if (trailer_bytes_ > kHeaderBytesMax) {
        return fail(Code::TooLarge, "the trailer of a message is too long");
      }
      if (line.empty()) return end();
    }
  }
}

Result<bool> Http1Parser::read_line(std::string_view& in, std::string& line) {
  std::size_t end = in.find('\n');
  std::size_t take = end == std::string_view::npos ? in.size() : end + 1;
  if (buffer_.size() + take > kChunkLineMax) {
    return fail(Code::TooLarge, "a line of an HTTP/1.1 body is too long");
  }
  buffer_.append(in.substr(0, take));
  in.remove_prefix(take);
  if (end == std::string_view::npos) return false;
  if (!buffer_.ends_with("\r\n")) return malformed("a line of its body");
  line = std::exchange(buffer_, {});
  line.resize(line.size() - 2);
  return true;
}

Result<void> Http1Parser::parse_chunk_line(std::string_view line) {
  line = trim(line.substr(0, line.find(';')));
  std::uint64_t size = 0;
  auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  if (line.empty() || error != std::errc() || end != line.data() + line.size()) {
    return malformed("the size of a chunk");
  }
  left_ = size;
  state_ = size == 0 ? State::Trailer : State::ChunkData;
  return {};
}

bool Http1Parser::close() {
  return between() || (state_ == State::Body && body_ == Body::UntilClose);
}

std::string_view status_words(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

}  // namespace lesto::io
