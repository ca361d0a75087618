// The format: Header, rows of calls, rows of resumptions, site maps, padding, code of calls, code
// of resumptions, padding, data, seal; where there is no data, no padding before it. Little-endian,
// as every processor that Skerry runs on is.
#include "code/artifact.h"

#include <cassert>
#include <cstring>
#include <type_traits>

#include "code/compiler_library.h"

namespace skerry {
namespace {

constexpr std::array<uint8_t, 8> kMagic = {0, 's', 'k', 'e', 'r', 'r', 'y', 0x1a};
constexpr uint32_t kFormat = 4;
constexpr uint32_t kX86_64 = 1;
constexpr uint8_t kBreakpoint = 0xcc;
constexpr uint64_t kCodeAlignment = 64;  // the most that a func asks for

struct Header {
  std::array<uint8_t, 8> magic;
  uint32_t format;
  uint32_t architecture;
  uint64_t code_abi;
  uint64_t cpu;
  uint32_t explicit_bounds;
  uint32_t fuel;
  uint32_t hot_after_calls;
  uint32_t hot_after_rounds;
  uint32_t wasm_features;
  uint32_t func_count;
  std::array<char, 16> compiler;
  std::array<char, 48> label;
  Digest module;
  // Each part starts where the one before ends, but for the padding before the code.
  uint64_t site_bytes;
  uint64_t code_at;
  uint64_t call_code_bytes;  // a multiple of kCodeAlignment
  uint64_t resumption_code_bytes;
  // Multiples of kArtifactDataAlignment.
  uint64_t data_begin;
  uint64_t data_bytes;
  uint64_t total_bytes;
};
static_assert(sizeof(Header) == 208 && std::is_trivially_copyable_v<Header>);

uint64_t align_up(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

bool is_flag(uint32_t word) { return word <= 1; }

// Whether rows refer to nothing outside what they are about.
bool rows_fit(const ArtifactPart& part, uint64_t site_bytes) {
  uint64_t behind = 0;
  for (const ArtifactFunc& func : part.funcs) {
    const uint64_t code_end = uint64_t{func.code_offset} + func.code_bytes;
    const uint64_t sites_end = uint64_t{func.sites_offset} + func.site_bytes;
    if (func.code_offset < behind || code_end > part.code.size() || sites_end > site_bytes)
      return false;
    behind = code_end;
  }
  return true;
}

// Where the data is in the artifact. The start of the code is aligned in the file.
uint64_t place_of_data(const Header& header) {
  const uint64_t code_bytes = header.call_code_bytes + header.resumption_code_bytes;
  return header.code_at +
         (header.data_bytes == 0 ? code_bytes : align_up(code_bytes, kArtifactDataAlignment));
}

// Whether the parts follow one another inside `size` bytes. Each is below 2^40, so no sum wraps.
bool parts_fit(const Header& header, uint64_t size) {
  constexpr uint64_t kMost = uint64_t{1} << 40;
  const uint64_t before_code =
      sizeof(Header) + 2 * uint64_t{header.func_count} * sizeof(ArtifactFunc) + header.site_bytes;
  return header.total_bytes == size && size < kMost && header.site_bytes < kMost &&
         header.code_at < kMost && header.call_code_bytes <= UINT32_MAX &&
         header.resumption_code_bytes <= UINT32_MAX && header.code_at >= before_code &&
         header.data_begin <= UINT32_MAX && header.data_bytes <= UINT32_MAX &&
         (header.data_begin | header.data_bytes) % kArtifactDataAlignment == 0 &&
         place_of_data(header) + header.data_bytes + sizeof(ArtifactSeal) == size;
}

}  // namespace

void ArtifactWriter::reserve(size_t funcs, uint64_t code_bytes, uint64_t resumption_bytes,
                             uint64_t site_bytes) {
  calls_.funcs.reserve(funcs);
  resumptions_.funcs.reserve(funcs);
  // Most code is aligned to less than it could be.
  calls_.code.reserve(code_bytes + funcs * kCodeAlignment / 2);
  resumptions_.code.reserve(resumption_bytes + funcs * kCodeAlignment / 2);
  sites_.reserve(site_bytes);
}

Result<void> ArtifactWriter::add(const CodeView& code, const CodeView& resumption) {
  TRY(add_to(calls_, code));
  return add_to(resumptions_, resumption);
}

Result<void> ArtifactWriter::add_to(Part& part, const CodeView& code) {
  ArtifactFunc row;
  row.code_offset = static_cast<uint32_t>(part.code.size());
  if (!code.code.empty()) {
    assert(code.alignment <= kCodeAlignment);
    const uint64_t start = align_up(part.code.size(), code.alignment);
    // Some room is left for what rounding adds.
    if (start + code.code.size() > UINT32_MAX - kCodeAlignment ||
        sites_.size() + code.sites.size() > UINT32_MAX)
      return fail(ErrorCode::LimitExceeded);
    row.code_offset = static_cast<uint32_t>(start);
    row.code_bytes = static_cast<uint32_t>(code.code.size());
    row.frame_bytes = code.frame_bytes;
    row.sites_offset = static_cast<uint32_t>(sites_.size());
    row.site_bytes = static_cast<uint32_t>(code.sites.size());
    part.code.resize(start, kBreakpoint);
    part.code.insert(part.code.end(), code.code.begin(), code.code.end());
    sites_.insert(sites_.end(), code.sites.begin(), code.sites.end());
  }
  part.funcs.push_back(row);
  return {};
}

Result<void> ArtifactWriter::set_data(uint64_t begin, std::vector<uint8_t> bytes) {
  assert((begin | bytes.size()) % kArtifactDataAlignment == 0);
  if (begin > UINT32_MAX || bytes.size() > UINT32_MAX) return fail(ErrorCode::LimitExceeded);
  data_begin_ = begin;
  data_ = std::move(bytes);
  return {};
}

std::vector<uint8_t> ArtifactWriter::finish(uint64_t file_offset) const {
  assert(file_offset % kArtifactAlignment == 0 &&
         facts_.compiler.size() < sizeof(Header::compiler) &&
         facts_.label.size() < sizeof(Header::label));
  const uint64_t rows_bytes = calls_.funcs.size() * sizeof(ArtifactFunc);
  const uint64_t before_code = sizeof(Header) + 2 * rows_bytes + sites_.size();
  Header header{};
  header.magic = kMagic;
  header.format = kFormat;
  header.architecture = kX86_64;
  header.code_abi = facts_.code_abi;
  header.cpu = facts_.cpu.bits();
  header.explicit_bounds = facts_.options.explicit_bounds;
  header.fuel = facts_.options.fuel;
  header.hot_after_calls = facts_.options.hot_after_calls;
  header.hot_after_rounds = facts_.options.hot_after_rounds;
  header.wasm_features = facts_.wasm_features;
  header.func_count = static_cast<uint32_t>(calls_.funcs.size());
  std::memcpy(header.compiler.data(), facts_.compiler.data(), facts_.compiler.size());
  std::memcpy(header.label.data(), facts_.label.data(), facts_.label.size());
  header.module = facts_.module;
  header.site_bytes = sites_.size();
  header.code_at = align_up(file_offset + before_code, kArtifactCodeAlignment) - file_offset;
  header.call_code_bytes = align_up(calls_.code.size(), kCodeAlignment);
  header.resumption_code_bytes = resumptions_.code.size();
  header.data_begin = data_begin_;
  header.data_bytes = data_.size();
  header.total_bytes = place_of_data(header) + header.data_bytes + sizeof(ArtifactSeal);

  std::vector<uint8_t> result;
  result.reserve(header.total_bytes);
  const auto put = [&result](const void* from, uint64_t bytes) {
    const auto* const begin = static_cast<const uint8_t*>(from);
    result.insert(result.end(), begin, begin + bytes);
  };
  put(&header, sizeof(header));
  put(calls_.funcs.data(), rows_bytes);
  put(resumptions_.funcs.data(), rows_bytes);
  put(sites_.data(), sites_.size());
  result.resize(header.code_at);
  put(calls_.code.data(), calls_.code.size());
  result.resize(header.code_at + header.call_code_bytes, kBreakpoint);
  put(resumptions_.code.data(), resumptions_.code.size());
  result.resize(place_of_data(header));
  put(data_.data(), data_.size());
  result.resize(header.total_bytes);
  return result;
}

std::span<uint8_t> seal_of(std::vector<uint8_t>& artifact) {
  assert(artifact.size() >= sizeof(ArtifactSeal));
  return std::span(artifact).last(sizeof(ArtifactSeal));
}

Result<Artifact> Artifact::read(Bytes bytes) {
  const auto malformed = [] { return fail(ErrorCode::ArtifactMalformed); };
  if (reinterpret_cast<uintptr_t>(bytes.data()) % kArtifactAlignment != 0) return malformed();
  Header header;
  if (bytes.size() < sizeof(header)) return malformed();
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kMagic) return malformed();
  // Nothing behind these is looked at if it may mean something else.
  if (header.format != kFormat || header.architecture != kX86_64 ||
      header.code_abi != code_abi_id())
    return fail(ErrorCode::ArtifactVersion);
  if (!parts_fit(header, bytes.size()) || !is_flag(header.explicit_bounds) ||
      !is_flag(header.fuel) || header.compiler.back() != 0 || header.label.back() != 0)
    return malformed();

