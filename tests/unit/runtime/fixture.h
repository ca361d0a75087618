// What runtime tests share: modules from text, with the baseline compiler behind them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string_view>
#include <vector>

#include "../support/test_compiler.h"
#include "baseline/compiler.h"
#ifdef SKERRY_TEST_LLVM
#include "llvm/compiler.h"
#endif
#include "runtime/call.h"
#include "runtime/engine.h"
#include "runtime/instance.h"
#include "runtime/store.h"
#include "text/parse.h"
#include "validate/validate.h"

namespace skerry::runtime {

// The compiler under test: unit_llvm builds these tests a second time, with its own.
inline std::shared_ptr<const Compiler> compiler_under_test() {
#ifdef SKERRY_TEST_LLVM
  static const std::shared_ptr<const Compiler> kLlvm = llvm_tier::make_compiler();
  return std::make_shared<TestCompiler>([](const Compiler& baseline, const ValidatedModule& module,
                                           const ContextLayout& layout, uint32_t func,
                                           const CodeOptions& options) {
    auto code = kLlvm->compile(module, layout, func, options);
    return code ? std::move(code) : baseline.compile(module, layout, func, options);
  });
#else
  return baseline::make_compiler();
#endif
}

class RuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override { use(EngineOptions{}, StoreLimits{}); }

  // Starts anew with these options.
  void use(const EngineOptions& options, const StoreLimits& limits = {},
           std::shared_ptr<const Compiler> compiler = compiler_under_test()) {
    store.reset();
    auto made = Engine::create(std::move(compiler), options);
    ASSERT_TRUE(made);
    engine = *made;
    new_store(limits);
  }
  void new_store(const StoreLimits& limits = {}) {
    auto made = Store::create(engine, limits);
    ASSERT_TRUE(made);
    store = std::move(*made);
  }

  std::shared_ptr<ModuleCode> module(std::string_view text) {
    auto parsed = text::parse_module(text, Features());
    if (!parsed) {
      ADD_FAILURE() << "text: " << error_text(parsed.error().code) << " at "
                    << parsed.error().position;
      return nullptr;
    }
    auto valid = validate(*parsed, Features(), engine->registry());
    if (!valid) {
      ADD_FAILURE() << "invalid: " << error_text(valid.error().code);
      return nullptr;
    }
    auto code = ModuleCode::create(engine, *valid);
    if (!code) {
      ADD_FAILURE() << "module code: " << error_text(code.error().code);
      return nullptr;
    }
    return *code;
  }
  Result<Instance*> try_instantiate(std::string_view text, std::vector<Extern> imports = {}) {
    auto code = module(text);
    if (!code) return fail(ErrorCode::InternalError);
    return runtime::instantiate(*store, code, imports);
  }
  Instance& instantiate(std::string_view text, std::vector<Extern> imports = {}) {
    const auto made = try_instantiate(text, std::move(imports));
    if (!made) {
      ADD_FAILURE() << "instantiate: " << error_text(made.error().code);
      std::abort();
    }
    return **made;
  }
  Func func(Instance& instance, std::string_view name) {
    const auto item = instance.find_export(name);
    EXPECT_TRUE(item) << name;
    return std::get<Func>(*item);
  }
  Result<std::vector<Value>> invoke(Instance& instance, std::string_view name,
                                    std::vector<Value> arguments = {}) {
    return call(*store, func(instance, name), std::span<const Value>(arguments));
  }
  // The one i32 result.
  int32_t i32(Instance& instance, std::string_view name, std::vector<Value> arguments = {}) {
    const auto results = invoke(instance, name, std::move(arguments));
    if (!results) {
      ADD_FAILURE() << name << ": " << error_text(results.error().code);
      return 0;
    }
    return results->at(0).as_i32();
  }
  ErrorCode error(Instance& instance, std::string_view name, std::vector<Value> arguments = {}) {
    const auto results = invoke(instance, name, std::move(arguments));
    if (results) {
      ADD_FAILURE() << name << " did not fail";
      return ErrorCode::InternalError;
    }
    return results.error().code;
  }
  Func host(FuncType type, HostCall body) {
    const auto made = store->add_host_func(
        std::make_shared<HostFunc>(HostFunc{std::move(type), std::move(body)}));
    EXPECT_TRUE(made);
    return *made;
  }

  std::shared_ptr<Engine> engine;
  std::unique_ptr<Store> store;
};

}  // namespace skerry::runtime
