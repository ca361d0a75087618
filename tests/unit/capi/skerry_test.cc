// skerry.h as C calls it: errors, options, linking by name, host functions, calls without boxing,
// WASI, fuel, interruption. The sanitizers watch lifetimes.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>

#include "../platform/temp_dir.h"
#include "skerry_world.h"

namespace skerry::test {
namespace {

TEST_F(SkerryTest, CallsWithoutBoxing) {
  const Instance made = instance(R"((module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "half") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
    (func (export "two") (result i64 i64) (i64.const 1) (i64.const 2))))");
  uint64_t slots[2] = {40, 2};
  const Func add = func(made, "add", "ii:i");
  EXPECT_EQ(skerry_func_slots(add.get()), 2u);
  EXPECT_EQ(said(skerry_func_call(add.get(), slots)), "");
  EXPECT_EQ(static_cast<uint32_t>(slots[0]), 42u);
  const double number = 5;
  std::memcpy(slots, &number, sizeof(number));
  EXPECT_EQ(said(skerry_func_call(func(made, "half", "F:F").get(), slots)), "");
  double half = 0;
  std::memcpy(&half, slots, sizeof(half));
  EXPECT_EQ(half, 2.5);
  const Func two = func(made, "two", ":II");
  EXPECT_EQ(skerry_func_slots(two.get()), 2u);
  EXPECT_EQ(said(skerry_func_call(two.get(), slots)), "");
  EXPECT_EQ(slots[0], 1u);
  EXPECT_EQ(slots[1], 2u);
}

TEST_F(SkerryTest, WhatIsLookedUpHasToBeThereAndFit) {
  const Instance made =
      instance("(module (memory (export \"memory\") 1) (func (export \"f\") (param i64)))");
  skerry_func_t* out = nullptr;
  EXPECT_EQ(said(skerry_instance_func(made.get(), "g", nullptr, &out)),
            "ArgumentMismatch: there is no export `g`");
  EXPECT_EQ(said(skerry_instance_func(made.get(), "memory", nullptr, &out)),
            "ArgumentMismatch: the export `memory` is no func");
  EXPECT_EQ(said(skerry_instance_func(made.get(), "f", "i", &out)),
            "ArgumentMismatch: `f` has the type (i64) -> (), not (i32) -> ()");
  EXPECT_EQ(said(skerry_instance_func(made.get(), "f", "x", &out)),
            "ArgumentMismatch: `x` is no type of a func");
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(skerry_instance_memory(made.get(), "f"), nullptr);
}

TEST_F(SkerryTest, BadModulesAreExplained) {
  std::string error;
  EXPECT_EQ(module("(module (func (result i32)))", &error), nullptr);
  EXPECT_NE(error.find("type mismatch"), std::string::npos) << error;
  EXPECT_EQ(module("(module", &error), nullptr);
  EXPECT_NE(error.find("test.wat:1"), std::string::npos) << error;
  EXPECT_EQ(instance("(module (import \"env\" \"nope\" (func)))", &error), nullptr);
  EXPECT_NE(error.find("unknown import `nope` from `env`"), std::string::npos) << error;
}

TEST_F(SkerryTest, TrapsHaveNamesAndBacktraces) {
  const Instance made = instance("(module (func $deep (export \"f\") unreachable))");
  skerry_error_t* const error = skerry_func_call(func(made, "f").get(), nullptr);
  EXPECT_STREQ(skerry_error_name(error), "TrapUnreachable");
  EXPECT_NE(std::string(skerry_error_message(error)).find("deep"), std::string::npos);
  EXPECT_FALSE(skerry_error_is_exit(error, nullptr));
  skerry_error_delete(error);
}

struct Env {
  int calls = 0;
  bool is_finalised = false;
};

skerry_error_t* count(void* given, skerry_caller_t* caller, uint64_t* slots) {
  auto& env = *static_cast<Env*>(given);
  ++env.calls;
  uint8_t* data = nullptr;
  size_t size = 0;
  skerry_caller_memory(caller, &data, &size);
  if (slots[0] >= size) return skerry_error_new("beyond the memory");
  slots[0] = data[slots[0]];
  return nullptr;
}

TEST_F(SkerryTest, HostFunctionsSeeTheCallersMemoryAndFail) {
  Env env;
  {
    EXPECT_EQ(said(skerry_linker_define_func(
                  linker_.get(), "env", "byte", "i:i", count, &env,
                  [](void* of) { static_cast<Env*>(of)->is_finalised = true; })),
              "");
    const Instance made = instance(R"((module
      (import "env" "byte" (func $byte (param i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 7) "A")
      (func (export "f") (param i32) (result i32) (call $byte (local.get 0)))))");
    uint64_t slots[1] = {7};
    const Func f = func(made, "f", "i:i");
    EXPECT_EQ(said(skerry_func_call(f.get(), slots)), "");
    EXPECT_EQ(slots[0], 'A');
    slots[0] = 65536;
    EXPECT_EQ(said(skerry_func_call(f.get(), slots)), "HostFunctionFailed: beyond the memory");
    EXPECT_EQ(env.calls, 2);
    linker_.reset();
    store_.reset();
    EXPECT_FALSE(env.is_finalised);  // the func keeps the store
  }
  EXPECT_TRUE(env.is_finalised);
}

skerry_error_t* refuse(void*, skerry_caller_t*, uint64_t*) { return skerry_error_new("refused"); }

// Each header's calls give back what the other's host functions failed with, and neither what an
// earlier call has answered already.
TEST_F(SkerryTest, FailuresOfHostFunctionsComeOutOfEitherHeadersCalls) {
  EXPECT_EQ(
      said(skerry_linker_define_func(linker_.get(), "env", "refuse", "", refuse, nullptr, nullptr)),
      "");
  const Instance made = instance(R"((module (import "env" "refuse" (func $refuse))
    (func (export "f") (call $refuse)) (func (export "g") unreachable)))");
  wasm_extern_vec_t exports;
  wasm_instance_exports(made.get(), &exports);
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  wasm_trap_t* const trap = wasm_func_call(wasm_extern_as_func(exports.data[0]), &none, &none);
  ASSERT_NE(trap, nullptr);
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  EXPECT_STREQ(message.data, "refused");
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
  wasm_extern_vec_delete(&exports);
  EXPECT_EQ(name_of(skerry_func_call(func(made, "g").get(), nullptr)), "TrapUnreachable");
  EXPECT_EQ(said(skerry_func_call(func(made, "f").get(), nullptr)), "HostFunctionFailed: refused");

