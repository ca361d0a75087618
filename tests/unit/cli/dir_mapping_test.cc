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

constexpr auto kUnix = PathStyle::Unix;
constexpr auto kWindows = PathStyle::Windows;

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
        Case{".", kUnix, ".", "/", false},
        Case{"/srv/data", kUnix, "/srv/data", "/srv/data", false},
        Case{"./", kUnix, "./", "/", false}, Case{".:readonly", kUnix, ".", "/", true},
        // WasmEdge: guest first.
        Case{".:./", kUnix, "./", "/", false}, Case{"/data:/srv", kUnix, "/srv", "/data", false},
        Case{"/data:/srv:readonly", kUnix, "/srv", "/data", true},
        Case{"guest:host", kUnix, "host", "guest", false},
        // wasmtime: host first.
        Case{"/srv::/data", kUnix, "/srv", "/data", false},
        Case{"host::guest", kUnix, "host", "guest", false}, Case{".::/", kUnix, ".", "/", false},
        Case{"/srv::/data:readonly", kUnix, "/srv", "/data", true},
        // A one-letter guest is a drive only where there are drives.
        Case{"d:/srv", kUnix, "/srv", "d", false},
        Case{"d:/srv", kWindows, "d:/srv", "d:/srv", false},
        Case{"d:srv", kWindows, "srv", "d", false}, Case{"C:", kWindows, "C:", "C:", false},
        // Drive letters.
        Case{"C:\\x", kWindows, "C:\\x", "C:/x", false},
        Case{"C:\\x", kUnix, "C:\\x", "C:/x", false}, Case{"C:\\", kWindows, "C:\\", "C:/", false},
        Case{"C:\\x:readonly", kWindows, "C:\\x", "C:/x", true},
        Case{"/data:C:\\x", kWindows, "C:\\x", "/data", false},
        Case{"/data:C:/x", kWindows, "C:/x", "/data", false},
        Case{"C:\\x::/data", kWindows, "C:\\x", "/data", false},
        Case{"C:\\x::/data:readonly", kWindows, "C:\\x", "/data", true},
        Case{".:C:\\x y\\z", kWindows, "C:\\x y\\z", "/", false},
        Case{"sub", kUnix, "sub", "sub", false}, Case{".\\", kWindows, ".\\", "/", false},
        Case{"C:\\x::D:\\y", kWindows, "C:\\x", "D:/y", false},
        Case{"sub\\dir", kWindows, "sub\\dir", "sub/dir", false},
        Case{"\\\\server\\share", kWindows, "\\\\server\\share", "//server/share", false}));

TEST(DirMapping, RefusesWhatNamesNoFolder) {
  for (const char* text :
       {"", ":", "::", ":readonly", "a:", ":a", "a::", "::a", "a:b:c", "a::b::c"})
    EXPECT_FALSE(parse_dir_mapping(text, kUnix)) << text;
  for (const char* text : {"a:b:c", "C:\\a:D:\\b:E:\\c"})
    EXPECT_FALSE(parse_dir_mapping(text, kWindows)) << text;
}

TEST(DirMapping, ErrorNamesTheValueAndTheForms) {
  const auto result = parse_dir_mapping("a:b:c", kUnix);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("a:b:c"), std::string::npos);
  EXPECT_NE(result.error().hint.find("HOST::GUEST"), std::string::npos);
}

}  // namespace
}  // namespace skerry::cli
