// What tests of skerry.h share: handles that delete themselves, and a store with a linker.
// Not here: wasm.h's (c_world.h).
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "skerry.h"

namespace skerry::test {

template <auto kDelete>
struct Deleter {
  template <class T>
  void operator()(T* thing) const {
    kDelete(thing);
  }
};
template <class T, auto kDelete>
using Owned = std::unique_ptr<T, Deleter<kDelete>>;
using Engine = Owned<wasm_engine_t, wasm_engine_delete>;
using Module = Owned<wasm_shared_module_t, wasm_shared_module_delete>;
using Store = Owned<wasm_store_t, wasm_store_delete>;
using Linker = Owned<skerry_linker_t, skerry_linker_delete>;
using Instance = Owned<wasm_instance_t, wasm_instance_delete>;
using Func = Owned<skerry_func_t, skerry_func_delete>;
using Memory = Owned<wasm_memory_t, wasm_memory_delete>;
using Interrupt = Owned<skerry_interrupt_t, skerry_interrupt_delete>;

// "" for success, else "name: message".
inline std::string said(skerry_error_t* error) {
  if (!error) return "";
  const std::string text =
      std::string(skerry_error_name(error)) + ": " + skerry_error_message(error);
  skerry_error_delete(error);
  return text;
}
// Only the name.
inline std::string name_of(skerry_error_t* error) {
  const std::string name = skerry_error_name(error);
  skerry_error_delete(error);
  return name;
}

class SkerryTest : public testing::Test {
 protected:
  explicit SkerryTest(skerry_engine_options_t options = {sizeof(skerry_engine_options_t), 0, 0,
                                                         0}) {
    wasm_engine_t* engine = nullptr;
    EXPECT_EQ(said(skerry_engine_new(&options, &engine)), "");
    engine_.reset(engine);
    wasm_store_t* store = nullptr;
    EXPECT_EQ(said(skerry_store_new(engine, nullptr, &store)), "");
    store_.reset(store);
    linker_.reset(skerry_linker_new(store));
  }
  Module module(const std::string& wat, std::string* error = nullptr) {
    wasm_shared_module_t* out = nullptr;
    const std::string text =
        said(skerry_module_new(engine_.get(), "test.wat", wat.data(), wat.size(), &out));
    if (error) *error = text;
    EXPECT_TRUE(error || text.empty()) << text;
    return Module(out);
  }
  Instance instance(const std::string& wat, std::string* error = nullptr) {
    wasm_instance_t* out = nullptr;
    const std::string text =
        said(skerry_linker_instantiate(linker_.get(), module(wat).get(), &out));
    if (error) *error = text;
    EXPECT_TRUE(error || text.empty()) << text;
    return Instance(out);
  }
  Func func(const Instance& of, const char* name, const char* type = nullptr) {
    skerry_func_t* out = nullptr;
    EXPECT_EQ(said(skerry_instance_func(of.get(), name, type, &out)), "");
    return Func(out);
  }

  Engine engine_;
  Store store_;
  Linker linker_;
};

}  // namespace skerry::test
