// Compares the machine code of each module in x64/ with the listing kept in the same file, behind
// the line ";; machine code". The code is for a fixed set of CPU features, whatever machine this
// runs on. To accept a change: SKERRY_UPDATE_GOLDEN=1 rewrites the listings; read the diff before
// committing it.
#include <Zydis/Zydis.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "baseline/compiler.h"
#include "baseline/x64/cpu.h"
#include "text/parse.h"
#include "validate/validate.h"

namespace skerry {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarker = ";; machine code";

std::string disassemble(const std::vector<uint8_t>& code) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  ZydisFormatter formatter;
  ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
  std::ostringstream out;
  for (size_t at = 0; at < code.size();) {
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    char text[128] = "(data)";
    size_t length = 1;
    if (ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code.data() + at, code.size() - at,
                                            &instruction, operands))) {
      length = instruction.length;
      ZydisFormatterFormatInstruction(&formatter, &instruction, operands,
                                      instruction.operand_count_visible, text, sizeof text, at,
                                      nullptr);
    }
    char line[192];
    std::snprintf(line, sizeof line, ";; %4zx  %s\n", at, text);
    out << line;
    at += length;
  }
  return out.str();
}

// Every defined func of the module, disassembled.
std::string listing(const std::string& source) {
  const auto parsed = text::parse_module(source, Features());
  if (!parsed) return "does not parse: " + std::string(error_text(parsed.error().code)) + "\n";
  const auto valid = validate(*parsed, Features(), std::make_shared<TypeRegistry>(), 1);
  if (!valid) return "is not valid: " + std::string(error_text(valid.error().code)) + "\n";
  const auto compiler =
      baseline::make_compiler({.avx2 = true, .bmi1 = true, .bmi2 = true, .lzcnt = true});
  const Module& module = valid->module();
  const ContextLayout layout(module);
  CodeOptions options;
  options.explicit_bounds = source.find(";; explicit bounds") != std::string::npos;
  std::string out;
  for (uint32_t func = module.imported_funcs; func < module.funcs.size(); ++func) {
    const auto code = compiler->compile(*valid, layout, func, options);
    if (!code) return "does not compile: " + std::string(error_text(code.error().code)) + "\n";
    out += ";; func " + std::to_string(func) + "\n" + disassemble(code->code);
  }
  return out;
}

TEST(Golden, MachineCodeIsAsListed) {
  const bool update = std::getenv("SKERRY_UPDATE_GOLDEN") != nullptr;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(SKERRY_GOLDEN_DIR))
    if (entry.path().extension() == ".wat") files.push_back(entry.path());
  std::ranges::sort(files);
  ASSERT_FALSE(files.empty());
  for (const fs::path& file : files) {
    std::ifstream in(file);
    const std::string content((std::istreambuf_iterator<char>(in)), {});
    const size_t marker = content.find(kMarker);
    const std::string source = content.substr(0, marker);
    const std::string expected = marker == std::string::npos ? "" : content.substr(marker);
    const std::string actual = std::string(kMarker) + "\n" + listing(source);
    if (update)
      std::ofstream(file) << source << actual;
    else
      EXPECT_EQ(actual, expected) << file.filename()
                                  << ": SKERRY_UPDATE_GOLDEN=1 accepts the new code";
  }
}

}  // namespace
}  // namespace skerry
