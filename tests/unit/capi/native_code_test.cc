// Machine code ahead of time by skerry.h: made, trusted or not, and loaded.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>

#include "../embed/own_folders.h"
#include "seal/signature.h"
#include "skerry.h"

namespace {

constexpr std::string_view kAdd = R"((module (func (export "add") (param i32 i32) (result i32)
  (i32.add (local.get 0) (local.get 1)))))";

std::string said(skerry_error_t* error) {
  const std::string text = error ? skerry_error_message(error) : "";
  skerry_error_delete(error);
  return text;
}

class NativeCodeInCTest : public testing::Test {
 protected:
  NativeCodeInCTest() : engine_(engine_of(SKERRY_TIER_BASELINE)) {}
  ~NativeCodeInCTest() override { wasm_engine_delete(engine_); }

  static wasm_engine_t* engine_of(uint32_t tier) {
    const skerry_engine_options_t options{sizeof(options), tier, 0, 0};
    wasm_engine_t* engine = nullptr;
    EXPECT_EQ(said(skerry_engine_new(&options, &engine)), "");
    return engine;
  }
  std::string compile(std::string_view wat, const std::string& key = "") {
    const skerry_compile_options_t options{sizeof(options), 1, key.empty() ? nullptr : key.c_str()};
    wasm_byte_vec_t bytes = WASM_EMPTY_VEC;
    EXPECT_EQ(said(skerry_compile(engine_, "add", wat.data(), wat.size(), &options, &bytes)), "");
    const std::string whole(bytes.data, bytes.size);
    wasm_byte_vec_delete(&bytes);
    return whole;
  }
  // Loads it, runs it, and says what was noted.
  std::string run(const std::string& bytes, const skerry_module_options_t* options) {
    wasm_shared_module_t* module = nullptr;
    const std::string why =
        said(skerry_module_load(engine_, "add", bytes.data(), bytes.size(), options, &module));
    if (!why.empty()) return why;
    std::string note = skerry_module_note(module);
    wasm_store_t* store = nullptr;
    EXPECT_EQ(said(skerry_store_new(engine_, nullptr, &store)), "");
    skerry_linker_t* const linker = skerry_linker_new(store);
    wasm_instance_t* instance = nullptr;
    EXPECT_EQ(said(skerry_linker_instantiate(linker, module, &instance)), "");
    skerry_func_t* func = nullptr;
    EXPECT_EQ(said(skerry_instance_func(instance, "add", "ii:i", &func)), "");
    uint64_t slots[2] = {40, 2};
    EXPECT_EQ(said(skerry_func_call(func, slots)), "");
    EXPECT_EQ(slots[0], 42u);
    skerry_func_delete(func);
    wasm_instance_delete(instance);
    skerry_linker_delete(linker);
    wasm_store_delete(store);
    wasm_shared_module_delete(module);
    return note;
  }

  skerry::embed::OwnFolders folders_;
  wasm_engine_t* engine_;
};

TEST_F(NativeCodeInCTest, RunsIfAllIsTrusted) {
  skerry_module_options_t options{};
  options.struct_size = sizeof(options);
  options.trust_native = 1;
  EXPECT_EQ(run(compile(kAdd), &options), "");
  // What has code already gets new code.
  EXPECT_EQ(run(compile(compile(kAdd)), &options), "");
}

TEST_F(NativeCodeInCTest, RunsIfItsSignerIsTrusted) {
  const skerry::SigningKey signer{{1, 2, 3}};
  const std::string key = skerry::to_text(signer.public_key());
  const char* const keys[] = {key.c_str()};
  skerry_module_options_t options{};
  options.struct_size = sizeof(options);
  options.trusted_keys = keys;
  options.trusted_key_count = 1;
  EXPECT_EQ(run(compile(kAdd, skerry::to_text(signer)), &options), "");
}

TEST_F(NativeCodeInCTest, IsNotUsedIfItIsDamaged) {
  std::string bytes = compile(kAdd);
  for (size_t at = bytes.find("skerry.code") + 100; at < bytes.size(); ++at) bytes[at] ^= 1;
  EXPECT_NE(run(bytes, nullptr), "");
}

