// Machine code that comes with a module: it runs if it fits and is trusted, else the module runs
// without it, with a note that says why. Not a byte of it can be changed unnoticed.
#include "embed/native_code.h"

#include <cstring>
#include <filesystem>
#include <fstream>

#include "embed/ahead_of_time.h"
#include "embed/user_key.h"
#include "embedding.h"
#include "own_folders.h"
#include "platform/process.h"
#include "seal/digest.h"

namespace skerry::embed {
namespace {

constexpr std::string_view kText = R"((module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))))";

class NativeCodeTest : public EmbedTest {
 protected:
  NativeCodeTest() {
    EngineOptions options;
    options.tier = Tier::Baseline;
    engine = *Engine::create(options);
    signer.seed.fill(7);
  }

  std::vector<uint8_t> artifact_of(const LoadedModule& module, const Engine& by, uint64_t offset,
                                   bool is_signed = true) const {
    const auto compiled = compile_ahead_of_time(by, module);
    EXPECT_TRUE(compiled);
    std::vector<uint8_t> artifact = compiled->writer.finish(offset);
    seal_artifact(artifact, std::nullopt, is_signed ? std::optional(signer) : std::nullopt);
    return artifact;
  }
  // A module that carries its code.
  std::vector<uint8_t> module_with_code(const Engine& by, bool is_signed = true) {
    const LoadedModule module = load_as_binary("m.wasm", kText);
    return with_code_section({module.parsed.source->bytes(), {}}, [&](uint64_t offset) {
      return artifact_of(module, by, offset, is_signed);
    });
  }
  NativeCodeOptions trusting() const {
    NativeCodeOptions options;
    options.trusted.push_back(signer.public_key());
    return options;
  }
  LoadedModule load_bytes(const std::vector<uint8_t>& bytes, const NativeCodeOptions& options) {
    auto loaded = engine.load(Source::of_bytes("m.wasm", bytes), options);
    if (!loaded) {
      ADD_FAILURE() << loaded.error().text;
      std::abort();
    }
    return std::move(*loaded);
  }
  static bool uses_code(const LoadedModule& module) {
    return module.code->stats().funcs_compiled > 0;
  }
  int32_t sum(const LoadedModule& module) {
    auto fresh = *runtime::Store::create(engine.runtime());
    Linker linker(*fresh);
    runtime::Instance* const instance = *linker.instantiate(module);
    const auto func = std::get<runtime::Func>(*instance->find_export("add"));
    const runtime::Value arguments[] = {runtime::Value::i32(20), runtime::Value::i32(22)};
    return runtime::call(*fresh, func, arguments)->at(0).as_i32();
  }

  SigningKey signer{};
};

TEST_F(NativeCodeTest, OfATrustedSignerRuns) {
  const LoadedModule module = load_bytes(module_with_code(engine), trusting());
  EXPECT_EQ(module.note, "");
  EXPECT_TRUE(uses_code(module));
  EXPECT_EQ(sum(module), 42);
}

TEST_F(NativeCodeTest, OfNobodyKnownDoesNotRun) {
  for (const bool is_signed : {true, false}) {
    const LoadedModule module = load_bytes(module_with_code(engine, is_signed), {});
    EXPECT_NE(module.note.find("note: m.wasm: its machine code is not used: it was neither made"),
              std::string::npos)
        << module.note;
    EXPECT_FALSE(uses_code(module));
    EXPECT_EQ(sum(module), 42);
  }
  // An empty seal is no signature of an empty key.
  NativeCodeOptions options;
  options.trusted.push_back(PublicKey{});
  EXPECT_FALSE(uses_code(load_bytes(module_with_code(engine, false), options)));
}

TEST_F(NativeCodeTest, OfAnyOriginRunsIfAskedFor) {
  NativeCodeOptions options;
  options.trust_all = true;
  EXPECT_TRUE(uses_code(load_bytes(module_with_code(engine, false), options)));
}

TEST_F(NativeCodeTest, DoesNotRunWithAByteChanged) {
  const std::vector<uint8_t> whole = module_with_code(engine);
  const auto parsed = parse(Source::of_bytes("m.wasm", whole), Features());
  const CustomSection* const section = parsed->module->find_custom(kCodeSection);
  ASSERT_NE(section, nullptr);
  std::vector<uint8_t> changed = whole;
  for (size_t i = 0; i < whole.size(); ++i) {
    const bool is_code = i >= section->offset;
    // Every byte that says something, and some of the padding.
    if (is_code && whole[i] == 0 && i % 997 != 0) continue;
    changed[i] ^= 0x10;
    const auto loaded = engine.load(Source::of_bytes("m.wasm", changed), trusting());
    if (loaded) {
      EXPECT_FALSE(uses_code(*loaded)) << i;
      if (is_code) {
        EXPECT_NE(loaded->note, "") << i;
        EXPECT_EQ(sum(*loaded), 42) << i;
      }
    }
    EXPECT_TRUE(loaded || !is_code) << i;
    changed[i] = whole[i];
  }
}

// What this user made is known by its MAC, which is over the rest of the seal as well. (A MAC
// beside a trusted signature is another user's, which nobody else can judge or reads.)
TEST_F(NativeCodeTest, OfThisUserDoesNotRunWithABitChanged) {
  const OwnFolders folders;
  const MacKey own = *user_key();
  const LoadedModule plain = load_as_binary("m.wasm", kText);
  for (const bool is_signed : {false, true}) {
    const auto whole = with_code_section({plain.parsed.source->bytes(), {}}, [&](uint64_t offset) {
      std::vector<uint8_t> artifact = compile_ahead_of_time(engine, plain)->writer.finish(offset);
      seal_artifact(artifact, own, is_signed ? std::optional(signer) : std::nullopt);
      return artifact;
    });
    EXPECT_TRUE(uses_code(load_bytes(whole, {})));
    const auto parsed = parse(Source::of_bytes("m.wasm", whole), Features());
    const size_t section = parsed->module->find_custom(kCodeSection)->offset;
    const size_t seal = whole.size() - sizeof(ArtifactSeal);
    // Every bit in front of the code and of the seal, one of each byte of the last 4 KiB, and of
    // some in between.
    constexpr size_t kHeadBytes = 300;
    constexpr size_t kTailBytes = 4096;
    std::vector<uint8_t> changed = whole;
    for (size_t i = 0; i < whole.size(); ++i) {
      const bool all_bits = i < section + kHeadBytes || i >= seal;
      if (!all_bits && i + kTailBytes < whole.size() && i % 61 != 0) continue;
      for (size_t bit = all_bits ? 0 : i % 8; bit < (all_bits ? 8 : i % 8 + 1); ++bit) {
        changed[i] ^= 1u << bit;
        const auto loaded = engine.load(Source::of_bytes("m.wasm", changed), {});
        if (loaded) {
          EXPECT_FALSE(uses_code(*loaded)) << i << " bit " << bit;
          // With another name it is a section that nobody knows.
          const bool is_name = i < section && i + kCodeSection.size() + 1 >= section;
          EXPECT_TRUE(is_name || !loaded->note.empty()) << i << " bit " << bit;
        }
        changed[i] = whole[i];
      }
    }
  }
}

TEST_F(NativeCodeTest, DoesNotRunCutOff) {
  const std::vector<uint8_t> whole = artifact_of(load("m.wat", kText), engine, 0);
  const auto path = std::filesystem::temp_directory_path() / "skerry-native-code-test.skc";
  NativeCodeOptions options = trusting();
  options.file = path.string();
  const auto try_first = [&](size_t bytes) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(whole.data()), static_cast<std::streamsize>(bytes));
    return uses_code(*engine.load(source_of("m.wat", kText), options));
  };
  EXPECT_TRUE(try_first(whole.size()));
  for (const size_t bytes : {whole.size() - 1, whole.size() / 2, size_t{100}, size_t{0}})
    EXPECT_FALSE(try_first(bytes)) << bytes;
  std::filesystem::remove(path);
}

