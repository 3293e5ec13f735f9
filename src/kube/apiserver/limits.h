// The named limits of the embedded API server.
#pragma once

#include <cstddef>

#include "foundation/base/time.h"

namespace lesto::apiserver {

// A request body, as kube-apiserver limits it.
inline constexpr std::size_t kBodyBytesMax = 3 << 20;
// A stored object; etcd refuses more than 1.5 MiB a request.
inline constexpr std::size_t kObjectBytesMax = 3 << 19;
// The data of a ConfigMap or Secret.
inline constexpr std::size_t kDataBytesMax = 1 << 20;
// All annotations of one object, keys and values.
inline constexpr std::size_t kAnnotationBytesMax = 256 << 10;
// Unread bytes of one watch before it is closed.
inline constexpr std::size_t kWatchBytesMax = 64 << 20;
// Writes gathered into one commit.
inline constexpr std::size_t kBatchWritesMax = 4096;
// Attempts to find a free generated name.
inline constexpr int kGenerateNameAttempts = 8;
// A generated name's base is cut so that base and suffix fit 63 characters.
inline constexpr std::size_t kGenerateBaseMax = 58;
inline constexpr std::size_t kGenerateSuffix = 5;
// How long a read waits for a resourceVersion that is still to come.
inline constexpr Duration kFutureVersionWait = std::chrono::seconds(3);
inline constexpr Duration kBookmarkEvery = std::chrono::seconds(60);
// A watch without timeoutSeconds ends after this long, times a random factor between 1 and 2.
inline constexpr Duration kWatchTimeoutLeast = std::chrono::minutes(30);

// What a table keeps of its past when Options do not say otherwise.
inline constexpr std::size_t kHistoryEvents = 10'000;
inline constexpr std::size_t kHistoryBytes = 4 << 20;

}  // namespace lesto::apiserver
