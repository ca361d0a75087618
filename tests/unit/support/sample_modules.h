// A module that uses every section and most forms of each: what round trips, sweeps and fuzzers
// begin with. It is valid.
#pragma once

#include "module_bytes.h"

namespace skerry::test {

// Types: 0 [] -> [], 1 [i32 i64] -> [i32], 2 struct, 3 its subtype in a group with the array 4,
// 5 [i32] -> [] (the tag's).
inline Buffer sample_type_section() {
  const Buffer field = {0x7f, 0x01};
  return list_of({
      func_type({}, {}),
      func_type({ValType::I32, ValType::I64}, {ValType::I32}),
      concat({{0x50, 0x00, 0x5f}, list_of({field})}),
      concat({{0x4e, 0x02, 0x50, 0x01, 0x02, 0x5f},
              list_of({field, {0x78, 0x00}}),
              {0x5e, 0x63, 0x03, 0x01}}),
      func_type({ValType::I32}, {}),
  });
}

inline Buffer sample_body() {
  Buffer code;
  FunctionWriter w(code);
  const auto op = [&](Op which) { w.op(which); };
  // A loop with a br_table, a load from the second memory, a struct, a try_table.
  op(Op::Loop), w.byte(0x40);
  op(Op::Block), w.byte(0x40);
  op(Op::LocalGet), w.u32(0);
  op(Op::BrTable), w.u32(2), w.u32(0), w.u32(1), w.u32(0);
  op(Op::End);
  op(Op::I64Const), w.i64(-5);
  op(Op::I32Load), w.mem_arg({.offset = 300, .memory = 1, .align_log2 = 2});
  op(Op::Drop);
  op(Op::Block), w.byte(0x7f);
  op(Op::TryTable), w.byte(0x40), w.u32(1), w.catch_clause({CatchKind::Catch, 0, 0});
  op(Op::I32Const), w.i32(7);
  op(Op::Throw), w.u32(0);
  op(Op::End);
  op(Op::I32Const), w.i32(1000000);
  op(Op::End);
  op(Op::I32Const), w.i32(3);
  op(Op::StructNew), w.u32(3);
  op(Op::StructGetU), w.u32(3), w.u32(1);
  op(Op::Drop);
  op(Op::End);
  op(Op::LocalGet), w.u32(0);
  return code;
}

inline Buffer sample_module() {
  const Buffer zero = {0x41, 0x00, 0x0b};
  const Buffer ref_func_1 = {0xd2, 0x01, 0x0b};
  ModuleBytes module;
  module.custom("first", {1, 2, 3});
  module.section(SectionId::Type, sample_type_section());
  module.section(SectionId::Import,
                 list_of({concat({name_of("env"), name_of("f"), {0x00, 0x00}}),
                          concat({name_of("env"), name_of("t"), {0x01, 0x70, 0x00, 0x01}}),
                          concat({name_of("env"), name_of("m"), {0x02, 0x01, 0x01, 0x02}}),
                          concat({name_of("env"), name_of("g"), {0x03, 0x7f, 0x00}}),
                          concat({name_of("env"), name_of("e"), {0x04, 0x00, 0x05}})}));
  module.section(SectionId::Function, {0x02, 0x01, 0x00});
  module.section(SectionId::Table,
                 list_of({{0x63, 0x01, 0x00, 0x02},
                          concat({{0x40, 0x00, 0x64, 0x70, 0x05, 0x01, 0x10}, ref_func_1})}));
  module.section(SectionId::Memory, list_of({{0x04, 0x01}, {0x03, 0x01, 0x02}}));
  module.section(SectionId::Tag, list_of({{0x00, 0x05}}));
  module.section(SectionId::Global,
                 list_of({concat({{0x7e, 0x01}, {0x42, 0x7f, 0x0b}}),
                          concat({{0x7f, 0x00}, {0x23, 0x00, 0x41, 0x01, 0x6a, 0x0b}}),
                          concat({{0x63, 0x02, 0x00}, {0xd0, 0x02, 0x0b}})}));
  module.section(SectionId::Export, list_of({concat({name_of("run"), {0x00, 0x01}}),
                                             concat({name_of("memory"), {0x02, 0x00}})}));
  module.custom("middle", {});
  module.section(SectionId::Start, {0x02});
  module.section(SectionId::Element,
                 list_of({concat({{0x00}, zero, list_of({{0x00}, {0x01}})}),
                          {0x01, 0x00, 0x01, 0x02},
                          // Table 2 is indexed by i64.
                          concat({{0x02, 0x02}, {0x42, 0x00, 0x0b}, {0x00}, list_of({{0x01}})}),
                          {0x03, 0x00, 0x01, 0x01},
                          concat({{0x04}, zero, list_of({{0xd0, 0x70, 0x0b}})}),
                          concat({{0x05, 0x63, 0x01}, list_of({ref_func_1})}),
                          concat({{0x06, 0x01}, zero, {0x63, 0x01}, list_of({ref_func_1})}),
                          concat({{0x07, 0x70}, list_of({ref_func_1})})}));
  module.section(SectionId::DataCount, {0x03});
  module.section(
      SectionId::Code,
      list_of({body_of(sample_body(), {0x02, 0x02, 0x7f, 0x01, 0x63, 0x02}), body_of({})}));
  module.section(
      SectionId::Data,
      list_of({concat({{0x00}, zero, name_of("data")}), concat({{0x01}, name_of("passive")}),
               concat({{0x02, 0x01}, {0x42, 0x08, 0x0b}, name_of("there")})}));
  module.custom("last", {9});
  return module.bytes();
}

}  // namespace skerry::test
