// encode_module(): round trips.
#include "binary/encoder.h"

#include <gtest/gtest.h>

#include "../support/sample_modules.h"
#include "binary/decoder.h"

namespace skerry {
namespace {

using namespace test;

TEST(Encoder, GivesBackTheBytesOfAModuleInShortestForm) {
  const Buffer bytes = sample_module();
  EXPECT_EQ(encode_module(**decode_module(bytes, nullptr, Features())), bytes);
}

TEST(Encoder, AModuleWithoutAnythingIsItsHeader) {
  EXPECT_EQ(encode_module(Module()), Buffer(kModuleHeader.begin(), kModuleHeader.end()));
}

TEST(Encoder, ShortensLongNumbersAndDropsEmptySections) {
  Buffer long_count = {0x81, 0x00, 0x60, 0x80, 0x00, 0x00};
  const Buffer bytes = ModuleBytes()
                           .section(SectionId::Type, long_count)
                           .section(SectionId::Import, {0x80, 0x80, 0x00})
                           .bytes();
  const Buffer expected =
      ModuleBytes().section(SectionId::Type, list_of({func_type({}, {})})).bytes();
  EXPECT_EQ(encode_module(**decode_module(bytes, nullptr, Features())), expected);
}

TEST(Encoder, CustomSectionsKeepTheirPlaceWhenTheirNeighbourIsGone) {
  const Buffer bytes = ModuleBytes()
                           .section(SectionId::Type, list_of({func_type({}, {})}))
                           .section(SectionId::Memory, {0})
                           .custom("here", {1})
                           .section(SectionId::Export, {0})
                           .custom("there", {2})
                           .bytes();
  const Buffer expected = ModuleBytes()
                              .section(SectionId::Type, list_of({func_type({}, {})}))
                              .custom("here", {1})
                              .custom("there", {2})
                              .bytes();
  EXPECT_EQ(encode_module(**decode_module(bytes, nullptr, Features())), expected);
}

// Segments of every mode and kind of elements, also those that need the long form.
TEST(Encoder, ElementSegmentsTakeTheShortestFormThatSaysTheSame) {
  const Buffer zero = {0x41, 0x00, 0x0b};
  const Buffer null_func = {0xd0, 0x70, 0x0b};
  const Buffer segments = list_of({
      concat({{0x00}, zero, {0x00}}),
      concat({{0x02, 0x01}, zero, {0x00, 0x00}}),
      concat({{0x04}, zero, list_of({null_func})}),
      concat({{0x06, 0x00}, zero, {0x6f, 0x00}}),
      concat({{0x06, 0x01}, zero, {0x70}, list_of({null_func})}),
      {0x05, 0x70, 0x00},
      {0x07, 0x64, 0x70, 0x00},
  });
  const Buffer bytes = ModuleBytes().section(SectionId::Element, segments).bytes();
  EXPECT_EQ(encode_module(**decode_module(bytes, nullptr, Features())), bytes);
}

}  // namespace
}  // namespace skerry
