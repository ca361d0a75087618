// The artifact format: what is written comes back, and damaged bytes are refused or harmless.
#include "code/artifact.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "code/compiler_library.h"

namespace skerry {
namespace {

FuncCode func_of(size_t bytes, uint8_t fill, uint32_t alignment, uint32_t frame_bytes) {
  FuncCode code;
  code.code.assign(bytes, fill);
  code.alignment = alignment;
  code.frame_bytes = frame_bytes;
  code.sites.append({1, 100u + fill, TrapCode::Unreachable});
  return code;
}

ArtifactFacts facts() {
  ArtifactFacts facts;
  facts.code_abi = code_abi_id();
  facts.cpu = CpuSet::of_level(3);
  facts.options.explicit_bounds = true;
  facts.options.hot_after_calls = 7;
  facts.wasm_features = 0x1234;
  facts.compiler = "test";
  facts.label = "hello.wasm";
  facts.module.fill(0xab);
  return facts;
}

std::vector<uint8_t> sample(uint64_t file_offset = 0, size_t data_pages = 0) {
  ArtifactWriter writer(facts());
  EXPECT_TRUE(writer.add({}));
  for (const FuncCode& code : {func_of(5, 1, 16, 8), func_of(70, 2, 64, 24)})
    EXPECT_TRUE(writer.add(CodeView(code)));
  EXPECT_TRUE(writer.add({}));
  const FuncCode last = func_of(1, 3, 16, 40);
  const FuncCode resumption = func_of(9, 4, 32, 16);
  EXPECT_TRUE(writer.add(CodeView(last), CodeView(resumption)));
  EXPECT_TRUE(writer.set_data(3 * kArtifactDataAlignment,
                              std::vector<uint8_t>(data_pages * kArtifactDataAlignment, 0x5a)));
  return writer.finish(file_offset);
}

TEST(Artifact, GivesBackWhatWasWritten) {
  const std::vector<uint8_t> bytes = sample();
  const auto artifact = Artifact::read(bytes);
  ASSERT_TRUE(artifact);
  EXPECT_EQ(artifact->facts().cpu, facts().cpu);
  EXPECT_EQ(artifact->facts().options, facts().options);
  EXPECT_EQ(artifact->facts().wasm_features, 0x1234u);
  EXPECT_EQ(artifact->facts().compiler, "test");
  EXPECT_EQ(artifact->facts().label, "hello.wasm");
  EXPECT_EQ(artifact->facts().module, facts().module);
  ASSERT_EQ(artifact->calls().funcs.size(), 5u);
  EXPECT_EQ(artifact->calls().funcs[0].code_bytes, 0u);
  EXPECT_EQ(artifact->calls().funcs[3].code_bytes, 0u);
  const ArtifactFunc& aligned = artifact->calls().funcs[2];
  EXPECT_EQ(aligned.code_offset, 64u);
  EXPECT_EQ(aligned.code_bytes, 70u);
  EXPECT_EQ(aligned.frame_bytes, 24u);
  for (uint8_t byte : artifact->calls().code.subspan(64, 70)) EXPECT_EQ(byte, 2);
  const auto site = SiteMap::find_in(
      artifact->sites().subspan(aligned.sites_offset, aligned.site_bytes), 1, SiteMap::Kind::Fault);
  ASSERT_TRUE(site);
  EXPECT_EQ(site->module_offset, 102u);
  ASSERT_EQ(artifact->resumptions().funcs.size(), 5u);
  EXPECT_EQ(artifact->resumptions().funcs[3].code_bytes, 0u);
  const ArtifactFunc& resumed = artifact->resumptions().funcs[4];
  EXPECT_EQ(artifact->resumptions().code[resumed.code_offset], 4);
  EXPECT_EQ(artifact->resumptions().code.data() - artifact->code().data(), 192);
  EXPECT_EQ(artifact->sealed().size() + sizeof(ArtifactSeal), bytes.size());
}

TEST(Artifact, PutsCodeWhereEverySystemCanMapIt) {
  for (const uint64_t offset : {uint64_t{0}, uint64_t{8}, uint64_t{65528}, uint64_t{1'000'000}}) {
    const std::vector<uint8_t> bytes = sample(offset);
    const auto artifact = Artifact::read(bytes);
    ASSERT_TRUE(artifact);
    const auto at = static_cast<uint64_t>(artifact->code().data() - bytes.data());
    EXPECT_EQ((offset + at) % kArtifactCodeAlignment, 0u);
  }
}

TEST(Artifact, PutsDataOnPagesOfItsOwn) {
  for (const uint64_t offset : {uint64_t{0}, uint64_t{8}, uint64_t{1'000'000}}) {
    const std::vector<uint8_t> bytes = sample(offset, 2);
    const auto artifact = Artifact::read(bytes);
    ASSERT_TRUE(artifact);
    EXPECT_EQ(artifact->data().begin, 3 * kArtifactDataAlignment);
    ASSERT_EQ(artifact->data().bytes.size(), 2 * kArtifactDataAlignment);
    for (const uint8_t byte : artifact->data().bytes) ASSERT_EQ(byte, 0x5a);
    EXPECT_EQ(artifact->data().bytes.data(), bytes.data() + artifact->data_at());
    EXPECT_EQ((offset + artifact->data_at()) % kArtifactDataAlignment, 0u);
    EXPECT_LE(artifact->code().data() + artifact->code().size(), artifact->data().bytes.data());
    EXPECT_EQ(artifact->sealed().size(), artifact->data_at() + artifact->data().bytes.size());
  }
  const std::vector<uint8_t> without = sample();
  const auto artifact = Artifact::read(without);
  ASSERT_TRUE(artifact);
  EXPECT_TRUE(artifact->data().bytes.empty());
}

TEST(Artifact, HoldsNoMoreDataThanItCanSay) {
  EXPECT_FALSE(ArtifactWriter(facts()).set_data(uint64_t{1} << 32, {}));
}

TEST(Artifact, IsTheSameForTheSameCode) { EXPECT_EQ(sample(), sample()); }

TEST(Artifact, OfAnotherVersionIsRecognised) {
  ArtifactFacts other = facts();
  ++other.code_abi;
  const std::vector<uint8_t> bytes = ArtifactWriter(other).finish();
  const auto artifact = Artifact::read(bytes);
  ASSERT_FALSE(artifact);
  EXPECT_EQ(artifact.error().code, ErrorCode::ArtifactVersion);
}

// Reads everything that is handed out. The bytes lie in a block of exact size, for sanitizers.
void look_at_all_of(Bytes bytes) {
  const std::unique_ptr<uint8_t[]> copy(new uint8_t[bytes.size()]);
  if (!bytes.empty()) std::memcpy(copy.get(), bytes.data(), bytes.size());
  const auto artifact = Artifact::read({copy.get(), bytes.size()});
  if (!artifact) return;
  unsigned sum = 0;
  for (const ArtifactPart& part : {artifact->calls(), artifact->resumptions()}) {
    for (const ArtifactFunc& func : part.funcs) {
      for (uint8_t byte : part.code.subspan(func.code_offset, func.code_bytes)) sum += byte;
      const Bytes sites = artifact->sites().subspan(func.sites_offset, func.site_bytes);
      for (uint32_t at = 0; at < 100; ++at)
        if (SiteMap::find_in(sites, at, SiteMap::Kind::Fault)) ++sum;
    }
  }
  [[maybe_unused]] static volatile unsigned looked_at = 0;
  for (uint8_t byte : artifact->data().bytes) sum += byte;
  looked_at = sum;
}

void expect_nothing_outside(const std::vector<uint8_t>& whole) {
  // The padding before the code says nothing.
  const auto artifact = Artifact::read(whole);
  ASSERT_TRUE(artifact);
  const auto sites_end =
      static_cast<size_t>(artifact->sites().data() - whole.data()) + artifact->sites().size();
  for (size_t size = 0; size < whole.size(); size += size < sites_end ? 1 : 61) {
    EXPECT_FALSE(Artifact::read(Bytes(whole).first(size))) << size;
    look_at_all_of(Bytes(whole).first(size));
  }
  std::vector<uint8_t> changed = whole;
  for (size_t i = 0; i < sites_end; ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      changed[i] = static_cast<uint8_t>(whole[i] ^ 1u << bit);
      look_at_all_of(changed);
    }
    for (const uint8_t value : {0x00, 0x7f, 0x80, 0xff}) {
      changed[i] = value;
      look_at_all_of(changed);
    }
    changed[i] = whole[i];
  }
}

TEST(Artifact, DamagedHasNothingOutsideItsBytes) {
  expect_nothing_outside(sample());
  expect_nothing_outside(sample(0, 1));
}

TEST(CpuSet, LevelsIncludeOneAnother) {
  EXPECT_TRUE(CpuSet::of_level(3).includes(CpuSet::of_level(2)));
  EXPECT_FALSE(CpuSet::of_level(2).includes(CpuSet::of_level(3)));
  EXPECT_EQ(CpuSet::of_level(2).first_missing(CpuSet::of_level(3)), CpuFeature::Avx);
  EXPECT_FALSE(CpuSet::of_level(3).first_missing(CpuSet::of_level(2)));
  EXPECT_EQ(find_cpu("x86-64-v3"), CpuSet::of_level(3));
  EXPECT_FALSE(find_cpu("i386"));
}

}  // namespace
}  // namespace skerry
