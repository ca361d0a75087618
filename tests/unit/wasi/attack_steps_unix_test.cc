// Escape attempts by name that take several steps and what only Unix has: links that guest and host
// move about, directories that go away under an open descriptor, mount points, pipes. With both
// resolvers. Not here: what happens at the same time (attack_races_unix_test). Three rows say what
// is no escape: a hard link, a mount and an open directory are inside, whoever else can reach them.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <thread>

#include "attacked.h"

namespace skerry::wasi {
namespace {

namespace fs = std::filesystem;

struct Steps {
  const char* name;
  void (*take)(Attacked&);
};
void PrintTo(const Steps& steps, std::ostream* out) { *out << steps.name; }

void host_renames(const Attacked& a, const std::string& from, const std::string& to) {
  ASSERT_EQ(::rename(a.outer().path(from).c_str(), a.outer().path(to).c_str()), 0) << from;
}
void host_links(const Attacked& a, const std::string& target, const std::string& name) {
  ASSERT_EQ(::symlink(target.c_str(), a.outer().path(name).c_str()), 0) << name;
}

constexpr Steps kLinks[] = {
    {"build_link_in_parts",
     [](Attacked& a) {
       EXPECT_EQ(a.symlink("..", "one"), Errno::Success);
       EXPECT_EQ(a.symlink("one/vault", "two"), Errno::Success);
       EXPECT_EQ(a.symlink("two/secret", "three"), Errno::Success);
       for (const char* path : {"one", "one/secret", "two", "two/secret", "three"})
         EXPECT_EQ(a.attempt(Does::Read, 3, path), Errno::Perm) << path;
       EXPECT_EQ(a.attempt(Does::MakeDir, 3, "two/new"), Errno::Perm);
     }},
    {"move_link_up",
     [](Attacked& a) {
       EXPECT_EQ(a.symlink("../../file", "dir/nested/link"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Read, 3, "dir/nested/link"), Errno::Success);
       EXPECT_EQ(a.rename("dir/nested/link", "link"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Read, 3, "link"), Errno::Perm);
     }},
    {"move_directory_with_link_up",
     [](Attacked& a) {
       EXPECT_EQ(a.symlink("../../secret", "dir/nested/link"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Read, 3, "dir/nested/link"), Errno::Noent);
       EXPECT_EQ(a.rename("dir/nested", "up"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Read, 3, "up/link"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Create, 3, "up/link"), Errno::Perm);
     }},
    {"hard_link_link_up",
     [](Attacked& a) {
       EXPECT_EQ(a.symlink("../../secret", "dir/nested/link"), Errno::Success);
       EXPECT_EQ(a.link("dir/nested/link", "link"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Read, 3, "link"), Errno::Perm);
     }},
    {"link_out_of_one_folder_into_another",
     [](Attacked& a) {
       EXPECT_EQ(a.symlink("../readonly/file", "link"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Write, 3, "link"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Truncate, 3, "link"), Errno::Perm);
     }},
    {"replace_directory_by_link",
     [](Attacked& a) {
       EXPECT_EQ(a.rename("empty", "gone"), Errno::Success);
       EXPECT_EQ(a.symlink("../vault", "empty"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Read, 3, "empty/secret"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Create, 3, "empty/new"), Errno::Perm);
     }},
    {"remove_everything_through_a_link",
     [](Attacked& a) {
       EXPECT_EQ(a.symlink("../vault", "link"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Unlink, 3, "link/secret"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::RemoveDir, 3, "link/empty"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::RemoveDir, 3, "link"), Errno::Notdir);
       EXPECT_EQ(a.attempt(Does::Unlink, 3, "link"), Errno::Success);
     }},
    {"read_link_as_a_file",
     [](Attacked& a) {
       EXPECT_EQ(a.symlink("../secret", "link"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::ReadKeep, 3, "link"), Errno::Loop);
     }},
    {"link_to_own_folder_by_its_name_outside",
     [](Attacked& a) {
       EXPECT_EQ(a.symlink("../inside/dir", "link"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Read, 3, "link/inner"), Errno::Perm);
     }},
    {"folder_given_by_a_link",  // the host's link is followed when the folder is given, not later
     [](Attacked& a) {
       host_links(a, "inside/dir", "given");
       auto dir = platform::Dir::open_host(a.outer().path("given"));
       ASSERT_TRUE(dir);
       Descriptor descriptor;
       descriptor.what = Directory{std::move(*dir), {}, {}};
       descriptor.base = descriptor.inheriting = kAllRights;
       const auto fd = a.guest().context().descriptors().insert(std::move(descriptor));
       a.remember_outside();
       EXPECT_EQ(a.attempt(Does::Read, static_cast<uint32_t>(*fd), "inner"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Read, static_cast<uint32_t>(*fd), "../file"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Read, static_cast<uint32_t>(*fd), "../secret"), Errno::Perm);
     }},
};

// Nothing can be had through a directory that has gone.
void expect_gone(Attacked& a, uint32_t fd) {
  EXPECT_EQ(a.attempt(Does::OpenDir, fd, ".."), Errno::Perm);
  EXPECT_EQ(a.attempt(Does::Read, fd, "../file"), Errno::Perm);
  EXPECT_EQ(a.attempt(Does::Read, fd, "../../secret"), Errno::Perm);
  EXPECT_EQ(a.attempt(Does::Create, fd, "new"), Errno::Noent);
  EXPECT_EQ(a.attempt(Does::MakeDir, fd, "new"), Errno::Noent);
  EXPECT_EQ(a.attempt(Does::SymlinkAt, fd, "new"), Errno::Noent);
}

constexpr Steps kDirectories[] = {
    {"use_directory_that_the_guest_removed",
     [](Attacked& a) {
       const uint32_t fd = a.opened_directory("empty");
       EXPECT_EQ(a.attempt(Does::RemoveDir, 3, "empty"), Errno::Success);
       expect_gone(a, fd);
     }},
    {"use_directory_that_the_host_removed",
     [](Attacked& a) {
       const uint32_t fd = a.opened_directory("empty");
       ASSERT_EQ(rmdir(a.inside("empty").c_str()), 0);
       expect_gone(a, fd);
     }},
    {"list_directory_that_is_gone",
     [](Attacked& a) {
       const uint32_t fd = a.opened_directory("empty"), used = a.guest().room(4);
       ASSERT_EQ(rmdir(a.inside("empty").c_str()), 0);
       const Errno error =
           a.guest().call("fd_readdir", fd, a.guest().room(512), 512u, uint64_t{0}, used);
       EXPECT_TRUE(error == Errno::Noent || a.guest().get<uint32_t>(used) < 100);
     }},
    {"use_directory_whose_name_was_taken",
     [](Attacked& a) {
       const uint32_t fd = a.opened_directory("empty");
       ASSERT_EQ(rmdir(a.inside("empty").c_str()), 0);
       host_links(a, "../vault", "inside/empty");
       expect_gone(a, fd);
       EXPECT_EQ(a.attempt(Does::Read, 3, "empty/secret"), Errno::Perm);
     }},
    {"host_moves_directory_out",  // its descriptor is good for what is below it, as before
     [](Attacked& a) {
       const uint32_t fd = a.opened_directory("dir/nested");
       host_renames(a, "inside/dir/nested", "vault/nested");
       a.remember_outside();
       EXPECT_EQ(a.attempt(Does::Read, fd, "../secret"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Read, fd, "../../secret"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::OpenDir, fd, ".."), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Create, fd, "../new"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::RenameFrom, fd, "../secret"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Read, fd, "deep"), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Read, 3, "dir/nested/deep"), Errno::Noent);
     }},
    {"host_moves_parent_out",
     [](Attacked& a) {
       const uint32_t fd = a.opened_directory("dir/nested");
       host_renames(a, "inside/dir", "vault/dir");
       a.remember_outside();
       EXPECT_EQ(a.attempt(Does::Read, fd, "../inner"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Read, fd, "../../secret"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Stat, fd, "../.."), Errno::Perm);
     }},
    {"host_moves_directory_out_by_descriptor",
     [](Attacked& a) {
       const uint32_t fd = a.opened_directory("dir/nested");
       const int vault = ::open(a.outer().path("vault").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
       const std::string to = "/proc/self/fd/" + std::to_string(vault) + "/nested";
       ASSERT_EQ(::rename(a.inside("dir/nested").c_str(), to.c_str()), 0);
       close(vault);
       a.remember_outside();
       EXPECT_EQ(a.attempt(Does::Read, fd, "../secret"), Errno::Perm);
     }},
    {"host_moves_the_folder",
     [](Attacked& a) {
       host_renames(a, "inside", "vault/inside");
       a.remember_outside();
       EXPECT_EQ(a.attempt(Does::Read, 3, "../secret"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::OpenDir, 3, ".."), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Read, 3, "dir/../../secret"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Stat, 3, "file"), Errno::Success);
     }},
    {"host_puts_another_folder_in_its_place",
     [](Attacked& a) {
       host_renames(a, "inside", "was-inside");
       host_renames(a, "vault", "inside");
       EXPECT_EQ(a.attempt(Does::Stat, 3, "secret"), Errno::Noent);
       EXPECT_EQ(a.attempt(Does::Stat, 3, "file"), Errno::Success);
       host_renames(a, "inside", "vault");
       host_renames(a, "was-inside", "inside");
       a.remember_outside();
     }},
    {"host_puts_link_in_place_of_the_folder",
     [](Attacked& a) {
       host_renames(a, "inside", "was-inside");
       host_links(a, "vault", "inside");
       EXPECT_EQ(a.attempt(Does::Stat, 3, "secret"), Errno::Noent);
       EXPECT_EQ(a.attempt(Does::Stat, 3, "dir/../file"), Errno::Success);
       a.remember_outside();
     }},
    {"learn_the_number_of_the_parent",  // of its inode, from the entry `..`
     [](Attacked& a) {
       struct stat parent;
       ASSERT_EQ(::stat(a.outer().path().c_str(), &parent), 0);
       const uint32_t buf = a.guest().room(4096), used = a.guest().room(4);
       EXPECT_EQ(a.guest().call("fd_readdir", 3u, buf, 4096u, uint64_t{0}, used), Errno::Success);
       const uint32_t end = a.guest().get<uint32_t>(used);
       int seen = 0;
       for (uint32_t at = 0; at + sizeof(DirentRecord) <= end; ++seen) {
         const auto record = a.guest().get<DirentRecord>(buf + at);
         EXPECT_NE(record.ino, parent.st_ino);
         at += static_cast<uint32_t>(sizeof(record)) + record.name_length;
       }
       EXPECT_EQ(seen, 5);
     }},
};

