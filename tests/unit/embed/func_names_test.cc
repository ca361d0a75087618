// Funcs by name.
#include "embed/func_names.h"

#include "embedding.h"

namespace skerry::embed {
namespace {

using FuncNamesTest = EmbedTest;
using Indices = std::vector<uint32_t>;

TEST_F(FuncNamesTest, FindsExportsBeforeNamesOfTheNameSection) {
  const LoadedModule module = load_as_binary("m.wasm", R"((module
      (import "env" "log" (func $log))
      (func $a (export "b"))
      (func $b)
      (memory (export "m") 1)))");
  const FuncNames names(*module.parsed.module);
  EXPECT_EQ(names.find("log"), Indices{0});
  EXPECT_EQ(names.find("a"), Indices{1});
  EXPECT_EQ(names.find("b"), Indices{1});
  EXPECT_EQ(names.find("m"), Indices{});
  EXPECT_EQ(names.find(""), Indices{});
  EXPECT_EQ(names.all(), (std::vector<std::string_view>{"b", "log", "a", "b"}));
}

TEST_F(FuncNamesTest, FindsAllOfOneName) {
  Module module;
  NameSection names;
  names.of(NameKind::Func) = {{0, "same"}, {1, "other"}, {2, "same"}};
  const std::vector<uint8_t> bytes = encode_name_section(names);
  CustomSection section;
  section.name = "name";
  section.bytes = bytes;
  module.customs.push_back(section);
  EXPECT_EQ(FuncNames(module).find("same"), (Indices{0, 2}));
}

}  // namespace
}  // namespace skerry::embed
