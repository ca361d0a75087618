// Mapped files: small and large ones read the same, and parts of large ones can be executed.
#include "platform/mapped_file.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace skerry::platform
