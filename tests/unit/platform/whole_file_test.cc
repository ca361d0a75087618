// Whole files: written complete or not at all, private ones only their owner's.
#include "platform/whole_file.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "platform/io_error.h"
#include "platform/user_folders.h"
#include "temp_dir.h"

namespace skerry::platform {
namespace {

constexpr uint8_t kOne[] = {'o', 'n', 'e'};
constexpr uint8_t kTwo[] = {'t', 'w', 'o'};

size_t count_files(const std::string& folder) {
  const std::filesystem::directory_iterator entries(folder);
  return static_cast<size_t>(std::distance(begin(entries), end(entries)));
}

TEST(WholeFile, IsWrittenInPartsAndReplacesWhatWasThere) {
  const TempDir dir;
  const std::array<Bytes, 3> parts = {kOne, Bytes(), kTwo};
  ASSERT_TRUE(write_file(dir.path("file"), parts));
  EXPECT_EQ(dir.read("file"), "onetwo");
  ASSERT_TRUE(write_file(dir.path("file"), std::span(parts).first(1)));
  EXPECT_EQ(dir.read("file"), "one");
  EXPECT_EQ(count_files(dir.path()), 1u);
}

TEST(WholeFile, NothingIsLeftOfOneThatCannotBeWritten) {
  const TempDir dir;
  dir.make_dir("taken/inside");
  const std::array<Bytes, 1> parts = {kOne};
  EXPECT_FALSE(write_file(dir.path("taken"), parts));
  EXPECT_FALSE(write_file(dir.path("absent/file"), parts));
  EXPECT_EQ(count_files(dir.path()), 1u);
}

TEST(WholeFile, PrivateOnesAreMadeOnce) {
  const TempDir dir;
  const std::string path = dir.path("key");
  const auto absent = read_private_file(path);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::FileNotFound);
  ASSERT_TRUE(create_private_file(path, kOne));
  const auto again = create_private_file(path, kTwo);
  ASSERT_FALSE(again);
  EXPECT_TRUE(is_io_error(again.error(), IoError::Exists));
  const auto bytes = read_private_file(path);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes, std::vector<uint8_t>(std::begin(kOne), std::end(kOne)));
  EXPECT_EQ(count_files(dir.path()), 1u);
}

TEST(WholeFile, FoldersAreMadeWithAllTheyAreIn) {
  const TempDir dir;
  const std::string deep = dir.path("a") + "/b/c";
  ASSERT_TRUE(make_private_folder(deep));
  ASSERT_TRUE(make_private_folder(deep));
  EXPECT_TRUE(std::filesystem::is_directory(deep));
  dir.write("file", "x");
  EXPECT_FALSE(make_private_folder(dir.path("file") + "/below"));
}

TEST(UserFolders, EndInTheProgramsName) {
  for (const std::string& folder : {user_config_folder(), user_cache_folder()})
    EXPECT_TRUE(folder.empty() || folder.ends_with("skerry")) << folder;
}

}  // namespace
}  // namespace skerry::platform
