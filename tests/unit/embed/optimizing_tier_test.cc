// Two compilers as one: who compiles what.
#include "embed/optimizing_tier.h"

#include <gtest/gtest.h>

#include "text/parse.h"
#include "validate/validate.h"

namespace skerry::embed {
namespace {

// Fails with an error, or makes code that is one byte.
class OneByteCompiler : public Compiler {
 public:
  OneByteCompiler(uint8_t byte, std::optional<ErrorCode> error) : byte_(byte), error_(error) {}
  const char* name() const override { return "one byte"; }
  Result<FuncCode> compile(const ValidatedModule&, const ContextLayout&, uint32_t,
                           const CodeOptions&) const override {
    if (error_) return fail(*error_);
    FuncCode code;
    code.code = {byte_};
    return code;
  }
  StubCode entry_thunk(const FuncType&) const override { return {{byte_}}; }
  StubCode fiber_thunk(const FuncType&, const FiberThunkPlaces&) const override {
    return {{byte_}};
  }
  StubCode host_thunk(const FuncType&) const override { return {{byte_}}; }
  StubCode stub(Builtin) const override { return {{byte_}}; }
  std::vector<uint8_t> lazy_stubs(uint32_t, uint32_t) const override { return {byte_}; }

 private:
  uint8_t byte_;
  std::optional<ErrorCode> error_;
};

uint8_t compiled_by(const PairedCompiler& pair) {
  const auto parsed = text::parse_module("(module (func))", Features());
  const auto valid = validate(*parsed, Features(), std::make_shared<TypeRegistry>(), 1);
  const auto code = pair.compile(*valid, ContextLayout(**parsed), 0, {});
  return code ? code->code.at(0) : 0;
}

TEST(PairedCompiler, WhatTheFirstLeavesTheSecondCompiles) {
  const auto second = std::make_shared<OneByteCompiler>(2, std::nullopt);
  const PairedCompiler able(std::make_shared<OneByteCompiler>(1, std::nullopt), second);
  EXPECT_EQ(compiled_by(able), 1);
  EXPECT_EQ(able.fallbacks(), 0u);
  const PairedCompiler unable(
      std::make_shared<OneByteCompiler>(1, ErrorCode::UnsupportedInstruction), second);
  EXPECT_EQ(compiled_by(unable), 2);
  EXPECT_EQ(unable.fallbacks(), 1u);
}

TEST(PairedCompiler, StubsAndThunksAreTheSeconds) {
  const PairedCompiler pair(std::make_shared<OneByteCompiler>(1, std::nullopt),
                            std::make_shared<OneByteCompiler>(2, std::nullopt));
  EXPECT_EQ(pair.stub(Builtin::poll).code, std::vector<uint8_t>{2});
  EXPECT_EQ(pair.entry_thunk({}).code, std::vector<uint8_t>{2});
  EXPECT_EQ(pair.fiber_thunk({}, {}).code, std::vector<uint8_t>{2});
  EXPECT_EQ(pair.host_thunk({}).code, std::vector<uint8_t>{2});
  EXPECT_EQ(pair.lazy_stubs(0, 1), std::vector<uint8_t>{2});
}

}  // namespace
}  // namespace skerry::embed
