// Faults outside of Wasm, while Wasm is being run: they are the host program's, and reach the
// handler it had installed before the first engine. Each case runs in a process of its own.
#include <signal.h>
#include <unistd.h>

#include "fixture.h"

namespace skerry::runtime {
namespace {

class ForeignFaultDeathTest : public RuntimeTest {
 protected:
  // The engine comes after the host's handler: see start().
  void SetUp() override { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }

  // Installs the host's handler, which ends the process with 42, then the engine.
  void start() {
    struct sigaction action = {};
    action.sa_handler = [](int) { _exit(42); };
    sigaction(SIGSEGV, &action, nullptr);
    RuntimeTest::SetUp();
  }
  // Runs a guest whose host function reads this address.
  void read_in_host_function(uint64_t address) {
    const Func reads = host({}, [address](Caller&, std::span<uint64_t>) -> Result<void> {
      (void)*reinterpret_cast<volatile uint8_t*>(address);
      return {};
    });
    (void)invoke(instantiate(R"((module (import "" "" (func $reads)) (memory 1)
      (func (export "run") (call $reads) (drop (i32.load (i32.const 65536))))))",
                             {reads}),
                 "run");
  }
};

TEST_F(ForeignFaultDeathTest, InAHostFunction) {
  EXPECT_EXIT(
      {
        start();
        read_in_host_function(16);
      },
      ::testing::ExitedWithCode(42), "");
}

// Where Wasm would trap, a host function that goes out of bounds has a bug.
TEST_F(ForeignFaultDeathTest, InAHostFunctionThatReachesAGuardPage) {
  EXPECT_EXIT(
      {
        start();
        Memory* const memory = *store->add_memory({Limits{1, 1}});
        read_in_host_function(reinterpret_cast<uint64_t>(memory->vm()->base) + 65536);
      },
      ::testing::ExitedWithCode(42), "");
}

TEST_F(ForeignFaultDeathTest, AfterATrapHasBeenTaken) {
  EXPECT_EXIT(
      {
        start();
        Instance& instance = instantiate(R"((module (memory 1)
          (func (export "run") (drop (i32.load (i32.const 65536))))))");
        if (error(instance, "run") != ErrorCode::TrapMemoryOutOfBounds) _exit(1);
        read_in_host_function(16);
      },
      ::testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace skerry::runtime
