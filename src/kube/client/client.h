// The Kubernetes client: one cluster, reached through an Exchange. Thread: the loop's.
//
// Every call waits at most kCallTimeout, or less when the context says so. What a server refuses with 429 and Retry-After is
// sent again when it asked for that, within this time; nothing else is sent twice. Errors are those of the exchange and of
// kube::api_error, with the call as context ("get Service default/web: ...").
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "foundation/io/http.h"
#include "kube/client/request.h"
#include "kube/object/object.h"

namespace lesto::client {

inline constexpr Duration kCallTimeout = std::chrono::seconds(30);

struct List {
  std::vector<json::Value> items;  // with apiVersion and kind filled in
  std::string resource_version;
};

enum class EventType { Added, Modified, Deleted, Bookmark };

struct WatchEvent {
  EventType type = EventType::Added;
  json::Value object;
};

// An open watch. Destroying it ends it.
class Watch {
 public:
  explicit Watch(std::unique_ptr<io::BodyStream> stream) : stream_(std::move(stream)) {}

  // All events that have arrived, at least one; std::nullopt when the server ended the watch. Gone when the position is
  // too old; Unavailable when the connection broke. An event that does not parse is Internal, and final.
  io::Task<Result<std::optional<std::vector<WatchEvent>>>> next(io::Context context);

 private:
  std::unique_ptr<io::BodyStream> stream_;
  std::string rest_;
  std::optional<Error> error_;
};

class Client {
 public:
  // The exchange outlives the client.
  Client(io::Loop& loop, io::Exchange& exchange, std::string user_agent)
      : loop_(loop), exchange_(exchange), user_agent_(std::move(user_agent)) {}

  io::Task<Result<json::Value>> get(io::Context context, kube::Resource resource, kube::ObjectKey key);
  // Follows `continue` to the end: the result is complete.
  io::Task<Result<List>> list(io::Context context, kube::Resource resource, ListOptions options);
  io::Task<Result<Watch>> watch(io::Context context, kube::Resource resource, WatchOptions options);
  io::Task<Result<json::Value>> create(io::Context context, kube::Resource resource, json::Value object,
                                       std::string field_manager);
  io::Task<Result<json::Value>> update(io::Context context, kube::Resource resource, json::Value object,
                                       std::string field_manager, std::string subresource = {});
  io::Task<Result<json::Value>> patch(io::Context context, kube::Resource resource, kube::ObjectKey key,
                                      PatchType type, json::Value patch, PatchOptions options);
  // Server-side apply of the whole object.
  io::Task<Result<json::Value>> apply(io::Context context, kube::Resource resource, json::Value object,
                                      PatchOptions options);
  // The object as it is being deleted, or null when it is gone at once.
  io::Task<Result<json::Value>> remove(io::Context context, kube::Resource resource, kube::ObjectKey key,
                                       DeleteOptions options);
  // Any path that answers with JSON: discovery, /version.
  io::Task<Result<json::Value>> get_path(io::Context context, std::string path,
                                         std::string accept = "application/json");
  // POST of an object that is asked rather than kept: TokenRequest, SelfSubjectReview.
  io::Task<Result<json::Value>> post_path(io::Context context, std::string path, json::Value body);

  // Ends when no write is under way but those of statuses, or after `at_most`: what can wait gives way in a burst to what
  // somebody waits for, and says then in one write what would have been many.
  io::Task<void> quiet(io::Context context, Duration at_most);

  io::Loop& loop() { return loop_; }

  // Requested when what is below this client is replaced, so that waiting for it to get better is
  // pointless from then on. A client over one connection for life has a token that never is.
  io::Cancel connection() const { return connection_ ? connection_() : io::Cancel(); }
  void set_connection(std::function<io::Cancel()> connection) { connection_ = std::move(connection); }

 private:
  io::Task<Result<json::Value>> call(io::Context context, io::Request request, std::string doing);
  io::Task<Result<io::Response>> send_when_asked(io::Context context, io::Request request);
  void add_headers(io::Request& request) const;

  io::Loop& loop_;
  io::Exchange& exchange_;
  std::string user_agent_;
  std::function<io::Cancel()> connection_;
  std::size_t urgent_ = 0;  // writes under way, without those of statuses
  std::vector<io::Completion<void>> waiting_for_quiet_;
  int refused_ = 0;  // calls that wait because the server answered 429
};

}  // namespace lesto::client