  std::string error;
  EXPECT_EQ(instance("(module (import \"env\" \"refuse\" (func $f)) (start $f))", &error), nullptr);
  EXPECT_EQ(error, "HostFunctionFailed: refused");
}

TEST_F(SkerryTest, InstancesLinkToInstances) {
  const Instance one = instance("(module (func (export \"one\") (result i32) (i32.const 1)))");
  EXPECT_EQ(said(skerry_linker_define_instance(linker_.get(), "lib", one.get())), "");
  const Instance two = instance(R"((module (import "lib" "one" (func $one (result i32)))
    (func (export "two") (result i32) (i32.add (call $one) (call $one)))))");
  uint64_t slots[1] = {};
  EXPECT_EQ(said(skerry_func_call(func(two, "two", ":i").get(), slots)), "");
  EXPECT_EQ(slots[0], 2u);
}

TEST_F(SkerryTest, MemoriesAreSeenAsTheyGrow) {
  const Instance made = instance("(module (memory (export \"memory\") 1 2))");
  const Memory memory(skerry_instance_memory(made.get(), "memory"));
  byte_t* const data = wasm_memory_data(memory.get());
  EXPECT_TRUE(wasm_memory_grow(memory.get(), 1));
  EXPECT_EQ(wasm_memory_data(memory.get()), data);
  EXPECT_EQ(wasm_memory_data_size(memory.get()), 131072u);
}

TEST_F(SkerryTest, ProgramsOfWasiHaveWhatTheyAreGiven) {
  skerry::TempDir temp;
  skerry_wasi_t* const wasi = skerry_wasi_new();
  skerry_wasi_inherit_stdio(wasi, false, false, false);
  EXPECT_EQ(said(skerry_wasi_add_argument(wasi, "program")), "");
  EXPECT_EQ(said(skerry_wasi_add_variable(wasi, "MODE", "x")), "");
  EXPECT_NE(said(skerry_wasi_add_variable(wasi, "A=B", "x")), "");
  EXPECT_EQ(said(skerry_wasi_add_folder(wasi, "/", temp.path().c_str(), SKERRY_ACCESS_READ)), "");
  EXPECT_NE(said(skerry_wasi_add_folder(wasi, "/x", (temp.path() + "/none").c_str(), 1)), "");
  EXPECT_NE(said(skerry_wasi_set_policy(wasi, "[limts]")), "");
  EXPECT_EQ(said(skerry_linker_define_wasi(linker_.get(), wasi)), "");
  const Instance made = instance(R"((module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start") (drop (call $sizes (i32.const 0) (i32.const 4)))
      (call $exit (i32.add (i32.const 40) (i32.load (i32.const 0)))))))");
  skerry_error_t* const error = skerry_func_call(func(made, "_start", "").get(), nullptr);
  uint32_t status = 0;
  EXPECT_TRUE(skerry_error_is_exit(error, &status));
  EXPECT_EQ(status, 41u);
  skerry_error_delete(error);
}

