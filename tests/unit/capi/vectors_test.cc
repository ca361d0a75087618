// Vectors: what each of the five functions leaves behind, for plain elements and for pointers.
#include "c_world.h"

namespace skerry::test {
namespace {

TEST(Vectors, OfBytes) {
  wasm_byte_vec_t empty, zeroed, filled, copy;
  wasm_byte_vec_new_empty(&empty);
  EXPECT_EQ(empty.size, 0u);
  EXPECT_EQ(empty.data, nullptr);
  wasm_byte_vec_new_uninitialized(&zeroed, 3);
  EXPECT_EQ(std::string_view(zeroed.data, 3), std::string_view("\0\0\0", 3));
  wasm_name_new_from_string(&filled, "abc");
  wasm_byte_vec_copy(&copy, &filled);
  filled.data[0] = 'x';
  EXPECT_EQ(std::string_view(copy.data, copy.size), "abc");
  for (wasm_byte_vec_t* vec : {&empty, &zeroed, &filled, &copy}) {
    wasm_byte_vec_delete(vec);
    EXPECT_EQ(vec->size, 0u);
    wasm_byte_vec_delete(vec);  // there is nothing to delete twice
  }
  wasm_name_new_from_string_nt(&filled, "abc");
  EXPECT_EQ(filled.size, 4u);
  wasm_byte_vec_delete(&filled);
}

TEST(Vectors, WithoutElementsOrRoom) {
  wasm_byte_vec_t vec;
  wasm_byte_vec_new(&vec, 0, nullptr);
  EXPECT_EQ(vec.data, nullptr);
  wasm_byte_vec_new(&vec, 5, nullptr);
  EXPECT_EQ(vec.size, 0u);
  wasm_val_vec_t vals;
  wasm_val_vec_new_uninitialized(&vals, SIZE_MAX / 2);
  EXPECT_EQ(vals.size, 0u);
  EXPECT_EQ(vals.data, nullptr);
  wasm_byte_vec_copy(&vec, nullptr);
  EXPECT_EQ(vec.size, 0u);
  wasm_byte_vec_new_empty(nullptr);
  wasm_byte_vec_new_uninitialized(nullptr, 3);
  wasm_byte_vec_copy(nullptr, &vec);
  wasm_byte_vec_delete(nullptr);
  // Elements that have no place are gone all the same.
  wasm_valtype_t* elements[] = {wasm_valtype_new_i32(), wasm_valtype_new_i64()};
  wasm_valtype_vec_new(nullptr, 2, elements);
}

TEST(Vectors, OfPointersOwnTheirElements) {
  wasm_valtype_t* elements[] = {wasm_valtype_new_i32(), nullptr, wasm_valtype_new_funcref()};
  wasm_valtype_vec_t vec, copy;
  wasm_valtype_vec_new(&vec, 3, elements);
  wasm_valtype_vec_copy(&copy, &vec);
  EXPECT_EQ(vec.data[0], elements[0]);
  EXPECT_NE(copy.data[0], elements[0]);
  EXPECT_EQ(copy.data[1], nullptr);
  wasm_valtype_vec_delete(&vec);
  EXPECT_EQ(wasm_valtype_kind(copy.data[2]), WASM_FUNCREF);
  wasm_valtype_vec_delete(&copy);
  wasm_valtype_vec_new_uninitialized(&vec, 4);
  EXPECT_EQ(vec.data[3], nullptr);
  wasm_valtype_vec_delete(&vec);
}

TEST_F(CTest, VectorsOfValuesCopyReferences) {
  wasm_foreign_t* const foreign = wasm_foreign_new(store);
  wasm_val_t elements[] = {i32(3), ref_val(wasm_foreign_as_ref(foreign)), ref_val(nullptr)};
  wasm_val_vec_t vec, copy;
  wasm_val_vec_new(&vec, 3, elements);
  wasm_val_vec_copy(&copy, &vec);
  EXPECT_EQ(copy.data[0].of.i32, 3);
  EXPECT_NE(copy.data[1].of.ref, vec.data[1].of.ref);
  EXPECT_TRUE(wasm_ref_same(copy.data[1].of.ref, vec.data[1].of.ref));
  wasm_val_vec_delete(&vec);
  EXPECT_NE(wasm_ref_as_foreign(copy.data[1].of.ref), nullptr);
  wasm_val_vec_delete(&copy);
}

}  // namespace
}  // namespace skerry::test
