// Everything that the API servers of a simulated fleet answered, as they saw it: the trace whose hash tells two runs
// apart, and the writes, from which safety is judged.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "foundation/io/http.h"
#include "kube/object/object.h"

namespace lesto::sim {

// A write that a server carried out, whether or not the answer arrived.
struct Write {
  Time at{};
  std::string server;
  bool by_manager = false;
  std::string method;
  std::string path;  // of the object, without version, subresource and query
  std::string subresource;
  json::Value before;  // null: it was not there
  json::Value after;   // null: it is gone
  // Of `before`: whether the manager made it, and when.
  bool ours = false;
  Time made{};
};

// What is known of an object of a server.
struct Live {
  json::Value object;
  bool made_by_manager = false;
  Time made{};
  Time written{};  // last
};

// Users write as manager "person": what has nothing of theirs is Lesto's.
bool is_ours(const json::Value& object);

class Journal {
 public:
  using Listener = std::function<void(const Write&)>;
  using Sink = std::function<void(const std::string& line)>;

  explicit Journal(const Clock& clock) : clock_(clock) {}

  void listen(Listener listener) { listener_ = std::move(listener); }
  // Each line of the trace, for people.
  void show(Sink sink) { sink_ = std::move(sink); }

  void answered(const std::string& server, const std::string& by, const io::Request& request,
                const io::Response& response);
  // A line of the driver's: actions and faults.
  void say(const std::string& line);
  // The server lost everything.
  void forget(const std::string& server) { live_.erase(server); }

  const std::map<std::string, Live>& live(const std::string& server) { return live_[server]; }
  std::uint64_t hash() const { return hash_; }
  // Requests and writes of the manager so far; a write that changed nothing is none.
  std::uint64_t requests() const { return requests_; }
  std::uint64_t writes() const { return writes_; }

 private:
  void hear_write(Write write, const json::Value& body, bool made);

  const Clock& clock_;
  Listener listener_;
  Sink sink_;
  std::map<std::string, std::map<std::string, Live>> live_;
  std::uint64_t hash_ = 14695981039346656037u;
  std::uint64_t requests_ = 0;
  std::uint64_t writes_ = 0;
};

}  // namespace lesto::sim
