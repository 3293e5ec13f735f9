#include "foundation/io/sim/sim_storage.h"

#include "foundation/io/sim/sim_rng.h"

namespace lesto::io::sim {

SimStorage::SimStorage(Loop& loop, Rng& rng, SimDisk& disk) : loop_(loop), rng_(rng), disk_(disk) {}
SimStorage::~SimStorage() { crash(); }

Task<Result<void>> SimStorage::commit(std::vector<Write> batch) {
  if (broken_) co_return fail(*broken_);
  Completion<void> done(loop_);
  next_.push_back({std::move(batch), done});
  if (syncing_.empty()) sync();
  auto result = co_await done.wait({});
  co_return result;
}

void SimStorage::sync() {
  if (next_.empty() || broken_) return;
  syncing_ = std::exchange(next_, {});
  timer_ = loop_.after(between(rng_, disk_.sync_min, disk_.sync_max), [this] {
    timer_ = TimerId::None;
    synced();
  });
}

void SimStorage::synced() {
  if (chance(rng_, disk_.failure_rate)) {
    fail_all(Error(Code::Unavailable, "write to the simulated disk: the disk failed"));
    return;
  }
  for (Pending& one : std::exchange(syncing_, {})) {
    apply(std::move(one.batch));
    one.done.complete({});
  }
  sync();
}

void SimStorage::apply(std::vector<Write> batch) {
  for (Write& write : batch) {
    if (write.value) {
      disk_.records.insert_or_assign(std::move(write.key), std::move(*write.value));
    } else {
      disk_.records.erase(write.key);
    }
  }
}

void SimStorage::fail_all(const Error& error) {
  broken_ = error;
  for (Pending& one : std::exchange(syncing_, {})) one.done.complete(fail(error));
  for (Pending& one : std::exchange(next_, {})) one.done.complete(fail(error));
}

void SimStorage::crash() {
  if (timer_ != TimerId::None) loop_.cancel(std::exchange(timer_, TimerId::None));
  std::uint64_t reached = syncing_.empty() ? 0 : below(rng_, syncing_.size() + 1);
  for (std::uint64_t i = 0; i < reached; ++i) apply(std::move(syncing_[i].batch));
  fail_all(Error(Code::Unavailable, "the process crashed"));
}

Task<Result<std::vector<Record>>> SimStorage::scan(std::string from, std::string to,
                                                   std::size_t limit) {
  if (broken_) co_return fail(*broken_);
  std::vector<Record> found;
  for (auto at = disk_.records.lower_bound(from); at != disk_.records.end() && found.size() < limit;
       ++at) {
    if (!to.empty() && at->first >= to) break;
    found.push_back({at->first, at->second});
  }
  co_return found;
}

Result<void> SimStorage::load(const std::function<void(Record)>& each) {
  if (broken_) return fail(*broken_);
  for (const auto& [key, value] : disk_.records) each({key, value});
  return {};
}

}  // namespace lesto::io::sim
