#include "app/cluster_host.h"

#include <charconv>

#include "foundation/base/hash.h"
#include "foundation/io/files.h"
#include "foundation/io/memory_storage.h"
#include "foundation/io/sqlite_storage.h"
#include "kube/object/names.h"

namespace lesto::app {
namespace {

constexpr Duration kYears = std::chrono::hours(24 * 365 * 10);
constexpr Duration kGrace = std::chrono::milliseconds(200);

std::string random_token(Rng& rng) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    std::uint64_t number = rng.next();
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  return hex(bytes);
}

Result<Identity> make_identity(Rng& rng, Time now) {
  Identity identity;
  TRY_ASSIGN(identity.authority, io::make_authority("lesto", now, kYears));
  identity.token = random_token(rng);
  return identity;
}

std::string port_file(const HostOptions& options) { return options.data + "/" + options.name + ".port"; }

// The port of last time, so that kubeconfigs stay right over a restart.
std::uint16_t last_port(const HostOptions& options) {
  if (options.data == "memory") return 0;
  auto text = io::read_file(port_file(options));
  std::uint16_t port = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), port);
  return port;
}

Result<std::unique_ptr<io::Storage>> open_storage(io::Loop& loop, const HostOptions& options) {
  if (options.data == "memory") return std::make_unique<io::MemoryStorage>();
  TRY_ASSIGN(auto storage, io::SqliteStorage::open(loop, options.data + "/" + options.name + ".db"));
  return storage;
}

Result<std::unique_ptr<io::HttpServer>> bind(io::AsioLoop& loop, io::Handler& handler, const Identity& identity,
                                             const HostOptions& options) {
  io::ServerOptions server;
  server.address = options.address;
  server.client_authority = identity.authority.certificate;
  auto certificate = io::make_server_certificate(
      identity.authority, {.dns = {"localhost", "kubernetes", "kubernetes.default.svc"}, .ips = {options.address}},
      loop.now(), kYears);
  TRY_ASSIGN(server.identity, during(std::move(certificate), "a certificate for the address " + options.address));
  server.port = options.port;
  if (server.port != 0) return io::HttpServer::open(loop, handler, std::move(server));
  server.port = last_port(options);
  auto bound = io::HttpServer::open(loop, handler, server);
  if (bound || server.port == 0) return bound;
  server.port = 0;
  return io::HttpServer::open(loop, handler, std::move(server));
}

}  // namespace

Result<Identity> load_identity(const std::string& data, Rng& rng, Time now) {
  if (data == "memory") return make_identity(rng, now);
  TRY(io::make_directories(data));
  // The token is written last: without it the first start did not get so far that anybody knows the others.
  auto token = io::read_file(data + "/admin.token");
  if (token) {
    auto certificate = io::read_file(data + "/ca.crt");
    auto key = io::read_file(data + "/ca.key");
    if (certificate && key) return Identity{{std::move(*certificate), std::move(*key)}, std::move(*token)};
    const Error& lost = certificate ? key.error() : certificate.error();
    return fail(lost.code(), lost.text() + "; restore it, or move ca.crt, ca.key and admin.token away: new ones are made "
                                           "then, and kubeconfigs of before no longer work");
  }
  if (token.error().code() != Code::NotFound) return fail(std::move(token).error());
  TRY_ASSIGN(Identity identity, make_identity(rng, now));
  TRY(io::write_file(data + "/ca.crt", identity.authority.certificate));
  TRY(io::write_file(data + "/ca.key", identity.authority.key));
  TRY(io::write_file(data + "/admin.token", identity.token));
  return identity;
}

Result<void> check_host_name(const std::string& name) {
  kube::Complaints wrong = kube::check_dns1123_label(name);
  if (wrong.empty()) return {};
  return fail(Code::Invalid, "\"" + name + "\" cannot be the name of a cluster: " + wrong.front());
}

ClusterHost::~ClusterHost() = default;

Result<std::unique_ptr<ClusterHost>> ClusterHost::start(io::AsioLoop& loop, Rng& rng, const Identity& identity,
                                                        HostOptions options) {
  std::unique_ptr<ClusterHost> host(new ClusterHost());
  host->name_ = options.name;
  std::string doing = "start cluster " + options.name;
  auto storage = open_storage(loop, options);
  if (!storage) return fail(std::move(storage.error()).during(std::move(doing)));
  host->storage_ = std::move(*storage);
  apiserver::Options server;
  server.name = options.name;
  server.tokens = {{.token = identity.token, .user = "admin", .groups = {"system:masters"}, .uid = "admin"}};
  server.load_balancer =
      options.load_balancers == LoadBalancers::StandIn ? apiserver::StandIn::On : apiserver::StandIn::Off;
  server.ca_certificate = identity.authority.certificate;
  auto opened = loop.run(apiserver::ApiServer::open(loop, *host->storage_, rng, std::move(server)));
  if (!opened) return fail(std::move(opened.error()).during(std::move(doing)));
  host->server_ = std::move(*opened);
  auto socket = bind(loop, *host->server_, identity, options);
  if (!socket) {
    loop.run(stop_server(*host->server_));
    return fail(std::move(socket.error()).during(std::move(doing)));
  }
  host->socket_ = std::move(*socket);
  std::string port = std::to_string(host->socket_->port());
  if (options.data != "memory") TRY(io::write_file(port_file(options), port));
  bool v6 = options.address.find(':') != std::string::npos;
  host->kubeconfig_.server = "https://" + (v6 ? "[" + options.address + "]" : options.address) + ":" + port;
  host->kubeconfig_.ca_pem = identity.authority.certificate;
  host->kubeconfig_.token = identity.token;
  return host;
}

io::Task<Result<void>> ClusterHost::stop_server(apiserver::ApiServer& server) {
  co_await server.stop();
  co_return {};
}

io::Task<void> ClusterHost::stop() {
  co_await socket_->stop(kGrace);
  co_await server_->stop();
}

}  // namespace lesto::app
