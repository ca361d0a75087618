// The folder of entries among processes, and with modes that let nobody write.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "embed/code_cache.h"
#include "own_folders.h"

namespace skerry::embed {
namespace {

TEST(CodeCacheAmongProcesses, EntriesAreWhole) {
  const OwnFolders folders;
  const std::string folder = (folders.root() / "code").string();
  constexpr int kProcesses = 6, kRounds = 100;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child != 0) {
      children.push_back(child);
      continue;
    }
    const CodeCache cache(folder, 400'000);
    for (int round = 0; round < kRounds; ++round) {
      const Digest key{static_cast<uint8_t>(round % 3)};
      const auto value = static_cast<uint8_t>(process);
      if (!cache.put(key, std::vector<uint8_t>(100'000 + 1000 * size_t{value}, value))) ::_exit(1);
      const auto bytes = bytes_of_file(cache.path_of(key));
      // Somebody may have dropped it.
      const bool is_whole = bytes.empty() || (bytes.size() == 100'000 + 1000 * size_t{bytes[0]} &&
                                              std::ranges::count(bytes, bytes[0]) ==
                                                  static_cast<ptrdiff_t>(bytes.size()));
      if (!is_whole) ::_exit(2);
    }
    ::_exit(0);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(CodeCache(folder, 400'000).entries()->size(), 3u);
}

TEST(CodeCacheModes, FolderAndEntriesAreTheirOwnersAlone) {
  const OwnFolders folders;
  const CodeCache cache((folders.root() / "a" / "code").string(), 1000);
  ASSERT_TRUE(cache.put(Digest{}, std::vector<uint8_t>(10)));
  struct stat status;
  for (const std::string& path : {cache.folder(), cache.path_of(Digest{})}) {
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 077, 0u) << path;
  }
}

// Nothing is closed to root, who becomes somebody else for it.
bool is_nobody_in(const std::filesystem::path& folder) {
  constexpr uid_t kNobody = 65534;
  return ::geteuid() != 0 || (::chown(folder.c_str(), kNobody, kNobody) == 0 &&
                              ::setegid(kNobody) == 0 && ::seteuid(kNobody) == 0);
}

TEST(CodeCacheModes, AFolderThatCannotBeWrittenStaysAsItIs) {
  const OwnFolders folders;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const CodeCache cache((folders.root() / "code").string(), 1000);
    if (!is_nobody_in(folders.root())) ::_exit(1);
    if (!cache.put(Digest{1}, std::vector<uint8_t>(10))) ::_exit(2);
    if (::chmod(cache.folder().c_str(), 0500) != 0) ::_exit(3);
    if (cache.put(Digest{2}, std::vector<uint8_t>(10))) ::_exit(4);
    cache.drop(Digest{1});
    ::_exit(cache.entries()->size() == 1 && ::chmod(cache.folder().c_str(), 0700) == 0 ? 0 : 5);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace skerry::embed
