// What memory starts with when it comes out of an artifact: the same as from the segments, in every
// instance, and nothing that was tampered with.
#include "embed/data_image.h"

#include <algorithm>
#include <functional>

#include "../platform/temp_dir.h"
#include "embed/ahead_of_time.h"
#include "embed/code_cache.h"
#include "embed/kept_code.h"
#include "embedding.h"
#include "own_folders.h"

namespace skerry::embed {
namespace {

constexpr uint32_t kAt = 5000;
// Files of small modules are read, those of large ones are mapped.
constexpr size_t kSmall = 80'000, kLarge = 300'000;

std::string letters(size_t count, char letter) { return std::string(count, letter); }

// `count` letters a, the third one of which a later segment makes a b.
std::string module_text(size_t count, const std::string& more = {}) {
  return "(module (memory (export \"memory\") 6 7)"
         "(data (i32.const 5000) \"" +
         letters(count, 'a') +
         "\")"
         "(data (i32.const 5002) \"b\") (data (i32.const 0) \"\")"
         "(func (export \"get\") (param i32) (result i32) (i32.load8_u (local.get 0)))"
         "(func (export \"put\") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))"
         "(func (export \"grow\") (result i32) (memory.grow (i32.const 1)))"
         "(func (export \"init\") (param i32)"
         "  (memory.init 1 (i32.const 0) (i32.const 0) (local.get 0)) (data.drop 0))" +
         more + ")";
}

class DataImageTest : public EmbedTest {
 protected:
  DataImageTest() {
    options.tier = Tier::Baseline;
    use(options);
    signer.seed.fill(7);
    trusting.trusted.push_back(signer.public_key());
  }

  // It may hold files open.
  void TearDown() override { store.reset(); }

  std::optional<MadeDataImage> image_of(const std::string& text) {
    return make_data_image(*parse(source_of("m.wat", text), engine.features())->module);
  }
  std::vector<uint8_t> with_code(const std::string& text,
                                 const std::function<void(ArtifactWriter&)>& change = {}) {
    const LoadedModule module = load_as_binary("m.wasm", text);
    return with_code_section({module.parsed.source->bytes(), {}}, [&](uint64_t offset) {
      auto compiled = *compile_ahead_of_time(engine, module);
      if (change) change(compiled.writer);
      std::vector<uint8_t> artifact = compiled.writer.finish(offset);
      seal_artifact(artifact, std::nullopt, signer);
      return artifact;
    });
  }
  LoadedModule load_file(const std::vector<uint8_t>& bytes) {
    // What is in use is not written to.
    path = temp.path("m" + std::to_string(++files) + ".wasm");
    write_bytes(path, bytes);
    auto loaded = engine.load(*Source::open(path), trusting);
    EXPECT_TRUE(loaded);
    return std::move(*loaded);
  }
  static bool starts_from_image(const LoadedModule& module) {
    return module.code->data_image() != nullptr;
  }
  runtime::Instance& instantiate(const LoadedModule& module) {
    return **Linker(*store).instantiate(module);
  }
  Result<int32_t> call(runtime::Instance& instance, std::string_view name,
                       std::vector<int32_t> numbers) {
    std::vector<runtime::Value> arguments;
    for (int32_t number : numbers) arguments.push_back(runtime::Value::i32(number));
    const auto func = std::get<runtime::Func>(*instance.find_export(name));
    const auto results =
        TRY(runtime::call(*store, func, std::span<const runtime::Value>(arguments)));
    return results.empty() ? 0 : results[0].as_i32();
  }
  // Everything that a memory has at first.
  void expect_fresh(runtime::Instance& instance, size_t count) {
    std::string wanted(6 * kWasmPageBytes, '\0');
    std::fill_n(wanted.begin() + kAt, count, 'a');
    wanted[kAt + 2] = 'b';
    const auto view = instance.host_memory();
    ASSERT_EQ(view.size_bytes(), wanted.size());
    EXPECT_TRUE(*view.text(0, wanted.size()) == wanted);
  }
  void use(const EngineOptions& wanted) {
    store.reset();
    engine = *Engine::create(wanted);
    store = *runtime::Store::create(engine.runtime());
  }

