// `skerry cache`: what the code cache holds, as a table or JSON; dropping it; where it is.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/text_table.h"
#include "code/artifact.h"
#include "embed/code_cache.h"
#include "platform/mapped_file.h"

namespace skerry::cli {
namespace {

using Json = nlohmann::ordered_json;
using embed::CodeCache;

// What an entry says of itself. It is only believed here, not run: the seal is not looked at.
struct Described {
  std::string module = "?", tier = "?", cpu = "?", digest;
};

std::string tier_of(const ArtifactFacts& facts) {
  return facts.options.hot_after_calls != 0 ? "auto" : embed::printable(facts.compiler);
}

std::string hex(Bytes bytes) {
  std::string result;
  for (const uint8_t byte : bytes) result += fmt::format("{:02x}", byte);
  return result;
}

std::string cpu_of(CpuSet cpu) {
  for (const unsigned level : {3u, 2u})
    if (cpu.includes(CpuSet::of_level(level))) return fmt::format("x86-64-v{}", level);
  return "?";
}

Described describe(const CodeCache& cache, const CodeCache::Entry& entry) {
  Described result;
  const auto file = platform::MappedFile::open(cache.folder() + "/" + entry.file);
  if (!file) return result;
  const auto artifact = Artifact::read((*file)->bytes());
  if (!artifact) {
    const bool is_other = artifact.error().code == ErrorCode::ArtifactVersion;
    result.module = is_other ? "(of another version)" : "(damaged)";
    return result;
  }
  const ArtifactFacts& facts = artifact->facts();
  result.digest = hex(facts.module);
  result.module = facts.label.empty() ? result.digest.substr(0, 16) : embed::printable(facts.label);
  result.tier = tier_of(facts);
  result.cpu = cpu_of(facts.cpu);
  return result;
}

std::string time_text(uint64_t time_ns) {
  const auto seconds = static_cast<std::time_t>(time_ns / 1'000'000'000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds));
}

std::string as_table(const CodeCache& cache, const std::vector<CodeCache::Entry>& entries) {
  std::vector<TableRow> rows = {{"module", "tier", "CPU", "bytes", "last use"}};
  uint64_t bytes = 0;
  for (const CodeCache::Entry& entry : entries) {
    const Described what = describe(cache, entry);
    rows.push_back({what.module, what.tier, what.cpu, std::to_string(entry.size_bytes),
                    time_text(entry.last_use_ns)});
    bytes += entry.size_bytes;
  }
  if (entries.empty()) return "the cache is empty\n";
  return fmt::format("{}{} entries, {} bytes\n", text_table(rows, "<<<><"), entries.size(), bytes);
}

std::string as_json(const CodeCache& cache, const std::vector<CodeCache::Entry>& entries) {
  Json json = Json::array();
  for (const CodeCache::Entry& entry : entries) {
    const Described what = describe(cache, entry);
    json.push_back({{"file", entry.file},
                    {"module", what.module},
                    {"digest", what.digest},
                    {"tier", what.tier},
                    {"cpu", what.cpu},
                    {"size_bytes", entry.size_bytes},
                    {"last_use", time_text(entry.last_use_ns)}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int fail_with(const CodeCache& cache, const Error& error) {
  print_error(
      embed::report(error, fmt::format("{}: {}", cache.folder(), embed::explain(error))).error());
  return number(ExitStatus::Failure);
}

int list(const CodeCache& cache, bool is_json) {
  const auto entries = cache.entries();
  if (!entries) return fail_with(cache, entries.error());
  fmt::print("{}", is_json ? as_json(cache, *entries) : as_table(cache, *entries));
  return number(ExitStatus::Success);
}

int clear(const CodeCache& cache) {
  const auto dropped = cache.clear();
  if (!dropped) return fail_with(cache, dropped.error());
  fmt::print("dropped {} entries, {} bytes\n", dropped->entries, dropped->bytes);
  return number(ExitStatus::Success);
}

}  // namespace

int cache_command(const CommandLine& line) {
  const std::string what = line.operands.size() == 1 ? line.operands[0] : "";
  if (what != "ls" && what != "clear" && what != "path")
    return print_usage_error({"cache takes one of: ls, clear, path", "see `skerry help cache`"});
  const auto cache = embed::CodeCache::of_user();
  if (!cache) {
    print_error(embed::report(Error{ErrorCode::FileNotFound},
                              "the system does not say where caches belong (HOME is not set)")
                    .error());
    return number(ExitStatus::Failure);
  }
  if (what == "ls") return list(*cache, line.has(OptionId::Json));
  if (what == "clear") return clear(*cache);
  fmt::print("{}\n", embed::printable(cache->folder()));
  return number(ExitStatus::Success);
}

}  // namespace skerry::cli
