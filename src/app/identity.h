// Who this process is for the lease of managers. A process that is started again after a crash takes
// over the identity of the dead one, and with it the lease, without waiting for it to expire: that
// the former owner is dead is certain, because it would still hold the lock of the file.
#pragma once

#include <string>

#include "foundation/base/result.h"
#include "foundation/base/time.h"

namespace lesto::app {

// Owns the lock until it is destroyed, or the process is gone.
class ReplicaIdentity {
 public:
  // The identity that is kept in `folder`, made when there is none. Conflict when another process
  // uses it.
  static Result<ReplicaIdentity> claim(const std::string& folder, Rng& rng);
  // One of this machine, in its folder of temporary files: the first that nobody uses, for
  // processes that keep nothing. `purpose` tells apart what must not share identities.
  static Result<ReplicaIdentity> claim_any(const std::string& purpose, Rng& rng);

  ReplicaIdentity(ReplicaIdentity&& other) noexcept
      : text_(std::move(other.text_)), lock_(std::exchange(other.lock_, -1)) {}
  ReplicaIdentity& operator=(ReplicaIdentity&&) = delete;
  ~ReplicaIdentity();

  // "host_8f1c22a07d35e4b9"
  const std::string& text() const { return text_; }

 private:
  ReplicaIdentity(std::string text, int lock) : text_(std::move(text)), lock_(lock) {}
  static Result<ReplicaIdentity> lock_file(const std::string& path, Rng& rng);

  std::string text_;
  int lock_;
};

}  // namespace lesto::app
