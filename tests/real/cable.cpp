#include "tests/real/cable.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "foundation/base/result.h"

namespace lesto::real {
namespace {

constexpr std::size_t kPieceMax = 64 << 10;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

void make_quick(int socket) {
  int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(socket, F_SETFL, O_NONBLOCK);
}

// One direction: what was read and is not written yet.
struct Flow {
  std::string waiting;
  bool ended = false;

  // False when the connection broke.
  bool move(int from, int to) {
    if (waiting.empty() && !ended) {
      std::array<char, kPieceMax> piece;
      ssize_t got = ::recv(from, piece.data(), piece.size(), 0);
      if (got == 0) ended = true;
      if (got > 0) waiting.assign(piece.data(), static_cast<std::size_t>(got));
      if (got < 0 && errno != EAGAIN) return false;
    }
    if (waiting.empty()) return !ended;
    ssize_t sent = ::send(to, waiting.data(), waiting.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN;
    waiting.erase(0, static_cast<std::size_t>(sent));
    return true;
  }
};

}  // namespace

struct Cable::Pair {
  int near = -1;
  int far = -1;
  Flow out;
  Flow back;
  bool over = false;
};

Cable::Cable(std::uint16_t to_port) : to_port_(to_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = loopback(0);
  CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  CHECK(::listen(listener_, 64) == 0);
  socklen_t size = sizeof address;
  CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  CHECK(::pipe2(wake_, O_CLOEXEC | O_NONBLOCK) == 0);
  thread_ = std::thread([this] { run(); });
}

Cable::~Cable() {
  stop_ = true;
  set_cut(false);
  thread_.join();
  for (Pair& pair : pairs_) {
    ::close(pair.near);
    ::close(pair.far);
  }
  ::close(listener_);
  ::close(wake_[0]);
  ::close(wake_[1]);
}

void Cable::set_cut(bool cut) {
  cut_ = cut;
  char nothing = 0;
  // A full pipe wakes as well.
  [[maybe_unused]] ssize_t written = ::write(wake_[1], &nothing, 1);
}

void Cable::run() {
  while (!stop_) wait();
}

void Cable::wait() {
  std::vector<pollfd> watched{{wake_[0], POLLIN, 0}};
  bool carries = !cut_;
  if (carries) {
    watched.push_back({listener_, POLLIN, 0});
    for (const Pair& pair : pairs_) {
      short near = static_cast<short>((pair.out.waiting.empty() ? POLLIN : 0) | (pair.back.waiting.empty() ? 0 : POLLOUT));
      short far = static_cast<short>((pair.back.waiting.empty() ? POLLIN : 0) | (pair.out.waiting.empty() ? 0 : POLLOUT));
      watched.push_back({pair.near, near, 0});
      watched.push_back({pair.far, far, 0});
    }
  }
  ::poll(watched.data(), watched.size(), -1);
  std::array<char, 64> nothing;
  while (::read(wake_[0], nothing.data(), nothing.size()) > 0) {
  }
  if (!carries || cut_) return;
  if (watched[1].revents != 0) accept_one();
  for (Pair& pair : pairs_) carry(pair);
  std::erase_if(pairs_, [this](const Pair& pair) {
    if (!pair.over) return false;
    ::close(pair.near);
    ::close(pair.far);
    --open_;
    return true;
  });
}

void Cable::accept_one() {
  int near = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (near < 0) return;
  int far = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(to_port_);
  if (::connect(far, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(near);
    ::close(far);
    return;
  }
  make_quick(near);
  make_quick(far);
  ++open_;
  ++opened_;
  Pair& pair = pairs_.emplace_back();
  pair.near = near;
  pair.far = far;
}

void Cable::carry(Pair& pair) {
  if (!pair.out.move(pair.near, pair.far) || !pair.back.move(pair.far, pair.near)) pair.over = true;
}

}  // namespace lesto::real
