// What the loop, HTTP and storage cost on this machine: requests a second, latency of watch events,
// durable commits a second, memory a watch. Server and client run on two threads with a loop each,
// over TLS on loopback.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <unistd.h>

#include "foundation/io/asio_loop.h"
#include "foundation/io/http_client.h"
#include "foundation/io/http_server.h"
#include "foundation/io/sqlite_storage.h"

using namespace lesto;
using namespace lesto::io;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kEventBytes = 4000;

std::int64_t stamp() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

long resident_kb() {
  std::ifstream file("/proc/self/statm");
  long total = 0, resident = 0;
  file >> total >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

// Small answers, and watches that get an event each `tick`, stamped with its time.
class BenchHandler final : public Handler {
 public:
  explicit BenchHandler(Loop& loop) : loop_(loop) {}
  Task<Response> handle(Context, Request request, Peer) override {
    Response response;
    if (request.target == "/watch") {
      pipes_.push_back(std::make_unique<Pipe>(loop_));
      response.stream = pipes_.back()->reader();
    } else {
      response.body = std::string(200, 'x');
    }
    co_return response;
  }
  void tick(Duration every) {
    if (every == Duration(0)) return;
    // Spread over the interval, as events of many objects are.
    for (int i = 0; i < 8 && !pipes_.empty(); ++i) {
      std::size_t share = (pipes_.size() + 7) / 8;
      for (std::size_t k = 0; k < share; ++k) {
        next_ = (next_ + 1) % pipes_.size();
        std::string event = std::to_string(stamp()) + " ";
        event.resize(kEventBytes, 'x');
        event += '\n';
        pipes_[next_]->push(std::move(event));
      }
      break;
    }
    timer_ = loop_.after(every / 8, [this, every] { tick(every); });
  }
  void rest() {
    if (timer_ != TimerId::None) loop_.cancel(timer_);
    timer_ = TimerId::None;
    for (auto& pipe : pipes_) pipe->close();
    pipes_.clear();
  }

 private:
  Loop& loop_;
  std::vector<std::unique_ptr<Pipe>> pipes_;
  std::size_t next_ = 0;
  TimerId timer_ = TimerId::None;
};

Task<void> ask_again_and_again(HttpExchange& exchange, int count, int& failed) {
  for (int i = 0; i < count; ++i) {
    Request request;
    request.target = "/small";
    auto response = co_await exchange.send({}, std::move(request));
    if (!response || response->status != 200) ++failed;
  }
}

Task<void> watch(HttpExchange& exchange, int& open, std::vector<std::int64_t>& latencies) {
  Request request;
  request.target = "/watch";
  request.response = BodyMode::Stream;
  auto response = co_await exchange.send({}, std::move(request));
  if (!response) co_return;
  ++open;
  std::string line;
  for (;;) {
    auto piece = co_await response->stream->next({});
    if (!piece || !*piece) break;
    std::int64_t now = stamp();
    for (char c : **piece) {
      if (c != '\n') {
        line += c;
        continue;
      }
      latencies.push_back(now - std::atoll(line.c_str()));
      line.clear();
    }
  }
  --open;
}

Task<void> commit_again_and_again(Storage& storage, int writer, int count, int& failed) {
  for (int i = 0; i < count; ++i) {
    std::vector<Write> batch{
        {"key " + std::to_string(writer) + "/" + std::to_string(i % 100), std::string(3500, 'v')}};
    auto result = co_await storage.commit(std::move(batch));
    if (!result) ++failed;
  }
}

void measure_requests(AsioLoop& loop, HttpExchange& exchange, const char* name, int together,
                      int count) {
  int failed = 0;
  TaskScope scope(loop);
  double cpu = cpu_seconds();
  std::int64_t start = stamp();
  for (int i = 0; i < together; ++i)
    scope.spawn(ask_again_and_again(exchange, count / together, failed));
  loop.run_until([&] { return scope.running() == 0; });
  double seconds = static_cast<double>(stamp() - start) / 1e9;
  std::printf("%-6s %4d at a time: %8.0f requests/s, %6.1f us of processor each, %d failed\n", name,
              together, count / seconds, (cpu_seconds() - cpu) * 1e6 / count, failed);
}

void measure_watches(AsioLoop& loop, HttpExchange& exchange, AsioLoop& server_loop,
                     BenchHandler& handler, const char* name, int count, Duration every) {
  int open = 0;
  std::vector<std::int64_t> latencies;
  latencies.reserve(1 << 20);
  long before = resident_kb();
  TaskScope scope(loop);
  for (int i = 0; i < count; ++i) scope.spawn(watch(exchange, open, latencies));
  loop.run_until([&] { return open == count; });
  long after = resident_kb();
  double cpu = cpu_seconds();
  server_loop.post([&handler, every] { handler.tick(every); });
  bool over = false;
  loop.after(4s, [&] { over = true; });
  loop.run_until([&] { return over; });
  cpu = cpu_seconds() - cpu;
  server_loop.post([&handler] { handler.rest(); });
  loop.run_until([&] { return scope.running() == 0; });
  std::sort(latencies.begin(), latencies.end());
  auto at = [&](double part) {
    std::size_t index = static_cast<std::size_t>(part * static_cast<double>(latencies.size()));
    return latencies.empty()
               ? 0.0
               : static_cast<double>(latencies[std::min(index, latencies.size() - 1)]) / 1e3;
  };
  std::printf(
      "%-6s %4d watches: %6.0f events/s, p50 %5.0f us, p99 %5.0f us, p99.9 %5.0f us, %4.1f %% of a "
      "core, "
      "%.1f KB a watch (both sides)\n",
      name, count, static_cast<double>(latencies.size()) / 4, at(0.5), at(0.99), at(0.999),
      cpu / 4 * 100, static_cast<double>(after - before) / count);
}

// What a connected cluster without any request costs: one exchange with its TLS context, and its
// server's side.
Result<void> measure_idle(AsioLoop& loop, const ClientOptions& options, int count) {
  std::vector<std::unique_ptr<HttpExchange>> exchanges;
  long before = 0;
  // The first ones pay for what all share.
  for (int i = 0; i < count + 10; ++i) {
    if (i == 10) before = resident_kb();
    TRY_ASSIGN(auto exchange, HttpExchange::create(loop, options));
    Request request;
    request.target = "/small";
    TRY_ASSIGN(auto response, loop.run(exchange->send({}, std::move(request))));
    exchanges.push_back(std::move(exchange));
  }
  std::printf("idle   %4d connected clusters: %.1f KB each (both sides)\n", count,
              static_cast<double>(resident_kb() - before) / count);
  return {};
}

void measure_commits(AsioLoop& loop, const std::string& path, int together, int count) {
  auto storage = SqliteStorage::open(loop, path);
  if (!storage) {
    std::printf("%s\n", storage.error().text().c_str());
    return;
  }
  int failed = 0;
  TaskScope scope(loop);
  std::int64_t start = stamp();
  for (int i = 0; i < together; ++i)
    scope.spawn(commit_again_and_again(**storage, i, count / together, failed));
  loop.run_until([&] { return scope.running() == 0; });
  double seconds = static_cast<double>(stamp() - start) / 1e9;
  std::printf(
      "sqlite %4d at a time: %8.0f durable commits/s, %llu syncs for %d commits, %d failed\n",
      together, count / seconds, static_cast<unsigned long long>((*storage)->transactions()), count,
      failed);
}

Task<bool> stopped(HttpServer& server) {
  co_await server.stop(1s);
  co_return true;
}

}  // namespace

