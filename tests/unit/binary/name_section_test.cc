// The name section: round trip, and leniency.
#include "binary/name_section.h"

#include <gtest/gtest.h>

#include "../support/module_bytes.h"
#include "binary/decoder.h"

namespace skerry {
namespace {

using namespace test;

NameSection sample() {
  NameSection names;
  names.module_name = "m";
  names.of(NameKind::Func) = {{0, "main"}, {7, "helper"}, {300, "\xc3\xa9"}};
  names.indirect(NameKind::Local) = {{0, {{0, "x"}, {2, "y"}}}, {7, {}}};
  names.indirect(NameKind::Label) = {{7, {{1, "loop"}}}};
  names.indirect(NameKind::Field) = {{3, {{0, "next"}}}};
  names.of(NameKind::Type) = {{1, "t"}};
  names.of(NameKind::Tag) = {{0, "e"}};
  names.of(NameKind::Data) = {{0, ""}};
  return names;
}

TEST(NameSection, RoundTrips) {
  const Buffer bytes = encode_name_section(sample());
  EXPECT_EQ(read_name_section(bytes), sample());
}

TEST(NameSection, FindsByIndex) {
  const NameSection names = sample();
  EXPECT_EQ(names.find(NameKind::Func, 7), "helper");
  EXPECT_EQ(names.find(NameKind::Func, 8), "");
  EXPECT_EQ(names.find(NameKind::Local, 0, 2), "y");
  EXPECT_EQ(names.find(NameKind::Local, 0, 1), "");
  EXPECT_EQ(names.find(NameKind::Local, 5, 0), "");
  EXPECT_TRUE(NameSection().empty());
  EXPECT_FALSE(names.empty());
}

TEST(NameSection, IsReadFromItsCustomSection) {
  const Buffer bytes = ModuleBytes().custom("name", encode_name_section(sample())).bytes();
  const auto module = *decode_module(bytes, nullptr, Features());
  EXPECT_EQ(read_name_section(*module), sample());
  EXPECT_TRUE(read_name_section(Module()).empty());
}

TEST(NameSection, KeepsWhatComesBeforeAnError) {
  // Two names promised, the second cut; then another subsection, which is whole.
  const Buffer bytes = {0x01, 0x06, 0x02, 0x00, 0x01, 'a', 0x01, 0x09, 0x00, 0x02, 0x01, 'm'};
  const NameSection names = read_name_section(bytes);
  EXPECT_EQ(names.of(NameKind::Func), (NameMap{{0, "a"}}));
  EXPECT_EQ(names.module_name, "m");
}

TEST(NameSection, LeavesOutWhatIsNotUtf8AndSortsTheRest) {
  const Buffer bytes = {0x01, 0x0d, 0x04, 0x05, 0x01, 'e',  0x01, 0x01,
                        0xff, 0x00, 0x01, 'z',  0x05, 0x01, 'f'};
  EXPECT_EQ(read_name_section(bytes).of(NameKind::Func), (NameMap{{0, "z"}, {5, "e"}}));
}

TEST(NameSection, SurvivesEveryCut) {
  const Buffer bytes = encode_name_section(sample());
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    const NameSection names = read_name_section(Bytes(bytes).first(cut));
    EXPECT_TRUE(cut < bytes.size() || names == sample());
  }
  // A count beyond the section ends with it.
  EXPECT_TRUE(read_name_section(Buffer{0x01, 0x05, 0xff, 0xff, 0xff, 0xff, 0x0f}).empty());
}

}  // namespace
}  // namespace skerry
