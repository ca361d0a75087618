#include "bindgen/go_names.h"

#include <gtest/gtest.h>

namespace skerry::bindgen {
namespace {

TEST(GoNames, Exported) {
  for (const auto& [name, made] : {std::pair("zlib_get-size", "ZlibGetSize"),
                                   {"add", "Add"},
                                   {"9 lives", "X9Lives"},
                                   {"a_1_2", "A1_2"},
                                   {"größe", "GrE"},
                                   {"\xe6\x9d\x8e", "X"},
                                   {"", "X"},
                                   {"$", "X"},
                                   {"HTTPServer", "HTTPServer"}}) {
    EXPECT_EQ(exported_name(name), made);
    EXPECT_TRUE(is_exported_name(made));
  }
}

TEST(GoNames, Local) {
  for (const auto& [name, made] : {std::pair("dest_len", "destLen"),
                                   {"type", "type_"},
                                   {"len", "len_"},
                                   {"ctx", "ctx_"},
                                   {"URLText", "urlText"},
                                   {"ID", "id"},
                                   {"p", "p"}})
    EXPECT_EQ(local_name(name), made);
}

TEST(GoNames, Packages) {
  EXPECT_EQ(package_name("Zlib NG.wasm"), "zlibngwasm");
  EXPECT_EQ(package_name("9"), "lib9");
  EXPECT_EQ(package_name("func"), "funclib");
  for (const char* const name : {"", "Go", "9a", "a b", "main", "type", "a-b"})
    EXPECT_FALSE(is_package_name(name)) << name;
}

TEST(GoNames, TextsAreAscii) {
  EXPECT_EQ(quoted("a\"b\\c\n\xc3\xb6"), "\"a\\\"b\\\\c\\x0a\\xc3\\xb6\"");
}

}  // namespace
}  // namespace skerry::bindgen
