#include "app/fence.h"

namespace lesto::app {
namespace {

class Owning final : public io::Exchange {
 public:
  Owning(std::unique_ptr<io::Exchange> inner, MayAct may_act)
      : inner_(std::move(inner)), fenced_(*inner_, std::move(may_act)) {}
  io::Task<Result<io::Response>> send(io::Context context, io::Request request) override {
    return fenced_.send(std::move(context), std::move(request));
  }

 private:
  std::unique_ptr<io::Exchange> inner_;
  FencedExchange fenced_;
};

}  // namespace

io::Task<Result<io::Response>> FencedExchange::send(io::Context context, io::Request request) {
  if (!may_act_()) co_return fail(Code::Unavailable, "this manager does not hold the lease");
  auto response = co_await inner_.send(std::move(context), std::move(request));
  co_return response;
}

Result<std::unique_ptr<io::Exchange>> FencedDialer::dial(const kube::Kubeconfig& config) {
  TRY_ASSIGN(auto inner, inner_.dial(config));
  return std::make_unique<Owning>(std::move(inner), may_act_);
}

}  // namespace lesto::app
