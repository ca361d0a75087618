// Alignment, field by field.
#include "native/struct_layout.h"

#include <algorithm>

namespace skerry::native {
namespace {

constexpr int kMaxDepth = 16;

struct Extent {
  uint32_t native_bytes, native_align, guest_bytes, guest_align;
};

uint32_t aligned(uint32_t offset, uint32_t align) { return (offset + align - 1) / align * align; }

class Layouter {
 public:
  explicit Layouter(Structs& structs) : structs_(structs) {}

  bool lay_out(StructType& type, int depth) {
    if (!type.flat.empty()) return true;
    if (depth == kMaxDepth) return false;
    for (const Parameter& field : type.fields) {
      const uint32_t count = field.type.has_count ? static_cast<uint32_t>(field.type.count) : 1;
      for (uint32_t i = 0; i < count; ++i)
        if (!add(type, field.type, depth)) return fail(type);
    }
    type.native_bytes = aligned(type.native_bytes, type.native_align);
    type.guest_bytes = aligned(type.guest_bytes, type.guest_align);
    return true;
  }

 private:
  static bool fail(StructType& type) {
    type.flat.clear();
    return false;
  }

  bool add(StructType& type, const Type& field, int depth) {
    const StructType* inner = nullptr;
    if (field.kind == Kind::Struct) {
      const auto found = structs_.find(field.name);
      if (found == structs_.end()) return true;  // has been complained about
      if (!lay_out(found->second, depth + 1)) return false;
      inner = &found->second;
    }
    const Extent extent = extent_of(field, inner);
    const uint32_t native = aligned(type.native_bytes, extent.native_align);
    const uint32_t guest = aligned(type.guest_bytes, extent.guest_align);
    if (native + extent.native_bytes > kMaxStructBytes) return false;
    if (inner) {
      for (FieldPlace place : inner->flat) {
        place.native_offset += native;
        place.guest_offset += guest;
        type.flat.push_back(std::move(place));
      }
    } else {
      Type one = field;
      one.has_count = false;
      type.flat.push_back({std::move(one), native, guest});
    }
    type.native_bytes = native + extent.native_bytes;
    type.guest_bytes = guest + extent.guest_bytes;
    type.native_align = std::max(type.native_align, extent.native_align);
    type.guest_align = std::max(type.guest_align, extent.guest_align);
    return true;
  }

  static Extent extent_of(const Type& field, const StructType* inner) {
    if (inner)
      return {inner->native_bytes, inner->native_align, inner->guest_bytes, inner->guest_align};
    if (field.kind != Kind::Number) return {sizeof(void*), alignof(void*), 4, 4};
    const ScalarInfo& scalar = info(field.scalar);
    return {scalar.native_bytes, scalar.native_bytes, scalar.guest_bytes, scalar.guest_bytes};
  }

  Structs& structs_;
};

}  // namespace

bool lay_out(Structs& structs, const std::string& name) {
  return Layouter(structs).lay_out(structs.at(name), 0);
}

}  // namespace skerry::native
