// NativeTest: a module in the text format whose imports are functions of tests/native/shapes.c,
// bound by shapes.toml there or by a manifest of the test's own. The library lies beside this
// program.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "embed/engine.h"
#include "embed/linker.h"
#include "native/libraries.h"
#include "native/plugin.h"
#include "runtime/call.h"
#include "runtime/store.h"

namespace skerry::native {

inline std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline Manifest manifest_of(std::string_view text) {
  auto manifest = read_manifest(text, "test.toml");
  if (manifest) return std::move(*manifest);
  for (const auto& one : manifest.error())
    ADD_FAILURE() << one.place.line << ": " << one.text() << " (" << one.hint << ")";
  return {};
}

class NativeTest : public testing::Test {
 protected:
  explicit NativeTest(bool explicit_bounds = false) {
    embed::EngineOptions options;
    options.runtime.code.explicit_bounds = explicit_bounds;
    // Small enough that a memory which grows moves.
    if (explicit_bounds) options.runtime.explicit_reservation_bytes = 1 << 16;
    engine = std::make_unique<embed::Engine>(*embed::Engine::create(options));
    store = *runtime::Store::create(engine->runtime());
    libraries = Libraries::create(
        manifest_of(file_text(SKERRY_SOURCE_DIR "/tests/native/shapes.toml")), {}, {});
  }

  // Links what the module imports of the manifest; false after a failure.
  bool instantiate(const std::string& text) {
    auto loaded = engine->load(embed::Source::of_bytes("test.wat", {text.begin(), text.end()}));
    if (!loaded) {
      ADD_FAILURE() << loaded.error().text;
      return false;
    }
    embed::Linker linker(*store);
    for (const Import& import : loaded->parsed.module->imports) {
      if (import.module == kOwnModule) {
        linker.define_func(import.module, import.name, libraries->last_error());
      } else if (plugin && plugin->has(import.module, import.name)) {
        linker.define_func(import.module, import.name, plugin->func(import.module, import.name));
      } else if (libraries->find(import.module, import.name)) {
        auto func = libraries->bind(import.module, import.name);
        if (!func) {
          ADD_FAILURE() << func.error().subject << " " << func.error().detail;
          return false;
        }
        linker.define_func(import.module, import.name, std::move(*func));
      }
    }
    const auto made = linker.instantiate(*loaded);
    if (!made) ADD_FAILURE() << made.error().text;
    instance = made ? *made : nullptr;
    return made.has_value();
  }

  using Outcome = Result<std::vector<runtime::Value>>;
  Outcome call(std::string_view name, std::vector<runtime::Value> arguments = {}) {
    const auto func = std::get<runtime::Func>(*instance->find_export(name));
    return runtime::call(*store, func, arguments);
  }
  int32_t number(std::string_view name, std::vector<runtime::Value> arguments = {}) {
    const auto results = call(name, std::move(arguments));
    if (!results) ADD_FAILURE() << name << ": " << embed::explain(results.error());
    return results ? results->at(0).as_i32() : INT32_MIN;
  }
  ErrorCode failure(std::string_view name, std::vector<runtime::Value> arguments = {}) {
    const auto results = call(name, std::move(arguments));
    if (results) ADD_FAILURE() << name << ": it worked";
    return results ? ErrorCode::InternalError : results.error().code;
  }
  std::string guest_text(uint32_t address) {
    const auto view = instance->host_memory();
    std::string text;
    for (uint8_t byte; (byte = view.read<uint8_t>(address).value_or(0)) != 0; ++address)
      text += static_cast<char>(byte);
    return text;
  }

  std::unique_ptr<embed::Engine> engine;
  std::unique_ptr<runtime::Store> store;
  std::shared_ptr<Libraries> libraries;
  std::shared_ptr<Plugin> plugin;
  runtime::Instance* instance = nullptr;
};

// An exported func that calls the imported one of this name: the module is the caller, not the
// host.
inline std::string calling(const std::string& name, const std::string& type) {
  std::string text = "(func (export \"" + name + "\") " + type;
  const size_t end = type.starts_with("(param") ? type.find(')') : 0;
  const auto count = std::count(type.begin(), type.begin() + static_cast<long>(end), ' ');
  for (long i = 0; i < count; ++i) text += " (local.get " + std::to_string(i) + ")";
  return text + " (call $" + name + "))\n";
}

// Imports each, and exports a func that calls it; with a memory and an allocator that goes up.
inline std::string passing_on(
    std::initializer_list<std::pair<std::string_view, std::string_view>> functions,
    std::string_view library = "shapes", std::string_view more = {}) {
  std::string imports, exports;
  for (const auto& [name, type] : functions) {
    const std::string quoted = "\"" + std::string(name) + "\"";
    imports += "(import \"" + std::string(library) + "\" " + quoted + " (func $" +
               std::string(name) + " " + std::string(type) + "))\n";
    exports += calling(std::string(name), std::string(type));
  }
  return "(module " + imports + exports + R"(
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 32768))
  (global $freed (export "freed") (mut i32) (i32.const 0))
  (func (export "malloc") (param i32) (result i32)
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (i32.add (local.get 0) (i32.const 8)))))
  (func (export "free") (param i32)
    (global.set $freed (i32.add (global.get $freed) (i32.const 1))))
  )" + std::string(more) +
         ")";
}

}  // namespace skerry::native
