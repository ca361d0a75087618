// `skerry bind`: a manifest of native functions from a C header.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "embed/report.h"
#include "native/header_binding.h"
#include "platform/whole_file.h"

namespace skerry::cli {
namespace {

Parsed<native::HeaderOptions> header_options(const CommandLine& line) {
  if (line.operands.size() != 1)
    return usage_error("bind takes one HEADER", "see `skerry help bind`");
  native::HeaderOptions options;
  options.header = line.operands[0];
  const auto stem = std::filesystem::u8path(options.header).stem().u8string();
  options.library = line.last(OptionId::Library).value_or(std::string(stem.begin(), stem.end()));
  // It becomes a key and a part of files' names.
  const bool is_name = std::ranges::all_of(options.library, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  if (!is_name || options.library.empty())
    return usage_error(fmt::format("`{}` cannot be the name of a library", options.library),
                       "say --library NAME: letters, digits, - and _");
  for (const OptionUse& use : line.options) {
    if (use.option == OptionId::Only) options.only.push_back(use.value);
    if (use.option == OptionId::Include) options.folders.push_back(use.value);
  }
  options.has_single_pointers = line.has(OptionId::SinglePointers);
  return options;
}

// The exit status.
int write(const std::string& text, std::string_view path) {
  if (path == "-") {
    fmt::print("{}", text);
    return number(ExitStatus::Success);
  }
  const Bytes bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  const auto written = platform::write_file(std::string(path), std::span(&bytes, 1));
  if (written) return number(ExitStatus::Success);
  print_error(
      embed::report(written.error(), fmt::format("{}: {}", path, embed::explain(written.error())))
          .error());
  return number(ExitStatus::Failure);
}

}  // namespace

int bind_command(const CommandLine& line) {
  const auto options = header_options(line);
  if (!options) return print_usage_error(options.error());
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::u8path(options->header), ignored)) {
    const Error error{ErrorCode::FileNotFound};
    print_error(embed::report(error, fmt::format("{}: {}", options->header, embed::explain(error)))
                    .error());
    return number(ExitStatus::Failure);
  }
  const auto bound = native::bind_header(*options);
  if (!bound) {
    fmt::print(stderr, "error: {}: no manifest was made\n{}", embed::printable(options->header),
               bound.error());
    return number(ExitStatus::Failure);
  }
  if (const int status = write(bound->manifest, line.last(OptionId::Output).value_or("-"));
      status != number(ExitStatus::Success))
    return status;
  fmt::print(stderr, "note: {} functions are bound, {} are left out{}\n", bound->bound,
             bound->left_out, bound->left_out ? ": comments at the end say why" : "");
  return number(ExitStatus::Success);
}

}  // namespace skerry::cli
