// A policy's file that changes while its policy is in force.
#include "cli/policy_watch.h"

#include <gtest/gtest.h>

#include "../platform/temp_dir.h"
#include "platform/poll.h"

namespace skerry::cli {
namespace {

class PolicyWatchTest : public testing::Test {
 protected:
  PolicyWatchTest() {
    temp_.write("policy.toml", kAllows);
    gate_ = std::make_shared<wasi::Gate>(
        std::make_shared<policy::Policy>(load_policy(path_, {})->policy), nullptr);
    watch_ = std::move(*PolicyWatch::start(path_, {}, gate_));
  }
  // Puts another file in the place of the old one, as editors do, of another size.
  void change(const std::string& text) { temp_.write("policy.toml", text); }
  bool becomes(bool allowed) {
    for (int i = 0; i < 1000; ++i) {
      if (gate_->may_connect(*SocketAddress::parse("10.0.0.7:443")).has_value() == allowed)
        return true;
      (void)platform::poll({}, 10'000'000);
    }
    return false;
  }

  static constexpr const char* kAllows = "network.connect.allow = [\"10.0.0.7:443\"]\n";
  TempDir temp_;
  const std::string path_ = temp_.path() + "/policy.toml";
  std::shared_ptr<wasi::Gate> gate_;
  std::unique_ptr<PolicyWatch> watch_;
};

TEST_F(PolicyWatchTest, AChangedFileComesIntoForce) {
  ASSERT_TRUE(becomes(true));
  change("# nothing any more\n");
  EXPECT_TRUE(becomes(false));
  change(std::string(kAllows) + "# again\n");
  EXPECT_TRUE(becomes(true));
}

TEST_F(PolicyWatchTest, AFileThatIsWrongChangesNothing) {
  testing::internal::CaptureStderr();
  change("network.connect.allwo = []\n");
  // Until it has been looked at.
  std::string said;
  for (int i = 0; i < 1000 && said.find("stays") == std::string::npos; ++i) {
    (void)platform::poll({}, 10'000'000);
    said += testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
  }
  testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("there is no key `allwo`"), std::string::npos) << said;
  EXPECT_TRUE(gate_->may_connect(*SocketAddress::parse("10.0.0.7:443")));
}

}  // namespace
}  // namespace skerry::cli
