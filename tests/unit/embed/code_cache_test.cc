// The folder of entries: whole or not there, whatever several threads do; the least recently used
// go first; what is no entry is left alone.
#include "embed/code_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "own_folders.h"
#include "platform/mapped_file.h"

namespace skerry::embed {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

Digest key_of(uint8_t number) {
  Digest key{};
  key[0] = number;
  return key;
}

class CodeCacheTest : public testing::Test {
 protected:
  CodeCache cache_of(uint64_t limit_bytes) const {
    return CodeCache((folders.root() / "cache" / "code").string(), limit_bytes);
  }
  // As if it was used last so long ago.
  static void set_age(const CodeCache& cache, uint8_t number, std::chrono::seconds age) {
    fs::last_write_time(cache.path_of(key_of(number)), fs::file_time_type::clock::now() - age);
  }
  static bool has(const CodeCache& cache, uint8_t number) {
    return fs::exists(cache.path_of(key_of(number)));
  }

  OwnFolders folders;
};

TEST_F(CodeCacheTest, IsAmongTheUsersCaches) {
  const auto cache = CodeCache::of_user();
  ASSERT_NE(cache, nullptr);
  EXPECT_EQ(fs::path(cache->folder()), folders.root() / "cache" / "skerry" / "code");
  EXPECT_EQ(cache->entries()->size(), 0u);
  EXPECT_EQ(cache->clear()->entries, 0u);
  // Looking makes nothing.
  EXPECT_FALSE(fs::exists(folders.root() / "cache"));
}

TEST_F(CodeCacheTest, HoldsWhatWasPutLast) {
  const CodeCache cache = cache_of(1 << 20);
  for (const size_t size : {100u, 50u, 200u}) {
    ASSERT_TRUE(cache.put(key_of(1), std::vector<uint8_t>(size, 7)));
    EXPECT_EQ(bytes_of_file(cache.path_of(key_of(1))).size(), size);
  }
  ASSERT_TRUE(cache.put(key_of(2), std::vector<uint8_t>(10, 8)));
  set_age(cache, 1, 100s);
  const auto entries = cache.entries();
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ(entries->at(0).size_bytes, 10u);
  EXPECT_EQ(entries->at(1).size_bytes, 200u);
  EXPECT_EQ(fs::path(cache.folder()) / entries->at(1).file, fs::path(cache.path_of(key_of(1))));
  cache.drop(key_of(1));
  cache.drop(key_of(1));
  EXPECT_FALSE(has(cache, 1));
  EXPECT_EQ(cache.clear()->bytes, 10u);
  EXPECT_EQ(cache.entries()->size(), 0u);
}

TEST_F(CodeCacheTest, TheLeastRecentlyUsedGoFirst) {
  const CodeCache cache = cache_of(300);
  const std::vector<uint8_t> entry(100);
  for (uint8_t i = 1; i <= 3; ++i) {
    ASSERT_TRUE(cache.put(key_of(i), entry));
    set_age(cache, i, (100 - i) * 1s);
  }
  EXPECT_EQ(cache.entries()->size(), 3u);
  cache.touch(key_of(1));
  ASSERT_TRUE(cache.put(key_of(4), entry));
  EXPECT_TRUE(has(cache, 1) && !has(cache, 2) && has(cache, 3) && has(cache, 4));
  // One that takes the place of three.
  set_age(cache, 1, 50s);
  set_age(cache, 4, 40s);
  ASSERT_TRUE(cache.put(key_of(5), std::vector<uint8_t>(250)));
  EXPECT_TRUE(has(cache, 5));
  EXPECT_EQ(cache.entries()->size(), 1u);
}

TEST_F(CodeCacheTest, WhatIsTooLargeDropsNothing) {
  const CodeCache cache = cache_of(300);
  ASSERT_TRUE(cache.put(key_of(1), std::vector<uint8_t>(300)));
  const auto put = cache.put(key_of(2), std::vector<uint8_t>(301));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::LimitExceeded);
  EXPECT_TRUE(has(cache, 1) && !has(cache, 2));
}

