// Escape attempts by name that take several steps, on every system and with both resolvers: with
// numbers that are no descriptors, with rights that were never given, with pointers that lead out
// of memory, with directories that have moved. Not here: paths alone (attacks.def), or what only
// Unix lets the host do meanwhile (attack_steps_unix_test).
#include <algorithm>
#include <array>

#include "attacked.h"

namespace skerry::wasi {
namespace {

constexpr uint64_t kDirBase = bits_of(kDirectoryRights);
constexpr uint64_t kAll = bits_of(kAllRights);
constexpr uint64_t kNever = 0xffff'ffff'ffff'ffff;

struct Steps {
  const char* name;
  void (*take)(Attacked&);
};
void PrintTo(const Steps& steps, std::ostream* out) { *out << steps.name; }

// Everything that can be asked of a directory is refused in the same way.
void expect_no_directory(Attacked& attacked, uint32_t fd, Errno why) {
  for (const Does does :
       {Does::Read, Does::Create, Does::Stat, Does::SetTimes, Does::MakeDir, Does::RemoveDir,
        Does::Unlink, Does::ReadLink, Does::LinkFrom, Does::RenameFrom, Does::SymlinkAt})
    EXPECT_EQ(attacked.attempt(does, fd, "file"), why) << fd;
  Guest& guest = attacked.guest();
  EXPECT_EQ(guest.call("fd_readdir", fd, guest.room(64), 64u, uint64_t{0}, guest.room(4)), why);
  EXPECT_EQ(attacked.rename("file", "x", 3, fd), why);
  EXPECT_EQ(attacked.link("file", "x", 3, fd), why);
}

Errno set_rights(Attacked& attacked, uint32_t fd, uint64_t base, uint64_t inheriting) {
  return attacked.guest().call("fd_fdstat_set_rights", fd, base, inheriting);
}

// A file that may only be read.
uint32_t reader(Attacked& attacked) { return attacked.opened("file"); }

constexpr Steps kDescriptors[] = {
    {"forge_small_descriptors",
     [](Attacked& a) {
       for (uint32_t fd = 6; fd < 70; ++fd) expect_no_directory(a, fd, Errno::Badf);
     }},
    {"forge_huge_descriptors",
     [](Attacked& a) {
       for (uint32_t fd : {0x7fffffffu, 0x80000000u, 0xfffffffeu, 0xffffffffu, 0x10003u})
         expect_no_directory(a, fd, Errno::Badf);
     }},
    {"forge_the_working_directory",  // what AT_FDCWD is to the system
     [](Attacked& a) { expect_no_directory(a, static_cast<uint32_t>(-100), Errno::Badf); }},
    {"use_closed_directory",
     [](Attacked& a) {
       const uint32_t fd = a.opened_directory("dir");
       EXPECT_EQ(a.guest().call("fd_close", fd), Errno::Success);
       expect_no_directory(a, fd, Errno::Badf);
     }},
    {"use_closed_folder",
     [](Attacked& a) {
       EXPECT_EQ(a.guest().call("fd_close", 3u), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Read, 3, "file"), Errno::Badf);
       EXPECT_EQ(a.attempt(Does::OpenDir, 3, ".."), Errno::Badf);
     }},
    {"use_number_given_out_again",
     [](Attacked& a) {
       const uint32_t fd = a.opened_directory("dir");
       EXPECT_EQ(a.guest().call("fd_close", fd), Errno::Success);
       EXPECT_EQ(reader(a), fd);
       expect_no_directory(a, fd, Errno::Notdir);
     }},
    {"close_twice",
     [](Attacked& a) {
       const uint32_t fd = a.opened_directory("dir");
       EXPECT_EQ(a.guest().call("fd_close", fd), Errno::Success);
       EXPECT_EQ(a.guest().call("fd_close", fd), Errno::Badf);
     }},
    {"renumber_over_the_folder",
     [](Attacked& a) {
       EXPECT_EQ(a.guest().call("fd_renumber", a.fd(From::Sub), 3u), Errno::Success);
       EXPECT_EQ(a.attempt(Does::OpenDir, 3, ".."), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Read, 3, "../file"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Read, 3, "inner"), Errno::Success);
     }},
    {"renumber_to_a_free_number",
     [](Attacked& a) {
       EXPECT_EQ(a.guest().call("fd_renumber", 3u, 77u), Errno::Badf);
       EXPECT_EQ(a.guest().call("fd_renumber", 3u, 0xffffffffu), Errno::Badf);
     }},
    {"renumber_from_a_forged_number",
     [](Attacked& a) {
       EXPECT_EQ(a.guest().call("fd_renumber", 77u, 3u), Errno::Badf);
       EXPECT_EQ(a.attempt(Does::Read, 3, "file"), Errno::Success);
     }},
    {"renumber_read_only_folder_over_the_other",
     [](Attacked& a) {
       EXPECT_EQ(a.guest().call("fd_renumber", 4u, 3u), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Create, 3, "new"), Errno::Rofs);
       EXPECT_EQ(a.attempt(Does::Unlink, 3, "file"), Errno::Rofs);
     }},
    {"stream_as_directory",
     [](Attacked& a) {
       for (uint32_t fd : {0u, 1u, 2u}) expect_no_directory(a, fd, Errno::Notdir);
     }},
    {"file_as_directory", [](Attacked& a) { expect_no_directory(a, reader(a), Errno::Notdir); }},
    {"file_as_directory_and_up",
     [](Attacked& a) {
       EXPECT_EQ(a.attempt(Does::Read, reader(a), "../secret"), Errno::Notdir);
       EXPECT_EQ(a.attempt(Does::OpenDir, reader(a), ".."), Errno::Notdir);
     }},
    {"directory_as_file",
     [](Attacked& a) {
       EXPECT_EQ(a.guest().read(3), "error: isdir");
       EXPECT_EQ(a.guest().write(3, "x"), Errno::Isdir);
       EXPECT_EQ(a.guest().call("fd_filestat_set_size", 3u, uint64_t{0}), Errno::Isdir);
     }},
    {"ask_for_folders_never_given",
     [](Attacked& a) {
       for (uint32_t fd = 5; fd < 70; ++fd)
         EXPECT_EQ(a.guest().call("fd_prestat_get", fd, a.guest().room(8)), Errno::Badf);
     }},
    {"ask_for_the_hosts_name_of_a_folder",
     [](Attacked& a) {
       const uint32_t out = a.guest().put(std::string(256, ' '));
       EXPECT_EQ(a.guest().call("fd_prestat_dir_name", 3u, out, 256u), Errno::Success);
       EXPECT_EQ(a.guest().text(out, 2), "/ ");
       const std::string memory = a.guest().text(0, a.guest().size());
       EXPECT_EQ(memory.find(a.outer().path()), memory.npos);
     }},
};

