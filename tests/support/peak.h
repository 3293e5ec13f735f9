// How much memory a stretch of a test took at its highest, where the address sanitizer counts
// allocations.
#pragma once

#include <atomic>
#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LESTO_COUNTS_MEMORY 1
#include <sanitizer/allocator_interface.h>
#endif
#endif

namespace lesto::tests {

// Counts what this process allocates while it lives, whoever does: operator new, malloc, LuaJIT.
// One at a time. 0 without the sanitizer.
class PeakMemory {
 public:
  PeakMemory() {
#ifdef LESTO_COUNTS_MEMORY
    static const int installed = __sanitizer_install_malloc_and_free_hooks(taken, freed);
    (void)installed;
#endif
    now() = 0;
    most() = 0;
  }

  std::size_t peak() const { return static_cast<std::size_t>(most().load()); }

 private:
  static std::atomic<long>& now() {
    static std::atomic<long> bytes;
    return bytes;
  }
  static std::atomic<long>& most() {
    static std::atomic<long> bytes;
    return bytes;
  }
#ifdef LESTO_COUNTS_MEMORY
  static void taken(const volatile void*, std::size_t size) {
    long bytes = now() += static_cast<long>(size);
    long before = most();
    while (bytes > before && !most().compare_exchange_weak(before, bytes)) {
    }
  }
  static void freed(const volatile void* block) {
    if (block) now() -= static_cast<long>(__sanitizer_get_allocated_size(block));
  }
#endif
};

}  // namespace lesto::tests