TEST_F(CodeCacheTest, OtherFilesAreLeftAlone) {
  const CodeCache cache = cache_of(300);
  ASSERT_TRUE(cache.put(key_of(1), std::vector<uint8_t>(100)));
  const fs::path folder = cache.folder();
  const fs::path entry = cache.path_of(key_of(1));
  const fs::path mine = folder / "mine.skc", young = entry.string() + ".00ff.tmp",
                 old = entry.string() + ".00fe.tmp";
  for (const fs::path& path : {mine, young, old}) write_bytes(path, std::vector<uint8_t>(1000));
  fs::create_directory(cache.path_of(key_of(3)));
  for (const fs::path& path : {mine, old})
    fs::last_write_time(path, fs::file_time_type::clock::now() - 2h);
  ASSERT_TRUE(cache.put(key_of(2), std::vector<uint8_t>(100)));
  EXPECT_TRUE(fs::exists(mine) && fs::exists(young) && !fs::exists(old));
  EXPECT_EQ(cache.entries()->size(), 2u);
  EXPECT_EQ(cache.clear()->entries, 2u);
  EXPECT_TRUE(fs::exists(mine));
}

TEST_F(CodeCacheTest, WhereNoFolderCanBeNothingIsKept) {
  write_bytes(folders.root() / "cache", {1});
  const CodeCache cache = cache_of(300);
  EXPECT_FALSE(cache.put(key_of(1), std::vector<uint8_t>(10)));
  cache.touch(key_of(1));
  cache.drop(key_of(1));
  const auto entries = cache.entries();
  EXPECT_TRUE(!entries || entries->empty());
}

TEST_F(CodeCacheTest, WhoeverHasAnEntryOpenKeepsIt) {
  const CodeCache cache = cache_of(8 << 20);
  // So large that it is mapped.
  const std::vector<uint8_t> old_bytes(2 * platform::kReadWholeBytes, 1);
  const std::vector<uint8_t> new_bytes(3 * platform::kReadWholeBytes, 2);
  ASSERT_TRUE(cache.put(key_of(1), old_bytes));
  const auto open = platform::MappedFile::open(cache.path_of(key_of(1)));
  ASSERT_TRUE(open);
  ASSERT_TRUE(cache.put(key_of(1), new_bytes));
  EXPECT_TRUE(std::ranges::equal((*open)->bytes(), old_bytes));
  const auto again = platform::MappedFile::open(cache.path_of(key_of(1)));
  ASSERT_TRUE(again);
  EXPECT_TRUE(std::ranges::equal((*again)->bytes(), new_bytes));
}

// Entries are bytes of one value, as many as the value says.
size_t size_of_value(uint8_t value) { return 1000 + 50 * size_t{value}; }

TEST_F(CodeCacheTest, ManyAtOnceSeeNothingByHalves) {
  constexpr int kThreads = 8, kRounds = 40;
  std::atomic<int> seen = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      // Each with a cache of its own, as each process has; room for about three of five entries.
      const CodeCache cache = cache_of(12'000);
      for (int round = 0; round < kRounds; ++round) {
        const auto key = key_of(static_cast<uint8_t>(round % 5));
        const auto value = static_cast<uint8_t>(thread * 20 + round % 20);
        // On Windows one of two at once may fail.
        [[maybe_unused]] const auto put =
            cache.put(key, std::vector<uint8_t>(size_of_value(value), value));
        cache.touch(key_of(static_cast<uint8_t>(thread % 5)));
        if (round % 20 == 19) [[maybe_unused]]
          const auto cleared = cache.clear();
        const auto file = platform::MappedFile::open(cache.path_of(key));
        if (!file) continue;
        const Bytes bytes = (*file)->bytes();
        ASSERT_FALSE(bytes.empty());
        ASSERT_EQ(bytes.size(), size_of_value(bytes[0]));
        ASSERT_EQ(std::ranges::count(bytes, bytes[0]), std::ssize(bytes));
        ++seen;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(seen, 0);
  uint64_t bytes = 0;
  const CodeCache cache = cache_of(12'000);
  ASSERT_TRUE(cache.put(key_of(9), std::vector<uint8_t>(10)));
  const auto entries = cache.entries();
  ASSERT_TRUE(entries);
  for (const auto& entry : *entries) bytes += entry.size_bytes;
  EXPECT_LE(bytes, 12'000u);
}

}  // namespace
}  // namespace skerry::embed
