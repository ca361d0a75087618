// From the words of the command line to the text.
#include "cli/disassembly.h"

#include <fmt/format.h>

#include <charconv>

#include "base/nearest_name.h"
#include "binary/encoder.h"
#include "cli/func_listing.h"
#include "embed/func_names.h"
#include "embed/linker.h"
#include "embed/optimizing_tier.h"

namespace skerry::cli {
namespace {

using embed::Reported;

std::unexpected<embed::Report> no_disassembler(const Error& error) {
  const bool is_missing = error.code == ErrorCode::CompilerLibraryMissing;
  return embed::report(
      error, "--disasm: " + embed::explain(error),
      is_missing ? "  it also holds the disassembler; a build with LLVM puts it in out/lib, and it "
                   "may be copied to there\n"
                 : "");
}

std::optional<uint32_t> as_index(std::string_view word) {
  uint32_t index = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), index);
  if (word.empty() || read.ec != std::errc() || read.ptr != word.data() + word.size())
    return std::nullopt;
  return index;
}

Reported<uint32_t> find_func(const std::string& file, const Module& module, std::string_view word) {
  const embed::FuncNames names(module);
  const std::vector<uint32_t> found = names.find(word);
  const auto index = found.empty() ? as_index(word) : found[0];
  const auto no_func = [&](std::string message, std::string details = {}) {
    return embed::report(Error{ErrorCode::UnknownFunc}, file + ": " + message, std::move(details));
  };
  if (found.size() > 1)
    return no_func(fmt::format("{} functions are called `{}`", found.size(), word),
                   fmt::format("  by index: {}\n", fmt::join(found, ", ")));
  if (!index)
    return no_func(fmt::format("no function `{}`{}", word, did_you_mean(word, names.all())));
  if (*index >= module.funcs.size())
    return no_func(
        fmt::format("no function {}: the module has {} of them", *index, module.funcs.size()));
  if (*index < module.imported_funcs)
    return no_func(fmt::format("{} is imported: there is no code of it here", names.label(*index)));
  return *index;
}

// Offsets are facts of the binary format.
Reported<embed::ParsedModule> parse_as_binary(const std::string& file, Features features) {
  auto source = embed::Source::open(file);
  if (!source) return std::unexpected(std::move(source.error()));
  auto parsed = embed::parse(*source, features);
  if (!parsed || !(*source)->is_text()) return parsed;
  // What is wrong with it is to be shown in its text.
  const auto valid = embed::validate(*parsed, features, std::make_shared<TypeRegistry>());
  if (!valid) return std::unexpected(valid.error());
  return embed::parse(embed::Source::of_bytes(file, encode_module(*parsed->module)), features);
}

std::string facts_text(const Module& module, uint32_t func, const FuncCode& code) {
  const FuncBody& body = module.bodies[func - module.imported_funcs];
  std::string text = fmt::format("func {}", func);
  const embed::FuncNames names(module);
  if (const auto name = names.name(func); !name.empty())
    text += fmt::format(", `{}`", embed::printable(name));
  text += fmt::format(": {}\n  WebAssembly: {} bytes at {:#x}\n",
                      embed::to_string(module.func_type(func)), body.code.size(), body.offset);
  text += fmt::format("  machine code: {} bytes, frame of {} bytes, by the tier {}\n",
                      code.code.size(), code.frame_bytes, code.made_by);
  if (code.passes_on) text += "  calls that resume it are passed on to code of the tier baseline\n";
  return text + "\n";
}

}  // namespace

Reported<std::string> disassembly_text(const std::string& file, std::string_view func,
                                       const embed::EngineOptions& options) {
  auto parsed = parse_as_binary(file, options.features);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  const auto index = find_func(file, *parsed->module, func);
  if (!index) return std::unexpected(index.error());
  auto disassembler = embed::load_disassembler();
  if (!disassembler) return no_disassembler(disassembler.error());
  const auto engine = embed::Engine::create(options);
  if (!engine) return embed::report(engine.error(), embed::explain(engine.error()));
  const auto loaded = engine->prepare(std::move(*parsed));
  if (!loaded) return std::unexpected(loaded.error());

  const Module& module = *loaded->parsed.module;
  const ContextLayout& layout = loaded->code->layout();
  CodeOrigins origins;
  const auto code = engine->runtime()->compiler().compile_with_origins(
      loaded->code->validated(), layout, *index, engine->runtime()->options().code, origins);
  if (!code) return embed::invalid_module(loaded->parsed, code.error());
  const auto lines = text::list_instrs(module, *index);
  if (!lines) return embed::invalid_module(loaded->parsed, lines.error());
  return facts_text(module, *index, *code) +
         FuncListing(module, layout, *lines, *code, origins, **disassembler).text();
}

}  // namespace skerry::cli
