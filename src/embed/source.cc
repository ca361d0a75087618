// Loading up to validation, and the reports of what can go wrong on the way.
#include "embed/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "binary/decoder.h"
#include "embed/func_names.h"
#include "platform/mapped_file.h"
#include "validate/validate.h"

namespace skerry::embed {
namespace {

constexpr uint8_t kMagic[] = {0x00, 'a', 's', 'm'};
// What a component has in place of the version number 1.
constexpr uint8_t kComponentVersion[] = {0x0d, 0x00, 0x01, 0x00};

bool starts_with(Bytes bytes, Bytes prefix) {
  return bytes.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

// Text starts with a parenthesis or a comment, behind white space; a file that holds nothing else
// is text by its name.
bool looks_like_text(Bytes bytes, std::string_view name) {
  if (starts_with(bytes, kMagic)) return false;
  for (uint8_t byte : bytes) {
    if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') continue;
    return byte == '(' || byte == ';';
  }
  return name.ends_with(".wat") || name.ends_with(".wast");
}

std::unexpected<Report> malformed_binary(const Source& source, const Error& error) {
  const Bytes bytes = source.bytes();
  if (error.code == ErrorCode::BadMagic)
    return report(error,
                  fmt::format("{}: not a WebAssembly module ({})", source.name(), explain(error)));
  if (error.code == ErrorCode::UnknownVersion && starts_with(bytes.subspan(4), kComponentVersion))
    return report(error, fmt::format("{}: this is a component; only core modules are supported",
                                     source.name()));
  std::string details;
  if (error.position != kNoPosition) details = fmt::format("  at offset {:#x}\n", error.position);
  return report(error, fmt::format("{}: malformed module: {}", source.name(), explain(error)),
                details);
}

}  // namespace

Reported<std::shared_ptr<const Source>> Source::open(const std::string& path) {
  auto file = platform::MappedFile::open(path);
  if (!file) return report(file.error(), fmt::format("{}: {}", path, explain(file.error())));
  std::shared_ptr<Source> source(new Source);
  source->name_ = path;
  source->bytes_ = (*file)->bytes();
  source->file_ = std::move(*file);
  source->owner_ = source->file_;
  source->is_text_ = looks_like_text(source->bytes_, path);
  return source;
}

std::shared_ptr<const Source> Source::of_bytes(std::string name, std::vector<uint8_t> bytes) {
  auto owned = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  std::shared_ptr<Source> source(new Source);
  source->name_ = std::move(name);
  source->bytes_ = *owned;
  source->owner_ = std::move(owned);
  source->is_text_ = looks_like_text(source->bytes_, source->name_);
  return source;
}

bool Source::is_ours() const { return file_ == nullptr || file_->only_we_can_write(); }

std::shared_ptr<const Source> Source::copy() const {
  return of_bytes(name_, std::vector<uint8_t>(bytes_.begin(), bytes_.end()));
}

Reported<ParsedModule> parse(std::shared_ptr<const Source> source, Features features) {
  ParsedModule parsed{source, nullptr, nullptr, std::nullopt};
  if (!source->is_text()) {
    auto module = decode_module(source->bytes(), source, features);
    if (!module) return malformed_binary(*source, module.error());
    parsed.module = std::move(*module);
    return parsed;
  }
  text::Diagnostic diagnostic;
  auto source_map = std::make_shared<text::SourceMap>();
  text::ParseOptions options;
  options.diagnostic = &diagnostic;
  options.source_map = source_map.get();
  auto module = text::parse_module(source->text(), features, options);
  if (!module)
    return std::unexpected(
        Report{module.error(),
               "error: " + text::format_diagnostic(source->name(), source->text(), diagnostic)});
  parsed.module = std::move(*module);
  parsed.source_map = std::move(source_map);
  return parsed;
}

Reported<ParsedModule> parse_without_datas(std::shared_ptr<const Source> source,
                                           Features features) {
  if (source->is_text()) return parse(std::move(source), features);
  auto decoded = decode_module_without_datas(source->bytes(), source, features);
  // An error may come before it, in the data.
  if (!decoded) return parse(std::move(source), features);
  return ParsedModule{std::move(source), std::move(decoded->module), nullptr, decoded->datas};
}

Reported<void> read_datas(ParsedModule& parsed, Features features) {
  if (!parsed.datas_left_out) return {};
  assert(parsed.module.use_count() == 1);
  // It was made by parse_without_datas(), and is finished here.
  Module& module = const_cast<Module&>(*parsed.module);
  if (const auto read = decode_datas(module, *parsed.datas_left_out, features); !read)
    return malformed_binary(*parsed.source, read.error());
  parsed.datas_left_out.reset();
  return {};
}

std::unexpected<Report> invalid_module(const ParsedModule& parsed, const Error& error) {
  const Source& source = *parsed.source;
  const std::optional<uint32_t> func =
      error.position == kNoPosition ? std::nullopt : func_at(*parsed.module, error.position);
  std::string in_func;
  if (func) {
    const FuncNames names(*parsed.module);
    const std::string_view name = names.name(*func);
    in_func = name.empty() ? fmt::format("  in func {}\n", *func)
                           : fmt::format("  in func {} (`{}`)\n", *func, printable(name));
  }
  const Place place = locate(parsed, error.position);
  if (!place.snippet.empty())
    return report(error, fmt::format("{}: {}", place.name, explain(error)),
                  place.snippet + in_func);
  const char* what = error_phase(error.code) == Phase::Malformed ? "malformed" : "invalid";
  std::string details;
  if (error.position != kNoPosition) details = fmt::format("  at offset {:#x}\n", error.position);
  return report(error, fmt::format("{}: {} module: {}", source.name(), what, explain(error)),
                details + in_func);
}

Reported<ValidatedModule> validate(const ParsedModule& parsed, Features features,
                                   std::shared_ptr<TypeRegistry> registry) {
  assert(!parsed.datas_left_out);
  auto validated = skerry::validate(parsed.module, features, std::move(registry));
  if (!validated) return invalid_module(parsed, validated.error());
  return std::move(*validated);
}

Place locate(const ParsedModule& parsed, uint64_t position) {
  const Source& source = *parsed.source;
  if (position == kNoPosition) return {source.name(), {}};
  if (!parsed.source_map) return {fmt::format("{}, offset {:#x}", source.name(), position), {}};
  const auto offset = parsed.source_map->text_offset(position);
  if (!offset) return {source.name(), {}};
  const text::TextPosition at = text::locate(source.text(), *offset);
  // The diagnostic's first line repeats the place; what follows it is the snippet.
  const std::string diagnostic = text::format_diagnostic(source.name(), source.text(),
                                                         Error{ErrorCode::InternalError, *offset});
  return {fmt::format("{}:{}:{}", source.name(), at.line, at.column),
          diagnostic.substr(diagnostic.find('\n') + 1)};
}

}  // namespace skerry::embed