constexpr Steps kRights[] = {
    {"widen_rights_given_up",
     [](Attacked& a) {
       EXPECT_EQ(set_rights(a, 3, bits_of(Rights::PathOpen), 0), Errno::Success);
       EXPECT_EQ(set_rights(a, 3, kDirBase, 0), Errno::Notcapable);
       EXPECT_EQ(set_rights(a, 3, kNever, kNever), Errno::Notcapable);
       EXPECT_EQ(a.attempt(Does::Unlink, 3, "file"), Errno::Notcapable);
       EXPECT_EQ(a.attempt(Does::Write, 3, "file"), Errno::Notcapable);
     }},
    {"widen_inherited_rights",
     [](Attacked& a) {
       EXPECT_EQ(set_rights(a, 3, kDirBase, Guest::kRead), Errno::Success);
       EXPECT_EQ(set_rights(a, 3, kDirBase, Guest::kRead | Guest::kWrite), Errno::Notcapable);
       EXPECT_EQ(a.attempt(Does::Write, 3, "file"), Errno::Notcapable);
     }},
    {"widen_rights_of_a_reading_descriptor",
     [](Attacked& a) {
       const uint32_t fd = reader(a);
       EXPECT_EQ(set_rights(a, fd, Guest::kRead | Guest::kWrite, 0), Errno::Notcapable);
       EXPECT_EQ(a.guest().write(fd, "x"), Errno::Badf);
     }},
    {"widen_rights_by_bits_unknown",
     [](Attacked& a) {
       EXPECT_EQ(set_rights(a, 3, kDirBase | (uint64_t{1} << 63), 0), Errno::Success);
       EXPECT_EQ(a.guest().fdstat(3).rights_base & ~kAll, 0u);
       EXPECT_EQ(set_rights(a, 3, bits_of(Rights::FdWrite), 0), Errno::Notcapable);
     }},
    {"widen_rights_by_opening_below",
     [](Attacked& a) {
       EXPECT_EQ(set_rights(a, 3, kDirBase, kDirBase), Errno::Success);
       EXPECT_EQ(a.guest().open("dir", kOpenDirectory, kDirBase, kAll).error, Errno::Notcapable);
       const uint32_t sub = a.guest().open("dir", kOpenDirectory, kDirBase, kDirBase).fd;
       EXPECT_EQ(a.attempt(Does::Read, sub, "inner"), Errno::Notcapable);
     }},
    {"widen_rights_by_opening_itself",
     [](Attacked& a) {
       const uint64_t few = bits_of(Rights::PathOpen);
       EXPECT_EQ(set_rights(a, 3, few, few), Errno::Success);
       EXPECT_EQ(a.guest().open(".", kOpenDirectory, kDirBase).error, Errno::Notcapable);
       EXPECT_EQ(a.guest().open("dir/..", kOpenDirectory, kDirBase).error, Errno::Notcapable);
       const auto self = a.guest().open(".", kOpenDirectory, few, few);
       EXPECT_EQ(a.attempt(Does::Unlink, self.fd, "file"), Errno::Notcapable);
     }},
    {"widen_rights_by_renumbering",
     [](Attacked& a) {
       const uint32_t fd = reader(a), other = a.opened("dir/inner");
       EXPECT_EQ(a.guest().call("fd_renumber", fd, other), Errno::Success);
       EXPECT_EQ(a.guest().write(other, "x"), Errno::Badf);
     }},
    {"resize_what_may_be_read",
     [](Attacked& a) {
       const uint32_t fd = reader(a);
       EXPECT_EQ(a.guest().call("fd_filestat_set_size", fd, uint64_t{0}), Errno::Notcapable);
       EXPECT_EQ(a.guest().call("fd_allocate", fd, uint64_t{0}, uint64_t{100}), Errno::Notcapable);
     }},
    {"write_at_an_offset_what_may_be_read",
     [](Attacked& a) {
       const uint32_t list = a.guest().iovec(a.guest().put("x"), 1);
       EXPECT_EQ(a.guest().call("fd_pwrite", reader(a), list, 1u, uint64_t{0}, a.guest().room(4)),
                 Errno::Badf);
     }},
    {"truncate_without_a_right",
     [](Attacked& a) {
       const uint64_t base = kDirBase & ~bits_of(Rights::PathFilestatSetSize);
       EXPECT_EQ(set_rights(a, 3, base, Guest::kRead), Errno::Success);
       EXPECT_EQ(a.attempt(Does::Truncate, 3, "file"), Errno::Notcapable);
       EXPECT_EQ(a.outer().read("inside/file"), "inside");
     }},
    {"reopen_read_only_folder",
     [](Attacked& a) {
       const uint32_t self = a.opened_directory(".", 4), sub = a.opened_directory("dir", self);
       EXPECT_EQ(a.attempt(Does::Create, self, "new"), Errno::Rofs);
       EXPECT_EQ(a.attempt(Does::Truncate, self, "file"), Errno::Rofs);
       EXPECT_EQ(a.attempt(Does::Create, sub, "new"), Errno::Rofs);
     }},
    {"hard_link_out_of_read_only_folder",
     [](Attacked& a) { EXPECT_EQ(a.link("file", "mine", 4, 3), Errno::Rofs); }},
    {"hard_link_into_read_only_folder",
     [](Attacked& a) { EXPECT_EQ(a.link("file", "new", 3, 4), Errno::Rofs); }},
    {"move_out_of_read_only_folder",
     [](Attacked& a) { EXPECT_EQ(a.rename("file", "mine", 4, 3), Errno::Rofs); }},
    {"move_into_read_only_folder",
     [](Attacked& a) {
       EXPECT_EQ(a.rename("file", "file", 3, 4), Errno::Rofs);
       EXPECT_EQ(a.rename("dir", "new", 3, 4), Errno::Rofs);
     }},
    {"move_from_one_folder_to_beside_the_other",
     [](Attacked& a) {
       EXPECT_EQ(a.rename("file", "../new", a.fd(From::Root), a.fd(From::Sub)), Errno::Perm);
       EXPECT_EQ(a.rename("../file", "new", a.fd(From::Sub), a.fd(From::Root)), Errno::Perm);
     }},
    {"hard_link_from_one_folder_to_beside_the_other",
     [](Attacked& a) {
       EXPECT_EQ(a.link("file", "../new", a.fd(From::Root), a.fd(From::Sub)), Errno::Perm);
       EXPECT_EQ(a.link("../../secret", "new", a.fd(From::Sub), a.fd(From::Root)), Errno::Perm);
     }},
    {"set_times_of_read_only_folder",
     [](Attacked& a) {
       EXPECT_EQ(a.attempt(Does::SetTimes, 4, "file"), Errno::Rofs);
       EXPECT_EQ(a.guest().call("fd_filestat_set_times", 4u, uint64_t{1}, uint64_t{1}, kFstMtim),
                 Errno::Rofs);
     }},
};

