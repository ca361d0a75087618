// WastRunner: executes the commands of one .wast script against the engine, and keeps what came of
// each. One Store a script; the module "spectest" is there.
// Not here: reporting for people, lists of expected failures (wast.cc).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "embed/engine.h"
#include "embed/linker.h"
#include "runtime/store.h"
#include "text/script.h"

namespace skerry::cli {

// What became of one command: passed if `failure` is empty.
struct CommandResult {
  uint64_t position = 0;  // of the command, in the script
  std::string command;    // "assert_return", "module"
  std::string failure;
};

class WastRunner {
 public:
  static Result<std::unique_ptr<WastRunner>> create(const embed::Engine& engine,
                                                    const runtime::StoreLimits& limits,
                                                    std::shared_ptr<const embed::Source> source);

  // One result a command, in order.
  std::vector<CommandResult> run(const text::Script& script);

 private:
  // Empty: the command did what it should.
  using Failure = std::string;
  using Values = std::vector<runtime::Value>;

  WastRunner(const embed::Engine& engine, std::unique_ptr<runtime::Store> store,
             std::shared_ptr<const embed::Source> source);

  Failure execute(const text::ScriptModule& module);
  Failure execute(const text::ScriptInstance& instance);
  Failure execute(const text::Register& command);
  Failure execute(const text::Action& action);
  Failure execute(const text::AssertReturn& assertion);
  Failure execute(const text::AssertTrap& assertion);
  Failure execute(const text::AssertExhaustion& assertion);
  Failure execute(const text::AssertException& assertion);
  Failure execute(const text::AssertMalformed& assertion);
  Failure execute(const text::AssertInvalid& assertion);
  Failure execute(const text::AssertUnlinkable& assertion);
  Failure execute(const text::Thread& thread);
  Failure execute(const text::Wait& wait);

  embed::Reported<embed::LoadedModule> load(const text::ScriptModule& module);
  embed::Reported<runtime::Instance*> instantiate(const text::ScriptModule& module);
  embed::Reported<runtime::Instance*> instantiate(const text::ScriptInstance& instance);
  embed::Reported<Values> perform(const text::Action& action);
  embed::Reported<Values> invoke(const text::Invoke& invoke);
  embed::Reported<Values> get(const text::Get& get);
  // A module that a script names: its instance, or why there is none.
  struct Named {
    runtime::Instance* instance = nullptr;
    Failure failure = "no module has been instantiated";
  };
  // The named one, or the last one.
  Named instance_of(const text::ScriptId& id) const;
  // Makes it the last one, under this name if it has one.
  Failure keep(const text::ScriptId& id, const embed::Reported<runtime::Instance*>& instance);

  const embed::Engine& engine_;
  std::unique_ptr<runtime::Store> store_;
  std::shared_ptr<const embed::Source> source_;
  embed::Linker linker_;
  std::map<std::string, embed::LoadedModule> definitions_;
  std::optional<embed::LoadedModule> last_definition_;
  std::map<std::string, Named> instances_;
  Named last_instance_;
};

}  // namespace skerry::cli
