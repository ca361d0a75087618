// Globs of --only. Headers are bound end to end by tests/native/bind_unix.test.
#include "native/header_binding.h"

#include <gtest/gtest.h>

namespace skerry::native {
namespace {

TEST(HeaderBindingTest, Globs) {
  for (const auto& [glob, name] : {std::pair("a*", "abc"),
                                   {"*", ""},
                                   {"a?c", "abc"},
                                   {"*c*e", "abcde"},
                                   {"**", "x"},
                                   {"a*b*c", "aXbYbZc"},
                                   {"abc", "abc"}})
    EXPECT_TRUE(matches_glob(glob, name)) << glob << " " << name;
  for (const auto& [glob, name] : {std::pair("a*", "ba"),
                                   {"", "a"},
                                   {"a?", "a"},
                                   {"*c", "abcd"},
                                   {"a*b", "aXc"},
                                   {"abc", "ab"}})
    EXPECT_FALSE(matches_glob(glob, name)) << glob << " " << name;
}

}  // namespace
}  // namespace skerry::native
