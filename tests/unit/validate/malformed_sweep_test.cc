// The sweep over modules made by hand, every byte of them. The official suite's modules are swept
// by tests/spec/malformed_modules.cc.
#include "../support/malformed_sweep.h"

#include <gtest/gtest.h>

#include "../support/sample_modules.h"

namespace skerry {
namespace {

using namespace test;

TEST(MalformedSweep, SampleModule) {
  EXPECT_EQ(sweep(sample_module(), [](size_t) { return true; }), "");
}

// Every opcode once, with immediates of several bytes; most of it is invalid, which is the point.
TEST(MalformedSweep, EveryOpcode) {
  for (const OpInfo& row : kOpInfos) {
    Buffer code;
    FunctionWriter writer(code);
    writer.op(static_cast<Op>(&row - kOpInfos.data()));
    append(code, {0x02, 0x03, 0x01, 0x00, 0x41, 0x80, 0x00});
    const Buffer module = one_func(func_type({ValType::I32}, {}), code);
    for (size_t size = 0; size <= module.size(); ++size)
      EXPECT_EQ(disorder_of(Bytes(module).first(size)), "");
    Buffer changed = module;
    for (size_t i = module.size() - code.size() - 1; i < module.size(); ++i) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        changed[i] = static_cast<uint8_t>(module[i] ^ 1u << bit);
        EXPECT_EQ(disorder_of(changed), "");
      }
      changed[i] = module[i];
    }
  }
}

}  // namespace
}  // namespace skerry
