// `skerry run`: a module, what it may use, its limits, one call.
// The guest runs on a thread of its own, whose stack is as large as --max-wasm-stack asks for.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/nearest_name.h"
#include "cli/audit.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/learner.h"
#include "cli/native_imports.h"
#include "cli/policy_file.h"
#include "cli/policy_watch.h"
#include "cli/settings.h"
#include "embed/code_cache.h"
#include "embed/engine.h"
#include "embed/go_preemption.h"
#include "embed/kept_code.h"
#include "embed/linker.h"
#include "embed/trap_report.h"
#include "embed/value_text.h"
#include "platform/threads.h"
#include "platform/whole_file.h"
#include "runtime/call.h"
#include "wasi/imports.h"

namespace skerry::cli {
namespace {

// A program that has ended has nothing left to tidy up: the system takes all memory back at once,
// faster than freeing it piece by piece. Developer builds do tidy up, so that what tear-down
// asserts and what sanitizers look for is seen.
#ifdef NDEBUG
constexpr bool kLeaveAtOnce = true;
#else
constexpr bool kLeaveAtOnce = false;
#endif

// Stack for the host's own frames below and above what Wasm may use.
constexpr uint64_t kHostStackBytes = uint64_t{1} << 20;

constexpr std::string_view kStart = "_start";
constexpr std::string_view kInitialize = "_initialize";

// Why a run ended before its end, with the status that follows.
struct Stop {
  int status = 0;
  std::string text;  // may be empty: the program ended by itself
};
template <class T>
using Ran = std::expected<T, Stop>;

std::unexpected<Stop> stop(const embed::Report& report) {
  const bool is_exit = error_phase(report.error.code) == Phase::Exit;
  return std::unexpected(Stop{run_status(report.error), is_exit ? "" : report.text});
}
std::unexpected<Stop> stop(const Error& error, const std::string& what = {}) {
  const std::string why = embed::explain(error);
  return stop(embed::report(error, what.empty() ? why : what + ": " + why).error());
}
std::unexpected<Stop> stop_usage(const std::string& message, const std::string& hint) {
  std::string text = fmt::format("error: {}\n", embed::printable(message));
  if (!hint.empty()) text += fmt::format("  {}\n", embed::printable(hint));
  return std::unexpected(Stop{number(ExitStatus::Usage), std::move(text)});
}

class Run {
 public:
  // `policy`: null if the settings alone say what is granted.
  Run(const RunSettings& settings, const PolicyFile* policy, const embed::LoadedModule& module,
      const embed::Engine& engine, std::shared_ptr<wasi::Observer> observer)
      : settings_(settings),
        policy_(policy),
        module_(module),
        engine_(engine),
        observer_(std::move(observer)) {}

  Ran<void> execute() {
    if (const auto func = entry_func()) module_.code->compile_soon(*func);
    if (auto ready = prepare_store(); !ready) return ready;
    embed::Linker linker(*store_);
    if (auto defined = define_wasi(linker); !defined) return defined;
    if (auto defined = define_native(linker); !defined) return defined;
    const auto instance = linker.instantiate(module_);
    if (!instance) return stop(instance.error());
    instance_ = *instance;
    const auto time_slice = settings_.engine.go_time_slice;
    if (time_slice.count() != 0 && embed::is_go_program(instance_->module()))
      embed::preempt_goroutines(*instance_, time_slice);
    return settings_.func ? call_by_name(*settings_.func) : call_start();
  }

 private:
  // The index of the defined function that is going to be called first.
  std::optional<uint32_t> entry_func() const {
    const Module& module = *module_.parsed.module;
    if (module.start) return *module.start;
    const Export* const found =
        module_.code->find_export(settings_.func ? *settings_.func : kStart);
    if (found == nullptr || found->kind != ExternKind::Func) return std::nullopt;
    return found->index;
  }

  Ran<void> prepare_store() {
    auto store = runtime::Store::create(engine_.runtime(), settings_.engine.limits);
    if (!store) return stop(store.error());
    store_ = std::move(*store);
    if (settings_.engine.fuel) store_->set_fuel(*settings_.engine.fuel);
    if (const auto limit_ms = settings_.engine.time_limit_ms) {
      // A limit beyond the clock's range is no limit.
      constexpr uint64_t kLongestMs = uint64_t{100} * 365 * 24 * 3600 * 1000;
      if (*limit_ms <= kLongestMs)
        store_->set_deadline(std::chrono::steady_clock::now() +
                             std::chrono::milliseconds(*limit_ms));
    }
    return {};
  }

