// What only Unix has: permissions, and the XDG variables.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "platform/mapped_file.h"
#include "platform/user_folders.h"
#include "platform/whole_file.h"
#include "temp_dir.h"

namespace skerry::platform {
namespace {

constexpr uint8_t kByte[] = {'x'};

mode_t mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

TEST(PrivateFile, IsItsOwnersAlone) {
  const TempDir dir;
  ASSERT_TRUE(make_private_folder(dir.path("folder")));
  EXPECT_EQ(mode_of(dir.path("folder")), 0700u);
  ASSERT_TRUE(create_private_file(dir.path("key"), kByte));
  EXPECT_EQ(mode_of(dir.path("key")), 0600u);
  const Bytes parts[] = {kByte};
  ASSERT_TRUE(write_file(dir.path("other"), parts, Access::Private));
  EXPECT_EQ(mode_of(dir.path("other")), 0600u);
}

TEST(PrivateFile, IsRefusedWhenOthersMayReadOrWriteIt) {
  const TempDir dir;
  const std::string path = dir.path("key");
  ASSERT_TRUE(create_private_file(path, kByte));
  for (mode_t mode : {0640, 0604, 0620, 0602}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    const auto read = read_private_file(path);
    ASSERT_FALSE(read) << mode;
    EXPECT_EQ(read.error().code, ErrorCode::KeyExposed);
  }
  ASSERT_EQ(::chmod(path.c_str(), 0400), 0);
  EXPECT_TRUE(read_private_file(path));
}

TEST(UserFolders, FollowTheXdgVariables) {
  ::setenv("XDG_CONFIG_HOME", "/some/config", 1);
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  ::setenv("HOME", "/home/of/somebody", 1);
  EXPECT_EQ(user_config_folder(), "/some/config/skerry");
  EXPECT_EQ(user_cache_folder(), "/home/of/somebody/.cache/skerry");
  ::unsetenv("XDG_CONFIG_HOME");
  EXPECT_EQ(user_config_folder(), "/home/of/somebody/.config/skerry");
  ::unsetenv("XDG_CACHE_HOME");
  ::setenv("HOME", "", 1);
  EXPECT_EQ(user_cache_folder(), "");
}

TEST(MappedFile, KnowsWhoCanWriteIt) {
  const TempDir dir;
  dir.write("large", std::string(kReadWholeBytes + 1, 'x'));
  ASSERT_EQ(::chmod(dir.path("large").c_str(), 0644), 0);
  EXPECT_TRUE((*MappedFile::open(dir.path("large")))->only_we_can_write());
  ASSERT_EQ(::chmod(dir.path("large").c_str(), 0664), 0);
  EXPECT_FALSE((*MappedFile::open(dir.path("large")))->only_we_can_write());
}

}  // namespace
}  // namespace skerry::platform
