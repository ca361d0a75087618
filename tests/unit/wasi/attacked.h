// Attacked: a folder given to a guest, a tree outside that it must not reach, and attempts to reach
// it by one WASI function. Not here: the attempts themselves (attacks*.def, attack_steps*.cc).
// Invariant: the texts and names that only the tree outside holds are in none of an attempt's own
// arguments; so if the guest's memory holds one, the guest has read it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "guest.h"

namespace skerry::wasi {

// What an attempt starts from: the folder given, a directory opened below it (`dir`), a second
// folder that may only be read, or (Linux) a folder of links that the system itself resolves.
enum class From : uint8_t { Root, Sub, ReadOnly, Proc };

enum class Does : uint8_t {
  Read,
  ReadKeep,  // Keep: a link at the end is not followed
  Create,
  CreateNew,
  Truncate,
  Write,
  Append,
  OpenDir,
  OpenDirKeep,
  Stat,
  StatKeep,
  SetTimes,
  SetTimesKeep,
  MakeDir,
  RemoveDir,
  Unlink,
  ReadLink,
  LinkFrom,  // From: the path is the source, a name inside the target; To: the other way round
  LinkTo,
  RenameFrom,
  RenameTo,
  RenameDirTo,
  SymlinkAt,  // makes a link at the path
  SymlinkTo,  // makes a link inside that leads to the path, and reads what it leads to
};

// How an attempt must end: with this errno, or (Refused) with one that depends on who resolves.
namespace outcome {
using enum Errno;
inline constexpr Errno Refused = static_cast<Errno>(0xffff);
}  // namespace outcome

struct Attack {
  const char* name;
  From from;
  Does does;
  std::string_view path;  // {placeholders} stand for what is known only when it runs
  Errno expected;         // Success: done, and stays inside
};
inline void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }
#define ATTACK(name, from, does, path, expected) \
  {#name, From::from, Does::does, {path, sizeof(path) - 1}, outcome::expected},

class Attacked {
 public:
  static constexpr std::string_view kSecret = "TOP-SECRET-0b5e";
  static constexpr std::string_view kMarker = "only-outside-9d41";  // a name

  explicit Attacked(platform::PathResolver resolver);

  const TempDir& outer() const { return outer_; }  // holds `inside`, `secret`, `vault`
  std::string inside(const std::string& name) const { return outer_.path("inside/" + name); }
  Guest& guest() { return *guest_; }
  uint32_t fd(From from) const { return fds_.at(from); }
  void give(From from, uint32_t fd) { fds_[from] = fd; }
  // What a placeholder stands for, besides {name255}, {name256}, {long}, {deep} and {climb}.
  void define(const std::string& placeholder, const std::string& text) {
    placeholders_[placeholder] = text;
  }
  std::string expanded(std::string_view path) const;

  Errno attempt(const Attack& attack) {
    return attempt(attack.does, fd(attack.from), expanded(attack.path));
  }
  Errno attempt(Does does, uint32_t fd, std::string_view path);
  // As path_open for reading, or for a directory with all rights.
  uint32_t opened(std::string_view path, uint32_t fd = 3);
  uint32_t opened_directory(std::string_view path, uint32_t fd = 3);
  Errno rename(std::string_view from, std::string_view to, uint32_t fd = 3, uint32_t to_fd = 3);
  Errno link(std::string_view from, std::string_view to, uint32_t fd = 3, uint32_t to_fd = 3);
  Errno symlink(std::string_view target, std::string_view path, uint32_t fd = 3);

  // The host holds it open for as long as there is the tree. Its number.
  int host_holds(platform::File file) {
    host_files_.push_back(std::move(file));
    return static_cast<int>(host_files_.back().native());
  }

  // The tree outside is from now on what it is to stay.
  void remember_outside();
  // It is as it was, by name and byte, and the guest has seen nothing of it.
  void expect_nothing_escaped();

 private:
  Errno open(Does does, uint32_t fd, std::string_view path);
  void look_around(uint32_t fd);
  void expect_inside(uint32_t stat) const;
  std::map<std::string, std::string> look_outside() const;

  TempDir outer_;
  std::optional<Guest> guest_;
  std::map<From, uint32_t> fds_;
  std::map<std::string, std::string> placeholders_;
  std::map<std::string, std::string> outside_;
  std::set<uint64_t> inodes_outside_;
  std::vector<platform::File> host_files_;
};

// Each test is named after its attempt, and runs with both resolvers.
template <class Attempt>
class AttackTest : public testing::TestWithParam<std::tuple<Attempt, platform::PathResolver>> {
 protected:
  void SetUp() override {
    const auto wanted = std::get<1>(this->GetParam());
    if (platform::available_resolver(wanted) != wanted)
      GTEST_SKIP() << "this system has no openat2 (or a container's filter forbids it)";
    start(wanted);
  }
  virtual void start(platform::PathResolver resolver) {
    attacked_ = std::make_shared<Attacked>(resolver);
  }
  const Attempt& attempt() const { return std::get<0>(this->GetParam()); }

  std::shared_ptr<Attacked> attacked_;
};

// Attempts by one path. What is refused changes nothing, so the next attempt finds the same tree.
class PathAttackTest : public AttackTest<Attack> {
 protected:
  virtual void prepare() {}
  void start(platform::PathResolver resolver) override {
    attacked_ = kept_[resolver];
    if (attacked_) return;
    attacked_ = std::make_shared<Attacked>(resolver);
    prepare();
    attacked_->remember_outside();
    kept_[resolver] = attacked_;
  }
  static void TearDownTestSuite() { kept_.clear(); }
  void expect_refused_or_inside() {
    const Attack& attack = attempt();
    const Errno error = attacked_->attempt(attack);
    if (attack.expected == outcome::Refused)
      EXPECT_NE(error, Errno::Success);
    else
      EXPECT_EQ(error, attack.expected);
    attacked_->expect_nothing_escaped();
    attacked_->guest().reset();
    if (error == Errno::Success || attack.does == Does::SymlinkTo || HasFailure())
      kept_.erase(attacked_->guest().context().resolver());
  }

 private:
  inline static std::map<platform::PathResolver, std::shared_ptr<Attacked>> kept_;
};

inline const auto kBothResolvers =
    testing::Values(platform::PathResolver::Kernel, platform::PathResolver::Walk);

template <class Info>
std::string attack_name(const Info& info) {
  const bool by_kernel = std::get<1>(info.param) == platform::PathResolver::Kernel;
  return std::string(std::get<0>(info.param).name) + (by_kernel ? "_kernel" : "_walk");
}

}  // namespace skerry::wasi
