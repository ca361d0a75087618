// One execute() a kind of command; each gives the reason why the command failed, or nothing.
#include "cli/wast_runner.h"

#include <fmt/format.h>

#include "cli/spectest.h"
#include "cli/wast_messages.h"
#include "cli/wast_values.h"
#include "embed/trap_report.h"
#include "runtime/call.h"

namespace skerry::cli {
namespace {

using embed::Report;
using embed::Reported;

// Names of commands in the order of text::Command's alternatives.
constexpr std::string_view kCommandNames[] = {"module",
                                              "module instance",
                                              "register",
                                              "action",
                                              "assert_return",
                                              "assert_trap",
                                              "assert_exhaustion",
                                              "assert_exception",
                                              "assert_malformed",
                                              "assert_invalid",
                                              "assert_unlinkable",
                                              "thread",
                                              "wait"};
static_assert(std::size(kCommandNames) == std::variant_size_v<decltype(text::Command::what)>);

// The report in one line, for a list of failures.
std::string one_line(const Report& report) {
  std::string_view text = report.text;
  if (text.starts_with("error: ")) text.remove_prefix(7);
  return std::string(text.substr(0, text.find('\n')));
}

Report simple_report(ErrorCode code, std::string message) {
  return embed::report(Error{code}, std::move(message)).error();
}

std::string no_module(std::string_view why) {
  return fmt::format("there is no such module ({})", why);
}

// What an assertion of failure makes of what happened.
template <class T>
std::string expect_failure(const Reported<T>& result, Phase phase, std::string_view expected) {
  if (result) return fmt::format("expected failure `{}`, but it succeeded", expected);
  const ErrorCode code = result.error().error.code;
  if (error_phase(code) == phase && script_means(expected, code)) return {};
  return fmt::format("expected failure `{}`, got: {}", expected, one_line(result.error()));
}

}  // namespace

Result<std::unique_ptr<WastRunner>> WastRunner::create(
    const embed::Engine& engine, const runtime::StoreLimits& limits,
    std::shared_ptr<const embed::Source> source) {
  auto store = TRY(runtime::Store::create(engine.runtime(), limits));
  std::unique_ptr<WastRunner> runner(new WastRunner(engine, std::move(store), std::move(source)));
  TRY(define_spectest(*runner->store_, runner->linker_));
  return runner;
}

WastRunner::WastRunner(const embed::Engine& engine, std::unique_ptr<runtime::Store> store,
                       std::shared_ptr<const embed::Source> source)
    : engine_(engine), store_(std::move(store)), source_(std::move(source)), linker_(*store_) {}

std::vector<CommandResult> WastRunner::run(const text::Script& script) {
  std::vector<CommandResult> results;
  results.reserve(script.commands.size());
  for (const text::Command& command : script.commands) {
    CommandResult result;
    result.position = command.position;
    result.command = kCommandNames[command.what.index()];
    result.failure = std::visit([this](const auto& what) { return execute(what); }, command.what);
    results.push_back(std::move(result));
  }
  return results;
}

// Modules.

Reported<embed::LoadedModule> WastRunner::load(const text::ScriptModule& module) {
  text::Diagnostic diagnostic;
  auto parsed = text::load_module(source_->text(), module, engine_.features(), &diagnostic);
  if (!parsed) {
    const std::string_view why = diagnostic.message.empty() ? error_text(parsed.error().code)
                                                            : std::string_view(diagnostic.message);
    return embed::report(parsed.error(), std::string(why));
  }
  return engine_.prepare({source_, std::move(*parsed), nullptr, std::nullopt});
}

Reported<runtime::Instance*> WastRunner::instantiate(const text::ScriptModule& module) {
  const auto loaded = load(module);
  if (!loaded) return std::unexpected(loaded.error());
  return linker_.instantiate(*loaded);
}

Reported<runtime::Instance*> WastRunner::instantiate(const text::ScriptInstance& instance) {
  const embed::LoadedModule* definition = last_definition_ ? &*last_definition_ : nullptr;
  if (instance.definition) {
    const auto named = definitions_.find(*instance.definition);
    definition = named == definitions_.end() ? nullptr : &named->second;
  }
  if (!definition)
    return std::unexpected(simple_report(ErrorCode::InternalError, "no such module definition"));
  return linker_.instantiate(*definition);
}

WastRunner::Failure WastRunner::keep(const text::ScriptId& id,
                                     const Reported<runtime::Instance*>& instance) {
  Named named;
  if (instance)
    named = {*instance, {}};
  else
    named.failure = one_line(instance.error());
  if (id) instances_[*id] = named;
  last_instance_ = std::move(named);
  return last_instance_.failure;
}

WastRunner::Named WastRunner::instance_of(const text::ScriptId& id) const {
  if (!id) return last_instance_;
  const auto named = instances_.find(*id);
  return named == instances_.end() ? Named() : named->second;
}

WastRunner::Failure WastRunner::execute(const text::ScriptModule& module) {
  const auto loaded = load(module);
  // A module that fails takes the place of the one before it: actions must not be taken for that.
  if (!loaded && module.is_definition) return one_line(loaded.error());
  if (!loaded) return keep(module.id, std::unexpected(loaded.error()));
  last_definition_ = *loaded;
  if (module.id) definitions_.insert_or_assign(*module.id, *loaded);
  return module.is_definition ? Failure() : keep(module.id, linker_.instantiate(*loaded));
}

WastRunner::Failure WastRunner::execute(const text::ScriptInstance& command) {
  return keep(command.id, instantiate(command));
}

WastRunner::Failure WastRunner::execute(const text::Register& command) {
  const Named named = instance_of(command.module);
  if (!named.instance) return no_module(named.failure);
  linker_.define_instance(command.name, *named.instance);
  return {};
}

// Actions.

Reported<WastRunner::Values> WastRunner::perform(const text::Action& action) {
  if (const auto* get_global = std::get_if<text::Get>(&action.what)) return get(*get_global);
  return invoke(std::get<text::Invoke>(action.what));
}

Reported<WastRunner::Values> WastRunner::invoke(const text::Invoke& invoke) {
  const Named named = instance_of(invoke.module);
  if (!named.instance)
    return std::unexpected(simple_report(ErrorCode::InternalError, no_module(named.failure)));
  const auto item = named.instance->find_export(invoke.function);
  const auto* func = item ? std::get_if<runtime::Func>(&*item) : nullptr;
  if (!func)
    return std::unexpected(
        simple_report(ErrorCode::UnknownExport, fmt::format("no function `{}`", invoke.function)));
  Values arguments;
  for (const text::ScriptValue& value : invoke.arguments) {
    const auto argument = script_argument(value);
    if (!argument)
      return std::unexpected(simple_report(ErrorCode::UnsupportedFeature,
                                           "an argument is a reference hosts cannot make"));
    arguments.push_back(*argument);
  }
  auto results = runtime::call(*store_, *func, arguments);
  if (!results) return std::unexpected(embed::failed_call(results.error(), {}, {}));
  return std::move(*results);
}

Reported<WastRunner::Values> WastRunner::get(const text::Get& get) {
  const Named named = instance_of(get.module);
  if (!named.instance)
    return std::unexpected(simple_report(ErrorCode::InternalError, no_module(named.failure)));
  const auto item = named.instance->find_export(get.global);
  const auto* global = item ? std::get_if<runtime::Global*>(&*item) : nullptr;
  if (!global)
    return std::unexpected(
        simple_report(ErrorCode::UnknownExport, fmt::format("no global `{}`", get.global)));
  return Values{(*global)->get()};
}

WastRunner::Failure WastRunner::execute(const text::Action& action) {
  const auto results = perform(action);
  return results ? Failure() : one_line(results.error());
}

// Assertions.

WastRunner::Failure WastRunner::execute(const text::AssertReturn& assertion) {
  const auto results = perform(assertion.action);
  if (!results) return one_line(results.error());
  if (results->size() != assertion.results.size())
    return fmt::format("expected {} results, got {}", assertion.results.size(), results->size());
  for (size_t i = 0; i < results->size(); ++i)
    if (!matches((*results)[i], assertion.results[i]))
      return fmt::format("result {}: expected {}, got {}", i, describe(assertion.results[i]),
                         describe((*results)[i]));
  return {};
}

WastRunner::Failure WastRunner::execute(const text::AssertTrap& assertion) {
  const std::string& message = assertion.message;
  if (const auto* action = std::get_if<text::Action>(&assertion.subject))
    return expect_failure(perform(*action), Phase::Trap, message);
  if (const auto* module = std::get_if<text::ScriptModule>(&assertion.subject))
    return expect_failure(instantiate(*module), Phase::Trap, message);
  return expect_failure(instantiate(std::get<text::ScriptInstance>(assertion.subject)), Phase::Trap,
                        message);
}

WastRunner::Failure WastRunner::execute(const text::AssertExhaustion& assertion) {
  return expect_failure(perform(assertion.action), Phase::Trap, assertion.message);
}

WastRunner::Failure WastRunner::execute(const text::AssertException& assertion) {
  return expect_failure(perform(assertion.action), Phase::Trap,
                        error_text(ErrorCode::TrapUncaughtException));
}

WastRunner::Failure WastRunner::execute(const text::AssertMalformed& assertion) {
  return expect_failure(load(assertion.module), Phase::Malformed, assertion.message);
}

WastRunner::Failure WastRunner::execute(const text::AssertInvalid& assertion) {
  return expect_failure(load(assertion.module), Phase::Invalid, assertion.message);
}

WastRunner::Failure WastRunner::execute(const text::AssertUnlinkable& assertion) {
  if (const auto* module = std::get_if<text::ScriptModule>(&assertion.subject))
    return expect_failure(instantiate(*module), Phase::Link, assertion.message);
  return expect_failure(instantiate(std::get<text::ScriptInstance>(assertion.subject)), Phase::Link,
                        assertion.message);
}

// What a thread of a script does is not run, neither beside the script nor in its place.
WastRunner::Failure WastRunner::execute(const text::Thread& thread) {
  return fmt::format("thread `${}`: threads of scripts are not run yet", thread.id);
}
WastRunner::Failure WastRunner::execute(const text::Wait& wait) {
  return fmt::format("wait for `${}`: threads of scripts are not run yet", wait.thread);
}

}  // namespace skerry::cli