  OwnFolders folders;
  TempDir temp;
  std::string path;  // of the file that was loaded last
  int files = 0;
  EngineOptions options;
  SigningKey signer{};
  NativeCodeOptions trusting;
};

TEST_F(DataImageTest, IsWhatSegmentsMakeOfAMemoryInTheirOrder) {
  const auto image = image_of(module_text(kSmall));
  ASSERT_TRUE(image);
  EXPECT_EQ(image->begin, 4096u);
  EXPECT_EQ(image->bytes.size() % kArtifactDataAlignment, 0u);
  std::vector<uint8_t> wanted(image->bytes.size());
  std::fill_n(wanted.begin() + (kAt - 4096), kSmall, 'a');
  wanted[kAt - 4096 + 2] = 'b';
  EXPECT_EQ(image->bytes, wanted);
}

TEST_F(DataImageTest, ThereIsNoneWhereItWouldNotBeTheSame) {
  const std::string data = "(data (i32.const 0) \"" + letters(kSmall, 'a') + "\")";
  EXPECT_TRUE(image_of("(module (memory 2) " + data + ")"));
  EXPECT_TRUE(image_of("(module (memory 2) (memory 1) " + data + ")"));
  for (const std::string& text : {
           "(memory 2) (data \"passive\") " + data,
           "(import \"a\" \"m\" (memory 2)) " + data,
           "(memory 2 2 shared) " + data,
           "(import \"a\" \"t\" (table 1 funcref)) (memory 2) " + data,
           "(memory 2) (memory 1) (data (memory 1) (i32.const 0) \"x\") " + data,
           "(import \"a\" \"g\" (global i32)) (memory 2) (data (global.get 0) \"x\") " + data,
           // These trap when they are instantiated.
           "(memory 1) " + data,
           "(memory 2) (data (i32.const 131072) \"x\") " + data,
           "(memory 2) (data (i32.const 131073) \"\") " + data,
           "(memory 2) (data (i32.const -1) \"x\") " + data,
           // Not worth it.
           std::string("(memory 2) (data (i32.const 0) \"few\")"),
           std::string("(memory 2)"),
           std::string(""),
           "(memory 1000) (data (i32.const 60000000) \"far\") " + data,
       })
    EXPECT_FALSE(image_of("(module " + text + ")")) << text.substr(0, 80);
}

TEST_F(DataImageTest, IsWhatEachInstanceStartsFrom) {
  for (const bool is_explicit : {false, true}) {
    options.runtime.code.explicit_bounds = is_explicit;
    use(options);
    for (const size_t count : {kSmall, kLarge}) {
      const std::vector<uint8_t> file = with_code(module_text(count));
      const LoadedModule module = load_file(file);
      EXPECT_EQ(module.note, "");
      EXPECT_TRUE(starts_from_image(module));
      EXPECT_TRUE(module.parsed.module->datas.empty());
      runtime::Instance& first = instantiate(module);
      expect_fresh(first, count);
      EXPECT_TRUE(call(first, "put", {kAt, 'x'}));
      EXPECT_EQ(call(first, "get", {kAt}), 'x');
      EXPECT_EQ(call(first, "grow", {}), 6);
      EXPECT_EQ(call(first, "get", {kAt}), 'x');
      EXPECT_EQ(call(first, "get", {kAt + 2}), 'b');
      expect_fresh(instantiate(module), count);
      EXPECT_EQ(bytes_of_file(path), file);
    }
  }
}

TEST_F(DataImageTest, SegmentsAreDroppedAsEver) {
  runtime::Instance& instance = instantiate(load_file(with_code(module_text(kSmall))));
  EXPECT_TRUE(call(instance, "init", {0}));
  const auto failed = call(instance, "init", {1});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::TrapMemoryOutOfBounds);
}

TEST_F(DataImageTest, PassiveSegmentsAreKept) {
  const std::string more =
      "(data $p \"passive\") (func (export \"passive\") (memory.init $p"
      "  (i32.const 0) (i32.const 0) (i32.const 7)))";
  const LoadedModule module = load_file(with_code(module_text(kSmall, more)));
  EXPECT_EQ(module.note, "");
  EXPECT_FALSE(starts_from_image(module));
  runtime::Instance& instance = instantiate(module);
  expect_fresh(instance, kSmall);
  EXPECT_TRUE(call(instance, "passive", {}));
  EXPECT_EQ(call(instance, "get", {0}), 'p');
}

TEST_F(DataImageTest, ATrapBeforeTheDataIsStillFirst) {
  const std::string more = "(table 1 funcref) (elem (i32.const 1) 0)";
  const auto made = Linker(*store).instantiate(load_file(with_code(module_text(kSmall, more))));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().error.code, ErrorCode::TrapTableOutOfBounds);
}

