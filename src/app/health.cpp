#include "app/health.h"

namespace lesto::app {

io::Task<io::Response> Health::handle(io::Context, io::Request request, io::Peer) {
  io::Response response;
  response.headers = {{"content-type", "text/plain; charset=utf-8"}};
  std::string reason;
  if (request.target == "/readyz") reason = not_ready_();
  if (request.target != "/readyz" && request.target != "/healthz") {
    response.status = 404;
    reason = "only /healthz and /readyz are here";
  } else if (!reason.empty()) {
    response.status = 503;
  }
  response.body = (reason.empty() ? "ok" : reason) + "\n";
  co_return response;
}

}  // namespace lesto::app
