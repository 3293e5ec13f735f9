// Storage over a simulated disk: a batch is durable some virtual time after its commit, and a crash
// loses what was not durable yet.
#pragma once

#include <map>

#include "foundation/io/storage.h"

namespace lesto::io::sim {

// What survives a crash. Outlives the storages that were opened on it, which come one after the
// other.
struct SimDisk {
  std::map<std::string, std::string> records;
  // How long a sync takes.
  Duration sync_min = std::chrono::microseconds(200);
  Duration sync_max = std::chrono::milliseconds(5);
  // The chance that a sync fails for good: a full or broken disk. The storage is of no use after
  // that.
  double failure_rate = 0;
};

// One process's use of the disk. Groups commits as the real one does: all that came while a sync
// ran share the next.
class SimStorage final : public Storage {
 public:
  SimStorage(Loop& loop, Rng& rng, SimDisk& disk);
  // As crash().
  ~SimStorage() override;

  Task<Result<void>> commit(std::vector<Write> batch) override;
  Task<Result<std::vector<Record>>> scan(std::string from, std::string to,
                                         std::size_t limit) override;
  Result<void> load(const std::function<void(Record)>& each) override;

  // The process dies. Of the batches that wait, chance decides how many, from the first on, had
  // reached the disk; nobody learns which: their commits end with Unavailable, as all later ones
  // do.
  void crash();
  // Batches whose fate is open.
  std::size_t waiting() const { return syncing_.size() + next_.size(); }

 private:
  struct Pending {
    std::vector<Write> batch;
    Completion<void> done;
  };

  void sync();
  void synced();
  void apply(std::vector<Write> batch);
  void fail_all(const Error& error);

  Loop& loop_;
  Rng& rng_;
  SimDisk& disk_;
  std::deque<Pending> syncing_;
  std::deque<Pending> next_;
  TimerId timer_ = TimerId::None;
  std::optional<Error> broken_;
};

}  // namespace lesto::io::sim
