#include <gtest/gtest.h>

#include "foundation/io/http1_internal.h"
#include "foundation/io/sim/sim_rng.h"

namespace lesto::io {
namespace {

using Event = Http1Parser::Event;
using Side = Http1Parser::Side;

// Everything that the parser says about the pieces, as one text; the error's code when it fails.
std::string read_all(Side side, const std::vector<std::string_view>& pieces) {
  Http1Parser parser(side);
  std::string log;
  for (std::string_view piece : pieces) {
    for (;;) {
      auto event = parser.next(piece);
      if (!event) return log + "!" + std::string(to_string(event.error().code()));
      if (*event == Event::More) break;
      if (*event == Event::Head) {
        Http1Head& head = parser.head();
        log +=
            side == Side::Request ? head.method + " " + head.target : std::to_string(head.status);
        for (const Header& field : head.headers) log += "|" + field.name + "=" + field.value;
        log += "\n";
      }
      if (*event == Event::Data) log += parser.data();
      if (*event == Event::End) log += ".\n";
    }
  }
  return log;
}

std::string read(Side side, std::string_view text) { return read_all(side, {text}); }

TEST(Http1Parser, reads_requests_one_after_the_other) {
  EXPECT_EQ(
      read(Side::Request,
           "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\nPUT /c HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc"),
      "GET /a?b|host=x\n.\nPUT /c|content-length=3\nabc.\n");
}

TEST(Http1Parser, reads_chunks_and_drops_trailers) {
  EXPECT_EQ(read(Side::Response,
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                 "chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n"
                 "T: 1\r\n\r\n"),
            "200|transfer-encoding=chunked\nabc0123456789.\n");
}

TEST(Http1Parser, reads_a_body_until_the_connection_closes) {
  Http1Parser parser(Side::Response);
  std::string_view in = "HTTP/1.1 200 OK\r\n\r\nab";
  EXPECT_EQ(*parser.next(in), Event::Head);
  EXPECT_EQ(*parser.next(in), Event::Data);
  EXPECT_EQ(parser.data(), "ab");
  EXPECT_TRUE(parser.close());
}

TEST(Http1Parser, does_not_take_half_a_body_for_a_whole_one) {
  Http1Parser parser(Side::Response);
  std::string_view in = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab";
  while (*parser.next(in) != Event::More) continue;
  EXPECT_FALSE(parser.close());
}

TEST(Http1Parser, says_the_same_however_its_input_is_cut) {
  std::string text =
      "POST /x HTTP/1.1\r\nA: b\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"
      "GET /y HTTP/1.0\r\n\r\n\r\nPUT /z HTTP/1.1\r\nContent-Length: 4\r\n\r\nfourDELETE / "
      "HTTP/1.1\r\n\r\n";
  std::string whole = read(Side::Request, text);
  EXPECT_EQ(std::count(whole.begin(), whole.end(), '.'), 4);
  sim::SimRng rng(3);
  for (std::uint64_t round = 0; round < 500; ++round) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t size = 1 + sim::below(rng, round % 20 + 1);
      pieces.push_back(std::string_view(text).substr(at, size));
      at += size;
    }
    ASSERT_EQ(read_all(Side::Request, pieces), whole);
  }
}

TEST(Http1Parser, refuses_messages_that_can_be_read_in_two_ways) {
  for (const char* text : {
           "GET / HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n",
           "GET / HTTP/1.1\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n",
           "GET / HTTP/1.1\r\ncontent-length: +3\r\n\r\n",
           "GET / HTTP/1.1\r\ncontent-length: 3, 3\r\n\r\n",
           "GET / HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
           "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5 5\r\nhello\r\n",
           "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n",
           "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcd\r\n",
           "GET / HTTP/1.1\r\na : b\r\n\r\n",
           "GET / HTTP/1.1\r\na: b\r\n c\r\n\r\n",
           "GET / HTTP/1.1\r\na: b\nc: d\r\n\r\n",
           "GET / HTTP/1.1\r\n: b\r\n\r\n",
           "GET /a b HTTP/1.1\r\n\r\n",
           "GET / HTTP/2.0\r\n\r\n",
           "GET /\r\n\r\n",
       }) {
    std::string verdict = read(Side::Request, text);
    EXPECT_NE(verdict.find("!Invalid"), std::string::npos) << text << " gives " << verdict;
  }
}

TEST(Http1Parser, bounds_headers_and_lines) {
  EXPECT_EQ(read(Side::Request, "GET / HTTP/1.1\r\na: " + std::string(kHeaderBytesMax, 'x')),
            "!TooLarge");
  std::string many = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i <= kHeaderCountMax; ++i) many += "a: b\r\n";
  EXPECT_EQ(read(Side::Request, many + "\r\n"), "!TooLarge");
  std::string chunked = "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
  EXPECT_TRUE(
      read(Side::Request, chunked + "1;" + std::string(kChunkLineMax, 'x')).ends_with("!TooLarge"));
}

TEST(Http1Parser, survives_whatever_comes) {
  std::string seed =
      "POST /x HTTP/1.1\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  sim::SimRng rng(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seed;
    for (std::uint64_t changes = sim::below(rng, 6); changes > 0; --changes) {
      text[sim::below(rng, text.size())] = static_cast<char>(sim::below(rng, 256));
    }
    std::size_t cut = sim::below(rng, text.size());
    std::string_view view = text;
    read_all(round % 2 ? Side::Request : Side::Response, {view.substr(0, cut), view.substr(cut)});
  }
}

TEST(Http1, never_writes_a_header_that_could_carry_another) {
  std::string out;
  append_field(out, "good", "value");
  append_field(out, "bad", "value\r\nother: 1");
  append_field(out, "bad name", "value");
  EXPECT_EQ(out, "good: value\r\n");
}

}  // namespace
}  // namespace lesto::io
