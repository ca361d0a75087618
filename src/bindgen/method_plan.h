// MethodPlanner: a function of C as a method of Go, or why it cannot be one. Not here: which
// functions, and what they are called (plan.cc).
#pragma once

#include "bindgen/plan.h"

namespace skerry::bindgen {

// Of which side a function is: of the module, or of the host, which it imports.
enum class Side : uint8_t { Export, HostImport, GuestImport };

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
  // Why values of the struct cannot be copied; empty if they can.
  std::string why_not_copied(const std::string& record, int depth = 0) const;

 private:
  void mark_pointers(const CFunction& function, const FunctionRule& rule, Method& method);
  void mark(const CFunction& function, const std::vector<PointerRule>& rules, Way way,
            Method& method);
  std::optional<size_t> find(const CFunction& function, const std::string& name,
                             const policy::Place& place);
  Planned<void> parameter(const CType& type, bool is_text, Side side, Argument& argument) const;
  Planned<void> pointer(const CType& type, bool is_text, Side side, Argument& argument) const;
  Planned<void> slice(const CFunction& function, Method& method, size_t index) const;
  Planned<void> single(Side side, Argument& argument) const;
  Planned<void> result(const CFunction& function, const FunctionRule& rule, Side side,
                       Method& method);
  Planned<void> error(const FunctionRule& rule, Side side, Method& method) const;
  static void name_arguments(const CFunction& function, Method& method);

  const PlanInput& input_;
  std::vector<policy::Diagnostic>& diagnostics_;
  // Of the function's parameters: whether a rule says what each is, and that it is text.
  std::vector<bool> marked_, texts_;
  std::string wrong_;
};

// What a type is to the module: nothing if it is no value there.
std::optional<ValType> raw_type(const CType& type);

}  // namespace skerry::bindgen
