// Faults: the client decides first; what it does not know reaches whoever came before.
#include "platform/fault_handlers.h"

#include <gtest/gtest.h>

#include <csetjmp>
#include <cstring>
#include <thread>

#include "platform/code_pages.h"

namespace skerry::platform {
namespace {

// A func that faults at its first instruction and, if told to go on, returns from its second part.
struct FaultingCode {
  CodePages pages;
  uint64_t fault_pc = 0;
  uint64_t resume_pc = 0;
  int (*run)() = nullptr;
};

uint64_t known_pc = 0;
uint64_t next_pc = 0;
Fault last_fault;

bool client(Fault& fault) {
  last_fault = fault;
  if (fault.pc != known_pc) return false;
  fault.pc = next_pc;
  return true;
}

FaultingCode make(std::vector<uint8_t> faulting) {
  FaultingCode result;
  result.pages = *CodePages::reserve(page_bytes());
  const size_t fault_bytes = faulting.size();
  const uint8_t resume[] = {0xb8, 42, 0, 0, 0, 0xc3};  // mov eax, 42; ret
  faulting.insert(faulting.end(), resume, resume + sizeof(resume));
  const uint8_t* const code = *result.pages.append(faulting);
  result.fault_pc = reinterpret_cast<uint64_t>(code);
  result.resume_pc = result.fault_pc + fault_bytes;
  result.run = reinterpret_cast<int (*)()>(const_cast<uint8_t*>(code));
  return result;
}

int run_and_recover(const FaultingCode& code) {
  known_pc = code.fault_pc;
  next_pc = code.resume_pc;
  const int result = code.run();
  known_pc = 0;
  return result;
}

const std::vector<uint8_t> kReadLow = {0x8b, 0x04, 0x25, 0x10,
                                       0x00, 0x00, 0x00};  // mov eax, [0x10]
const std::vector<uint8_t> kUd2 = {0x0f, 0x0b};

TEST(FaultHandlers, TheClientMayGoOnElsewhere) {
  ASSERT_TRUE(install_fault_handlers(client));
  ASSERT_TRUE(install_fault_handlers(client));
  prepare_thread_for_faults();
  const FaultingCode read = make(kReadLow);
  EXPECT_EQ(run_and_recover(read), 42);
  EXPECT_EQ(last_fault.kind, Fault::Memory);
  EXPECT_EQ(last_fault.address, 0x10u);
  const FaultingCode illegal = make(kUd2);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(run_and_recover(illegal), 42);
  EXPECT_EQ(last_fault.kind, Fault::IllegalInstruction);
}

TEST(FaultHandlers, WorkOnThreadsOfAnyOrigin) {
  ASSERT_TRUE(install_fault_handlers(client));
  const FaultingCode read = make(kReadLow);
  std::thread thread([&] {
    prepare_thread_for_faults();
    EXPECT_EQ(run_and_recover(read), 42);
  });
  thread.join();
}

TEST(FaultHandlersDeathTest, WhatNobodyKnowsEndsTheProcess) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  ASSERT_TRUE(install_fault_handlers(client));
  const FaultingCode illegal = make(kUd2);
  EXPECT_DEATH(illegal.run(), "");
}

}  // namespace
}  // namespace skerry::platform
