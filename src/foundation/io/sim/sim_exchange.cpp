#include "foundation/io/sim/sim_exchange.h"

#include "foundation/io/sim/sim_rng.h"

namespace lesto::io::sim {

// One call under way. Shared by the caller's side, the carrying task and the network's list.
struct Network::Flight {
  Flight(Loop& loop, std::uint64_t n, Link l, BodyMode m)
      : number(n), link(std::move(l)), mode(m), answer(loop) {}
  std::uint64_t number;
  Link link;
  BodyMode mode;
  Completion<Response> answer;
  CancelSource cancel;  // what the handler's side sees
  std::optional<Pipe> pipe;
};

class Network::NetworkExchange final : public Exchange {
 public:
  NetworkExchange(Network& network, Link link, Peer peer)
      : network_(network), link_(std::move(link)), peer_(std::move(peer)) {}
  Task<Result<Response>> send(Context context, Request request) override {
    return network_.send(link_, peer_, std::move(context), std::move(request));
  }

 private:
  Network& network_;
  Link link_;
  Peer peer_;
};

Network::Network(Loop& loop, Rng& rng) : loop_(loop), rng_(rng), scope_(loop) {}
Network::~Network() = default;

void Network::serve(const std::string& name, Handler* handler) {
  handlers_[name] = handler;
  if (handler) return;
  auto flights = flights_;
  for (auto& [number, flight] : flights) {
    if (flight->link.second == name) break_flight(*flight, "the server is gone");
  }
}

std::size_t Network::running(const std::string& name) const {
  auto found = running_.find(name);
  return found == running_.end() ? 0 : found->second;
}

std::unique_ptr<Exchange> Network::connect(std::string from, std::string to, Peer peer) {
  if (peer.address.empty()) peer.address = from;
  return std::make_unique<NetworkExchange>(*this, Link(std::move(from), std::move(to)),
                                           std::move(peer));
}

void Network::set_rates(const std::string& from, const std::string& to, LinkRates rates) {
  link_rates_[{from, to}] = rates;
}

const LinkRates& Network::rates(const Link& link) const {
  auto found = link_rates_.find(link);
  return found == link_rates_.end() ? rates_ : found->second;
}

void Network::cut(const std::string& from, const std::string& to) { cut_.insert({from, to}); }

void Network::heal(const std::string& from, const std::string& to) {
  cut_.erase({from, to});
  release({from, to});
}

void Network::heal_all() {
  for (const Link& link : std::exchange(cut_, {})) release(link);
}

void Network::release(const Link& link) {
  auto [first, last] = standing_.equal_range(link);
  std::vector<Completion<void>> free;
  for (auto at = first; at != last; ++at) free.push_back(at->second);
  standing_.erase(first, last);
  for (const Completion<void>& one : free) one.complete({});
}

void Network::break_connections(const std::string& from, const std::string& to) {
  auto flights = flights_;
  for (auto& [number, flight] : flights) {
    if (flight->link == Link(from, to)) break_flight(*flight, "the connection broke");
  }
}

void Network::break_flight(Flight& flight, const std::string& why) {
  Error error(Code::Unavailable, flight.link.second + ": " + why);
  if (flight.pipe) flight.pipe->close(error);
  flight.answer.complete(fail(error));
  flight.cancel.request();
}

Task<Result<Response>> Network::send(Link link, Peer peer, Context context, Request request) {
  if (context.cancel.requested()) co_return fail(Code::Cancelled, "cancelled");
  auto flight = std::make_shared<Flight>(loop_, next_flight_++, std::move(link), request.response);
  flights_[flight->number] = flight;
  scope_.spawn(carry(flight, std::move(request), std::move(peer)));
  auto answer = co_await flight->answer.wait(std::move(context));
  // A caller that went away is noticed by the handler or not, as chance wills.
  if (!answer && chance(rng_, 0.5)) flight->cancel.request();
  co_return answer;
}

Task<void> Network::carry(std::shared_ptr<Flight> flight, Request request, Peer peer) {
  // The list may be changed by whatever runs in between, so it is found by its number at the end.
  auto answered = answer(flight, std::move(request), std::move(peer));
  co_await std::move(answered);
  flights_.erase(flight->number);
}

// One way over the link: stands still while it is cut, breaks when that takes too long or the
// flight is broken.
Task<Result<void>> Network::travel(std::shared_ptr<Flight> flight) {
  Duration delay = between(rng_, rates(flight->link).delay_min, rates(flight->link).delay_max);
  auto slept = co_await sleep(loop_, Context{flight->cancel.token(), Time::max()}, delay);
  if (!slept) co_return slept;
  while (cut_.contains(flight->link)) {
    Completion<void> healed(loop_);
    standing_.emplace(flight->link, healed);
    Context patience{flight->cancel.token(), loop_.now() + kSilenceMax};
    auto waited = co_await healed.wait(std::move(patience));
    if (!waited) {
      break_flight(*flight, "no sign of life");
      co_return waited;
    }
  }
  co_return {};
}

Task<void> Network::answer(std::shared_ptr<Flight> flight, Request request, Peer peer) {
  auto there = co_await travel(flight);
  if (!there) co_return;
  if (chance(rng_, rates(flight->link).request_lost)) {
    co_return break_flight(*flight, "the connection broke");
  }
  auto found = handlers_.find(flight->link.second);
  if (found == handlers_.end() || !found->second) {
    co_return break_flight(*flight, "connection refused");
  }
  std::optional<Response> instead;
  if (intercept_) instead = intercept_(flight->link.second, request);
  Response response;
  if (instead) {
    response = std::move(*instead);
  } else {
    ++running_[flight->link.second];
    Context context{flight->cancel.token(), Time::max()};
    auto handled =
        co_await found->second->handle(std::move(context), std::move(request), std::move(peer));
    --running_[flight->link.second];
    response = std::move(handled);
  }
  if (chance(rng_, rates(flight->link).answer_lost)) {
    co_return break_flight(*flight, "the connection broke");
  }
  auto back = co_await travel(flight);
  if (!back || flight->answer.done()) co_return;

  std::unique_ptr<BodyStream> stream = std::move(response.stream);
  if (!stream && flight->mode == BodyMode::Whole) {
    co_return flight->answer.complete(std::move(response));
  }
  flight->pipe.emplace(loop_);
  std::unique_ptr<BodyStream> reader = flight->pipe->reader();
  if (flight->mode == BodyMode::Stream) {
    // Not kept by the flight itself, which keeps the pipe.
    flight->pipe->on_reader_gone([weak = std::weak_ptr<Flight>(flight)] {
      if (auto gone = weak.lock()) gone->cancel.request();
    });
    if (!stream) {
      flight->pipe->push(std::exchange(response.body, {}));
      flight->pipe->close();
    }
    response.stream = std::move(reader);
    flight->answer.complete(std::move(response));
    if (!stream) co_return;
    auto pumped = pump(flight, std::move(stream));
    co_await std::move(pumped);
    co_return;
  }
  auto pumped = pump(flight, std::move(stream));
  co_await std::move(pumped);
  for (;;) {
    auto piece = co_await reader->next({});
    if (!piece) co_return flight->answer.complete(fail(std::move(piece).error()));
    if (!*piece) co_return flight->answer.complete(std::move(response));
    response.body += **piece;
  }
}

Task<void> Network::pump(std::shared_ptr<Flight> flight, std::unique_ptr<BodyStream> stream) {
  for (;;) {
    auto piece = co_await stream->next(Context{flight->cancel.token(), Time::max()});
    if (flight->cancel.token().requested()) {
      flight->pipe->close(Error(Code::Unavailable, flight->link.second + ": the connection broke"));
      co_return;
    }
    auto there = co_await travel(flight);
    if (!there) co_return;
    if (chance(rng_, rates(flight->link).stream_cut)) {
      co_return break_flight(*flight, "the stream was cut");
    }
    if (!piece) co_return break_flight(*flight, "the response broke off: " + piece.error().text());
    if (!*piece) co_return flight->pipe->close();
    flight->pipe->push(std::move(**piece));
  }
}

Task<void> Network::stop() {
  auto flights = flights_;
  for (auto& [number, flight] : flights) break_flight(*flight, "the network is gone");
  auto joined = scope_.join();
  co_await std::move(joined);
}

}  // namespace lesto::io::sim
