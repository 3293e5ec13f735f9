// Binds an ApiServer to a loopback port over plain HTTP, for replay.py:
//   apiserver_serve PORT [--ready]
// Tokens: "admin" is in system:masters. One thread, poll(2); only what the replay needs of HTTP/1.1.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <random>

#include "foundation/io/memory_storage.h"
#include "kube/apiserver/server.h"

namespace lesto {
namespace {

class PollLoop final : public io::Loop {
 public:
  Time now() const override { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }
  void post(io::Job job) override { ready_.push_back(std::move(job)); }
  io::TimerId after(Duration delay, io::Job job) override {
    std::uint64_t id = next_++;
    by_id_[id] = timers_.emplace(now() + delay, std::pair(id, std::move(job)));
    return static_cast<io::TimerId>(id);
  }
  void cancel(io::TimerId timer) override {
    auto found = by_id_.find(static_cast<std::uint64_t>(timer));
    if (found == by_id_.end()) return;
    timers_.erase(found->second);
    by_id_.erase(found);
  }
  void offload(io::Job work, io::Job done) override {
    post([work = std::move(work), done = std::move(done)]() mutable {
      work();
      done();
    });
  }
  void run_ready() {
    while (!ready_.empty()) {
      io::Job job = std::move(ready_.front());
      ready_.pop_front();
      job();
    }
    while (!timers_.empty() && timers_.begin()->first <= now()) {
      auto first = timers_.begin();
      by_id_.erase(first->second.first);
      io::Job job = std::move(first->second.second);
      timers_.erase(first);
      job();
    }
  }
  int wait_ms() const {
    if (!ready_.empty()) return 0;
    if (timers_.empty()) return 1000;
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(timers_.begin()->first - now()).count();
    return static_cast<int>(std::clamp<long>(left + 1, 0, 1000));
  }

 private:
  std::deque<io::Job> ready_;
  std::uint64_t next_ = 1;
  std::multimap<Time, std::pair<std::uint64_t, io::Job>> timers_;
  std::map<std::uint64_t, std::multimap<Time, std::pair<std::uint64_t, io::Job>>::iterator> by_id_;
};

class SystemRandom final : public Rng {
 public:
  std::uint64_t next() override { return (static_cast<std::uint64_t>(device_()) << 32) | device_(); }

 private:
  std::random_device device_;
};

struct Connection {
  int fd = -1;
  std::string in;
  std::string out;
  bool busy = false;
  bool closed = false;
  io::CancelSource cancel;
};

// One complete request at the front of `in`; its size, or 0 when there is none yet.
std::size_t parse(const std::string& in, io::Request& request) {
  std::size_t end = in.find("\r\n\r\n");
  if (end == in.npos) return 0;
  std::string_view head = std::string_view(in).substr(0, end);
  std::size_t line = std::min(head.find("\r\n"), head.size());
  std::string_view first = head.substr(0, line);
  std::size_t blank = first.find(' ');
  request.method = first.substr(0, blank);
  first.remove_prefix(blank + 1);
  request.target = first.substr(0, first.find(' '));
  head.remove_prefix(std::min(line + 2, head.size()));
  std::size_t length = 0;
  while (!head.empty()) {
    line = std::min(head.find("\r\n"), head.size());
    std::string_view field = head.substr(0, line);
    head.remove_prefix(std::min(line + 2, head.size()));
    std::size_t colon = field.find(':');
    if (colon == field.npos) continue;
    std::string name(field.substr(0, colon));
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    std::string value(field.substr(field.find_first_not_of(' ', colon + 1)));
    if (name == "content-length") length = std::strtoull(value.c_str(), nullptr, 10);
    request.headers.push_back({name, value});
  }
  if (in.size() < end + 4 + length) return 0;
  request.body = in.substr(end + 4, length);
  return end + 4 + length;
}

io::Task<void> serve(apiserver::ApiServer& server, std::shared_ptr<Connection> connection, io::Request request) {
  io::Context context{connection->cancel.token(), Time::max()};
  io::Peer peer;
  bool head = request.method == "HEAD";
  io::Response response = co_await server.handle(context, std::move(request), std::move(peer));
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " X\r\n";
  for (const io::Header& header : response.headers) out += header.name + ": " + header.value + "\r\n";
  if (!response.stream) {
    out += "content-length: " + std::to_string(response.body.size()) + "\r\n\r\n";
    if (!head) out += response.body;
    connection->out += out;
    connection->busy = false;
    co_return;
  }
  connection->out += out + "transfer-encoding: chunked\r\n\r\n";
  for (;;) {
    auto piece = co_await response.stream->next(context);
    if (!piece) {
      connection->closed = true;
      break;
    }
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", *piece ? (*piece)->size() : 0);
    connection->out += size + (*piece ? **piece : std::string()) + "\r\n";
    if (!*piece) break;
  }
  connection->busy = false;
}

volatile std::sig_atomic_t stopping = 0;

int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(fd, 128) != 0) return -1;
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

void read_and_serve(apiserver::ApiServer& server, io::TaskScope& scope, std::shared_ptr<Connection> connection) {
  char buffer[65536];
  ssize_t got = recv(connection->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN)) {
    connection->closed = true;
    return;
  }
  if (got > 0) connection->in.append(buffer, static_cast<std::size_t>(got));
  while (!connection->busy) {
    io::Request request;
    std::size_t size = parse(connection->in, request);
    if (size == 0) break;
    connection->in.erase(0, size);
    connection->busy = true;
    scope.spawn(serve(server, connection, std::move(request)));
  }
}

