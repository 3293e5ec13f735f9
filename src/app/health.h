// GET /healthz and /readyz of a manager, for the probes of its Pod.
#pragma once

#include <functional>

#include "foundation/io/http.h"

namespace lesto::app {

class Health final : public io::Handler {
 public:
  // "" means ready; else why not.
  using Reason = std::function<std::string()>;
  explicit Health(Reason not_ready) : not_ready_(std::move(not_ready)) {}
  io::Task<io::Response> handle(io::Context context, io::Request request, io::Peer peer) override;

 private:
  Reason not_ready_;
};

}  // namespace lesto::app
