// A guest that is interrupted while a WASI function waits or works long. It interrupts itself right
// before, so nothing depends on when which thread runs.
#pragma once

#include <map>

#include "../runtime/fixture.h"
#include "wasi/context.h"
#include "wasi/imports.h"

namespace skerry::runtime {

// Each export answers the errno of a wait, or of something else that takes its time.
inline constexpr const char* kWaits = R"((module
  (import "host" "before" (func $before))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 32)
  (data (i32.const 512) "fifo")
  (func (export "sleep") (param $wait_ns i64) (result i32)
    (i32.store (i32.const 16) (i32.const 1))           ;; clock: monotonic
    (i64.store (i32.const 24) (local.get $wait_ns))
    (call $before)
    (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
  (func (export "open") (result i32)                   ;; for writing
    (call $before)
    (call $path_open (i32.const 3) (i32.const 0) (i32.const 512) (i32.const 4) (i32.const 0)
      (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 8)))
  (func (export "read") (result i32)
    (i32.store (i32.const 0) (i32.const 256))
    (i32.store (i32.const 4) (i32.const 16))
    (call $before)
    (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
  (func (export "random") (param $bytes i32) (result i32)
    (call $before)
    (call $random_get (i32.const 0) (local.get $bytes)))))";
inline constexpr int64_t kHourNs = 3'600'000'000'000;

class WasiInterruptTest : public RuntimeTest {
 protected:
  // `gate`: receives the guest's.
  Instance& guest(HostCall before, wasi::Config config = {},
                  std::shared_ptr<wasi::Gate>* gate = nullptr) {
    std::map<std::string, Func> wasi_funcs;
    auto context = wasi::Context::create(std::move(config));
    EXPECT_TRUE(context);
    if (gate) *gate = (*context)->gate();
    const auto added = wasi::register_imports(
        std::move(*context),
        [&](std::string_view module, std::string_view name, HostFunc func) -> Result<void> {
          if (module == wasi::kPreview1Module)
            wasi_funcs.emplace(name, host(func.type, std::move(func.call)));
          return {};
        });
    EXPECT_TRUE(added);
    return instantiate(kWaits, {host({}, std::move(before)), wasi_funcs.at("poll_oneoff"),
                                wasi_funcs.at("fd_read"), wasi_funcs.at("path_open"),
                                wasi_funcs.at("random_get")});
  }
  Instance& guest_that_interrupts_itself(wasi::Config config = {}) {
    return guest(
        [](Caller& caller, std::span<uint64_t>) -> Result<void> {
          caller.store().interrupt_handle().interrupt();
          return {};
        },
        std::move(config));
  }
  // A guest that reads from this pipe, which brings nothing, is ended.
  void expect_reading_ends(platform::NativeHandle pipe) {
    wasi::Config config;
    config.standard_input =
        wasi::Stdio::of(*platform::File::adopt(pipe, platform::File::Ownership::Owned));
    Instance& instance = guest_that_interrupts_itself(std::move(config));
    EXPECT_EQ(error(instance, "read"), ErrorCode::TrapInterrupted);
  }
};

}  // namespace skerry::runtime
