// Limits of HTTP, both sides. What a caller may set has its default in the options of the server or
// the exchange.
#pragma once

#include <cstddef>

namespace lesto::io {

// Names and values of one request's or response's headers.
inline constexpr std::size_t kHeaderBytesMax = 64 << 10;
inline constexpr std::size_t kHeaderCountMax = 256;
// The line before a chunk, with its extensions.
inline constexpr std::size_t kChunkLineMax = 4 << 10;

// Bytes of incomplete requests on one HTTP/2 connection together.
inline constexpr std::size_t kReceivingBytesMax = 64 << 20;
// Bytes of an answer that wait for the peer before the handler's stream is asked for more. A stream
// made by a Pipe then fills the pipe, whose own limit ends it.
inline constexpr std::size_t kAnswerWaitingMax = 256 << 10;
// Unread bytes of a streamed response: the stream's flow control window.
inline constexpr std::size_t kStreamWindow = 1 << 20;
// All streams of a connection together.
inline constexpr std::size_t kConnectionWindow = 16 << 20;

// HTTP/1.1 connections of one exchange at a time; further calls wait.
inline constexpr std::size_t kHttp1ConnectionsMax = 256;
// HTTP/1.1 connections of one exchange that are being made at a time. In HTTP/2 it is one.
inline constexpr std::size_t kHttp1ConnectingMax = 8;
// HTTP/2 connections of one exchange: a second one is opened only when the first has no stream
// left.
inline constexpr std::size_t kHttp2ConnectionsMax = 8;

}  // namespace lesto::io
