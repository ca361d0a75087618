// --dir in every spelling, on both systems.
#include "cli/dir_mapping.h"

#include <gtest/gtest.h>

namespace skerry::cli {
namespace {

struct Case {
  const char* text;
  PathStyle style;
  const char* host;
  const char* guest;
  bool is_readonly;
};

constexpr auto U = PathStyle::Unix;
constexpr auto W = PathStyle::Windows;

class DirMappingAccepts : public testing::TestWithParam<Case> {};

TEST_P(DirMappingAccepts, Spelling) {
  const Case& c = GetParam();
  const auto result = parse_dir_mapping(c.text, c.style);
  ASSERT_TRUE(result) << c.text << ": " << result.error().message;
  EXPECT_EQ(result->host, c.host) << c.text;
  EXPECT_EQ(result->guest, c.guest) << c.text;
  EXPECT_EQ(result->is_readonly, c.is_readonly) << c.text;
}

INSTANTIATE_TEST_SUITE_P(
    DirMapping, DirMappingAccepts,
    testing::Values(
        // A lone folder has the same name inside, but for `.`, which is the root there.
        Case{".", U, ".", "/", false}, Case{"/srv/data", U, "/srv/data", "/srv/data", false},
        Case{"./", U, "./", "/", false}, Case{".:readonly", U, ".", "/", true},
        // WasmEdge: guest first.
        Case{".:./", U, "./", "/", false}, Case{"/data:/srv", U, "/srv", "/data", false},
        Case{"/data:/srv:readonly", U, "/srv", "/data", true},
        Case{"guest:host", U, "host", "guest", false},
        // wasmtime: host first.
        Case{"/srv::/data", U, "/srv", "/data", false},
        Case{"host::guest", U, "host", "guest", false}, Case{".::/", U, ".", "/", false},
        Case{"/srv::/data:readonly", U, "/srv", "/data", true},
        // A one-letter guest is a drive only where there are drives.
        Case{"d:/srv", U, "/srv", "d", false}, Case{"d:/srv", W, "d:/srv", "d:/srv", false},
        Case{"d:srv", W, "srv", "d", false}, Case{"C:", W, "C:", "C:", false},
        // Drive letters.
        Case{"C:\\x", W, "C:\\x", "C:/x", false}, Case{"C:\\x", U, "C:\\x", "C:/x", false},
        Case{"C:\\", W, "C:\\", "C:/", false}, Case{"C:\\x:readonly", W, "C:\\x", "C:/x", true},
        Case{"/data:C:\\x", W, "C:\\x", "/data", false},
        Case{"/data:C:/x", W, "C:/x", "/data", false},
        Case{"C:\\x::/data", W, "C:\\x", "/data", false},
        Case{"C:\\x::/data:readonly", W, "C:\\x", "/data", true},
        Case{".:C:\\x y\\z", W, "C:\\x y\\z", "/", false}, Case{"sub", U, "sub", "sub", false},
        Case{".\\", W, ".\\", "/", false}, Case{"C:\\x::D:\\y", W, "C:\\x", "D:/y", false},
        Case{"sub\\dir", W, "sub\\dir", "sub/dir", false},
        Case{"\\\\server\\share", W, "\\\\server\\share", "//server/share", false}));

TEST(DirMapping, RefusesWhatNamesNoFolder) {
  for (const char* text :
       {"", ":", "::", ":readonly", "a:", ":a", "a::", "::a", "a:b:c", "a::b::c"})
    EXPECT_FALSE(parse_dir_mapping(text, U)) << text;
  for (const char* text : {"a:b:c", "C:\\a:D:\\b:E:\\c"})
    EXPECT_FALSE(parse_dir_mapping(text, W)) << text;
}

TEST(DirMapping, ErrorNamesTheValueAndTheForms) {
  const auto result = parse_dir_mapping("a:b:c", U);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("a:b:c"), std::string::npos);
  EXPECT_NE(result.error().hint.find("HOST::GUEST"), std::string::npos);
}

}  // namespace
}  // namespace skerry::cli
