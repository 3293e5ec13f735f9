// Binds an ApiServer to a loopback port, for replay.py and kubectl:
//   apiserver_serve PORT [--tls KUBECONFIG] [--ready] [--sqlite FILE] [--burst N]
// With --burst it serves nobody: it creates N ConfigMaps in process, all at once, and prints how long that took.
// The token "admin" is in system:masters. With --tls it writes a kubeconfig that holds the CA and that token.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "foundation/base/hash.h"
#include "foundation/io/asio_loop.h"
#include "foundation/io/http_server.h"
#include "foundation/io/memory_storage.h"
#include "foundation/io/sqlite_storage.h"
#include "foundation/io/system_rng.h"
#include "kube/apiserver/server.h"

namespace lesto {
namespace {

struct Arguments {
  std::uint16_t port = 0;
  std::string kubeconfig;
  std::string sqlite;
  int burst = 0;
  apiserver::Options options;
};

Arguments read_arguments(int argc, char** argv) {
  Arguments out;
  out.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  out.options.tokens.push_back({"admin", "admin", {"system:masters"}, "1"});
  out.options.load_balancer = apiserver::StandIn::Off;
  for (int i = 2; i < argc; ++i) {
    if (std::strcmp(argv[i], "--ready") == 0) out.options.workloads_ready = apiserver::StandIn::On;
    if (std::strcmp(argv[i], "--sqlite") == 0 && i + 1 < argc) out.sqlite = argv[++i];
    if (std::strcmp(argv[i], "--burst") == 0 && i + 1 < argc) out.burst = std::atoi(argv[++i]);
    if (std::strcmp(argv[i], "--tls") == 0 && i + 1 < argc) out.kubeconfig = argv[++i];
  }
  return out;
}

void write_kubeconfig(const std::string& file, std::uint16_t port, const std::string& authority) {
  std::ofstream out(file);
  out << "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters:\n- name: c\n  cluster:\n    server: https://127.0.0.1:"
      << port << "\n    certificate-authority-data: " << base64_encode(authority)
      << "\ncontexts:\n- name: c\n  context: {cluster: c, user: u}\nusers:\n- name: u\n  user: {token: admin}\n";
}

io::Task<Result<void>> stop(io::HttpServer& http, apiserver::ApiServer& server) {
  co_await http.stop(std::chrono::milliseconds(100));
  co_await server.stop();
  co_return Result<void>();
}

io::Task<void> create_one(io::Exchange& exchange, int number, int& made) {
  io::Request request;
  request.method = "POST";
  request.target = "/api/v1/namespaces/default/configmaps";
  request.headers.push_back({"content-type", "application/json"});
  request.headers.push_back({"user-agent", "burst/1"});
  request.body = R"({"metadata":{"name":"c-)" + std::to_string(number) + R"(","labels":{"a":"b"}},"data":{"k":"v","l":"w"}})";
  auto response = co_await exchange.send({}, std::move(request));
  if (response && response->status == 201) ++made;
}

void burst(io::AsioLoop& loop, apiserver::ApiServer& server, int count) {
  io::InProcessExchange exchange(server);
  for (int round : {1, count}) {
    int made = 0;
    Time start = loop.now();
    io::TaskScope scope(loop);
    for (int i = 0; i < round; ++i) scope.spawn(create_one(exchange, round * 10 + i, made));
    loop.run_until([&] { return scope.running() == 0; });
    std::printf("%d of %d created in %.3f ms\n", made, round, std::chrono::duration<double, std::milli>(loop.now() - start).count());
  }
}

io::Task<Result<void>> stop(apiserver::ApiServer& server) {
  co_await server.stop();
  co_return Result<void>();
}

int run(Arguments arguments) {
  io::AsioLoop loop;
  io::SystemRng rng;
  std::unique_ptr<io::Storage> kept = std::make_unique<io::MemoryStorage>();
  if (!arguments.sqlite.empty()) {
    auto opened = io::SqliteStorage::open(loop, arguments.sqlite);
    if (!opened) return 1;
    kept = std::move(*opened);
  }
  io::Storage& storage = *kept;
  io::ServerOptions http_options;
  http_options.port = arguments.port;
  http_options.request_bytes_max = 16 << 20;
  std::string authority_pem;
  if (!arguments.kubeconfig.empty()) {
    auto authority = io::make_authority("lesto", loop.now(), std::chrono::hours(24));
    if (!authority) return 1;
    auto identity = io::make_server_certificate(*authority, {{"localhost"}, {"127.0.0.1"}}, loop.now(), std::chrono::hours(24));
    if (!identity) return 1;
    http_options.identity = *identity;
    authority_pem = authority->certificate;
  }
  arguments.options.ca_certificate = authority_pem.empty() ? "none" : authority_pem;
  auto opened = loop.run(apiserver::ApiServer::open(loop, storage, rng, std::move(arguments.options)));
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().text().c_str());
    return 1;
  }
  if (arguments.burst > 0) {
    burst(loop, **opened, arguments.burst);
    return loop.run(stop(**opened)) ? 0 : 1;
  }
  auto http = io::HttpServer::open(loop, **opened, std::move(http_options));
  if (!http) {
    std::fprintf(stderr, "%s\n", http.error().text().c_str());
    return 1;
  }
  if (!arguments.kubeconfig.empty()) write_kubeconfig(arguments.kubeconfig, (*http)->port(), authority_pem);
  loop.on_signal([&](int) { loop.stop(); });
  std::printf("ready %u\n", (*http)->port());
  std::fflush(stdout);
  loop.run();
  auto stopped = loop.run(stop(**http, **opened));
  return stopped ? 0 : 1;
}

}  // namespace
}  // namespace lesto

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  return lesto::run(lesto::read_arguments(argc, argv));
}
