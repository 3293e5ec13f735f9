// Takes the clusters of a run back to how they were: their etcd is compared with a picture of it, and what differs is
// put right, key by key. A story leaves nothing behind, in a tenth of a second, whatever finalizers and controllers say;
// the API servers see the changes as they see all others.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "foundation/io/asio_loop.h"
#include "foundation/io/http_client.h"
#include "foundation/json/value.h"

namespace lesto::real {

// Thread: the loop's, from outside of any job.
class Etcd {
 public:
  Etcd(io::AsioLoop& loop, const std::string& url);

  // The picture that restore() goes back to, taken when nothing moves any more.
  Result<void> remember();
  // How many keys were put right.
  Result<std::size_t> restore();
  // Forgets all revisions but the last: watches that come back with an older one get 410.
  Result<void> compact();

 private:
  struct Entry {
    std::string value;  // base64, as all keys here
    std::string changed_at;
  };
  Result<json::Value> call(const std::string& path, json::Value body);
  // All keys with the revision of their last change.
  Result<std::map<std::string, std::string>> revisions();
  Result<std::string> value_of(const std::string& key);
  Result<void> change(const std::vector<json::Value>& operations);

  io::AsioLoop& loop_;
  std::unique_ptr<io::HttpExchange> exchange_;
  std::map<std::string, Entry> picture_;
};

}  // namespace lesto::real
