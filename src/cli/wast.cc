// `skerry wast`: scripts one after another, a report of what failed, a count at the end.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/expected_failures.h"
#include "cli/settings.h"
#include "cli/wast_runner.h"
#include "platform/threads.h"
#include "text/script.h"

namespace skerry::cli {
namespace {

// Stack for the host's own frames beside what Wasm may use.
constexpr uint64_t kHostStackBytes = uint64_t{4} << 20;

struct Failure {
  std::string script;
  text::TextPosition place;
  std::string command;
  std::string message;
};

struct Summary {
  uint64_t passed = 0;
  uint64_t skipped = 0;  // failed, as the list says
  std::vector<Failure> failures;
};

// What the list makes of one result.
void count(const CommandResult& result, const std::string& script, text::TextPosition place,
           const ExpectedFailures& expected, Summary& summary) {
  const auto reason = expected.reason(script, place.line);
  const bool passed = result.failure.empty();
  if (passed && !reason) {
    ++summary.passed;
  } else if (!passed && reason) {
    ++summary.skipped;
  } else {
    summary.failures.push_back(
        {script, place, result.command,
         passed ? fmt::format("passes, but is listed as a known failure ({})", *reason)
                : result.failure});
  }
}

// Places of ascending offsets, without counting lines from the start each time.
class LineCounter {
 public:
  explicit LineCounter(std::string_view source) : source_(source) {}
  text::TextPosition at(uint64_t offset) {
    for (; at_ < offset && at_ < source_.size(); ++at_)
      if (source_[at_] == '\n') ++line_, line_begin_ = at_ + 1;
    return {line_, offset - line_begin_ + 1};
  }

 private:
  std::string_view source_;
  uint64_t at_ = 0, line_ = 1, line_begin_ = 0;
};

embed::Reported<Summary> run_script(const std::string& path, const EngineSettings& settings,
                                    const ExpectedFailures& expected) {
  auto source = embed::Source::open(path);
  if (!source) return std::unexpected(std::move(source.error()));
  text::Diagnostic diagnostic;
  const auto script = text::parse_script((*source)->text(), settings.engine.features, &diagnostic);
  if (!script)
    return std::unexpected(embed::Report{
        script.error(), "error: " + text::format_diagnostic(path, (*source)->text(), diagnostic)});
  const auto engine = embed::Engine::create(settings.engine);
  if (!engine) return embed::report(engine.error(), embed::explain(engine.error()));
  auto runner = WastRunner::create(*engine, settings.limits, *source);
  if (!runner) return embed::report(runner.error(), embed::explain(runner.error()));
  Summary summary;
  LineCounter lines((*source)->text());
  for (const CommandResult& result : (*runner)->run(*script))
    count(result, path, lines.at(result.position), expected, summary);
  return summary;
}

Parsed<ExpectedFailures> read_expected_failures(const CommandLine& line) {
  const auto path = line.last(OptionId::ExpectedFailures);
  if (!path) return ExpectedFailures();
  const auto source = embed::Source::open(std::string(*path));
  if (!source) return usage_error(fmt::format("--expected-failures: cannot read `{}`", *path));
  auto list = ExpectedFailures::parse((*source)->text());
  if (!list) return usage_error(fmt::format("{}: {}", *path, list.error().message));
  return list;
}

void print_summary(const Summary& summary) {
  for (const Failure& failure : summary.failures)
    fmt::print("{}:{}:{}: {} failed: {}\n", failure.script, failure.place.line,
               failure.place.column, failure.command, failure.message);
}

void print_json(const std::string& path, const Summary& summary) {
  nlohmann::ordered_json json;
  json["script"] = path;
  json["passed"] = summary.passed;
  json["failed"] = summary.failures.size();
  json["skipped"] = summary.skipped;
  json["failures"] = nlohmann::json::array();
  for (const Failure& failure : summary.failures)
    json["failures"].push_back({{"line", failure.place.line},
                                {"column", failure.place.column},
                                {"command", failure.command},
                                {"message", failure.message}});
  fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

ExitStatus run_scripts(const CommandLine& line, const EngineSettings& settings,
                       const ExpectedFailures& expected) {
  const bool as_json = line.has(OptionId::Json);
  Summary total;
  uint64_t failed = 0, unreadable = 0;
  for (const std::string& path : line.operands) {
    const auto summary = run_script(path, settings, expected);
    if (!summary) {
      print_error(summary.error());
      ++unreadable;
      continue;
    }
    if (as_json)
      print_json(path, *summary);
    else
      print_summary(*summary);
    total.passed += summary->passed;
    total.skipped += summary->skipped;
    failed += summary->failures.size();
  }
  if (!as_json)
    fmt::print("{} passed, {} failed, {} skipped\n", total.passed, failed, total.skipped);
  return failed + unreadable == 0 ? ExitStatus::Success : ExitStatus::Failure;
}

}  // namespace

int wast_command(const CommandLine& line) {
  const auto settings = engine_settings(line);
  if (!settings) return print_usage_error(settings.error());
  if (line.operands.empty()) return print_usage_error({"which FILE?", "see `skerry help wast`"});
  const auto expected = read_expected_failures(line);
  if (!expected) return print_usage_error(expected.error());
  ExitStatus status = ExitStatus::Internal;
  auto thread = platform::Thread::start([&] { status = run_scripts(line, *settings, *expected); },
                                        settings->limits.wasm_stack_bytes + kHostStackBytes);
  if (!thread) {
    print_error(embed::report(thread.error(), embed::explain(thread.error())).error());
    return number(ExitStatus::Failure);
  }
  thread->join();
  return number(status);
}

}  // namespace skerry::cli
