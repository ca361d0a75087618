// Mapped files: small and large ones read the same, and parts of large ones can be executed.
#include "platform/mapped_file.h"

#include <gtest/gtest.h>

#include "platform/memory_map.h"
#include "temp_dir.h"

namespace skerry::platform {
namespace {

// A file of this size with a function in it that returns 42: mov eax, 42; ret.
std::string with_code(size_t size, size_t at) {
  std::string text(size, 'x');
  text.replace(at, 6, "\xb8\x2a\0\0\0\xc3", 6);
  return text;
}

TEST(MappedFile, SmallAndLargeOnesHoldTheSame) {
  const TempDir dir;
  for (size_t size : {0u, 1u, 1000u, 256u * 1024u, 256u * 1024u + 1u}) {
    dir.write("file", std::string(size, 'y'));
    const auto file = MappedFile::open(dir.path("file"));
    ASSERT_TRUE(file);
    ASSERT_EQ((*file)->bytes().size(), size);
    EXPECT_TRUE(size == 0 || (*file)->bytes().back() == 'y');
  }
}

TEST(MappedFile, PartsOfLargeOnesAreCode) {
  const TempDir dir;
  const uint64_t at = 2 * kExecutableAlignment;
  dir.write("file", with_code(6 * kExecutableAlignment + 100, at));
  const auto file = MappedFile::open(dir.path("file"));
  ASSERT_TRUE(file);
  const auto code = (*file)->executable(at, 6);
  ASSERT_TRUE(code);
  EXPECT_EQ(code->size_bytes(), 6u);
  EXPECT_EQ(reinterpret_cast<int (*)()>(const_cast<uint8_t*>(code->begin()))(), 42);
  EXPECT_EQ((*file)->bytes()[at], 0xb8);  // still there to be read
  // The last bytes of the file, too.
  EXPECT_TRUE((*file)->executable(6 * kExecutableAlignment, 100));
}

TEST(MappedFile, WhatIsNotMappedOrOutsideIsNoCode) {
  const TempDir dir;
  const uint64_t size = 6 * kExecutableAlignment;
  dir.write("large", with_code(size, 0));
  const auto large = *MappedFile::open(dir.path("large"));
  EXPECT_FALSE(large->executable(1, 6));
  EXPECT_FALSE(large->executable(0, 0));
  EXPECT_FALSE(large->executable(0, size + 1));
  EXPECT_FALSE(large->executable(size + kExecutableAlignment, 1));
  EXPECT_FALSE(large->executable(kExecutableAlignment, UINT64_MAX));
  dir.write("small", with_code(100, 0));
  EXPECT_FALSE((*MappedFile::open(dir.path("small")))->executable(0, 6));
}

TEST(MappedFile, PartsOfLargeOnesAreWhatMemoryStartsWith) {
  const TempDir dir;
  const uint64_t size = kReadWholeBytes + 4 * page_bytes();
  std::string text(size, 'x');
  text[page_bytes()] = 'y';
  dir.write("file", text);
  auto memory = *MemoryMap::reserve(8 * page_bytes());
  ASSERT_TRUE(memory.commit(0, 4 * page_bytes()));
  const std::span<uint8_t> pages(memory.base() + page_bytes(), 2 * page_bytes());
  {
    const auto file = *MappedFile::open(dir.path("file"));
    const auto laid = file->lay_over(pages, page_bytes());
    ASSERT_TRUE(laid);
    if (!*laid) return;  // not on every system
    EXPECT_EQ(pages[0], 'y');
    EXPECT_EQ(pages[2 * page_bytes() - 1], 'x');
    pages[1] = 'z';
    EXPECT_EQ(file->bytes()[page_bytes() + 1], 'x');
  }
  // The file need not be open any longer.
  EXPECT_EQ(pages[1], 'z');
  EXPECT_EQ(pages[page_bytes()], 'x');
  EXPECT_EQ(memory.base()[0], 0);
  EXPECT_EQ(memory.base()[3 * page_bytes()], 0);
  EXPECT_EQ(dir.read("file"), text);
}

TEST(MappedFile, WhatIsNotMappedOrNoWholePagesIsToBeCopied) {
  const TempDir dir;
  const uint64_t size = kReadWholeBytes + 4 * page_bytes();
  dir.write("large", std::string(size, 'x'));
  dir.write("small", std::string(4 * page_bytes(), 'x'));
  auto memory = *MemoryMap::reserve(8 * page_bytes());
  ASSERT_TRUE(memory.commit(0, 8 * page_bytes()));
  const std::span<uint8_t> pages(memory.base(), 2 * page_bytes());
  const auto copies = [](const MappedFile& file, std::span<uint8_t> to, uint64_t offset) {
    const auto laid = file.lay_over(to, offset);
    return laid && !*laid;
  };
  const auto large = *MappedFile::open(dir.path("large"));
  EXPECT_TRUE(copies(*large, pages, 1));
  EXPECT_TRUE(copies(*large, pages.subspan(1, page_bytes()), 0));
  EXPECT_TRUE(copies(*large, pages.first(page_bytes() + 1), 0));
  EXPECT_TRUE(copies(*large, pages.first(0), 0));
  EXPECT_TRUE(copies(*large, pages, size - page_bytes()));
  EXPECT_TRUE(copies(*large, pages, size + page_bytes()));
  EXPECT_TRUE(copies(*large, pages, UINT64_MAX - page_bytes() + 1));
  EXPECT_TRUE(copies(**MappedFile::open(dir.path("small")), pages, 0));
  EXPECT_EQ(pages[0], 0);
}

}  // namespace
}  // namespace skerry::platform
