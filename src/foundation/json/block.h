// The memory of one document: nodes and texts in one piece, counted and freed together; internal to
// this room.
//
// Values inside a block point into it and are not counted, so freeing a document is freeing one
// piece of memory, however many values it has. A Value outside of it, made by copying one inside,
// holds one of the block's counts. Nothing inside changes: Value copies a level before it changes
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"

namespace lesto::json {

// What a block has to have room for.
struct BlockSize {
  std::size_t values = 0;      // the key of a member is one, too
  std::size_t containers = 0;  // arrays and objects
  std::size_t texts = 0;
  std::size_t text_bytes = 0;
};

class Block {
 public:
  // Fills a block: elements() of a container, then each of them, in place, then the container itself.
  class Builder {
   public:
    // Blocks end at this many bytes, so that four bytes can say how far away the count is.
    static constexpr std::size_t kBytesMax = UINT32_MAX / 2;
    static std::size_t bytes(const BlockSize& size);

    explicit Builder(const BlockSize& size);
    // Frees the block unless finish() was called.
    ~Builder();
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;

    // Uninitialized: every one has to be put, or made as a null, boolean or number.
    template <class Element>
    Element* elements(std::size_t count) {
      return reinterpret_cast<Element*>(content(count * sizeof(Element)));
    }

    // Each makes a value where `at` points to.
    // kSlack bytes from its beginning on are read, whatever its size.
    static constexpr std::size_t kSlack = 16;
    void put_text(Value* at, std::string_view text);
    void put_items(Value* at, Value* items, std::size_t count) {
      ::new (at) Value(Kind::Array, count, reinterpret_cast<char*>(items));
    }
    void put_members(Value* at, Member* members, std::size_t count) {
      ::new (at) Value(Kind::Object, count, reinterpret_cast<char*>(members));
    }
    // A document of its own, kept by this block.
    void put_part(Value* at, Value part);

    // The document: a copy of a value that was put; counts the block.
    Value finish(const Value& root);

   private:
    char* content(std::size_t bytes);

    Block* block_ = nullptr;
    char* node_ = nullptr;
    char* text_ = nullptr;
  };

  // Frees the block that begins there.
  static void free(char* start);

 private:
  Value::Count owners_{1};
  std::vector<Value> parts_;
};

}  // namespace lesto::json
