// Escape attempts by name through what Windows reads into names: each row of attacks_win.def is a
// test. Not here: attempts on every system (attacks_test, attack_steps_test), or that the platform
// itself refuses such names (unit/platform/names_win_test).
#include <iterator>

#include "attacked.h"

namespace skerry::wasi {
namespace {

constexpr Attack kAttacks[] = {
#include "attacks_win.def"
};
static_assert(std::size(kAttacks) >= 100);

class PathAttackWin : public PathAttackTest {
 protected:
  void prepare() override { attacked_->define("outside", attacked_->outer().path()); }
};

TEST_P(PathAttackWin, NothingEscapes) { expect_refused_or_inside(); }

INSTANTIATE_TEST_SUITE_P(Windows, PathAttackWin,
                         testing::Combine(testing::ValuesIn(kAttacks), kBothResolvers),
                         attack_name<testing::TestParamInfo<PathAttackWin::ParamType>>);

// Where there are short names, one of a file inside leads to that file and to no other.
TEST(ShortNames, StayInside) {
  Attacked attacked(platform::PathResolver::Walk);
  attacked.outer().write("inside/a name that is long.text", "inside");
  attacked.outer().write("a name that is longer.text", std::string(Attacked::kSecret));
  attacked.remember_outside();
  for (const char* path : {"ANAMET~1.TEX", "A NAME~1.TEX", "ANAMET~2.TEX", "EMPTY~1"})
    attacked.attempt(Does::Read, 3, path);
  EXPECT_EQ(attacked.attempt(Does::Read, 3, "../ANAMET~1.TEX"), Errno::Perm);
  attacked.expect_nothing_escaped();
}

}  // namespace
}  // namespace skerry::wasi
