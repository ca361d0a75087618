// Plugins: tests/native/plugin.c as it should be, and each way in which one is refused.
#include <filesystem>

#include "native_world.h"
#include "platform/process.h"

namespace skerry::native {
namespace {

using runtime::Value;

std::string path_of(const std::string& name) {
  const std::string folder = platform::program_folder() + "/";
  return folder + (platform::DynamicLibrary::is_windows() ? name + ".dll" : "lib" + name + ".so");
}

BindError refusal(const std::string& path) {
  auto plugin = Plugin::load(path);
  if (plugin) {
    ADD_FAILURE() << path << " was loaded";
    return {};
  }
  return plugin.error();
}

class PluginTest : public NativeTest {};

TEST_F(PluginTest, ItsFunctionsAreCalled) {
  auto loaded = Plugin::load(path_of("skerry_plugin_good"));
  ASSERT_TRUE(loaded) << loaded.error().detail;
  plugin = std::move(*loaded);
  EXPECT_TRUE(plugin->has("maths", "add"));
  EXPECT_FALSE(plugin->has("maths", "minus"));
  ASSERT_TRUE(instantiate(passing_on({{"add", "(param i32 i32) (result i32)"},
                                      {"sum", "(param i32 i32) (result i32)"},
                                      {"scale", "(param f64) (result f64)"}},
                                     "maths", R"((data (i32.const 16) "\01\02\03"))")));
  EXPECT_EQ(number("add", {Value::i32(2), Value::i32(-3)}), 999);
  EXPECT_EQ(number("sum", {Value::i32(16), Value::i32(3)}), 6);
  EXPECT_EQ(call("scale", {Value::f64(3)})->at(0).as_f64(), 4.5);
  EXPECT_EQ(plugin->failure(), "");
  EXPECT_EQ(failure("sum", {Value::i32(65535), Value::i32(3)}), ErrorCode::HostFunctionFailed);
  EXPECT_EQ(plugin->failure(), "the text lies outside memory");
}

TEST_F(PluginTest, WhatIsWrongIsSaid) {
  EXPECT_EQ(refusal(path_of("no_such_plugin")).error.code, ErrorCode::FileNotFound);
  EXPECT_EQ(refusal(SKERRY_SOURCE_DIR "/README.md").error.code, ErrorCode::PluginMissing);
  const BindError none = refusal(path_of("skerry_shapes"));
  EXPECT_EQ(none.error.code, ErrorCode::PluginMismatch);
  EXPECT_EQ(none.detail, "it exports no skerry_plugin_register");
  const BindError version = refusal(path_of("skerry_plugin_version"));
  EXPECT_EQ(version.error.code, ErrorCode::PluginMismatch);
  EXPECT_EQ(version.detail, "it does not know version 1 of the plugin interface");
  EXPECT_EQ(refusal(path_of("skerry_plugin_duplicate")).detail,
            "maths.sum of the type `ii:i` is defined twice");
  EXPECT_EQ(refusal(path_of("skerry_plugin_type")).detail,
            "maths.bad of the type `ix:i` is no function with a type of the letters i I f F");
  EXPECT_EQ(refusal(path_of("skerry_plugin_message")).detail, "the device is switched off");
  EXPECT_EQ(refusal(path_of("skerry_plugin_silent")).detail, "it answers 42");
  EXPECT_EQ(refusal(path_of("skerry_plugin_throws")).detail,
            "skerry_plugin_register threw an exception");
}

}  // namespace
}  // namespace skerry::native