// path_open with any address and length.
Errno open_at(Attacked& a, uint32_t path, uint32_t length) {
  return a.guest().call("path_open", 3u, 1u, path, length, 0u, Guest::kRead, uint64_t{0}, 0u,
                        a.guest().room(4));
}

constexpr Steps kMemory[] = {
    {"path_behind_memory",
     [](Attacked& a) { EXPECT_EQ(open_at(a, a.guest().size(), 1), Errno::Fault); }},
    {"path_over_the_end_of_memory",
     [](Attacked& a) { EXPECT_EQ(open_at(a, a.guest().size() - 2, 3), Errno::Fault); }},
    {"path_that_wraps_around",
     [](Attacked& a) { EXPECT_EQ(open_at(a, 0xffffffff, 2), Errno::Fault); }},
    {"path_of_four_gigabytes",
     [](Attacked& a) { EXPECT_EQ(open_at(a, 0, 0xffffffff), Errno::Nametoolong); }},
    {"readlink_into_the_hosts_memory",
     [](Attacked& a) {
       EXPECT_EQ(a.guest().on_path("path_readlink", 3, "file", a.guest().size() - 1, 2u,
                                   a.guest().room(4)),
                 Errno::Fault);
     }},
    {"list_into_the_hosts_memory",
     [](Attacked& a) {
       EXPECT_EQ(a.guest().call("fd_readdir", 3u, a.guest().size() - 8, 4096u, uint64_t{0},
                                a.guest().room(4)),
                 Errno::Fault);
     }},
    {"list_from_forged_places",
     [](Attacked& a) {
       const uint32_t buf = a.guest().room(512), used = a.guest().room(4);
       for (const uint64_t cookie : {uint64_t{1} << 31, uint64_t{1} << 63, kNever})
         EXPECT_EQ(a.guest().call("fd_readdir", 3u, buf, 512u, cookie, used), Errno::Inval);
     }},
    {"list_what_lies_beside",
     [](Attacked& a) {
       for (const uint32_t fd : {3u, a.fd(From::Sub)})
         EXPECT_EQ(a.guest().call("fd_readdir", fd, a.guest().room(8192), 8192u, uint64_t{0},
                                  a.guest().room(4)),
                   Errno::Success);
     }},
    {"open_parent_by_the_older_interface",
     [](Attacked& a) {
       a.guest().set_abi(Abi::Unstable);
       EXPECT_EQ(a.attempt(Does::OpenDir, 3, ".."), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Stat, 3, "../secret"), Errno::Perm);
     }},
    {"flags_unknown_to_lookups",
     [](Attacked& a) {
       EXPECT_EQ(a.guest().open("../secret", 0, Guest::kRead, 0, 0, 0xfffffffe).error,
                 Errno::Inval);
     }},
    {"flags_unknown_to_open",
     [](Attacked& a) { EXPECT_EQ(a.guest().open("../secret", 0x10000).error, Errno::Inval); }},
};

