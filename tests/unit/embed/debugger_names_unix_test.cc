// What debuggers are told, read back as they read it: the list of GDB's JIT interface, the ELF
// files in it, and the rows of their call frame information.
#include "embed/debugger_names.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>

#include "embed/debug_object.h"
#include "embedding.h"

// As GDB's manual declares them.
extern "C" {
struct TestJitEntry {
  TestJitEntry* next;
  TestJitEntry* previous;
  const uint8_t* file;
  uint64_t file_bytes;
};
struct TestJitDescriptor {
  uint32_t version;
  uint32_t action;
  TestJitEntry* relevant;
  TestJitEntry* first;
};
// NOLINTNEXTLINE(readability-identifier-naming): GDB's name.
extern TestJitDescriptor __jit_debug_descriptor;
}

namespace skerry::embed {
namespace {

struct Object {
  std::string symbol;
  uint64_t symbol_bytes = 0;
  uint64_t text_at = 0, text_bytes = 0;
  Bytes eh_frame;
};

template <class T>
T read(Bytes bytes, size_t at) {
  T value;
  EXPECT_LE(at + sizeof(value), bytes.size());
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

Object parse_object(Bytes file) {
  const auto header = read<Elf64_Ehdr>(file, 0);
  EXPECT_EQ(std::memcmp(header.e_ident, ELFMAG, SELFMAG), 0);
  EXPECT_EQ(header.e_machine, EM_X86_64);
  EXPECT_EQ(header.e_shentsize, sizeof(Elf64_Shdr));
  const auto section = [&](size_t index) {
    return read<Elf64_Shdr>(file, header.e_shoff + index * sizeof(Elf64_Shdr));
  };
  const auto contents = [&](const Elf64_Shdr& row) {
    return file.subspan(row.sh_offset, row.sh_size);
  };
  const auto string_at = [&](size_t table, size_t at) {
    return std::string(reinterpret_cast<const char*>(contents(section(table)).data()) + at);
  };
  std::map<std::string, Elf64_Shdr> sections;
  for (size_t i = 1; i < header.e_shnum; ++i)
    sections[string_at(header.e_shstrndx, section(i).sh_name)] = section(i);
  Object object;
  object.text_at = sections.at(".text").sh_addr;
  object.text_bytes = sections.at(".text").sh_size;
  object.eh_frame = contents(sections.at(".eh_frame"));
  const Elf64_Shdr& symbols = sections.at(".symtab");
  EXPECT_EQ(symbols.sh_size, 2 * sizeof(Elf64_Sym));
  const auto symbol = read<Elf64_Sym>(contents(symbols), sizeof(Elf64_Sym));
  EXPECT_EQ(symbol.st_info, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC));
  EXPECT_EQ(symbol.st_value, 0u);  // in section 1, which is the code
  EXPECT_EQ(symbol.st_shndx, 1);
  object.symbol_bytes = symbol.st_size;
  object.symbol = string_at(symbols.sh_link, symbol.st_name);
  return object;
}

TEST(DebugObject, NamesCodeAndDescribesItsFrame) {
  const std::vector<uint8_t> code(300, 0x90);
  const std::vector<uint8_t> file = make_debug_object({"f", code, {{0, 0}, {7, 24}}, false});
  const Object object = parse_object(file);
  EXPECT_EQ(object.symbol, "f");
  EXPECT_EQ(object.symbol_bytes, 300u);
  EXPECT_EQ(object.text_at, reinterpret_cast<uint64_t>(code.data()));
  EXPECT_EQ(object.text_bytes, 300u);
  const Bytes frames = object.eh_frame;
  const auto shared_bytes = read<uint32_t>(frames, 0);
  EXPECT_EQ(read<uint32_t>(frames, 4), 0u);  // the common entry
  const size_t own_at = 4 + shared_bytes;
  EXPECT_EQ(read<uint32_t>(frames, own_at + 4), own_at + 4);  // refers back to it
  EXPECT_EQ(read<uint64_t>(frames, own_at + 8), object.text_at);
  EXPECT_EQ(read<uint64_t>(frames, own_at + 16), 300u);
  // The frame address is rsp + 8; from offset 7 on, rsp + 32.
  const std::vector<uint8_t> rows = {0x0e, 8, 0x04, 7, 0, 0, 0, 0x0e, 32};
  EXPECT_TRUE(std::ranges::equal(frames.subspan(own_at + 24, rows.size()), rows));
  EXPECT_EQ(own_at + 4 + read<uint32_t>(frames, own_at), frames.size());
}

TEST(DebugObject, FollowsPrologues) {
  using Rows = std::vector<FrameRow>;
  EXPECT_EQ(frames_of(Bytes(), 0), (Rows{{0, 0}}));
  const std::vector<uint8_t> subtracts = {0x48, 0x81, 0xec, 0x28, 1, 0, 0, 0xc3};
  EXPECT_EQ(frames_of(subtracts, 0x128), (Rows{{0, 0}, {7, 0x128}}));
  const std::vector<uint8_t> pushes = {0x55, 0x41, 0x57, 0x48, 0x83, 0xec, 0x18, 0xc3};
  EXPECT_EQ(frames_of(pushes, 40), (Rows{{0, 0}, {1, 8}, {3, 16}, {7, 40}}));
  // Something else comes first, or the code ends.
  const std::vector<uint8_t> other = {0x4c, 0x8d, 0x5c, 0x24, 0x08, 0x53};
  EXPECT_EQ(frames_of(other, 24), (Rows{{0, 24}}));
  EXPECT_EQ(frames_of(Bytes(subtracts).first(3), 24), (Rows{{0, 24}}));
}

// By symbol, newest first.
std::multimap<std::string, Object> announced() {
  std::multimap<std::string, Object> objects;
  for (const TestJitEntry* at = __jit_debug_descriptor.first; at != nullptr; at = at->next) {
    const TestJitEntry* const back = at->next != nullptr ? at->next->previous : at;
    EXPECT_EQ(back, at);
    const Object object = parse_object({at->file, at->file_bytes});
    objects.emplace(object.symbol, object);
  }
  return objects;
}

TEST(DebuggerNames, KnowCodeAsLongAsItIsThere) {
  EXPECT_EQ(announced().size(), 0u);
  {
    EngineOptions options;
    options.tier = Tier::Baseline;
    options.profile = Profile::Gdb;
    options.runtime.compile_threads = 0;
    const auto engine = Engine::create(options);
    ASSERT_TRUE(engine);
    const auto module = engine->load(source_of("m.wat", R"((module
        (func $callee) (func (call $callee)) (func $unused)))"));
    ASSERT_TRUE(module);
    for (const uint32_t func : {0u, 1u}) {
      const auto entry = module->code->ensure_compiled(func);
      ASSERT_TRUE(entry);
      const auto objects = announced();
      const auto found = objects.find(func == 0 ? "callee" : "func_1");
      ASSERT_NE(found, objects.end());
      EXPECT_EQ(found->second.text_at, reinterpret_cast<uint64_t>(*entry));
    }
    const auto objects = announced();
    EXPECT_EQ(objects.count("unused"), 0u);
    EXPECT_EQ(objects.count("skerry_poll"), 1u);
    EXPECT_EQ(__jit_debug_descriptor.action, 1u);
  }
  EXPECT_EQ(announced().size(), 0u);
  EXPECT_EQ(__jit_debug_descriptor.action, 2u);
}

}  // namespace
}  // namespace skerry::embed