TEST_F(NativeCodeTest, OfOtherOptionsOrProcessorsDoesNotRun) {
  EngineOptions options;
  options.tier = Tier::Baseline;
  options.runtime.code.explicit_bounds = true;
  LoadedModule module = load_bytes(module_with_code(*Engine::create(options)), trusting());
  EXPECT_NE(module.note.find("compiled with other options"), std::string::npos) << module.note;
  EXPECT_EQ(sum(module), 42);

  options.runtime.code.explicit_bounds = false;
  // A feature that no row names, so no processor has it here.
  options.compiler.cpu = CpuSet::of_bits(uint64_t{1} << 63 | CpuSet::of_level(2).bits());
  module = load_bytes(module_with_code(*Engine::create(options)), trusting());
  EXPECT_NE(module.note.find("processor feature"), std::string::npos) << module.note;
  EXPECT_EQ(sum(module), 42);
}

TEST_F(NativeCodeTest, OfAnotherVersionDoesNotRun) {
  ArtifactFacts facts;
  facts.code_abi = 1;
  const LoadedModule plain = load_as_binary("m.wasm", kText);
  const auto bytes = with_code_section({plain.parsed.source->bytes(), {}}, [&](uint64_t offset) {
    ArtifactWriter writer(facts);
    EXPECT_TRUE(writer.add({}));
    std::vector<uint8_t> artifact = writer.finish(offset);
    seal_artifact(artifact, std::nullopt, signer);
    return artifact;
  });
  const LoadedModule module = load_bytes(bytes, trusting());
  EXPECT_NE(module.note.find("another version"), std::string::npos) << module.note;
  EXPECT_EQ(sum(module), 42);
}

TEST_F(NativeCodeTest, SectionDoesNotChangeTheModule) {
  const LoadedModule plain = load_as_binary("m.wasm", kText);
  std::vector<uint8_t> bytes = module_with_code(engine);
  const auto with = parse(Source::of_bytes("m.wasm", bytes), Features());
  EXPECT_EQ(module_digest(*with->module, bytes),
            module_digest(*plain.parsed.module, plain.parsed.source->bytes()));
  // Something behind it is of the module again.
  const std::vector<uint8_t> custom = {0, 2, 1, 'x'};
  bytes.insert(bytes.end(), custom.begin(), custom.end());
  const auto longer = parse(Source::of_bytes("m.wasm", bytes), Features());
  const PlainModule parts = without_code_section(*longer->module, bytes);
  EXPECT_EQ(parts.after.size(), custom.size());
  EXPECT_FALSE(uses_code(load_bytes(bytes, trusting())));
}

TEST_F(NativeCodeTest, IsTheSameForAnyNumberOfThreads) {
  const LoadedModule module = load("m.wat", kText);
  const auto made_by = [&](unsigned jobs) {
    AheadOfTimeOptions options;
    options.jobs = jobs;
    return compile_ahead_of_time(engine, module, options)->writer.finish();
  };
  EXPECT_EQ(made_by(1), made_by(4));
}

}  // namespace
}  // namespace skerry::embed
