// A simulated network: exchanges that reach handlers over links with delay, loss and cuts, all
// decided by a seeded Rng in virtual time.
//
// What HTTP over TCP can do to a caller happens here too: a request that never arrived, a request
// that was executed and whose answer was lost, a stream that breaks off between two pieces,
// silence. Pieces of one stream never change their order, and no response comes twice.
#pragma once

#include <map>
#include <set>

#include "foundation/io/http.h"

namespace lesto::io::sim {

struct LinkRates {
  Duration delay_min = std::chrono::microseconds(100);
  Duration delay_max = std::chrono::milliseconds(2);
  double request_lost = 0;  // a request: the connection breaks before the handler sees it
  double answer_lost = 0;   // a request: executed, then the connection breaks
  double stream_cut = 0;    // a piece of a stream: the connection breaks before it arrives
};

// Named parties and the links between them. A link has a direction: who calls, who is called.
// Thread: the loop's.
class Network {
 public:
  Network(Loop& loop, Rng& rng);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // The party answers with this handler; nullptr: its process is gone, so connections to it break
  // and new ones are refused. Before the handler is destroyed, running(name) must have come to 0.
  void serve(const std::string& name, Handler* handler);
  // Calls whose handler has not come to its end yet.
  std::size_t running(const std::string& name) const;

  // An exchange for calls of one party to another. `peer` is what the handler is told about the
  // caller; its address is set to `from` when it is empty. Must be gone before the network is;
  // calls may outlast it.
  std::unique_ptr<Exchange> connect(std::string from, std::string to, Peer peer = {});

  // Rates of links that have none of their own.
  void set_rates(LinkRates rates) { rates_ = rates; }
  void set_rates(const std::string& from, const std::string& to, LinkRates rates);

  // Nothing gets through any more, and nobody is told: what runs stands still, and breaks after
  // kSilenceMax.
  void cut(const std::string& from, const std::string& to);
  // What stood still goes on.
  void heal(const std::string& from, const std::string& to);
  void heal_all();
  // Every connection of the link breaks now. New ones may be made.
  void break_connections(const std::string& from, const std::string& to);

  // Asked before each request reaches its handler: an answer of its own (429, 500, 410, …) takes
  // the handler's place.
  using Intercept =
      std::function<std::optional<Response>(const std::string& to, const Request& request)>;
  void set_intercept(Intercept intercept) { intercept_ = std::move(intercept); }

  // Breaks everything and waits for its end; before the network is destroyed.
  Task<void> stop();

  // As a real client notices a dead connection by its pings.
  static constexpr Duration kSilenceMax = std::chrono::seconds(45);

 private:
  class NetworkExchange;
  struct Flight;
  using Link = std::pair<std::string, std::string>;

  Task<Result<Response>> send(Link link, Peer peer, Context context, Request request);
  Task<void> carry(std::shared_ptr<Flight> flight, Request request, Peer peer);
  Task<void> answer(std::shared_ptr<Flight> flight, Request request, Peer peer);
  Task<void> pump(std::shared_ptr<Flight> flight, std::unique_ptr<BodyStream> stream);
  Task<Result<void>> travel(std::shared_ptr<Flight> flight);
  const LinkRates& rates(const Link& link) const;
  void break_flight(Flight& flight, const std::string& why);
  void release(const Link& link);

  Loop& loop_;
  Rng& rng_;
  LinkRates rates_;
  std::map<Link, LinkRates> link_rates_;
  std::map<std::string, Handler*> handlers_;
  std::map<std::string, std::size_t> running_;
  std::set<Link> cut_;
  // What waits for a cut link to heal.
  std::multimap<Link, Completion<void>> standing_;
  // In the order of their start, so that a run repeats.
  std::map<std::uint64_t, std::shared_ptr<Flight>> flights_;
  std::uint64_t next_flight_ = 0;
  Intercept intercept_;
  TaskScope scope_;
};

}  // namespace lesto::io::sim
