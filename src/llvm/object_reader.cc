// Sections placed one behind the other, relocations between them applied.
#include "llvm/object_reader.h"

#include <llvm/Object/ELF.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "llvm/disassembly.h"

namespace skerry::llvm_tier {
namespace {

using Elf = llvm::object::ELF64LE;
using llvm::ELF::SHF_ALLOC;

constexpr uint64_t kMaxAlignment = 64;

// Steps through the object; an error of LLVM's reader becomes `false`.
class Linker {
 public:
  explicit Linker(const llvm::object::ELFFile<Elf>& file) : file_(file) {}

  bool place_sections();
  bool relocate();
  std::vector<uint8_t> take_code() { return std::move(code_); }
  uint64_t text_bytes() const { return text_bytes_; }
  uint64_t alignment() const { return alignment_; }
  Bytes section(std::string_view name) const;

 private:
  template <class T>
  static std::optional<T> value(llvm::Expected<T> expected) {
    if (expected) return std::move(*expected);
    llvm::consumeError(expected.takeError());
    return std::nullopt;
  }
  std::string_view name_of(const Elf::Shdr& section) const {
    const auto name = value(file_.getSectionName(section));
    return name ? std::string_view(*name) : std::string_view();
  }
  Bytes contents(const Elf::Shdr& section) const {
    const auto bytes = value(file_.getSectionContents(section));
    return bytes ? Bytes(bytes->data(), bytes->size()) : Bytes();
  }
  bool place(const Elf::Shdr& section, size_t index);
  bool apply(const Elf::Rela& relocation, const Elf::Shdr& symbols, uint64_t section_at);

  const llvm::object::ELFFile<Elf>& file_;
  std::vector<uint8_t> code_;
  std::vector<std::optional<uint64_t>> places_;  // by section
  uint64_t text_bytes_ = 0;
  uint64_t alignment_ = 16;
};

Bytes Linker::section(std::string_view name) const {
  const auto sections = value(file_.sections());
  if (!sections) return {};
  for (const Elf::Shdr& section : *sections)
    if (name_of(section) == name) return contents(section);
  return {};
}

bool Linker::place(const Elf::Shdr& section, size_t index) {
  const Bytes bytes = contents(section);
  const uint64_t alignment = std::max<uint64_t>(section.sh_addralign, 1);
  if (alignment > kMaxAlignment) return false;
  alignment_ = std::max(alignment_, alignment);
  code_.resize((code_.size() + alignment - 1) / alignment * alignment, 0xcc);
  places_[index] = code_.size();
  code_.insert(code_.end(), bytes.begin(), bytes.end());
  return true;
}

bool Linker::place_sections() {
  const auto sections = value(file_.sections());
  if (!sections) return false;
  places_.resize(sections->size());
  for (size_t i = 0; i < sections->size(); ++i)
    if (name_of((*sections)[i]) == ".text" && !place((*sections)[i], i)) return false;
  text_bytes_ = code_.size();
  if (text_bytes_ == 0) return false;
  for (size_t i = 0; i < sections->size(); ++i) {
    const Elf::Shdr& section = (*sections)[i];
    if (!(section.sh_flags & SHF_ALLOC) || places_[i] || section.sh_size == 0) continue;
    // Constants and jump tables; a variable would be one too many.
    if (section.sh_type != llvm::ELF::SHT_PROGBITS || (section.sh_flags & llvm::ELF::SHF_WRITE))
      return false;
    if (!place(section, i)) return false;
  }
  return true;
}

bool Linker::apply(const Elf::Rela& relocation, const Elf::Shdr& symbols, uint64_t section_at) {
  const uint32_t type = relocation.getType(false);
  if (type != llvm::ELF::R_X86_64_PC32 && type != llvm::ELF::R_X86_64_PLT32) return false;
  const auto symbol = value(file_.getRelocationSymbol(relocation, &symbols));
  if (!symbol || *symbol == nullptr) return false;
  const uint64_t index = (*symbol)->st_shndx;
  if (index >= places_.size() || !places_[index]) return false;
  const uint64_t place = section_at + relocation.r_offset;
  const uint64_t target = *places_[index] + (*symbol)->st_value;
  const auto difference =
      static_cast<uint32_t>(target + static_cast<uint64_t>(relocation.r_addend) - place);
  if (place + sizeof(difference) > code_.size()) return false;
  std::memcpy(code_.data() + place, &difference, sizeof(difference));
  return true;
}

bool Linker::relocate() {
  const auto sections = value(file_.sections());
  if (!sections) return false;
  for (const Elf::Shdr& section : *sections) {
    if (section.sh_type != llvm::ELF::SHT_RELA) continue;
    if (section.sh_info >= places_.size() || !places_[section.sh_info]) continue;
    const auto relocations = value(file_.relas(section));
    const auto symbols = value(file_.getSection(section.sh_link));
    if (!relocations || !symbols) return false;
    for (const Elf::Rela& relocation : *relocations)
      if (!apply(relocation, **symbols, *places_[section.sh_info])) return false;
  }
  return true;
}

// .stack_sizes holds an address to be relocated, then the size.
std::optional<uint32_t> frame_bytes_in(Bytes stack_sizes) {
  constexpr size_t kAddressBytes = 8;
  if (stack_sizes.size() <= kAddressBytes) return std::nullopt;
  ByteReader in(stack_sizes.subspan(kAddressBytes));
  const auto size = in.u32();
  if (!size) return std::nullopt;
  return *size;
}

}  // namespace

ObjectReader::ObjectReader(const llvm::TargetMachine& machine)
    : disassembly_(std::make_unique<Disassembly>(machine)) {}
ObjectReader::~ObjectReader() = default;

Result<FuncCode> ObjectReader::read(std::string_view object, uint32_t body_offset,
                                    CodeOrigins* origins) const {
  const auto unexpected = [&] { return fail(ErrorCode::InternalError, body_offset); };
  auto file = llvm::object::ELFFile<Elf>::create({object.data(), object.size()});
  if (!file) {
    llvm::consumeError(file.takeError());
    return unexpected();
  }
  Linker linker(*file);
  if (!linker.place_sections() || !linker.relocate()) return unexpected();
  const auto frame_bytes = frame_bytes_in(linker.section(".stack_sizes"));
  LineTable lines;
  if (!frame_bytes || !lines.read(linker.section(".debug_line"))) return unexpected();
  FuncCode result;
  result.frame_bytes = *frame_bytes;
  result.alignment = static_cast<uint32_t>(linker.alignment());
  result.code = linker.take_code();
  const Bytes text(result.code.data(), linker.text_bytes());
  if (!disassembly_->find_sites(text, lines, body_offset, result.sites)) return unexpected();
  result.sites.shrink();
  if (origins != nullptr) {
    origins->assign(1, {0, 0, CodePart::Entry});
    lines.append_origins(body_offset, *origins);
    origins->push_back({static_cast<uint32_t>(linker.text_bytes()), 0, CodePart::Data});
  }
  return result;
}

}  // namespace skerry::llvm_tier
