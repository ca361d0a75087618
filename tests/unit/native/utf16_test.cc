// Between UTF-8 and UTF-16.
#include "native/utf16.h"

#include <gtest/gtest.h>

namespace skerry::native {
namespace {

TEST(Utf16Test, GoesThereAndBack) {
  for (const std::string_view text :
       {"", "plain", "\u00e4\u07ff", "\u0800\ud7ff\ue000\uffff", "\U00010000\U0010ffff"})
    EXPECT_EQ(to_utf8(*to_utf16(text)), text);
  EXPECT_EQ(*to_utf16("\U0001f600"), u"\U0001f600");
}

TEST(Utf16Test, RefusesWhatIsNotUtf8) {
  for (const std::string_view text :
       {"\x80", "\xff", "\xc3", "\xc3(", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "a\xe2\x82"})
    EXPECT_FALSE(to_utf16(text)) << text;
}

TEST(Utf16Test, ReplacesLoneSurrogates) {
  const char16_t texts[] = {0xd800, 'a', 0xdc00, 0xd83d};
  EXPECT_EQ(to_utf8({texts, 4}), "\ufffda\ufffd\ufffd");
}

}  // namespace
}  // namespace skerry::native
