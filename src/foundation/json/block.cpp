#include "foundation/json/block.h"

#include <cstring>
#include <new>
#include <utility>

#include "foundation/base/result.h"

namespace lesto::json {

namespace {

using Distance = std::uint32_t;

// In front of elements; the second half is the distance, and it keeps them aligned.
constexpr std::size_t kNodeHead = 2 * sizeof(Distance);

std::size_t node_bytes(const BlockSize& size) {
  return size.values * sizeof(Value) + size.containers * kNodeHead;
}

}  // namespace

std::size_t Block::Builder::bytes(const BlockSize& size) {
  return sizeof(Block) + node_bytes(size) + size.texts * sizeof(Distance) + size.text_bytes +
         kSlack;
}

Block::Builder::Builder(const BlockSize& size) {
  CHECK(bytes(size) <= kBytesMax);
  static_assert(sizeof(Block) % alignof(Value) == 0 && offsetof(Block, owners_) == 0);
  auto* memory = static_cast<char*>(::operator new(bytes(size)));
  block_ = ::new (memory) Block;
  node_ = memory + sizeof(Block);
  text_ = node_ + node_bytes(size);
}

Block::Builder::~Builder() {
  if (block_) free(reinterpret_cast<char*>(block_));
}

char* Block::Builder::content(std::size_t bytes) {
  char* start = node_ + kNodeHead;
  auto distance = static_cast<Distance>(start - reinterpret_cast<char*>(block_));
  std::memcpy(start - sizeof distance, &distance, sizeof distance);
  node_ = start + bytes;
  return start;
}

void Block::Builder::put_text(Value* at, std::string_view text) {
  char* start = text_ + sizeof(Distance);
  auto distance = static_cast<Distance>(start - reinterpret_cast<char*>(block_));
  std::memcpy(text_, &distance, sizeof distance);
  // Most texts are short: two moves of a known size, where what is too much is overwritten by the
  // next text or lies in the slack.
  static_assert(kSlack == 16);
  std::memcpy(start, text.data(), kSlack);
  if (text.size() > kSlack)
    std::memcpy(start + kSlack, text.data() + kSlack, text.size() - kSlack);
  text_ = start + text.size();
  ::new (at) Value(Kind::String, text.size(), start);
}

void Block::Builder::put_part(Value* at, Value part) {
  ::new (at) Value(part.kind_, part.length_, part.bits_.content);
  block_->parts_.push_back(std::move(part));
}

Value Block::Builder::finish(const Value& root) {
  block_ = nullptr;
  return Value(root.kind_, root.length_, root.bits_.content);
}

void Block::free(char* start) {
  auto* block = reinterpret_cast<Block*>(start);
  block->~Block();
  ::operator delete(start);
}

}  // namespace lesto::json
