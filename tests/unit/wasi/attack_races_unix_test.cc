// Races: while a guest works through paths, host threads swap a directory on the way for a link to
// the outside, move another one out of the folder and back, and a second guest does what it can to
// the same tree through WASI. Unix only: renameat2. Not here: attempts without a rival
// (attack_steps). Invariant: how long it runs is a number of attempts, never a time; it goes on
// until every rival has been met in both states.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <functional>
#include <thread>
#include <vector>

#include "attacked.h"

namespace skerry::wasi {
namespace {

constexpr int kMinRounds = 50, kMaxRounds = 1000;

// Does something over and over in a thread of its own, until it goes.
class Rival {
 public:
  explicit Rival(std::function<bool()> act)
      : thread_([this, act = std::move(act)] {
          while (!stop_)
            if (act()) ++done_;
        }) {}
  ~Rival() { join(); }
  Rival(const Rival&) = delete;
  Rival& operator=(const Rival&) = delete;
  int done() const { return done_; }
  void join() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<int> done_{0};
  std::thread thread_;
};

bool exchange(const std::string& a, const std::string& b) {
  return renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0;
}

// How often attempts through one name found what is inside, and how often the way out (or, of a
// directory that is away, nothing).
struct Seen {
  Errno other = Errno::Perm;
  int inside_count = 0, other_count = 0;
  void add(Errno error) {
    inside_count += error == Errno::Success ? 1 : 0;
    other_count += error == other ? 1 : 0;
  }
  bool both() const { return inside_count != 0 && other_count != 0; }
};

class RaceTest : public testing::TestWithParam<platform::PathResolver> {
 protected:
  void SetUp() override {
    if (platform::available_resolver(GetParam()) != GetParam())
      GTEST_SKIP() << "this system has no openat2 (or a container's filter forbids it)";
    attacked_.emplace(GetParam());
    for (const char* name : {"swap", "swap-absolute", "there"})
      attacked_->outer().write("inside/" + std::string(name) + "/secret", "not the one");
    attacked_->outer().write("inside/moving/deep/secret", "not the one");
    attacked_->outer().make_dir("inside/moving/secret");
    host_links("../vault", "evil");
    host_links(attacked_->outer().path("vault"), "evil-absolute");
    host_links("../vault", "out");
    if (!exchange(attacked_->inside("swap"), attacked_->inside("evil")) ||
        !exchange(attacked_->inside("swap"), attacked_->inside("evil")))
      GTEST_SKIP() << "this file system exchanges no names";
    parking_.write("secret", std::string(Attacked::kSecret));
    parking_.write(std::string(Attacked::kMarker), "");
    parking_fd_ = open(parking_.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    attacked_->remember_outside();
  }
  void TearDown() override {
    if (parking_fd_ >= 0) close(parking_fd_);
  }
  void host_links(const std::string& target, const std::string& name) {
    ASSERT_EQ(symlink(target.c_str(), attacked_->inside(name).c_str()), 0);
  }

  // The rivals. In the middle each yields, so that its other state is met where there is but one
  // processor.
  bool host_swaps() {
    return exchange(attacked_->inside("swap"), attacked_->inside("evil")) &&
           exchange(attacked_->inside("swap-absolute"), attacked_->inside("evil-absolute"));
  }
  bool host_moves_out_and_back() {
    const std::string here = attacked_->inside("moving");
    const std::string by_fd = "/proc/self/fd/" + std::to_string(parking_fd_) + "/moving";
    const std::string away = by_descriptor_ ? by_fd : parking_.path("moving");
    by_descriptor_ = !by_descriptor_;
    const bool moved = std::rename(here.c_str(), away.c_str()) == 0;
    std::this_thread::yield();
    return std::rename(away.c_str(), here.c_str()) == 0 && moved;
  }
  // Through WASI: it can make no absolute links and exchange no names, but make and rename both.
  static bool guest_swaps(Guest& guest) {
    guest.reset();
    const auto rename = [&](std::string_view from, std::string_view to) {
      return guest.on_path("path_rename", 3, from, 3u, guest.put(to),
                           static_cast<uint32_t>(to.size())) == Errno::Success;
    };
    const bool swapped = rename("there", "spare") && rename("out", "there");
    std::this_thread::yield();
    const bool back = rename("there", "out") && rename("spare", "there");
    guest.call("path_symlink", guest.put("../vault"), 8u, 3u, guest.put("flip"), 4u);
    std::this_thread::yield();
    guest.on_path("path_unlink_file", 3, "flip");
    guest.on_path("path_create_directory", 3, "flip");
    std::this_thread::yield();
    guest.on_path("path_remove_directory", 3, "flip/made");
    for (const char* left : {"flip/secret", "flip/new", "flip/link"})
      guest.on_path("path_unlink_file", 3, left);
    guest.on_path("path_remove_directory", 3, "flip");
    return swapped && back;
  }

  // The guest's own part: every operation through a name that the rivals change.
  void attempt_all(const std::string& name, Seen& seen) {
    static constexpr std::array<std::pair<Does, const char*>, 28> kAttempts = {{
        {Does::Read, "/secret"},     {Does::Read, "/./../@/secret"},  {Does::ReadKeep, "/secret"},
        {Does::OpenDir, ""},         {Does::OpenDirKeep, ""},         {Does::OpenDir, "/."},
        {Does::OpenDirKeep, "/"},    {Does::Stat, "/secret"},         {Does::StatKeep, "/"},
        {Does::SetTimes, "/secret"}, {Does::SetTimesKeep, "/secret"}, {Does::SetTimes, ""},
        {Does::Create, "/secret"},   {Does::Truncate, "/secret"},     {Does::Append, "/secret"},
        {Does::CreateNew, "/new"},   {Does::RenameFrom, "/new"},      {Does::LinkTo, "/new"},
        {Does::Unlink, "/new"},      {Does::RenameTo, "/new"},        {Does::MakeDir, "/made"},
        {Does::RemoveDir, "/made"},  {Does::RemoveDir, "/empty"},     {Does::SymlinkAt, "/link"},
        {Does::ReadLink, "/link"},   {Does::Unlink, "/link"},         {Does::LinkFrom, "/secret"},
        {Does::Unlink, "/secret"},
    }};
    for (const auto& [does, below] : kAttempts) {
      std::string path = name + below;
      if (const size_t at = path.find('@'); at != path.npos) path.replace(at, 1, name);
      seen.add(attacked_->attempt(does, 3, path));
      attacked_->attempt(Does::Create, 3, "file");  // that there is something to link and rename
      attacked_->attempt(Does::Unlink, 3, "stolen");
    }
  }
  // Up from a directory that may just be outside. Bait lies where `..` would then lead.
  void climb_from_moving(Seen& seen) {
    for (const char* path :
         {"moving/..", "moving/../secret", "moving/../../secret", "moving/deep/../../secret",
          "moving/deep/../../../secret", "moving/deep/../secret/../../secret", "moving/../new"})
      for (const Does does : {Does::Read, Does::OpenDir, Does::Stat, Does::Truncate, Does::SetTimes,
                              Does::Unlink, Does::RenameTo, Does::LinkFrom, Does::RenameFrom})
        attacked_->attempt(does, 3, path);
    const auto deep = attacked_->guest().open("moving/deep", kOpenDirectory,
                                              bits_of(kDirectoryRights), bits_of(kAllRights));
    seen.add(deep.error);
    if (deep.error != Errno::Success) return;
    for (const char* path : {"..", "../secret", "../../secret", "../../../secret"})
      EXPECT_EQ(attacked_->attempt(Does::Read, deep.fd, path), Errno::Perm) << path;
    attacked_->guest().call("fd_close", deep.fd);
  }
  void expect_nothing_escaped() {
    attacked_->expect_nothing_escaped();
    attacked_->guest().reset();
    EXPECT_EQ(parking_.read("secret"), Attacked::kSecret);
  }

  std::optional<Attacked> attacked_;
  TempDir parking_;  // where the host moves directories to
  int parking_fd_ = -1;
  bool by_descriptor_ = false;
};

TEST_P(RaceTest, NothingEscapes) {
  Config config;
  config.resolver = GetParam();
  ASSERT_TRUE(config.add_directory("/", attacked_->inside("")));
  Guest second(std::move(config));
  Rival swapper([this] { return host_swaps(); });
  Rival mover([this] { return host_moves_out_and_back(); });
  Rival rival_guest([&second] { return guest_swaps(second); });

  Seen relative, absolute, by_guest, made_by_guest, moved{.other = Errno::Noent};
  const auto met_all = [&] {
    return relative.both() && absolute.both() && by_guest.both() && made_by_guest.both() &&
           moved.both() && swapper.done() > 100 && mover.done() > 100 && rival_guest.done() > 100;
  };
  int rounds = 0;
  while (rounds < kMinRounds || (rounds < kMaxRounds && !met_all())) {
    ++rounds;
    for (const auto& [name, seen] : {std::pair("swap", &relative),
                                     {"swap-absolute", &absolute},
                                     {"there", &by_guest},
                                     {"flip", &made_by_guest}}) {
      attempt_all(name, *seen);
      expect_nothing_escaped();
    }
    climb_from_moving(moved);
    expect_nothing_escaped();
    if (HasFailure()) break;
  }
  for (Rival* rival : {&swapper, &mover, &rival_guest}) rival->join();
  expect_nothing_escaped();
  EXPECT_FALSE(parking_.exists("new") || parking_.exists("stolen"));

  // It was a race: each rival has acted, and has been met in both states.
  EXPECT_GT(swapper.done(), 100);
  EXPECT_GT(mover.done(), 100);
  EXPECT_GT(rival_guest.done(), 100);
  for (const auto& [name, seen] : {std::pair("swap", &relative),
                                   {"swap-absolute", &absolute},
                                   {"there", &by_guest},
                                   {"flip", &made_by_guest},
                                   {"moving", &moved}})
    EXPECT_TRUE(seen->both()) << name << ": " << seen->inside_count << " inside, "
                              << seen->other_count << " not";
  RecordProperty("rounds", rounds);
  RecordProperty("swaps", swapper.done());
}

INSTANTIATE_TEST_SUITE_P(Resolvers, RaceTest, kBothResolvers, [](const auto& info) {
  return info.param == platform::PathResolver::Kernel ? "kernel" : "walk";
});

}  // namespace
}  // namespace skerry::wasi
