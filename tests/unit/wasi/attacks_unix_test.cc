// Escape attempts by name that need what Unix has: each row of attacks_unix.def is a test, run with
// both resolvers. The links and special files are made by the host beforehand. Not here: attempts
// on every system (attacks_test), in several steps (attack_steps_unix_test), or by racing
// (attack_races_unix_test).
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "attacked.h"

namespace skerry::wasi {
namespace {

constexpr Attack kAttacksEverywhere[] = {
#include "attacks.def"
};
constexpr Attack kAttacks[] = {
#include "attacks_unix.def"
};
static_assert(std::size(kAttacksEverywhere) + std::size(kAttacks) >= 250);

constexpr std::pair<const char*, const char*> kLinks[] = {
    {"to-secret", "../secret"},
    {"to-vault", "../vault"},
    {"up", ".."},
    {"up2", "../.."},
    {"winding", "dir/nested/.././../../secret"},
    {"back-in", "../inside/file"},
    {"dir/nested/far", "../../.."},
    {"dir/up", ".."},
    {"to-nested", "dir/nested"},
    {"here", "."},
    {"chain", "to-secret"},
    {"chain-of-chains", "./dir/up/chain"},
    {"vault-chain", "here/to-vault"},
    {"loop", "loop"},
    {"ping", "pong"},
    {"pong", "ping"},
    {"grow", "grow/x"},
    {"dangling", "made"},
    {"dangling-out", "../made"},
    {"dangling-absolute", "{outside}/made"},
    {"absolute", "{outside}/secret"},
    {"absolute-inside", "{outside}/inside/file"},
    {"absolute-vault", "{outside}/vault"},
    {"slash", "/"},
    {"proc-root", "/proc/self/root"},
    {"proc-cwd", "/proc/self/cwd"},
    {"proc-fd", "/proc/self/fd/{fd}"},
    {"proc-file", "/proc/self/fd/{fd-file}"},
    {"null", "/dev/null"},
    {"devices", "/dev"},
    {"../vault/way", "secret"},
    {"../readonly/to-secret", "../secret"},
    {"../readonly/up", ".."},
};

class PathAttackUnix : public PathAttackTest {
 protected:
  void prepare() override {
    attacked_->define("outside", attacked_->outer().path());
    attacked_->define("fd", std::to_string(host_opens("vault", O_DIRECTORY)));
    attacked_->define("fd-file", std::to_string(host_opens("secret", 0)));
    attacked_->outer().write("deleted", std::string(Attacked::kSecret));
    attacked_->define("fd-deleted", std::to_string(host_opens("deleted", 0)));
    ASSERT_EQ(unlink(attacked_->outer().path("deleted").c_str()), 0);
    for (const auto& [name, target] : kLinks)
      ASSERT_EQ(symlink(attacked_->expanded(target).c_str(), attacked_->inside(name).c_str()), 0);
    // A chain of forty links and the one that leaves.
    for (int i = 0; i < 40; ++i)
      ASSERT_EQ(symlink(i == 39 ? "to-secret" : ("hop" + std::to_string(i + 1)).c_str(),
                        attacked_->inside("hop" + std::to_string(i)).c_str()),
                0);
    make_special_files();
    give_proc();
  }

 private:
  int hold(int fd) {
    auto file = platform::File::adopt(fd, platform::File::Ownership::Owned);
    EXPECT_TRUE(file);
    return file ? attacked_->host_holds(std::move(*file)) : -1;
  }
  int host_opens(const std::string& name, int flags) {
    const int fd = open(attacked_->outer().path(name).c_str(), O_RDONLY | O_CLOEXEC | flags);
    return hold(fd);
  }
  void make_special_files() {
    ASSERT_EQ(mkfifo(attacked_->inside("pipe").c_str(), 0600), 0);
    const int fd = hold(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = attacked_->inside("socket");
    ASSERT_LT(path.size(), sizeof(address.sun_path));
    std::copy(path.begin(), path.end(), address.sun_path);
    ASSERT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  // The host gives out a folder whose links the system resolves by itself, past any path.
  void give_proc() {
    auto dir = platform::Dir::open_host("/proc/self");
    if (!dir) return;
    Descriptor descriptor;
    descriptor.what = Directory{std::move(*dir), {}, {}};
    descriptor.base = kDirectoryRights;
    descriptor.inheriting = kAllRights;
    const auto fd = attacked_->guest().context().descriptors().insert(std::move(descriptor));
    ASSERT_TRUE(fd);
    attacked_->give(From::Proc, static_cast<uint32_t>(*fd));
  }
};

TEST_P(PathAttackUnix, NothingEscapes) { expect_refused_or_inside(); }

INSTANTIATE_TEST_SUITE_P(Unix, PathAttackUnix,
                         testing::Combine(testing::ValuesIn(kAttacks), kBothResolvers),
                         attack_name<testing::TestParamInfo<PathAttackUnix::ParamType>>);

TEST(PathAttacks, NoNameStandsForTwo) {
  std::set<std::string_view> names;
  for (const Attack& attack : kAttacksEverywhere) EXPECT_TRUE(names.insert(attack.name).second);
  for (const Attack& attack : kAttacks) EXPECT_TRUE(names.insert(attack.name).second);
}

}  // namespace
}  // namespace skerry::wasi
