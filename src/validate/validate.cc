// validate(): the module first, then its bodies on several threads.
#include "validate/validate.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "validate/function_validator.h"
#include "validate/malformed_body.h"
#include "validate/module_validator.h"

namespace skerry {

// The one friend of ValidatedModule.
class ValidationKey {
 public:
  static ValidatedModule make(std::shared_ptr<const Module> module, Features features,
                              std::vector<uint32_t> type_ids,
                              std::shared_ptr<TypeRegistry> registry) {
    return {std::move(module), features, std::move(type_ids), std::move(registry)};
  }
};

namespace {

// Threads take bodies in runs of about this size: small enough to end together, large enough that
// taking one costs nothing.
constexpr size_t kRunBytes = 64u << 10;
// A thread is worth starting for this much code.
constexpr size_t kBytesPerThread = 512u << 10;

// Validates all bodies; of several wrong ones the first is reported, since a body is skipped only
// when an earlier one is known to be wrong.
class BodyValidation {
 public:
  explicit BodyValidation(const ModuleContext& context)
      : context_(context), module_(context.module()), first_wrong_(module_.bodies.size()) {
    size_t run_bytes = 0;
    for (size_t i = 0; i < module_.bodies.size(); ++i) {
      if (run_bytes == 0) runs_.push_back(i);
      run_bytes += module_.bodies[i].code.size() + 1;
      total_bytes_ += module_.bodies[i].code.size();
      if (run_bytes >= kRunBytes) run_bytes = 0;
    }
  }

  Result<void> validate(unsigned jobs) {
    if (jobs == 0) jobs = std::max(1u, std::thread::hardware_concurrency());
    const size_t worthwhile = std::max<size_t>(1, total_bytes_ / kBytesPerThread);
    const size_t threads = std::min<size_t>({jobs, worthwhile, std::max<size_t>(1, runs_.size())});
    {
      std::vector<std::jthread> others;
      try {
        for (size_t i = 1; i < threads; ++i) others.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        // The system has no threads left: those that run, and this one, do all the work.
      }
      work();
    }
    if (first_wrong_ == module_.bodies.size()) return {};
    return std::unexpected(error_);
  }

 private:
  void work() {
    FunctionValidator validator(context_);
    for (;;) {
      const size_t run = next_run_.fetch_add(1, std::memory_order_relaxed);
      if (run >= runs_.size()) return;
      const size_t end = run + 1 < runs_.size() ? runs_[run + 1] : module_.bodies.size();
      for (size_t i = runs_[run]; i < end; ++i) {
        if (i > first_wrong_.load(std::memory_order_relaxed)) return;
        const uint32_t type_index = module_.funcs[module_.imported_funcs + i];
        if (!validator.check_body(module_.bodies[i], type_index)) {
          report(i, validator.error());
          break;
        }
      }
    }
  }

  void report(size_t body, const Error& error) {
    const std::lock_guard lock(mutex_);
    if (body >= first_wrong_) return;
    first_wrong_ = body;
    error_ = error;
  }

  const ModuleContext& context_;
  const Module& module_;
  std::vector<size_t> runs_;  // first body of each
  size_t total_bytes_ = 0;
  std::atomic<size_t> next_run_ = 0;
  std::atomic<size_t> first_wrong_;
  std::mutex mutex_;  // guards error_, and first_wrong_ being set
  Error error_;
};

}  // namespace

Result<ValidatedModule> validate(std::shared_ptr<const Module> module, Features features,
                                 std::shared_ptr<TypeRegistry> registry, unsigned jobs) {
  ModuleValidator validator(*module, features, *registry);
  Result<void> result = validator.validate();
  if (result) result = BodyValidation(validator.context()).validate(jobs);
  if (!result) {
    const auto malformed = error_phase(result.error().code) == Phase::Malformed
                               ? std::nullopt
                               : find_malformed_body(*module, features);
    return std::unexpected(malformed.value_or(result.error()));
  }
  return ValidationKey::make(std::move(module), features, validator.take_type_ids(),
                             std::move(registry));
}

Result<ValidatedModule> validate_known(std::shared_ptr<const Module> module, Features features,
                                       std::shared_ptr<TypeRegistry> registry) {
  ModuleValidator validator(*module, features, *registry);
  TRY(validator.validate());
  return ValidationKey::make(std::move(module), features, validator.take_type_ids(),
                             std::move(registry));
}

}  // namespace skerry