int run(int port, apiserver::Options options) {
  PollLoop loop;
  SystemRandom rng;
  io::MemoryStorage storage;
  std::unique_ptr<apiserver::ApiServer> server;
  io::TaskScope scope(loop);
  auto open = [](io::Loop& l, io::Storage& s, Rng& r, apiserver::Options o,
                 std::unique_ptr<apiserver::ApiServer>& out) -> io::Task<void> {
    auto opened = co_await apiserver::ApiServer::open(l, s, r, std::move(o));
    if (opened) out = std::move(*opened);
    else std::fprintf(stderr, "%s\n", opened.error().text().c_str());
  };
  scope.spawn(open(loop, storage, rng, std::move(options), server));
  while (scope.running() > 0) loop.run_ready();
  if (!server) return 1;
  int listener = listen_on(port);
  if (listener < 0) return 1;
  std::puts("ready");
  std::fflush(stdout);
  std::vector<std::shared_ptr<Connection>> connections;
  while (!stopping) {
    loop.run_ready();
    std::vector<pollfd> polled{{listener, POLLIN, 0}};
    for (auto& connection : connections) {
      short events = POLLIN;
      if (!connection->out.empty()) events |= POLLOUT;
      polled.push_back({connection->fd, events, 0});
    }
    poll(polled.data(), polled.size(), loop.wait_ms());
    std::size_t known = connections.size();
    for (int fd; (fd = accept(listener, nullptr, nullptr)) >= 0;) {
      int one = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      connections.push_back(std::make_shared<Connection>());
      connections.back()->fd = fd;
    }
    for (std::size_t i = 0; i < known; ++i) {
      auto& connection = connections[i];
      if (polled[i + 1].revents & (POLLIN | POLLHUP | POLLERR)) read_and_serve(*server, scope, connection);
    }
    loop.run_ready();
    for (auto& connection : connections) {
      if (!connection->out.empty()) {
        ssize_t sent = send(connection->fd, connection->out.data(), connection->out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) connection->out.erase(0, static_cast<std::size_t>(sent));
        else if (sent < 0 && errno != EAGAIN) connection->closed = true;
        if (!connection->busy && !connection->in.empty()) read_and_serve(*server, scope, connection);
      }
      if (connection->closed && connection->fd >= 0 && connection->out.empty()) {
        close(connection->fd);
        connection->fd = -1;
        connection->cancel.request();
      }
    }
    std::erase_if(connections, [](const auto& connection) { return connection->fd < 0; });
  }
  for (auto& connection : connections) connection->cancel.request();
  scope.spawn(server->stop());
  while (scope.running() > 0) loop.run_ready();
  return 0;
}

}  // namespace
}  // namespace lesto

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::signal(SIGTERM, [](int) { lesto::stopping = 1; });
  std::signal(SIGINT, [](int) { lesto::stopping = 1; });
  lesto::apiserver::Options options;
  options.tokens.push_back({"admin", "admin", {"system:masters"}, "1"});
  options.load_balancer = lesto::apiserver::StandIn::Off;
  for (int i = 2; i < argc; ++i) {
    if (std::strcmp(argv[i], "--ready") == 0) options.workloads_ready = lesto::apiserver::StandIn::On;
  }
  return lesto::run(std::atoi(argv[1]), std::move(options));
}
