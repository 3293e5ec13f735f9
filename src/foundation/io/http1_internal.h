// HTTP/1.1 (RFC 9112) as text in and out, without any I/O: a parser for either side. Included by
// .cpp files of this room only.
#pragma once

#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/io/http.h"
#include "foundation/io/limits.h"

namespace lesto::io {

struct Http1Head {
  std::string method;  // requests
  std::string target;
  int status = 0;  // responses
  int minor = 1;   // HTTP/1.minor
  Headers headers;

  // True when the connection may carry another message after this one.
  bool keeps_alive() const;
};

// Reads one message after the other. Bounded: a head by kHeaderBytesMax, a body piece by what was
// put in.
class Http1Parser {
 public:
  enum class Side { Request, Response };
  explicit Http1Parser(Side side) : side_(side) {}

  enum class Event {
    More,  // everything was used; put in more
    Head,  // head() is there
    Data,  // data() is the next piece of the body, borrowed from the input
    End,   // the message is over; the next one may follow
  };
  // Takes from the front of `in`. Call again with the rest until it says More.
  Result<Event> next(std::string_view& in);

  // After Head, and before next(): this response has no body whatever its headers say (it answers
  // HEAD).
  void skip_body() { body_ = Body::None; }
  // The peer closed. True when that ends the message in good order.
  bool close();
  // True while no byte of a next message has come.
  bool between() const {
    return state_ == State::Over || (state_ == State::Head && buffer_.empty());
  }

  Http1Head& head() { return head_; }
  std::string_view data() const { return data_; }
  // The body's length when it is known.
  std::optional<std::uint64_t> length() const {
    return body_ == Body::Length || body_ == Body::None ? std::optional(left_) : std::nullopt;
  }

 private:
  enum class State { Head, Body, ChunkLine, ChunkData, ChunkEnd, Trailer, Over };
  enum class Body { None, Length, Chunked, UntilClose };

  Result<Event> read_head(std::string_view& in);
  Result<void> parse_head(std::string_view text);
  Result<void> parse_start(std::string_view line);
  Result<void> parse_field(std::string_view line);
  Result<void> frame();
  Result<Event> read_body(std::string_view& in);
  Result<bool> read_line(std::string_view& in, std::string& line);
  Result<void> parse_chunk_line(std::string_view line);
  Event end();

  Side side_;
  State state_ = State::Head;
  Body body_ = Body::None;
  std::uint64_t left_ = 0;  // of the body or the chunk
  std::size_t trailer_bytes_ = 0;
  std::string buffer_;  // an incomplete head or line
  Http1Head head_;
  std::string_view data_;
};

// True when a comma-separated header value holds the word, in any case.
bool has_token(std::string_view value, std::string_view word);

std::string_view status_words(int status);

// A value that could end its line would let a message carry another one.
bool is_header_value(std::string_view value);
bool is_token(std::string_view text);

// Appends "name: value\r\n"; leaves out what cannot stand in a header.
void append_field(std::string& out, std::string_view name, std::string_view value);

}  // namespace lesto::io
