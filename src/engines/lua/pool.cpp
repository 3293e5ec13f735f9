#include "engines/lua/pool.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace lesto::lua {

void* Pool::take(std::size_t size_class) {
  if (Free* free = free_[size_class]) {
    free_[size_class] = free->next;
    return free;
  }
  std::size_t bytes = size_class * kStep;
  if (static_cast<std::size_t>(end_ - next_) < bytes) {
    std::unique_ptr<std::byte[]> page(new (std::nothrow) std::byte[kPageBytes]);
    if (!page) return nullptr;
    next_ = page.get();
    end_ = next_ + kPageBytes;
    pages_.push_back(std::move(page));
  }
  void* block = next_;
  next_ += bytes;
  return block;
}

void Pool::free(void* block, std::size_t size) {
  if (!block) return;
  if (size > kSmallMax) return std::free(block);
  Free*& first = free_[class_of(size)];
  first = ::new (block) Free{first};
}

void* Pool::resize(void* block, std::size_t old_size, std::size_t size) {
  if (!block) return size > kSmallMax ? std::malloc(size) : take(class_of(size));
  if (old_size > kSmallMax && size > kSmallMax) return std::realloc(block, size);
  if (size <= kSmallMax && class_of(size) == class_of(old_size)) return block;
  void* moved = size > kSmallMax ? std::malloc(size) : take(class_of(size));
  if (!moved) return nullptr;
  std::memcpy(moved, block, std::min(old_size, size));
  free(block, old_size);
  return moved;
}

void Pool::clear() { *this = {}; }

}  // namespace lesto::lua