TEST_F(DataImageTest, MemoryLimitsHold) {
  runtime::StoreLimits limits;
  limits.memory_bytes = 5 * kWasmPageBytes;
  store = *runtime::Store::create(engine.runtime(), limits);
  const auto made = Linker(*store).instantiate(load_file(with_code(module_text(kLarge))));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().error.code, ErrorCode::MemoryLimitExceeded);
}

TEST_F(DataImageTest, IsNotUsedWithAByteChanged) {
  for (const size_t count : {kSmall, kLarge}) {
    std::vector<uint8_t> bytes = with_code(module_text(count));
    // The last ones are the image's.
    const auto last = std::find(bytes.rbegin(), bytes.rend(), 'a');
    ASSERT_NE(last, bytes.rend());
    *last = 'c';
    const LoadedModule module = load_file(bytes);
    EXPECT_NE(module.note, "");
    EXPECT_FALSE(starts_from_image(module));
    EXPECT_EQ(module.code->stats().funcs_compiled, 0u);
    expect_fresh(instantiate(module), count);
  }
}

TEST_F(DataImageTest, IsNotUsedWhereItDoesNotFit) {
  const auto refused = [&](const std::string& text, uint64_t begin, size_t size) {
    const LoadedModule module = load_file(with_code(text, [&](ArtifactWriter& writer) {
      EXPECT_TRUE(writer.set_data(begin, std::vector<uint8_t>(size, 'z')));
    }));
    EXPECT_EQ(module.code->stats().funcs_compiled, 0u) << begin;
    EXPECT_NE(module.note.find("damaged"), std::string::npos) << module.note;
    return !starts_from_image(module);
  };
  constexpr uint64_t kEnd = 6 * kWasmPageBytes;
  EXPECT_TRUE(refused(module_text(kSmall), kEnd, 4096));
  EXPECT_TRUE(refused(module_text(kSmall), kEnd - 4096, 8192));
  EXPECT_TRUE(refused(module_text(kSmall), 0, kEnd + 4096));
  EXPECT_TRUE(refused(module_text(kSmall), uint64_t{UINT32_MAX} - 4095, 4096));
  const std::string get = "(func (export \"get\") (result i32) (i32.const 0))";
  EXPECT_TRUE(refused("(module " + get + ")", 0, 4096));
  EXPECT_TRUE(
      refused("(module (import \"a\" \"t\" (table 1 funcref)) (memory 1) " + get + ")", 0, 4096));
  EXPECT_TRUE(refused("(module (memory 1 1 shared) " + get + ")", 0, 4096));
  EXPECT_TRUE(refused("(module (import \"a\" \"m\" (memory 1)) " + get + ")", 0, 4096));
}

TEST_F(DataImageTest, ModulesAreReadWholeForOtherFeatures) {
  const std::vector<uint8_t> bytes = with_code(module_text(kSmall));
  options.features.set(Feature::Simd, false);
  use(options);
  const LoadedModule module = load_file(bytes);
  EXPECT_EQ(module.parsed.module->datas.size(), 3u);
  expect_fresh(instantiate(module), kSmall);
}

TEST_F(DataImageTest, IsKeptWithTheCodeOfARun) {
  options.cache = std::make_shared<CodeCache>((folders.root() / "code").string(), 4 << 20);
  options.runtime.compile_threads = 0;
  use(options);
  const LoadedModule plain = load_as_binary("m.wasm", module_text(kLarge));
  const Bytes source = plain.parsed.source->bytes();
  const std::vector<uint8_t> bytes(source.begin(), source.end());
  // The third run adds code to the entry that the second one used.
  const char* const called[] = {"grow", "grow", "init", "init"};
  for (int run = 0; run < 4; ++run) {
    const LoadedModule module = load_file(bytes);
    EXPECT_EQ(starts_from_image(module), run > 0) << run;
    EXPECT_EQ(module.parsed.module->datas.empty(), run > 0) << run;
    runtime::Instance& instance = instantiate(module);
    expect_fresh(instance, kLarge);
    EXPECT_TRUE(call(instance, called[run], run < 2 ? std::vector<int32_t>() : std::vector{0}));
    const auto kept = keep_code(engine, module);
    ASSERT_TRUE(kept);
    EXPECT_EQ(*kept, run == 0 || run == 2) << run;
  }
}

}  // namespace
}  // namespace skerry::embed