  Ran<void> define_wasi(embed::Linker& linker) {
    wasi::Config config;
    config.args.push_back(settings_.argv0);
    // With --invoke the words are the function's arguments.
    if (!settings_.func)
      config.args.insert(config.args.end(), settings_.args.begin(), settings_.args.end());
    if (policy_ != nullptr)
      if (const auto granted = grant(*policy_, config); !granted) return stop(granted.error());
    for (const auto& [name, value] : settings_.env) config.env.push_back(name + "=" + value);
    for (const DirMapping& dir : settings_.dirs) {
      const auto added = config.add_directory(
          dir.guest, dir.host, dir.is_readonly ? policy::Access::Read : policy::kAllAccess);
      if (!added) return stop(added.error(), fmt::format("--dir {}", dir.host));
    }
    const auto networked =
        grant_network(settings_.network, policy_ ? &policy_->policy : nullptr, config);
    if (!networked) return stop(networked.error());
    config.observer = observer_;
    auto context = wasi::Context::create(std::move(config));
    if (!context) return stop(context.error(), "arguments, variables or standard streams");
    if (settings_.watches_policy) {
      auto watch = PolicyWatch::start(policy_->path, settings_.policy_values, (*context)->gate());
      if (!watch) return stop(watch.error(), "--policy-watch");
      policy_watch_ = std::move(*watch);
    }
    const auto registered =
        wasi::register_imports(std::move(*context),
                               [&](std::string_view module, std::string_view name,
                                   runtime::HostFunc func) -> Result<void> {
                                 linker.add_func(module, name, std::move(func));
                                 return {};
                               });
    if (!registered) return stop(registered.error());
    return {};
  }

  Ran<void> define_native(embed::Linker& linker) {
    auto imports = NativeImports::load(settings_, policy_, observer_);
    if (!imports) return stop(imports.error());
    native_ = std::move(*imports);
    if (const auto defined = native_.define(module_, linker); !defined)
      return stop(defined.error());
    return {};
  }

  std::optional<runtime::Func> exported_func(std::string_view name) {
    const auto item = instance_->find_export(name);
    if (!item || runtime::kind_of(*item) != ExternKind::Func) return std::nullopt;
    return std::get<runtime::Func>(*item);
  }

  std::vector<std::string_view> exported_func_names() const {
    std::vector<std::string_view> names;
    for (const Export& row : module_.parsed.module->exports)
      if (row.kind == ExternKind::Func) names.push_back(row.name);
    return names;
  }

  std::string there_are_functions() const {
    const auto names = exported_func_names();
    return names.empty() ? "it exports no function"
                         : fmt::format("it exports: {}", fmt::join(names, ", "));
  }

  Ran<std::vector<runtime::Value>> call(runtime::Func func,
                                        std::span<const runtime::Value> arguments) {
    auto results = runtime::call(*store_, func, arguments);
    if (!results) {
      auto report =
          embed::failed_call(results.error(), store_->backtrace(), std::span(&module_, 1));
      if (results.error().code == ErrorCode::HostFunctionFailed) report.text += native_.failure();
      return stop(report);
    }
    return std::move(*results);
  }

  Ran<void> call_start() {
    const auto start = exported_func(kStart);
    if (!start) {
      // A start function has run by now; a module without either has nothing to run.
      if (module_.parsed.module->start) return {};
      return stop_usage(fmt::format("{}: there is no `_start` to run", settings_.file),
                        there_are_functions() + "; --invoke calls one");
    }
    return call_plain(kStart, *start);
  }

  // _start and _initialize, which take nothing and give nothing.
  Ran<void> call_plain(std::string_view name, runtime::Func func) {
    const FuncType& type = store_->func_type(func);
    if (!type.params.empty() || !type.results.empty())
      return stop(
          embed::report(Error{ErrorCode::ArgumentMismatch},
                        fmt::format("{}: `{}` has the type {}, where () -> () is called for",
                                    settings_.file, name, embed::to_string(type)))
              .error());
    if (auto results = call(func, {}); !results) return std::unexpected(results.error());
    return {};
  }

  Ran<void> call_by_name(const std::string& name) {
    const auto func = exported_func(name);
    if (!func)
      return stop_usage(fmt::format("{}: no exported function `{}`{}", settings_.file, name,
                                    did_you_mean(name, exported_func_names())),
                        there_are_functions());
    const auto arguments = read_arguments(name, store_->func_type(*func));
    if (!arguments) return std::unexpected(arguments.error());
    const auto initialize = exported_func(kInitialize);
    if (initialize && name != kInitialize)
      if (auto called = call_plain(kInitialize, *initialize); !called) return called;
    const auto results = call(*func, *arguments);
    if (!results) return std::unexpected(results.error());
    for (const runtime::Value& result : *results) fmt::print("{}\n", embed::to_text(result));
    return {};
  }

  Ran<std::vector<runtime::Value>> read_arguments(const std::string& name, const FuncType& type) {
    const auto& words = settings_.args;
    const std::string signature = fmt::format("its type is {}", embed::to_string(type));
    if (words.size() != type.params.size())
      return stop_usage(fmt::format("`{}` takes {} argument{}, got {}", name, type.params.size(),
                                    type.params.size() == 1 ? "" : "s", words.size()),
                        signature);
    std::vector<runtime::Value> values;
    for (size_t i = 0; i < words.size(); ++i) {
      const auto value = embed::parse_value(words[i], type.params[i]);
      if (!value)
        return stop_usage(fmt::format("argument {} of `{}`: `{}` is no {}", i + 1, name, words[i],
                                      skerry::to_string(type.params[i])),
                          signature);
      values.push_back(*value);
    }
    return values;
  }

