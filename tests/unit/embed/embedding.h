// What tests of the embedding share: an engine, a store, and modules from text or bytes.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "binary/encoder.h"
#include "embed/engine.h"
#include "embed/linker.h"
#include "runtime/call.h"
#include "runtime/store.h"

namespace skerry::embed {

inline std::shared_ptr<const Source> source_of(std::string name, std::string_view bytes) {
  return Source::of_bytes(std::move(name), {bytes.begin(), bytes.end()});
}

class EmbedTest : public testing::Test {
 protected:
  EmbedTest() : engine(*Engine::create()), store(*runtime::Store::create(engine.runtime())) {}

  LoadedModule load(std::string name, std::string_view text) {
    auto loaded = engine.load(source_of(std::move(name), text));
    if (!loaded) {
      ADD_FAILURE() << loaded.error().text;
      std::abort();
    }
    return *loaded;
  }
  // The same module in the binary format, with its names.
  LoadedModule load_as_binary(std::string name, std::string_view text) {
    const auto parsed = parse(source_of("text", text), engine.features());
    const auto bytes = encode_module(*parsed->module);
    return load(std::move(name), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  Engine engine;
  std::unique_ptr<runtime::Store> store;
};

}  // namespace skerry::embed
