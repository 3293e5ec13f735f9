// Memory for a Lua state, which takes and gives small blocks by the hundred in one evaluation and
// says their sizes each time. Private to the room.
//
// Small blocks are cut from pages and wait, by size, for their next use; the pages go with the
// pool. Larger ones are malloc's.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace lesto::lua {

class Pool {
 public:
  // What realloc does; nothing when there is no memory. `size` is not 0.
  void* resize(void* block, std::size_t old_size, std::size_t size);
  void free(void* block, std::size_t size);
  // Forgets all small blocks.
  void clear();

 private:
  static constexpr std::size_t kSmallMax = 256;
  static constexpr std::size_t kStep = 16;
  static constexpr std::size_t kPageBytes = 32 << 10;
  struct Free {
    Free* next;
  };

  static std::size_t class_of(std::size_t size) { return (size + kStep - 1) / kStep; }
  void* take(std::size_t size_class);

  std::array<Free*, kSmallMax / kStep + 1> free_{};
  std::vector<std::unique_ptr<std::byte[]>> pages_;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
};

}  // namespace lesto::lua
