// Libraries: the functions of a manifest for one store: finds and loads a library when a module
// imports something of it, and makes host functions. Not here: linking them.
// Invariant: a library is looked for beside the program and in folders that the manifest lists (or,
// if it is the system's, in the system's own), and nowhere else.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "native/call_plan.h"
#include "native/grants.h"
#include "native/manifest.h"
#include "platform/dynamic_library.h"
#include "runtime/host_func.h"

namespace skerry::native {

// Why an import of a manifest cannot be had.
struct BindError {
  Error error;
  std::string subject;  // what it is about: "device.read", "libdevice.so", "exit_hook"
  std::string detail;   // where was looked, or what the system says; may be empty
};

// The module and name of the function that gives what `error = ...` keeps: () -> i32.
inline constexpr std::string_view kOwnModule = "skerry";
inline constexpr std::string_view kLastError = "last_error";

class Libraries : public std::enable_shared_from_this<Libraries> {
 public:
  // `folder`: of the manifest. What `grants` points to outlives bind(). `last_error`: that of all
  // manifests which the same module may import from.
  static std::shared_ptr<Libraries> create(
      Manifest manifest, std::string folder, Grants grants,
      std::shared_ptr<LastError> last_error = std::make_shared<LastError>());
  Libraries(const Libraries&) = delete;
  Libraries& operator=(const Libraries&) = delete;

  // Null if the manifest names no such import.
  const Function* find(std::string_view module, std::string_view name) const;
  // May it, of what find() knows, run callbacks? Where a library keeps some, any function may.
  bool may_call_back(std::string_view module, std::string_view name) const;
  // A function that find() knows. It keeps the Libraries.
  std::expected<runtime::HostFunc, BindError> bind(std::string_view module, std::string_view name);
  runtime::HostFunc last_error();

 private:
  struct Loaded {
    platform::DynamicLibrary library;
    LibraryTypes types;
    std::vector<std::unique_ptr<CallPlan>> plans;
  };
  using FreeFunc = void (*)(void*);
  template <class T>
  using Bound = std::expected<T, BindError>;

  Libraries(Manifest manifest, std::string folder, Grants grants,
            std::shared_ptr<LastError> last_error);
  // Of one of the manifest's functions.
  const Library& library_of(const Function& function) const;
  Bound<Loaded*> load(const Library& library);
  Bound<platform::DynamicLibrary> open(const Library& library) const;
  Bound<void> fill_types(Loaded& loaded);
  Bound<void*> symbol(const Loaded& loaded, const std::string& name);

  const Manifest manifest_;
  const std::string folder_;
  const Grants grants_;
  // In this order: handles are freed (session_) while their library (loaded_) is still there.
  std::map<const Library*, std::unique_ptr<Loaded>> loaded_;
  std::unique_ptr<Session> session_;
};

}  // namespace skerry::native
