// Small things that both HTTP/2 sides need of nghttp2. Included by .cpp files of this room only.
#pragma once

#include <memory>
#include <string_view>

#include <nghttp2/nghttp2.h>

namespace lesto::io {

struct Nghttp2Free {
  void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
};
using Nghttp2Ptr = std::unique_ptr<nghttp2_session, Nghttp2Free>;

inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// Borrowed until the submit call returns, which copies.
inline nghttp2_nv field_of(std::string_view name, std::string_view value) {
  auto bytes = [](std::string_view text) {
    // nghttp2's field type is not const-correct; it only reads.
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

// Fields that belong to one HTTP/1.1 connection and have no place in HTTP/2 (RFC 9113
// section 8.2.2).
inline bool is_connection_field(std::string_view name) {
  return name == "connection" || name == "transfer-encoding" || name == "keep-alive" ||
         name == "upgrade" || name == "proxy-connection" || name == "host";
}

}  // namespace lesto::io