// Nothing in a file is without meaning, the end of the seal with its empty signature included.
TEST_F(NativeCodeInCTest, IsNotUsedIfAnyOfTheSealIsChanged) {
  const std::string whole = compile(kAdd);
  EXPECT_EQ(run(whole, nullptr), "");
  for (size_t from_end = 1; from_end <= 128; ++from_end) {
    std::string bytes = whole;
    bytes[bytes.size() - from_end] ^= 0x20;
    EXPECT_NE(run(bytes, nullptr), "") << from_end;
  }
}

TEST_F(NativeCodeInCTest, OfAnotherUserIsNotUsedWithoutTrust) {
  const skerry::SigningKey signer{{4, 5, 6}};
  const std::string key = skerry::to_text(signer.public_key());
  const std::string bytes = compile(kAdd, skerry::to_text(signer));
  EXPECT_EQ(run(bytes, nullptr), "");
  folders_.use_settings("other");
  EXPECT_NE(run(bytes, nullptr).find("neither made by this user nor"), std::string::npos);
  const std::string stranger = skerry::to_text(skerry::SigningKey{{7}}.public_key());
  const char* const keys[] = {stranger.c_str(), key.c_str()};
  skerry_module_options_t options{};
  options.struct_size = sizeof(options);
  options.trusted_keys = keys;
  options.trusted_key_count = 1;
  EXPECT_NE(run(bytes, &options), "");
  options.trusted_key_count = 2;
  EXPECT_EQ(run(bytes, &options), "");
}

TEST_F(NativeCodeInCTest, OfTheLlvmTierRuns) {
  const skerry_engine_options_t options{sizeof(options), SKERRY_TIER_LLVM, 0, 0};
  wasm_engine_t* engine = nullptr;
  if (skerry_error_t* const error = skerry_engine_new(&options, &engine))
    GTEST_SKIP() << "there is no LLVM tier here: " << said(error);
  std::swap(engine, engine_);
  const std::string bytes = compile(kAdd);
  EXPECT_EQ(run(bytes, nullptr), "");
  // Either tier's code is taken by an engine of the other.
  std::swap(engine, engine_);
  EXPECT_EQ(run(bytes, nullptr), "");
  wasm_engine_delete(engine);
}

TEST_F(NativeCodeInCTest, SaysWhatIsWrong) {
  wasm_byte_vec_t out = WASM_EMPTY_VEC;
  wasm_engine_t* const automatic = engine_of(SKERRY_TIER_AUTO);
  EXPECT_NE(said(skerry_compile(automatic, "add", kAdd.data(), kAdd.size(), nullptr, &out)), "");
  wasm_engine_delete(automatic);
  EXPECT_NE(said(skerry_compile(engine_, "bad", "(modul)", 7, nullptr, &out)), "");
  EXPECT_NE(said(skerry_compile(nullptr, "add", kAdd.data(), kAdd.size(), nullptr, &out)), "");
  const skerry_compile_options_t no_key{sizeof(no_key), 1, "key"};
  EXPECT_EQ(said(skerry_compile(engine_, "add", kAdd.data(), kAdd.size(), &no_key, &out)),
            "signing_key is no key");
  const char* const keys[] = {"key"};
  const skerry_module_options_t options{sizeof(options), keys, 1, 0};
  EXPECT_EQ(run("(module)", &options), "trusted_keys[0] is no key");
  EXPECT_STREQ(skerry_module_note(nullptr), "");
}

TEST_F(NativeCodeInCTest, ModulesSayWhetherTheyStart) {
  for (const auto& [text, starts] :
       {std::pair("(module (func $f) (start $f))", true), std::pair("(module (func $f))", false)}) {
    wasm_shared_module_t* module = nullptr;
    ASSERT_EQ(said(skerry_module_new(engine_, "m", text, std::strlen(text), &module)), "");
    EXPECT_EQ(skerry_module_has_start(module), starts);
    wasm_shared_module_delete(module);
  }
  EXPECT_FALSE(skerry_module_has_start(nullptr));
}

}  // namespace
