// Plugin: a shared library that defines host functions by include/skerry_plugin.h.
// Not here: whether a module may have them (grants.h).
// Invariant: a plugin of which one definition failed is not loaded.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "native/libraries.h"
#include "platform/dynamic_library.h"
#include "runtime/host_func.h"

namespace skerry::native {

class Plugin : public std::enable_shared_from_this<Plugin> {
 public:
  // `path` is used as it is: nothing is searched for.
  static std::expected<std::shared_ptr<Plugin>, BindError> load(const std::string& path);
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  bool has(std::string_view module, std::string_view name) const;
  // A function that it has. It keeps the plugin.
  runtime::HostFunc func(std::string_view module, std::string_view name);
  // What the last function that failed said; empty if nothing.
  const std::string& failure() const { return failure_; }
  const std::string& path() const { return path_; }

 private:
  friend struct PluginCalls;
  // An env and what it is given back with.
  class Env {
   public:
    Env(void* data, void (*finalizer)(void*)) : data_(data), finalizer_(finalizer) {}
    Env(const Env&) = delete;
    Env& operator=(const Env&) = delete;
    ~Env() {
      if (finalizer_) finalizer_(data_);
    }
    void* data() const { return data_; }

   private:
    void* data_;
    void (*finalizer_)(void*);
  };
  using Call = int32_t (*)(void* env, void* call, uint64_t* slots);
  struct Definition {
    FuncType type;
    Call call;
    std::unique_ptr<Env> env;
  };
  using Key = std::pair<std::string, std::string>;

  explicit Plugin(std::string path) : path_(std::move(path)) {}
  std::expected<void, BindError> take_definitions();

  const std::string path_;
  platform::DynamicLibrary library_;  // goes after what it defined
  std::map<Key, Definition> definitions_;
  std::string failure_;
};

}  // namespace skerry::native
