// The causal log: why each object is where it is (design section 7).
//
// Every decision that leads to a write, a delete or a refusal appends one small record. `why`, history and the audit
// trail are read from it. Appending never waits and never holds up a step; records are durable soon after, in order.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "foundation/base/hash.h"
#include "foundation/io/storage.h"
#include "foundation/io/task.h"
#include "kube/object/object.h"

namespace lesto::ledger {

using RecordId = std::uint64_t;

// Hold: what is to be done and waits, for the delete budget or for a cluster that is out of reach.
enum class Verb { Write, Delete, Hold, Refuse };

// What a decision was made from: an object as it was read.
struct Input {
  std::string cluster;  // "management", or "namespace/name" of a managed cluster
  std::string object;   // "ConfigMap default/service-policy"
  std::string uid;
  std::string resource_version;
};

// The object in the state in which it is given.
Input as_read(std::string cluster, const json::Value& object);

struct Record {
  RecordId id = 0;  // given by the ledger, growing
  Time time{};      // given by the ledger
  std::string step;     // the room that decided: "trigger"
  std::string cluster;  // where the subject lives
  std::string subject;  // "Service external/external-web"
  Verb verb = Verb::Write;
  std::string reason;  // for people: why, or the first condition that failed
  std::vector<Input> inputs;
  // The content that was decided, by hash; "" for none. Secrets enter as hashes only: see append().
  std::string content_hash;
};

// What is kept: the last records, as many as there is room for. Older ones go, with their contents.
struct Bounds {
  std::size_t records = 200'000;
  std::size_t content_bytes = 256 << 20;  // contents that several records share count for each
};
// Records that wait for the disk; beyond this the oldest waiting ones are dropped and counted.
inline constexpr std::size_t kWaitingMax = 20'000;

// Thread: the loop's.
class Ledger {
 public:
  Ledger(io::Loop& loop, io::Storage& storage, Bounds bounds = {});

  // Reads where the log ends. Before anything is appended.
  io::Task<Result<void>> open();
  // Writes run in this scope.
  void start(io::TaskScope& scope) { scope_ = &scope; }

  // `content` is the object that was decided on, or null. Of a Secret only the hash is kept.
  RecordId append(Record record, const json::Value& content = {});

  // Ends when everything appended so far is durable, or is lost for good: for whoever is about to say that it is done.
  io::Task<void> flushed(io::Context context);

  // The records about one subject, oldest first.
  io::Task<Result<std::vector<Record>>> about(std::string cluster, std::string subject, std::size_t limit);
  // The content under a hash; null when it is not kept.
  io::Task<Result<json::Value>> content(std::string content_hash);

  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Waiting {
    RecordId id = 0;
    std::size_t bytes = 0;
    std::vector<io::Write> writes;
  };
  io::Task<void> flush();
  io::Task<Result<void>> write_waiting();
  io::Task<Result<void>> trim();
  bool is_full() const { return kept_ > bounds_.records || kept_bytes_ > bounds_.content_bytes; }
  io::Write end_mark() const;

  io::Loop& loop_;
  io::Storage& storage_;
  Bounds bounds_;
  io::TaskScope* scope_ = nullptr;
  RecordId next_ = 1;
  // Of what is durable.
  RecordId last_ = 0;
  std::size_t kept_ = 0;
  std::size_t kept_bytes_ = 0;
  std::deque<Waiting> waiting_;
  bool flushing_ = false;
  std::vector<io::Completion<void>> flush_waiters_;
  std::uint64_t dropped_ = 0;
};

}  // namespace lesto::ledger
