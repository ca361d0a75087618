// `skerry compile`: machine code ahead of time, into the module itself or a file of its own.
#include <fmt/format.h>

#include <cstdio>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/key_files.h"
#include "cli/settings.h"
#include "embed/ahead_of_time.h"
#include "embed/code_section.h"
#include "embed/user_key.h"
#include "platform/files.h"
#include "platform/whole_file.h"

namespace skerry::cli {
namespace {

using embed::Reported;

// A bar on a terminal; nothing elsewhere.
class ProgressBar {
 public:
  ProgressBar() {
    const auto file = platform::standard_file(platform::StandardStream::Error);
    is_shown_ = file && file->type() == platform::FileType::CharacterDevice;
  }
  ~ProgressBar() {
    if (shown_ >= 0) fmt::print(stderr, "\r{:{}}\r", "", kCells + 10);
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  std::function<void(double)> sink() {
    if (!is_shown_) return {};
    return [this](double share) { show(static_cast<int>(share * 100)); };
  }

 private:
  static constexpr int kCells = 40;
  void show(int percent) {
    if (percent == shown_) return;
    shown_ = percent;
    const std::string cells(static_cast<size_t>(kCells * percent / 100), '#');
    fmt::print(stderr, "\r[{:<{}}] {:3}%", cells, kCells, percent);
    std::fflush(stderr);
  }
  bool is_shown_ = false;
  int shown_ = -1;
};

Reported<std::optional<SigningKey>> signer_of(const CompileSettings& settings) {
  if (!settings.signing_key) return std::nullopt;
  auto key = read_signing_key(*settings.signing_key);
  if (!key)
    return embed::report(key.error(),
                         fmt::format("{}: {}", *settings.signing_key, embed::explain(key.error())));
  return *key;
}

// The module as it is compiled: for an OUT that is a module, in the binary format and without code.
Reported<embed::ParsedModule> parse_input(const CompileSettings& settings, Features features) {
  auto source = embed::Source::open(settings.in);
  if (!source) return std::unexpected(std::move(source.error()));
  return settings.is_module() ? embed::parse_without_code(*source, features)
                              : embed::parse(*source, features);
}

class Compile {
 public:
  explicit Compile(const CompileSettings& settings) : settings_(settings) {}

  Reported<void> run() {
    const auto signer = signer_of(settings_);
    if (!signer) return std::unexpected(signer.error());
    signer_ = *signer;
    const auto engine = embed::Engine::create(settings_.engine.engine);
    if (!engine) return no_engine(engine.error());
    auto parsed = parse_input(settings_, engine->features());
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    const auto module = engine->prepare(std::move(*parsed));
    if (!module) return std::unexpected(module.error());
    if (settings_.is_module() && module->parsed.module->find_custom(embed::kCodeSection))
      return embed::report(Error{ErrorCode::ArtifactMalformed},
                           fmt::format("{}: its section `{}` was not written by Skerry",
                                       settings_.in, embed::kCodeSection));
    find_own_key();
    return write(*engine, *module);
  }

 private:
  static std::unexpected<embed::Report> no_engine(const Error& error) {
    const bool is_missing = error.code == ErrorCode::CompilerLibraryMissing;
    return embed::report(error, embed::explain(error),
                         is_missing ? "  --tier baseline compiles without it\n" : "");
  }

  // Without a key of the user's own the code has to be trusted by other means.
  void find_own_key() {
    const auto key = embed::user_key();
    if (key) {
      own_key_ = *key;
    } else if (!signer_) {
      fmt::print(stderr, "note: {}: {}; the code will need --trust-native\n",
                 embed::user_key_path().empty() ? "the user's key" : embed::user_key_path(),
                 embed::explain(key.error()));
    }
  }

  Reported<void> write(const embed::Engine& engine, const embed::LoadedModule& module) {
    embed::AheadOfTimeOptions options;
    options.jobs = settings_.jobs;
    Result<embed::AheadOfTime> compiled = fail(ErrorCode::InternalError);
    {
      ProgressBar bar;
      options.progress = bar.sink();
      compiled = embed::compile_ahead_of_time(engine, module, options);
    }
    if (!compiled)
      return embed::report(compiled.error(),
                           fmt::format("{}: {}", settings_.in, embed::explain(compiled.error())));
    const auto artifact_at = [&](uint64_t offset) {
      std::vector<uint8_t> artifact = compiled->writer.finish(offset);
      embed::seal_artifact(artifact, own_key_, signer_);
      return artifact;
    };
    const Bytes source = module.parsed.source->bytes();
    const std::vector<uint8_t> bytes = settings_.is_module()
                                           ? embed::with_code_section({source, {}}, artifact_at)
                                           : artifact_at(0);
    const Bytes parts[] = {bytes};
    if (const auto written = platform::write_file(settings_.out, parts); !written)
      return embed::report(written.error(),
                           fmt::format("{}: {}", settings_.out, embed::explain(written.error())));
    say(*compiled, bytes.size());
    return {};
  }

  void say(const embed::AheadOfTime& compiled, uint64_t bytes) const {
    fmt::print("{}: {} functions, {} bytes\n", embed::printable(settings_.out),
               compiled.func_count - compiled.missing_count, bytes);
    if (compiled.missing_count > 0)
      fmt::print(stderr,
                 "note: {} functions hold an instruction that this build does not execute; "
                 "calling one traps\n",
                 compiled.missing_count);
  }

  const CompileSettings& settings_;
  std::optional<MacKey> own_key_;
  std::optional<SigningKey> signer_;
};

}  // namespace

int compile_command(const CommandLine& line) {
  const auto settings = compile_settings(line);
  if (!settings) return print_usage_error(settings.error());
  const auto done = Compile(*settings).run();
  if (done) return number(ExitStatus::Success);
  print_error(done.error());
  return number(ExitStatus::Failure);
}

}  // namespace skerry::cli
