// The sweep over modules made by hand, and over module files named in SKERRY_SWEEP (a
// colon-separated list of paths): the official suite's modules are swept that way, too long for
// every run.
#include "../support/malformed_sweep.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "../support/sample_modules.h"

namespace skerry {
namespace {

using namespace test;

TEST(MalformedSweep, SampleModule) { sweep(sample_module()); }

// Every opcode once, with immediates of several bytes; most of it is invalid, which is the point.
TEST(MalformedSweep, EveryOpcode) {
  for (const OpInfo& row : kOpInfos) {
    Buffer code;
    FunctionWriter writer(code);
    writer.op(static_cast<Op>(&row - kOpInfos.data()));
    append(code, {0x02, 0x03, 0x01, 0x00, 0x41, 0x80, 0x00});
    const Buffer module = one_func(func_type({ValType::I32}, {}), code);
    for (size_t size = 0; size <= module.size(); ++size) expect_orderly(Bytes(module).first(size));
    Buffer changed = module;
    for (size_t i = module.size() - code.size() - 1; i < module.size(); ++i) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        changed[i] = static_cast<uint8_t>(module[i] ^ 1u << bit);
        expect_orderly(changed);
      }
      changed[i] = module[i];
    }
  }
}

TEST(MalformedSweep, FilesNamedInTheEnvironment) {
  const char* const list = std::getenv("SKERRY_SWEEP");
  if (!list) GTEST_SKIP() << "SKERRY_SWEEP names no files";
  std::stringstream paths{std::string(list)};
  for (std::string path; std::getline(paths, path, ':');) {
    std::ifstream file(path, std::ios::binary);
    ASSERT_TRUE(file) << path;
    const Buffer bytes((std::istreambuf_iterator<char>(file)), {});
    SCOPED_TRACE(path);
    sweep(bytes);
  }
}

}  // namespace
}  // namespace skerry