int main() {
  AsioLoop loop;
  KeyPair authority = *make_authority("bench", loop.now(), 24h);
  ServerOptions options;
  options.identity =
      *make_server_certificate(authority, {{"localhost"}, {"127.0.0.1"}}, loop.now(), 24h);
  options.streams_max = 4000;

  AsioLoop server_loop;
  BenchHandler handler(server_loop);
  auto server = HttpServer::open(server_loop, handler, options);
  if (!server) return 1;
  std::thread thread([&] { server_loop.run(); });

  for (auto protocol : {ClientOptions::Protocol::Http2, ClientOptions::Protocol::Http1}) {
    const char* name = protocol == ClientOptions::Protocol::Http2 ? "http2" : "http1";
    ClientOptions client;
    client.url = "https://127.0.0.1:" + std::to_string((*server)->port());
    client.credentials.ca = authority.certificate;
    client.protocol = protocol;
    auto exchange = HttpExchange::create(loop, client);
    if (!exchange) return 1;
    measure_requests(loop, **exchange, name, 1, 20'000);
    measure_requests(loop, **exchange, name, 64, 50'000);
    measure_watches(loop, **exchange, server_loop, handler, name, 1, 40ms);
    measure_watches(loop, **exchange, server_loop, handler, name, 200, 100ms);
    if (protocol == ClientOptions::Protocol::Http2) {
      measure_watches(loop, **exchange, server_loop, handler, name, 1000, 100ms);
      auto idle = measure_idle(loop, client, 300);
      if (!idle) std::printf("%s\n", idle.error().text().c_str());
    }
  }
  server_loop.stop();
  thread.join();
  server_loop.run(stopped(**server));

  std::string path = "/tmp/lesto-bench-" + std::to_string(getpid()) + ".db";
  measure_commits(loop, path, 1, 3'000);
  measure_commits(loop, path, 64, 30'000);
  unlink(path.c_str());
}