TEST_F(SkerryTest, InterruptionComesFromAnyThread) {
  const Instance made = instance("(module (func (export \"f\") (loop (br 0))))");
  const Interrupt interrupt(skerry_store_interrupt_new(store_.get()));
  std::thread other([&] { skerry_interrupt(interrupt.get()); });
  EXPECT_EQ(name_of(skerry_func_call(func(made, "f", "").get(), nullptr)), "TrapInterrupted");
  other.join();
}

class FuelTest : public SkerryTest {
 protected:
  FuelTest() : SkerryTest({sizeof(skerry_engine_options_t), SKERRY_TIER_BASELINE, 1, 0}) {}
};

TEST_F(FuelTest, RunsOut) {
  const Instance made = instance("(module (func (export \"f\") (loop (br 0))))");
  skerry_store_set_fuel(store_.get(), 1000);
  EXPECT_EQ(name_of(skerry_func_call(func(made, "f", "").get(), nullptr)), "TrapOutOfFuel");
  EXPECT_EQ(skerry_store_fuel(store_.get()), 0u);
}

TEST_F(SkerryTest, StoresHaveLimits) {
  skerry_store_options_t options{};
  wasm_store_t* out = nullptr;
  EXPECT_NE(said(skerry_store_new(engine_.get(), &options, &out)), "");  // no size
  options.struct_size = sizeof(options);
  options.memory_bytes = 65536;
  EXPECT_EQ(said(skerry_store_new(engine_.get(), &options, &out)), "");
  store_.reset(out);
  linker_.reset(skerry_linker_new(out));
  std::string error;
  EXPECT_EQ(instance("(module (memory 2))", &error), nullptr);
  EXPECT_NE(error, "");
}

// Programs and libraries of different ages.
TEST_F(SkerryTest, OptionsOfOtherAgesAreTakenAsFarAsTheyAreKnown) {
  wasm_store_t* out = nullptr;
  struct Newer {
    skerry_store_options_t known{};
    uint64_t unknown = 0;
  } newer;
  newer.known.struct_size = sizeof(newer);
  EXPECT_EQ(said(skerry_store_new(engine_.get(), &newer.known, &out)), "");
  wasm_store_delete(out);
  newer.unknown = 1;
  EXPECT_EQ(said(skerry_store_new(engine_.get(), &newer.known, &out)),
            "ArgumentMismatch: the options say something that this library is too old for");
  // What is behind an older struct is not read.
  newer.known.struct_size = offsetof(skerry_store_options_t, instances);
  newer.known.instances = 1;
  ASSERT_EQ(said(skerry_store_new(engine_.get(), &newer.known, &out)), "");
  store_.reset(out);
  linker_.reset(skerry_linker_new(out));
  EXPECT_NE(instance("(module)"), nullptr);
  EXPECT_NE(instance("(module)"), nullptr);
  newer.known.struct_size = size_t{1} << 40;
  EXPECT_EQ(said(skerry_store_new(engine_.get(), &newer.known, &out)),
            "ArgumentMismatch: struct_size of the options is not set");
}

TEST(SkerryMisuse, NullIsAnErrorOrNothing) {
  EXPECT_NE(said(skerry_engine_new(nullptr, nullptr)), "");
  EXPECT_NE(said(skerry_module_new(nullptr, "x", "", 0, nullptr)), "");
  EXPECT_NE(said(skerry_store_new(nullptr, nullptr, nullptr)), "");
  EXPECT_EQ(skerry_linker_new(nullptr), nullptr);
  EXPECT_NE(said(skerry_linker_define_func(nullptr, "m", "n", "", nullptr, nullptr, nullptr)), "");
  EXPECT_NE(said(skerry_linker_define_wasi(nullptr, skerry_wasi_new())), "");
  EXPECT_NE(said(skerry_linker_instantiate(nullptr, nullptr, nullptr)), "");
  EXPECT_NE(said(skerry_instance_func(nullptr, "f", nullptr, nullptr)), "");
  EXPECT_NE(said(skerry_instance_add_fiber_func(nullptr, "t", ":", 0, nullptr)), "");
  EXPECT_EQ(skerry_instance_memory(nullptr, "m"), nullptr);
  EXPECT_EQ(skerry_func_slots(nullptr), 0u);
  EXPECT_EQ(skerry_store_interrupt_new(nullptr), nullptr);
  skerry_interrupt(nullptr);
  skerry_store_set_fuel(nullptr, 1);
  skerry_error_delete(nullptr);
  EXPECT_STREQ(skerry_error_name(nullptr), "");
}

}  // namespace
}  // namespace skerry::test
