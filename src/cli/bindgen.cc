// `skerry bindgen`: Go packages from a module, a C header and rules.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "bindgen/go_names.h"
#include "bindgen/go_text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/policy_file.h"
#include "cli/settings.h"
#include "embed/source.h"
#include "platform/whole_file.h"

namespace skerry::cli {
namespace {

namespace fs = std::filesystem;

struct BindgenSettings {
  std::string module;  // empty: for a guest
  std::string rules;   // a file; empty: none
  std::optional<bindgen::HeaderSource> header;
  std::string package;
  std::string folder = ".";
  bool embeds = true;
  bool has_single_pointers = false;
};

std::string text_of(const fs::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}

Parsed<BindgenSettings> bindgen_settings(const CommandLine& line) {
  constexpr auto kHint = "see `skerry help bindgen`";
  const bool is_guest = line.has(OptionId::GoGuest);
  if (line.has(OptionId::Go) == is_guest)
    return usage_error(
        "for which side? --go is for programs that call a module, --go-guest for "
        "guests",
        kHint);
  if (line.operands.size() != (is_guest ? 0 : 1))
    return usage_error(
        is_guest ? "--go-guest takes no MODULE: it is for making one" : "--go takes one MODULE",
        kHint);
  BindgenSettings settings;
  if (const auto file = line.last(OptionId::Header))
    settings.header = bindgen::HeaderSource{std::string(*file), {}, {}};
  if (is_guest && !settings.header) return usage_error("--go-guest needs a --header", kHint);
  if (!is_guest) settings.module = line.operands[0];
  for (const OptionUse& use : line.options) {
    if (!settings.header) break;
    if (use.option == OptionId::Include) settings.header->folders.push_back(use.value);
    if (use.option == OptionId::Define) settings.header->definitions.push_back(use.value);
  }
  settings.rules = line.last(OptionId::Rules).value_or("");
  settings.package = line.last(OptionId::Package).value_or("");
  if (!settings.package.empty() && !bindgen::is_package_name(settings.package))
    return usage_error(fmt::format("`{}` cannot be the name of a package", settings.package),
                       "small letters and digits, and no word of Go");
  settings.folder = line.last(OptionId::Output).value_or(".");
  settings.embeds = !is_guest && !line.has(OptionId::NoEmbed);
  settings.has_single_pointers = line.has(OptionId::SinglePointers);
  return settings;
}

embed::Reported<void> write(const std::string& path, Bytes bytes) {
  const auto written = platform::write_file(path, std::span(&bytes, 1));
  if (written) return {};
  return embed::report(written.error(),
                       fmt::format("{}: {}", path, embed::explain(written.error())));
}

embed::Reported<bindgen::CHeader> open_header(const bindgen::HeaderSource& source) {
  std::error_code ignored;
  if (!fs::exists(fs::u8path(source.file), ignored)) {
    const Error error{ErrorCode::FileNotFound};
    return embed::report(error, fmt::format("{}: {}", source.file, embed::explain(error)));
  }
  auto header = bindgen::read_header(source);
  if (header) return std::move(*header);
  const std::string text = fmt::format("error: {}: the header cannot be read\n{}",
                                       embed::printable(source.file), header.error());
  return std::unexpected(embed::Report{Error{ErrorCode::FileNotFound}, text});
}

// All that was read, which the plan refers to.
struct Inputs {
  embed::ParsedModule module;
  bindgen::CHeader header;
  bindgen::Rules rules;
  std::string rules_text;
};

embed::Reported<Inputs> read_inputs(const BindgenSettings& settings, Features features) {
  Inputs inputs;
  if (!settings.module.empty()) {
    auto source = embed::Source::open(settings.module);
    if (!source) return std::unexpected(std::move(source.error()));
    auto parsed = embed::parse(std::move(*source), features);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    const auto valid = embed::validate(*parsed, features, std::make_shared<TypeRegistry>());
    if (!valid) return std::unexpected(valid.error());
    inputs.module = std::move(*parsed);
  }
  if (!settings.rules.empty()) {
    const auto source = embed::Source::open(settings.rules);
    if (!source) return std::unexpected(source.error());
    inputs.rules_text = (*source)->text();
    auto rules = bindgen::read_rules(inputs.rules_text, settings.rules);
    if (!rules)
      return std::unexpected(
          mistakes(ErrorCode::ManifestInvalid, rules.error(), inputs.rules_text));
    inputs.rules = std::move(*rules);
  }
  if (settings.header) {
    auto header = open_header(*settings.header);
    if (!header) return std::unexpected(std::move(header.error()));
    inputs.header = std::move(*header);
  }
  return inputs;
}

embed::Reported<bindgen::Package> plan(const BindgenSettings& settings, const Inputs& inputs) {
  const fs::path main =
      fs::u8path(settings.module.empty() ? settings.header->file : settings.module);
  const bindgen::PlanInput input{.module = inputs.module.module.get(),
                                 .header = settings.header ? &inputs.header : nullptr,
                                 .rules = &inputs.rules,
                                 .document = text_of(main.filename()),
                                 .has_single_pointers = settings.has_single_pointers};
  auto package = bindgen::plan_package(input);
  if (!package)
    return std::unexpected(
        mistakes(ErrorCode::ManifestInvalid, package.error(), inputs.rules_text));
  if (!settings.package.empty()) package->name = settings.package;
  if (package->name.empty()) package->name = bindgen::package_name(text_of(main.stem()));
  if (settings.embeds)
    package->module_file = package->name + (inputs.module.source->is_text() ? ".wat" : ".wasm");
  return std::move(*package);
}

embed::Reported<void> write_package(const BindgenSettings& settings, const Inputs& inputs,
                                    const bindgen::Package& package) {
  const std::string text =
      settings.module.empty() ? bindgen::go_guest_text(package) : bindgen::go_host_text(package);
  if (settings.folder == "-") {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
  }
  const fs::path folder = fs::u8path(settings.folder);
  std::error_code failed;
  fs::create_directories(folder, failed);  // what is wrong shows when the file is written
  if (!package.module_file.empty()) {
    const fs::path module = folder / fs::u8path(package.module_file);
    if (!fs::equivalent(module, fs::u8path(settings.module), failed))
      if (auto written = write(text_of(module), inputs.module.source->bytes()); !written)
        return written;
  }
  return write(text_of(folder / fs::u8path(package.name + ".go")),
               Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

}  // namespace

int bindgen_command(const CommandLine& line) {
  const auto settings = bindgen_settings(line);
  if (!settings) return print_usage_error(settings.error());
  const auto engine = engine_settings(line);
  if (!engine) return print_usage_error(engine.error());
  const auto inputs = read_inputs(*settings, engine->engine.features);
  const auto fail = [](const embed::Report& report) {
    print_error(report);
    return number(ExitStatus::Failure);
  };
  if (!inputs) return fail(inputs.error());
  const auto package = plan(*settings, *inputs);
  if (!package) return fail(package.error());
  if (const auto written = write_package(*settings, *inputs, *package); !written)
    return fail(written.error());
  for (const bindgen::LeftOut& one : package->left_out)
    fmt::print(stderr, "note: {} is left out: {}\n", embed::printable(one.name),
               embed::printable(one.why));
  return number(ExitStatus::Success);
}

}  // namespace skerry::cli