constexpr Steps kMoves[] = {
    {"move_directory_and_go_up",
     [](Attacked& a) {
       const uint32_t nested = a.opened_directory("dir/nested");
       EXPECT_EQ(a.attempt(Does::Read, nested, "../inner"), Errno::Perm);
       if (a.rename("dir/nested", "moved") != Errno::Success) return;  // Windows: it is open
       EXPECT_EQ(a.attempt(Does::Read, nested, "../file"), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::OpenDir, nested, ".."), Errno::Perm);
       EXPECT_EQ(a.attempt(Does::Read, nested, "../../secret"), Errno::Perm);
     }},
    {"move_directory_into_itself",
     [](Attacked& a) {
       EXPECT_NE(a.rename("dir", "dir/nested/dir"), Errno::Success);
       EXPECT_EQ(a.outer().read("inside/dir/inner"), "inner");
     }},
    {"move_file_over_directory",
     [](Attacked& a) { EXPECT_EQ(a.rename("file", "dir"), Errno::Isdir); }},
    {"move_the_folder_by_its_descriptor",
     [](Attacked& a) {
       EXPECT_EQ(a.rename(".", "x", a.fd(From::Sub), 3), Errno::Busy);
       EXPECT_EQ(a.rename("nested/..", "x", a.fd(From::Sub), 3), Errno::Busy);
       EXPECT_EQ(a.rename("empty", ".", 3, a.fd(From::Sub)), Errno::Busy);
     }},
};

using StepsAttack = AttackTest<Steps>;

TEST_P(StepsAttack, NothingEscapes) {
  attempt().take(*attacked_);
  attacked_->expect_nothing_escaped();
}

#define ATTACK_BY(steps)                                                                  \
  INSTANTIATE_TEST_SUITE_P(steps, StepsAttack,                                            \
                           testing::Combine(testing::ValuesIn(k##steps), kBothResolvers), \
                           attack_name<testing::TestParamInfo<StepsAttack::ParamType>>)
ATTACK_BY(Descriptors);
ATTACK_BY(Rights);
ATTACK_BY(Memory);
ATTACK_BY(Moves);

}  // namespace
}  // namespace skerry::wasi
