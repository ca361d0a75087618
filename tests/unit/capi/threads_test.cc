// Threads: one engine and one shared module for all, a store for each; sharing at once.
#include <atomic>
#include <thread>

#include "c_world.h"

namespace skerry::test {
namespace {

TEST_F(CTest, ThreadsShareAModule) {
  wasm_module_t* const module = module_of(store, R"((module
    (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                       (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "fail") unreachable)))");
  wasm_shared_module_t* const shared = wasm_module_share(module);
  wasm_module_delete(module);
  std::atomic<int> passed = 0;
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number)
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        wasm_store_t* const own = wasm_store_new(engine);
        wasm_module_t* const obtained = wasm_module_obtain(own, shared);
        wasm_shared_module_t* const again = wasm_module_share(obtained);
        wasm_instance_t* const instance = wasm_instance_new(own, obtained, nullptr, nullptr);
        wasm_extern_vec_t exports;
        wasm_instance_exports(instance, &exports);
        std::vector<wasm_val_t> results;
        wasm_trap_t* const trap = call(wasm_extern_as_func(exports.data[0]), {i32(15)}, results);
        if (!trap && results[0].of.i32 == 610 &&
            message_of(call(wasm_extern_as_func(exports.data[1]))) == "unreachable")
          ++passed;
        wasm_shared_module_delete(again);
        wasm_store_delete(own);
        wasm_module_delete(obtained);
        wasm_extern_vec_delete(&exports);
        wasm_instance_delete(instance);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 20);
  wasm_shared_module_delete(shared);
}

}  // namespace
}  // namespace skerry::test
