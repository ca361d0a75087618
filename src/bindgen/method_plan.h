// MethodPlanner: a function of C as a method of Go, or why it cannot be one. Not here: which
// functions, and what they are called (plan.cc).
#pragma once

#include "bindgen/plan.h"

namespace skerry::bindgen {

// Of which side a function is: of the module; or of the host, which it imports or is passed.
enum class Side : uint8_t { Export, HostImport, GuestImport, Callback };

class MethodPlanner {
 public:
  MethodPlanner(const PlanInput& input, std::vector<policy::Diagnostic>& diagnostics)
      : input_(input), diagnostics_(diagnostics) {}

  template <class T>
  using Planned = std::expected<T, std::string>;

  // `rule` may be null.
  Planned<Method> plan(const CFunction& function, const FunctionRule* rule, Side side);
  // By the types of WebAssembly alone.
  static Planned<Method> plan_raw(const FuncType& type);

  bool is_handle(const CType& type) const;

 private:
  void mark_all(const CFunction& function, const FunctionRule& rule, Method& method);
  void mark_callbacks(const CFunction& function, const FunctionRule& rule, Method& method);
  void mark(const CFunction& function, const std::vector<PointerRule>& rules, Way way,
            Method& method);
  std::optional<size_t> find(const CFunction& function, const std::string& name,
                             const policy::Place& place);
  Planned<void> callback(const CFunction& function, size_t index, Side side,
                         Argument& argument) const;
  Planned<void> by_value(const CType& type, Side side, Argument& argument) const;
  static Planned<void> released(const CType& type, const Argument& argument);
  Planned<void> parameter(const CType& type, bool is_text, Side side, Argument& argument) const;
  Planned<void> pointer(const CType& type, bool is_text, Side side, Argument& argument) const;
  Planned<void> slice(const CFunction& function, Method& method, size_t index, Side side) const;
  Planned<void> element(Side side, bool is_text, const Argument& argument) const;
  Planned<void> single(Side side, Argument& argument) const;
  Planned<void> result(const CFunction& function, const FunctionRule& rule, Side side,
                       Method& method);
  Planned<void> error(const FunctionRule& rule, Side side, Method& method) const;
  static void return_by_pointer(const CType& type, Method& method);
  static void name_arguments(const CFunction& function, Method& method);

  const PlanInput& input_;
  std::vector<policy::Diagnostic>& diagnostics_;
  // Of the function's parameters: whether a rule says what each is, and that it is text.
  std::vector<bool> marked_, texts_;
  std::vector<const CallbackRule*> callbacks_;  // null where there is none
  std::string wrong_;
};

}  // namespace skerry::bindgen
