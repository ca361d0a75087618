// Policies of programs that run already, through skerry_gate_t: folders taken away and given back,
// from other threads, and when nothing is left that they could be for.
#include <atomic>
#include <fstream>
#include <thread>

#include "../platform/temp_dir.h"
#include "skerry_world.h"

namespace skerry::test {
namespace {

using Gate = Owned<skerry_gate_t, skerry_gate_delete>;

constexpr uint32_t kNotCapable = 76;

// Answers the errno of path_filestat_get for `file` in the folder at descriptor 3.
constexpr const char* kLook = R"((module
  (import "wasi_snapshot_preview1" "path_filestat_get"
    (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "file")
  (func (export "look") (result i32)
    (call $stat (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 64)))))";

class GateTest : public SkerryTest {
 protected:
  GateTest() { std::ofstream(temp_.path() + "/file") << "x"; }

  void start() {
    skerry_wasi_t* const wasi = skerry_wasi_new();
    EXPECT_EQ(said(skerry_wasi_add_folder(wasi, "/data", temp_.path().c_str(), SKERRY_ACCESS_READ)),
              "");
    gate_.reset(skerry_wasi_gate_new(wasi));
    if (before_) {
      EXPECT_EQ(said(skerry_gate_set_policy(gate_.get(), before_)), "");
    }
    EXPECT_EQ(said(skerry_linker_define_wasi(linker_.get(), wasi)), "");
    instance_ = instance(kLook);
    func_ = func(instance_, "look", ":i");
  }
  uint32_t look() {
    uint64_t slots[1] = {};
    EXPECT_EQ(said(skerry_func_call(func_.get(), slots)), "");
    return static_cast<uint32_t>(slots[0]);
  }
  // With the folder, under this host path.
  static std::string policy_with(const std::string& host) {
    return "[directories.\"/data\"]\nhost = '" + host + "'\nallow = [\"read\"]\n";
  }
  std::string set(const std::string& toml) {
    return said(skerry_gate_set_policy(gate_.get(), toml.c_str()));
  }

  TempDir temp_;
  const char* before_ = nullptr;
  Gate gate_;
  Instance instance_;
  Func func_;
};

TEST_F(GateTest, AFolderIsTakenAwayAndGivenBack) {
  start();
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(set(""), "");
  EXPECT_EQ(look(), kNotCapable);
  EXPECT_EQ(set(policy_with(temp_.path())), "");
  EXPECT_EQ(look(), 0u);
  // Another folder of the host is not what the program was given.
  EXPECT_EQ(set(policy_with(temp_.path() + "/other")), "");
  EXPECT_EQ(look(), kNotCapable);
}

TEST_F(GateTest, WhatIsSetBeforeTheStartIsInForceThen) {
  before_ = "";
  start();
  EXPECT_EQ(look(), kNotCapable);
}

TEST_F(GateTest, BadPoliciesChangeNothing) {
  start();
  EXPECT_NE(set("[limts]"), "");
  EXPECT_NE(said(skerry_gate_set_policy(gate_.get(), nullptr)), "");
  EXPECT_NE(said(skerry_gate_set_policy(nullptr, "")), "");
  EXPECT_EQ(skerry_wasi_gate_new(nullptr), nullptr);
  EXPECT_EQ(look(), 0u);
}

TEST_F(GateTest, OutlivesTheStoreAndTheWasi) {
  start();
  func_.reset();
  instance_.reset();
  linker_.reset();
  store_.reset();
  EXPECT_EQ(set(""), "");
  skerry_wasi_t* const wasi = skerry_wasi_new();
  gate_.reset(skerry_wasi_gate_new(wasi));
  skerry_wasi_delete(wasi);
  EXPECT_EQ(set(""), "");
}

// TSan watches.
TEST_F(GateTest, IsForAnyThreadWhileTheProgramRuns) {
  start();
  std::atomic<bool> is_done = false;
  std::thread other([&] {
    const std::string allows = policy_with(temp_.path());
    for (int i = 0; i < 50; ++i) {
      EXPECT_EQ(set(""), "");
      EXPECT_EQ(set(allows), "");
    }
    is_done = true;
  });
  while (!is_done) {
    const uint32_t error = look();
    ASSERT_TRUE(error == 0 || error == kNotCapable) << error;
  }
  other.join();
  EXPECT_EQ(look(), 0u);
}

}  // namespace
}  // namespace skerry::test
