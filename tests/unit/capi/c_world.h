// What tests of the C interface share: an engine and a store of C's, and modules from text.
// Not here: anything that deletes for a test what the test itself should.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "binary/encoder.h"
#include "text/parse.h"
#include "wasm.h"

namespace skerry::test {

inline wasm_byte_vec_t binary_of(std::string_view text) {
  const auto module = text::parse_module(text, Features());
  EXPECT_TRUE(module) << text;
  const auto bytes = encode_module(**module);
  wasm_byte_vec_t result;
  wasm_byte_vec_new(&result, bytes.size(), reinterpret_cast<const char*>(bytes.data()));
  return result;
}

inline wasm_module_t* module_of(wasm_store_t* store, std::string_view text) {
  wasm_byte_vec_t bytes = binary_of(text);
  wasm_module_t* const module = wasm_module_new(store, &bytes);
  EXPECT_NE(module, nullptr) << text;
  wasm_byte_vec_delete(&bytes);
  return module;
}

// Deletes the trap.
inline std::string message_of(wasm_trap_t* trap) {
  if (!trap) return "no trap";
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  std::string text(message.data, message.size - 1);
  EXPECT_EQ(message.data[message.size - 1], '\0');
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
  return text;
}

inline wasm_val_t i32(int32_t value) { return WASM_I32_VAL(value); }
inline wasm_val_t i64(int64_t value) { return WASM_I64_VAL(value); }
inline wasm_val_t ref_val(wasm_ref_t* ref) { return WASM_REF_VAL(ref); }

// With room for the results; the trap, if there is one.
inline wasm_trap_t* call(const wasm_func_t* func, std::vector<wasm_val_t> arguments,
                         std::vector<wasm_val_t>& results) {
  const wasm_val_vec_t given{arguments.size(), arguments.data()};
  results.resize(wasm_func_result_arity(func));
  wasm_val_vec_t taken{results.size(), results.data()};
  return wasm_func_call(func, &given, &taken);
}
inline wasm_trap_t* call(const wasm_func_t* func, std::vector<wasm_val_t> arguments = {}) {
  std::vector<wasm_val_t> results;
  return call(func, std::move(arguments), results);
}

// An instance with its exports.
struct Linked {
  Linked() = default;
  Linked(wasm_store_t* store, std::string_view text, std::vector<wasm_extern_t*> items = {}) {
    wasm_module_t* const module = module_of(store, text);
    wasm_extern_vec_t imports{items.size(), items.data()};
    wasm_trap_t* trap = nullptr;
    instance = wasm_instance_new(store, module, &imports, &trap);
    EXPECT_NE(instance, nullptr) << message_of(trap);
    wasm_module_delete(module);
    wasm_instance_exports(instance, &exports);
  }
  Linked(const Linked&) = delete;
  Linked& operator=(const Linked&) = delete;
  ~Linked() { drop(); }
  void drop() {
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    instance = nullptr;
  }
  wasm_func_t* func(size_t i) const { return wasm_extern_as_func(exports.data[i]); }

  wasm_instance_t* instance = nullptr;
  wasm_extern_vec_t exports = WASM_EMPTY_VEC;
};

class CTest : public testing::Test {
 protected:
  CTest() : engine(wasm_engine_new()), store(wasm_store_new(engine)) {}
  ~CTest() override {
    wasm_store_delete(store);
    wasm_engine_delete(engine);
  }
  wasm_func_t* func_of(wasm_functype_t* type, wasm_func_callback_t callback) {
    wasm_func_t* const func = wasm_func_new(store, type, callback);
    wasm_functype_delete(type);
    return func;
  }

  wasm_engine_t* engine;
  wasm_store_t* store;
};

}  // namespace skerry::test
