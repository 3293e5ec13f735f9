#include "app/dialer.h"

namespace lesto::app {
namespace {

class WithToken final : public io::Exchange {
 public:
  WithToken(std::unique_ptr<io::Exchange> inner, std::string token)
      : inner_(std::move(inner)), authorization_("Bearer " + std::move(token)) {}
  io::Task<Result<io::Response>> send(io::Context context, io::Request request) override {
    request.headers.push_back({"authorization", authorization_});
    auto response = co_await inner_->send(std::move(context), std::move(request));
    co_return response;
  }

 private:
  std::unique_ptr<io::Exchange> inner_;
  std::string authorization_;
};

}  // namespace

Result<std::unique_ptr<io::Exchange>> connect(io::AsioLoop& loop, const kube::Kubeconfig& config, io::ClientOptions options) {
  options.url = config.server;
  options.credentials.ca = config.ca_pem;
  options.credentials.token = config.token;
  options.credentials.server_name = config.tls_server_name;
  if (!config.client_certificate_pem.empty()) {
    options.credentials.identity = io::KeyPair{config.client_certificate_pem, config.client_key_pem};
  }
  if (config.insecure_skip_tls_verify) options.credentials.verify = io::Credentials::Verify::Skip;
  TRY_ASSIGN(auto exchange, io::HttpExchange::create(loop, std::move(options)));
  return exchange;
}

std::unique_ptr<io::Exchange> with_token(std::unique_ptr<io::Exchange> inner, std::string token) {
  return std::make_unique<WithToken>(std::move(inner), std::move(token));
}

std::unique_ptr<io::Exchange> connect_in_process(io::Handler& handler, std::string token) {
  return with_token(std::make_unique<io::InProcessExchange>(handler), std::move(token));
}

Result<std::unique_ptr<io::Exchange>> NetworkDialer::dial(const kube::Kubeconfig& config) {
  return connect(loop_, config, options_);
}

Result<std::unique_ptr<io::Exchange>> HostDialer::dial(const kube::Kubeconfig& config) {
  for (const std::unique_ptr<ClusterHost>& host : hosts_) {
    if (host->kubeconfig() == config) return connect_in_process(host->handler(), config.token);
  }
  return network_.dial(config);
}

}  // namespace lesto::app