  Artifact artifact;
  artifact.facts_.code_abi = header.code_abi;
  artifact.facts_.cpu = CpuSet::of_bits(header.cpu);
  artifact.facts_.options = {header.explicit_bounds == 1, header.fuel == 1, header.hot_after_calls,
                             header.hot_after_rounds};
  artifact.facts_.wasm_features = header.wasm_features;
  artifact.facts_.compiler = header.compiler.data();
  artifact.facts_.label = header.label.data();
  artifact.facts_.module = header.module;
  const uint64_t rows_bytes = uint64_t{header.func_count} * sizeof(ArtifactFunc);
  const auto rows_at = [&](uint64_t offset) {
    return std::span(reinterpret_cast<const ArtifactFunc*>(bytes.data() + offset),
                     header.func_count);
  };
  artifact.sites_ = bytes.subspan(sizeof(header) + 2 * rows_bytes, header.site_bytes);
  artifact.code_at_ = header.code_at;
  artifact.code_ =
      bytes.subspan(header.code_at, header.call_code_bytes + header.resumption_code_bytes);
  artifact.data_at_ = place_of_data(header);
  artifact.data_ = {header.data_begin, bytes.subspan(artifact.data_at_, header.data_bytes)};
  artifact.calls_ = {rows_at(sizeof(header)), artifact.code_.first(header.call_code_bytes)};
  artifact.resumptions_ = {rows_at(sizeof(header) + rows_bytes),
                           artifact.code_.subspan(header.call_code_bytes)};
  artifact.sealed_ = bytes.first(bytes.size() - sizeof(ArtifactSeal));
  std::memcpy(&artifact.seal_, bytes.data() + artifact.sealed_.size(), sizeof(ArtifactSeal));
  for (const ArtifactPart& part : {artifact.calls_, artifact.resumptions_})
    if (!rows_fit(part, header.site_bytes)) return malformed();
  return artifact;
}

}  // namespace skerry