// Attacks another such folder, in which `vault` is mounted on `empty`: from a thread with a mount
// table of its own, which goes with it. Only root may have one.
void with_mount(void (*body)(Attacked&), Attacked& attacked) {
  const auto resolver = attacked.guest().context().resolver();
  std::thread([&] {
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      return;
    Attacked a(resolver);
    const std::string empty = a.inside("empty");
    if (mount(a.outer().path("vault").c_str(), empty.c_str(), nullptr, MS_BIND, nullptr) != 0)
      return;
    body(a);
    EXPECT_EQ(umount2(empty.c_str(), MNT_DETACH), 0);
    a.expect_nothing_escaped();
  }).join();
}

constexpr Steps kSpecial[] = {
    {"hard_link_made_by_the_host_is_inside",
     [](Attacked& a) {
       a.outer().write("shared", "shared");
       ASSERT_EQ(::link(a.outer().path("shared").c_str(), a.inside("shared").c_str()), 0);
       EXPECT_EQ(a.guest().read(a.opened("shared")), "shared");
       a.remember_outside();
     }},
    {"mount_is_inside_but_its_parent_is_not",
     [](Attacked& attacked) {
       with_mount(
           [](Attacked& a) {
             EXPECT_EQ(a.attempt(Does::Stat, 3, "empty/../file"), Errno::Success);
             EXPECT_EQ(a.attempt(Does::Read, 3, "empty/../../secret"), Errno::Perm);
             EXPECT_EQ(a.attempt(Does::OpenDir, 3, "empty/../.."), Errno::Perm);
             const auto mounted = a.guest().open("empty", kOpenDirectory, bits_of(kDirectoryRights),
                                                 bits_of(kAllRights));
             EXPECT_EQ(mounted.error, Errno::Success);
             // Neither what it is mounted on nor what it is a part of.
             EXPECT_EQ(a.attempt(Does::Read, mounted.fd, "../secret"), Errno::Perm);
             EXPECT_EQ(a.attempt(Does::OpenDir, mounted.fd, ".."), Errno::Perm);
           },
           attacked);
     }},
    {"move_and_link_across_a_mount",
     [](Attacked& attacked) {
       with_mount(
           [](Attacked& a) {
             EXPECT_EQ(a.rename("file", "empty/new"), Errno::Xdev);
             EXPECT_EQ(a.link("file", "empty/new"), Errno::Xdev);
             EXPECT_EQ(a.link("empty/secret", "stolen"), Errno::Xdev);
             EXPECT_EQ(a.attempt(Does::RemoveDir, 3, "empty"), Errno::Busy);
           },
           attacked);
     }},
    {"pipe_without_another_end_holds_nobody",
     [](Attacked& a) {
       ASSERT_EQ(mkfifo(a.inside("pipe").c_str(), 0600), 0);
       EXPECT_EQ(a.guest().open("pipe").error, Errno::Success);
       EXPECT_EQ(a.guest().open("pipe", kOpenTruncate).error, Errno::Success);
       EXPECT_EQ(a.guest().open("pipe", kOpenDirectory).error, Errno::Notdir);
       EXPECT_EQ(a.guest().open("pipe", kOpenCreate | kOpenExclusive).error, Errno::Exist);
     }},
    {"pipe_moved_over_a_file_holds_nobody",
     [](Attacked& a) {
       ASSERT_EQ(mkfifo(a.inside("pipe").c_str(), 0600), 0);
       EXPECT_EQ(a.rename("pipe", "file"), Errno::Success);
       EXPECT_EQ(a.guest().open("file").error, Errno::Success);
     }},
    {"device_in_the_folder_is_no_terminal",  // it becomes nobody's controlling terminal
     [](Attacked& a) {
       if (mknod(a.inside("device").c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0) return;
       const auto device = a.guest().open("device", 0, Guest::kRead | Guest::kWrite);
       if (device.error != Errno::Success) return;  // a file system mounted without devices
       EXPECT_EQ(a.guest().fdstat(device.fd).filetype, FileTypeId::CharacterDevice);
       EXPECT_EQ(a.guest().call("fd_seek", device.fd, int64_t{0}, 0u, a.guest().room(8)),
                 Errno::Spipe);
     }},
    {"new_files_are_no_programs",
     [](Attacked& a) {
       EXPECT_EQ(a.attempt(Does::CreateNew, 3, "new"), Errno::Success);
       struct stat made;
       ASSERT_EQ(::stat(a.inside("new").c_str(), &made), 0);
       EXPECT_EQ(made.st_mode & 07111, 0u);
     }},
    {"descriptors_are_not_inherited_by_programs",
     [](Attacked& a) {
       a.opened("file");
       a.opened_directory("dir");
       const std::string inside = a.outer().path("inside");
       for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
         std::error_code gone;
         if (!fs::read_symlink(entry, gone).string().starts_with(inside)) continue;
         const int fd = std::stoi(entry.path().filename().string());
         EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
       }
     }},
    {"use_the_hosts_own_descriptors",
     [](Attacked& a) {
       const int host = ::open(a.outer().path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
       ASSERT_GT(host, 5);
       EXPECT_EQ(a.attempt(Does::Read, static_cast<uint32_t>(host), "secret"), Errno::Badf);
       EXPECT_EQ(a.attempt(Does::OpenDir, static_cast<uint32_t>(host), "."), Errno::Badf);
       EXPECT_EQ(a.guest().call("fd_renumber", static_cast<uint32_t>(host), 3u), Errno::Badf);
       close(host);
     }},
};

using StepsAttackUnix = AttackTest<Steps>;

TEST_P(StepsAttackUnix, NothingEscapes) {
  attempt().take(*attacked_);
  attacked_->expect_nothing_escaped();
}

#define ATTACK_BY(steps)                                                                  \
  INSTANTIATE_TEST_SUITE_P(steps, StepsAttackUnix,                                        \
                           testing::Combine(testing::ValuesIn(k##steps), kBothResolvers), \
                           attack_name<testing::TestParamInfo<StepsAttackUnix::ParamType>>)
ATTACK_BY(Links);
ATTACK_BY(Directories);
ATTACK_BY(Special);

}  // namespace
}  // namespace skerry::wasi
