// The vectors of the interface: one template for pointers, one for plain elements, and a macro that
// gives C a vector's five functions.
// Not here: what an element's copy and deletion are; those are its own functions.
// Invariant: `data` is null or from calloc, and elements nobody has written are null or zero, so
// that deleting a vector is safe as soon as it was made.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <type_traits>

#include "wasm.h"

namespace skerry::capi {
namespace {

template <class Vec>
using ElementOf = std::remove_pointer_t<decltype(Vec::data)>;
template <class Vec>  // NOLINTNEXTLINE(bugprone-sizeof-expression): elements may be pointers
constexpr size_t kElementBytes = sizeof(ElementOf<Vec>);

template <class Vec>
void make_empty(Vec* out) {
  if (out) *out = {0, nullptr};
}

template <class Vec>
bool make_zeroed(Vec* out, size_t size) {
  if (!out) return false;
  make_empty(out);
  if (size == 0) return true;
  if (size > PTRDIFF_MAX / kElementBytes<Vec>) return false;
  out->data = static_cast<ElementOf<Vec>*>(std::calloc(size, kElementBytes<Vec>));
  if (!out->data) return false;
  out->size = size;
  return true;
}

// `drop` and `copy` take the address of an element.
template <class Vec, class Element, class Drop>
void make_of(Vec* out, size_t size, const Element* elements, Drop drop) {
  if (elements && make_zeroed(out, size)) {
    if (size != 0) std::memcpy(out->data, elements, size * kElementBytes<Vec>);
    return;
  }
  make_empty(out);
  if (!elements) return;
  // They are ours, and have no place.
  for (size_t i = 0; i < size; ++i) {
    Element element = elements[i];
    drop(&element);
  }
}

template <class Vec, class Copy>
void make_copy(Vec* out, const Vec* from, Copy copy) {
  const Vec source = from && from->data ? *from : Vec{0, nullptr};
  if (!make_zeroed(out, source.size)) return;
  for (size_t i = 0; i < source.size; ++i) copy(&out->data[i], &source.data[i]);
}

template <class Vec, class Drop>
void drop_all(Vec* vec, Drop drop) {
  if (!vec) return;
  if (vec->data)
    for (size_t i = 0; i < vec->size; ++i) drop(&vec->data[i]);
  std::free(vec->data);
  *vec = {0, nullptr};
}

}  // namespace
}  // namespace skerry::capi

using namespace skerry::capi;

#define VECTOR(name, Element, drop, copy)                                                       \
  void wasm_##name##_vec_new_empty(wasm_##name##_vec_t* out) { make_empty(out); }               \
  void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t* out, size_t size) {             \
    make_zeroed(out, size);                                                                     \
  }                                                                                             \
  void wasm_##name##_vec_new(wasm_##name##_vec_t* out, size_t size, Element const elements[]) { \
    make_of(out, size, elements, drop);                                                         \
  }                                                                                             \
  void wasm_##name##_vec_copy(wasm_##name##_vec_t* out, const wasm_##name##_vec_t* from) {      \
    make_copy(out, from, copy);                                                                 \
  }                                                                                             \
  void wasm_##name##_vec_delete(wasm_##name##_vec_t* vec) { drop_all(vec, drop); }

#define POINTER_VECTOR(name)                                                                     \
  VECTOR(                                                                                        \
      name, wasm_##name##_t*, [](wasm_##name##_t** element) { wasm_##name##_delete(*element); }, \
      [](wasm_##name##_t** to, wasm_##name##_t* const* from) { *to = wasm_##name##_copy(*from); })

VECTOR(
    byte, wasm_byte_t, [](wasm_byte_t*) {},
    [](wasm_byte_t* to, const wasm_byte_t* from) { *to = *from; })
VECTOR(val, wasm_val_t, wasm_val_delete, wasm_val_copy)
POINTER_VECTOR(valtype)
POINTER_VECTOR(functype)
POINTER_VECTOR(globaltype)
POINTER_VECTOR(tabletype)
POINTER_VECTOR(memorytype)
POINTER_VECTOR(externtype)
POINTER_VECTOR(importtype)
POINTER_VECTOR(exporttype)
POINTER_VECTOR(frame)
POINTER_VECTOR(extern)
