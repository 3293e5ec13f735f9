// Binds an ApiServer to a loopback port, for replay.py and kubectl:
//   apiserver_serve PORT [--tls KUBECONFIG] [--ready]
// The token "admin" is in system:masters. With --tls it writes a kubeconfig that holds the CA and that token.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "foundation/base/hash.h"
#include "foundation/io/asio_loop.h"
#include "foundation/io/http_server.h"
#include "foundation/io/memory_storage.h"
#include "foundation/io/system_rng.h"
#include "kube/apiserver/server.h"

namespace lesto {
namespace {

struct Arguments {
  std::uint16_t port = 0;
  std::string kubeconfig;
  apiserver::Options options;
};

Arguments read_arguments(int argc, char** argv) {
  Arguments out;
  out.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  out.options.tokens.push_back({"admin", "admin", {"system:masters"}, "1"});
  out.options.load_balancer = apiserver::StandIn::Off;
  for (int i = 2; i < argc; ++i) {
    if (std::strcmp(argv[i], "--ready") == 0) out.options.workloads_ready = apiserver::StandIn::On;
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

int run(Arguments arguments) {
  io::AsioLoop loop;
  io::SystemRng rng;
  io::MemoryStorage storage;
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