  const RunSettings& settings_;
  const PolicyFile* policy_;
  const embed::LoadedModule& module_;
  const embed::Engine& engine_;
  const std::shared_ptr<wasi::Observer> observer_;
  std::unique_ptr<PolicyWatch> policy_watch_;
  NativeImports native_;
  std::unique_ptr<runtime::Store> store_;
  runtime::Instance* instance_ = nullptr;
};

// Says how the run ended; the exit status.
int conclude(const Ran<void>& result) {
  std::fflush(stdout);
  if (result) return number(ExitStatus::Success);
  std::fputs(result.error().text.c_str(), stderr);
  return result.error().status;
}

// A word that is no file may have been meant for a command.
std::string command_hint(const std::string& word) {
  if (find_command(word))
    return fmt::format("  if the command `{}` is meant: it comes before its options\n", word);
  std::vector<std::string_view> names;
  for (const CommandInfo& row : all_commands()) names.push_back(row.name);
  const auto nearest = nearest_name(word, names);
  return nearest ? fmt::format("  the nearest command is `{}`\n", *nearest) : std::string();
}

// More than an address space is as impossible as that, and does not wrap around.
uint64_t with_host_stack(uint64_t wasm_stack_bytes) {
  return std::min(wasm_stack_bytes, uint64_t{1} << 47) + kHostStackBytes;
}

// Writes what was learned; the error's whole text for stderr.
std::optional<std::string> write_learned(const RunSettings& settings, const Learner& learner) {
  const std::string text = learner.policy_text(settings);
  if (*settings.learn == "-") {
    fmt::print("{}", text);
    std::fflush(stdout);  // the program may leave at once
    return std::nullopt;
  }
  const Bytes bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  if (const auto written = platform::write_file(*settings.learn, std::span(&bytes, 1)); !written)
    return fmt::format("error: --learn {}: {}\n", embed::printable(*settings.learn),
                       embed::explain(written.error()));
  fmt::print(stderr, "note: what it did is allowed by {}\n", embed::printable(*settings.learn));
  return std::nullopt;
}

// The exit status.
int load_and_run(const RunSettings& settings, const PolicyFile* policy) {
  std::shared_ptr<Learner> learner = settings.learn ? std::make_shared<Learner>() : nullptr;
  std::shared_ptr<wasi::Observer> observer = learner;
  if (settings.audit) {
    auto audit = AuditLog::open(*settings.audit, settings.argv0, settings.audit_every);
    if (!audit) return conclude(stop(audit.error()));
    observer = std::move(*audit);
  }
  auto source = embed::Source::open(settings.file);
  if (!source) {
    if (source.error().error.code == ErrorCode::FileNotFound)
      source.error().text += command_hint(settings.file);
    return conclude(stop(source.error()));
  }
  embed::EngineOptions options = settings.engine.engine;
  if (settings.cache_limit_bytes != 0)
    options.cache = embed::CodeCache::of_user(settings.cache_limit_bytes);
  const auto engine = embed::Engine::create(options);
  if (!engine) return conclude(stop(engine.error()));
  const auto module = engine->load(std::move(*source), settings.native);
  if (!module) return conclude(stop(module.error()));
  std::fputs(module->note.c_str(), stderr);

  Ran<void> result;
  auto thread = platform::Thread::start(
      [&] { result = Run(settings, policy, *module, *engine, observer).execute(); },
      with_host_stack(settings.engine.limits.wasm_stack_bytes));
  if (!thread) return conclude(stop(thread.error(), "a stack for the program"));
  thread->join();
  int status = conclude(result);
  if (learner)
    if (const auto error = write_learned(settings, *learner)) {
      std::fputs(error->c_str(), stderr);
      status = number(ExitStatus::Failure);
    }
  // The program's output is out. That nothing could be kept is no failure of the program.
  [[maybe_unused]] const auto kept = embed::keep_code(*engine, *module);
  if (kLeaveAtOnce) std::_Exit(status);
  return status;
}

}  // namespace

int run_command(const CommandLine& line) {
  auto settings = run_settings(line);
  if (!settings) return print_usage_error(settings.error());
  if (!settings->policy) return load_and_run(*settings, nullptr);
  const auto file = load_policy(*settings->policy, settings->policy_values);
  if (!file) {
    print_error(file.error());
    return number(ExitStatus::Usage);
  }
  if (const auto applied = apply_policy(file->policy, *settings); !applied)
    return print_usage_error(applied.error());
  return load_and_run(*settings, &*file);
}

}  // namespace skerry::cli
