// Threads, stacks, the thread word, and loading libraries.
#include "platform/threads.h"

#include <gtest/gtest.h>

#include "platform/dynamic_library.h"
#include "platform/fault_handlers.h"

namespace skerry::platform {
namespace {

TEST(Threads, RunWithTheStackTheyAskedFor) {
  StackBounds bounds;
  uintptr_t here = 0;
  auto thread = Thread::start(
      [&] {
        char on_stack;
        prepare_thread_for_faults();  // from then on the stack is known
        bounds = thread_stack();
        here = reinterpret_cast<uintptr_t>(&on_stack);
      },
      uint64_t{64} << 20);
  ASSERT_TRUE(thread);
  EXPECT_TRUE(thread->is_running());
  thread->join();
  EXPECT_FALSE(thread->is_running());
#if !defined(__SANITIZE_ADDRESS__)  // locals may live on a stack of the sanitizer's own
  EXPECT_TRUE(bounds.contains(here));
#endif
  EXPECT_GE(bounds.high - bounds.low, (uint64_t{64} << 20) - (64 << 10));
}

TEST(Threads, TheThreadWordIsPerThread) {
  int mine = 0;
  EXPECT_EQ(thread_word(), nullptr);
  set_thread_word(&mine);
  auto thread = Thread::start([] {
    EXPECT_EQ(thread_word(), nullptr);
    int other = 0;
    set_thread_word(&other);
    EXPECT_EQ(thread_word(), &other);
  });
  ASSERT_TRUE(thread);
  thread->join();
  EXPECT_EQ(thread_word(), &mine);
  set_thread_word(nullptr);
}

TEST(Threads, ThereIsAProcessor) { EXPECT_GE(hardware_threads(), 1u); }

TEST(DynamicLibrary, SaysWhatIsMissing) {
  const auto library = DynamicLibrary::open("/no/such/folder/library.so");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, ErrorCode::FileNotFound);
  EXPECT_FALSE(DynamicLibrary::last_error().empty());
  EXPECT_EQ(DynamicLibrary().symbol("anything"), nullptr);
}

TEST(DynamicLibrary, FindsSymbols) {
#ifdef _WIN32
  const char* const name = "kernel32.dll";
  const char* const symbol = "GetTickCount";
#else
  const char* const name = "libm.so.6";
  const char* const symbol = "cos";
#endif
  auto library = DynamicLibrary::open(name);
  ASSERT_TRUE(library) << DynamicLibrary::last_error();
  EXPECT_NE(library->symbol(symbol), nullptr);
  EXPECT_EQ(library->symbol("no_such_symbol_here"), nullptr);
  library->close();
  EXPECT_FALSE(library->is_open());
}

}  // namespace
}  // namespace skerry::platform
