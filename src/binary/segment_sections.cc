// Element and data sections.
// Source: WebAssembly 3.0, binary format, "Element Section", "Data Section".
#include "binary/module_decoder.h"
#include "wasm/implementation_limits.h"

namespace skerry {

Result<void> ModuleDecoder::read_elems(ByteReader& in) {
  const uint32_t count = TRY(read_count(in, kMaxElemSegments));
  module_.elems.reserve(std::min<size_t>(reserve_for(in, count), in.remaining() / 2));
  for (uint32_t i = 0; i < count; ++i) module_.elems.push_back(TRY(read_elem(in)));
  return {};
}

// Flags: bit 0 not active; bit 1 declarative, or for an active one: names its table; bit 2 elements
// are expressions.
Result<ElemSegment> ModuleDecoder::read_elem(ByteReader& in) {
  const uint64_t position = in.offset();
  const uint32_t flags = TRY(in.u32());
  if (flags > 7) return fail(ErrorCode::MalformedElemSegment, position);
  if (flags != 0 && !features_.has(Feature::BulkMemory) && !features_.has(Feature::ReferenceTypes))
    return fail(ErrorCode::FeatureDisabled, position, static_cast<uint64_t>(Feature::BulkMemory));
  ElemSegment elem;
  elem.uses_exprs = flags & 4;
  if (!(flags & 1)) {
    elem.mode = SegmentMode::Active;
    if (flags & 2) elem.table = TRY(in.u32());
    elem.offset = TRY(read_const_expr(in, features_));
  } else {
    elem.mode = flags & 2 ? SegmentMode::Declarative : SegmentMode::Passive;
  }
  // Function indices cannot be null; the short form with expressions is a plain funcref.
  elem.type = elem.uses_exprs ? ValType::funcref() : ValType::ref(HeapType::Func, false);
  if (flags & 3) {
    if (elem.uses_exprs) {
      elem.type = TRY(read_ref_type(in, features_));
    } else if (TRY(in.u8()) != 0) {
      return fail(ErrorCode::MalformedElemKind, in.offset() - 1);
    }
  }
  const uint32_t count = TRY(read_count(in, kMaxElems));
  if (elem.uses_exprs) {
    // An expression in memory is much larger than its shortest encoding: let the vector grow
    // instead.
    elem.exprs.reserve(std::min<size_t>(reserve_for(in, count) / 2, 4096));
    for (uint32_t i = 0; i < count; ++i) elem.exprs.push_back(TRY(read_const_expr(in, features_)));
  } else {
    elem.funcs.reserve(reserve_for(in, count));
    for (uint32_t i = 0; i < count; ++i) elem.funcs.push_back(TRY(in.u32()));
  }
  return elem;
}

Result<void> ModuleDecoder::read_data_count(ByteReader& in) {
  module_.data_count = TRY(read_count(in, kMaxDataSegments));
  return {};
}

Result<void> ModuleDecoder::read_datas(ByteReader& in) {
  const uint64_t position = in.offset();
  const Bytes section(in.pos(), in.remaining());
  const uint32_t count = TRY(read_count(in, kMaxDataSegments));
  if (module_.data_count && *module_.data_count != count)
    return fail(ErrorCode::DataCountMismatch, position, count, *module_.data_count);
  if (left_out_ != nullptr) {
    *left_out_ = DataSection{section, position, count};
    in.set_pos(section.data() + section.size());
    return {};
  }
  // The shortest segment takes two bytes.
  module_.datas.reserve(std::min<size_t>(count, in.remaining() / 2));
  for (uint32_t i = 0; i < count; ++i) TRY(read_data(in, module_.datas.emplace_back()));
  return {};
}

Result<void> ModuleDecoder::decode_datas(const DataSection& datas) {
  ByteReader in(datas.bytes, datas.offset);
  TRY(read_datas(in));
  if (!in.at_end())
    return fail(ErrorCode::SectionSizeMismatch, in.offset(),
                static_cast<uint64_t>(SectionId::Data));
  return {};
}

namespace {

// An active segment of memory 0 at an `i32.const`, numbers no longer than four bytes: nearly all of
// the 30,000 of a Go program are. False: it is another, or not well-formed; nothing has been read.
bool read_common_data(ByteReader& in, DataSegment& data) {
  constexpr size_t kLongestHead = 1 + 1 + 4 + 1 + 4;
  constexpr auto kI32Const = static_cast<uint8_t>(info(Op::I32Const).code);
  constexpr auto kEnd = static_cast<uint8_t>(info(Op::End).code);
  const uint8_t* p = in.pos();
  if (in.remaining() < kLongestHead || p[0] != 0 || p[1] != kI32Const) return false;
  const auto skip_short_number = [](const uint8_t* at) {
    size_t length = 1;
    while (length < 4 && at[length - 1] & 0x80) ++length;
    return at[length - 1] & 0x80 ? nullptr : at + length;
  };
  const uint8_t* const expr = p + 1;
  p = skip_short_number(p + 2);
  if (p == nullptr || *p != kEnd) return false;
  const Bytes code(expr, ++p);
  const uint8_t* const begin = skip_short_number(p);
  if (begin == nullptr) return false;
  const uint32_t size = FunctionReader::read_leb_unchecked(p);
  if (size > in.remaining() - static_cast<size_t>(begin - in.pos())) return false;
  data.mode = SegmentMode::Active;
  data.offset = {code, in.offset() + 1};
  data.bytes = Bytes(begin, size);
  in.set_pos(begin + size);
  return true;
}

}  // namespace

Result<void> ModuleDecoder::read_data(ByteReader& in, DataSegment& data) {
  if (read_common_data(in, data)) return {};
  const uint64_t position = in.offset();
  const uint32_t flags = TRY(in.u32());
  if (flags > 2) return fail(ErrorCode::MalformedDataSegment, position);
  if (flags != 0 && !features_.has(Feature::BulkMemory))
    return fail(ErrorCode::FeatureDisabled, position, static_cast<uint64_t>(Feature::BulkMemory));
  if (flags == 2) data.memory = TRY(in.u32());
  if (flags != 1) {
    data.mode = SegmentMode::Active;
    data.offset = TRY(read_const_expr(in, features_));
  }
  const uint32_t size = TRY(in.u32());
  if (size > in.remaining()) return fail(ErrorCode::UnexpectedEnd, in.offset(), size);
  data.bytes = TRY(in.bytes(size));
  return {};
}

}  // namespace skerry
