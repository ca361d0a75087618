// The host's own limits, as a guest sees them: it opens more than the process may, and gets an
// errno; the host goes on. Not here: limits that a policy sets (limits_test, grants_test), and the
// size of files, which is asked for once a process (tests/faults).
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "guest.h"

namespace skerry::wasi {
namespace {

// Lets the process open so many more descriptors, until the end of the scope.
class MoreDescriptors {
 public:
  explicit MoreDescriptors(unsigned count) {
    getrlimit(RLIMIT_NOFILE, &before_);
    // The limit is above the highest number, so that those below it must be in use.
    const int next = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    ::close(next);
    rlimit limit = before_;
    limit.rlim_cur = static_cast<rlim_t>(next) + count;
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  ~MoreDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  MoreDescriptors(const MoreDescriptors&) = delete;
  MoreDescriptors& operator=(const MoreDescriptors&) = delete;

 private:
  rlimit before_;
};

class HostLimitsTest : public GuestTest,
                       public testing::WithParamInterface<platform::PathResolver> {};

INSTANTIATE_TEST_SUITE_P(Resolvers, HostLimitsTest,
                         testing::Values(platform::PathResolver::Auto,
                                         platform::PathResolver::Walk));

TEST_P(HostLimitsTest, RunningOutOfDescriptors) {
  temp_.write("dir/file", "text");
  Config made = config();
  made.resolver = GetParam();
  Guest guest(std::move(made));
  const MoreDescriptors more(8);
  for (int round = 0; round < 3; ++round) {
    std::vector<uint32_t> opened;
    Guest::Opened last;
    while ((last = guest.open("dir/file")).error == Errno::Success) opened.push_back(last.fd);
    EXPECT_EQ(last.error, Errno::Mfile);
    EXPECT_FALSE(opened.empty());
    EXPECT_LE(opened.size(), 8u);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(guest.open("dir/file").error, Errno::Mfile);
    // What is open goes on, and what is closed can be opened again: nothing was lost on the way.
    EXPECT_EQ(guest.read(opened.front()), "text");
    for (const uint32_t fd : opened) EXPECT_EQ(guest.call("fd_close", fd), Errno::Success);
    guest.reset();
  }
}

}  // namespace
}  // namespace skerry::wasi
