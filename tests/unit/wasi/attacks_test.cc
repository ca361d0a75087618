// Escape attempts by name, on every system and with both resolvers: each row of attacks.def is a
// test. Not here: attempts that need links and special files (attacks_unix_test), or what Windows
// reads into names (attacks_win_test), or more than one step (attack_steps_test).
#include "attacked.h"

namespace skerry::wasi {
namespace {

constexpr Attack kAttacks[] = {
#include "attacks.def"
};

using PathAttack = PathAttackTest;

TEST_P(PathAttack, NothingEscapes) { expect_refused_or_inside(); }

INSTANTIATE_TEST_SUITE_P(Everywhere, PathAttack,
                         testing::Combine(testing::ValuesIn(kAttacks), kBothResolvers),
                         attack_name<testing::TestParamInfo<PathAttack::ParamType>>);

}  // namespace
}  // namespace skerry::wasi
