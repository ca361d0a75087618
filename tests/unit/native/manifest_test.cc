// Manifests: what they say, and what is said about those that are wrong.
#include "native/manifest.h"

#include <gtest/gtest.h>

#include "native_world.h"

namespace skerry::native {
namespace {

using Lines = std::vector<std::string>;

// "line:column: text (hint)" of everything that is wrong.
Lines complaints(std::string_view text) {
  Lines lines;
  const auto manifest = read_manifest(text, "test.toml");
  if (manifest) return lines;
  for (const policy::Diagnostic& one : manifest.error()) {
    std::string line =
        std::to_string(one.place.line) + ":" + std::to_string(one.place.column) + ": " + one.text();
    if (!one.hint.empty()) line += " (" + one.hint + ")";
    lines.push_back(line);
  }
  return lines;
}

// The same for a library with one function that has these keys.
Lines of_function(const std::string& keys, const std::string& more = {}) {
  return complaints("libraries.x.file = \"x.so\"\n" + more + "libraries.x.functions.f = { " + keys +
                    " }\n");
}
Lines of_parameter(const std::string& type) {
  return of_function("parameters = [\"" + type + "\"]");
}

TEST(ManifestTest, KeysReachTheirPlaces) {
  const Manifest manifest = manifest_of(R"(
[guest]
allocate = "cabi_malloc"
free = "cabi_free"
[libraries.device]
file = "device.so"
windows = "device.dll"
system = true
directories = ["a", "b"]
module = "env"
[libraries.device.functions.read]
module = "io"
symbol = "device_read"
parameters = ["handle device", "out buffer[n]", "n: size", "callback done", "in struct point?"]
result = "i32"
error = "errno"
blocking = true
[libraries.device.functions.name]
result = "cstr"
freed_by = "device_free"
[libraries.device.handles]
device = { freed_by = "close", invalid = -1 }
[libraries.device.structs]
point = ["x: i32", "y: f64"]
[libraries.device.callbacks.done]
parameters = ["token"]
result = "void"
keep = true
)");
  EXPECT_EQ(manifest.allocate, "cabi_malloc");
  EXPECT_EQ(manifest.release, "cabi_free");
  ASSERT_EQ(manifest.libraries.size(), 1u);
  const Library& library = manifest.libraries[0];
  EXPECT_EQ(library.file_here(),
            platform::DynamicLibrary::is_windows() ? "device.dll" : "device.so");
  EXPECT_TRUE(library.is_system);
  EXPECT_EQ(library.directories.size(), 2u);
  ASSERT_EQ(library.functions.size(), 2u);
  const Function& name = library.functions[0];
  EXPECT_EQ(name.module, "env");
  EXPECT_EQ(name.symbol, "name");
  EXPECT_EQ(name.freed_by, "device_free");
  const Function& read = library.functions[1];
  EXPECT_EQ(read.module, "io");
  EXPECT_EQ(read.symbol, "device_read");
  EXPECT_EQ(read.error, ErrorSource::Errno);
  EXPECT_TRUE(read.is_blocking);
  EXPECT_EQ(read.parameters[1].count_index, 2);
  EXPECT_TRUE(read.parameters[4].type.is_nullable);
  EXPECT_EQ(library.handles.at("device").invalid, -1);
  EXPECT_TRUE(library.callbacks.at("done").is_kept);
  EXPECT_EQ(library.structs.at("point").native_bytes, 16u);
}

TEST(ManifestTest, SectionsAndKeys) {
  EXPECT_EQ(complaints("["), Lines{"1:2: not TOML: Error while parsing table header: encountered "
                                   "end-of-file"});
  EXPECT_EQ(complaints("library = 1"),
            Lines{"1:1: there is no key `library` (did you mean `libraries`?)"});
  EXPECT_EQ(complaints("libraries = 1"),
            Lines{"1:13: `libraries` is written wrongly (a section for each: [libraries.NAME])"});
  EXPECT_EQ(complaints("guest = []"),
            Lines{"1:9: `a list` is written wrongly (a section is needed)"});
  EXPECT_EQ(complaints("[guest]\nallocat = 'm'"),
            Lines{"2:1: there is no key `allocat` (did you mean `allocate`?)"});
  EXPECT_EQ(complaints("[libraries.x]"),
            Lines{"1:12: `file` is missing (the name of the library's file)"});
  EXPECT_EQ(complaints("[libraries.x]\nfile = 'x'\nsytem = true"),
            Lines{"3:1: there is no key `sytem` (did you mean `system`?)"});
  EXPECT_EQ(complaints("[libraries.x]\nfile = 'x'\nfunctions = 3"),
            Lines{"3:13: `functions` is written wrongly (a section for each: [functions.NAME])"});
  EXPECT_EQ(complaints("[libraries.x]\nfile = 3"),
            Lines({"1:12: `file` is missing (the name of the library's file)",
                   "2:8: `a number` is written wrongly (a string in quotes is needed)"}));
  for (const char* const bad : {"../x.so", "/lib/x.so", "a\\\\b.dll", "c:x", ".."})
    EXPECT_EQ(complaints("[libraries.x]\nfile = \"" + std::string(bad) + "\"").size(), 1u) << bad;
  EXPECT_EQ(complaints("[libraries.x]\nfile = 'a/x'"),
            Lines{"1:12: `a/x` is not the name of a library's file (a name without folders; "
                  "`directories` says where to look)"});
  EXPECT_EQ(complaints("[libraries.x]\nfile = 'x'\nhandles = { 'a b' = {} }"),
            Lines{"3:13: `a b` is not a name (a name is made of letters, digits and _)"});
  EXPECT_EQ(complaints("[libraries.x]\nfile = 'x'\nhandles = { a = { invalid = 'x' } }"),
            Lines{"3:29: `a string` is written wrongly (a number is needed)"});
}

TEST(ManifestTest, Functions) {
  EXPECT_EQ(of_function("paramters = []"),
            Lines{"2:29: there is no key `paramters` (did you mean `parameters`?)"});
  EXPECT_EQ(of_function("parameters = 'i32'"),
            Lines{"2:42: `a string` is written wrongly (a list of strings is needed: [\"...\"])"});
  EXPECT_EQ(of_function("error = 'errro'"),
            Lines{"2:37: `errro` is not one of the choices (one of \"errno\" \"last_error\")"});
  EXPECT_EQ(of_function("result = 'i32', freed_by = 'free'").size(), 1u);
  EXPECT_EQ(
      of_function("parameters = ['i32','i32','i32','i32','i32','i32','i32','i32','i32','i32',"
                  "'i32','i32','i32','i32','i32','i32','i32']"),
      Lines{"2:42: `parameters` has more parameters than a function may have here (at most 16)"});
  EXPECT_EQ(of_function("parameters = ['a: i32', 'a: i32']"), Lines{"2:23: `a` is there twice"});
  EXPECT_EQ(complaints("libraries.x = { file = 'x', functions.f = { module = 'm' } }\n"
                       "libraries.y = { file = 'y', module = 'm', functions.f = {} }"),
            Lines{"2:53: `m.f` is there twice (an import has one function)"});
}

TEST(ManifestTest, Types) {
  EXPECT_EQ(of_parameter("i23"),
            Lines{"2:43: `i23` is not a type that can stand here (did you mean `i32`?)"});
  EXPECT_EQ(of_parameter("").size(), 1u);
  for (const char* const bad : {"void",
                                "address",
                                "buffer[3]",
                                "in buffer",
                                "in buffer[",
                                "in buffer[3",
                                "in buffer[x y]",
                                "in buffer[3 * x]",
                                "in buffer[3 * 0]",
                                "struct",
                                "struct point",
                                "in cstr",
                                "i32?",
                                "i32[3]",
                                "borrowed i32",
                                "in",
                                "in out i32",
                                "3: i32",
                                "i32 i32",
                                "callback",
                                "handle 3",
                                "in buffer[99999999999999999999]",
                                "cstr[3]",
                                "token?",
                                "\\u0000",
                                "i32 \\u0416"})
    EXPECT_EQ(of_parameter(bad).size(), 1u) << bad;
  for (const char* const bad : {"out i32", "in buffer[3]", "callback x", "cstr[3]", "address"})
    EXPECT_EQ(of_function("result = '" + std::string(bad) + "'").size(), 1u) << bad;
  EXPECT_EQ(of_parameter("in buffer[n]"),
            Lines{"2:23: nothing here is called `n` (a parameter is named so: \"n: size\")"});
  EXPECT_EQ(
      of_function("parameters = ['in buffer[n]', 'n: f64']"),
      Lines{"2:23: nothing here is called `n` (a count is a whole number, or `inout` of one)"});
  EXPECT_EQ(of_parameter("handle devise"),
            Lines{"2:23: nothing here is called `devise` (the library's [structs], [handles] and "
                  "[callbacks] name them)"});
  EXPECT_EQ(of_function("parameters = ['handle devise']", "libraries.x.handles.device = {}\n"),
            Lines{"3:23: nothing here is called `devise` (did you mean `device`?)"});
  EXPECT_EQ(of_parameter("callback x").size(), 1u);
  EXPECT_EQ(of_parameter("in struct x").size(), 1u);
}

TEST(ManifestTest, StructsAndCallbacks) {
  const auto with = [](const std::string& line) {
    return complaints("libraries.x.file = 'x'\nlibraries.x." + line);
  };
  EXPECT_EQ(with("structs.a = ['b: struct a']"),
            Lines{"2:21: the struct `a` contains itself (or it is larger than the 64 KiB that a "
                  "struct may have)"});
  EXPECT_EQ(with("structs.a = ['b: u8[65535]', 'c: u8[2]']").size(), 1u);
  EXPECT_EQ(with("structs.a = ['struct b[65535]']\nlibraries.x.structs.b = ['struct c[65535]']\n"
                 "libraries.x.structs.c = ['i32']")
                .size(),
            2u);
  EXPECT_EQ(with("structs.a = []").size(), 1u);
  EXPECT_EQ(with("structs.a = ['cstr']").size(), 1u);
  EXPECT_EQ(with("structs.a = ['out i32']").size(), 1u);
  EXPECT_EQ(with("structs.a = ['i32[n]']").size(), 1u);
  EXPECT_EQ(with("structs.a = ['i32[0]']").size(), 1u);
  EXPECT_EQ(with("structs.a = ['struct b']").size(), 1u);
  EXPECT_EQ(with("callbacks.a = { parameters = ['out i32'] }").size(), 1u);
  EXPECT_EQ(with("callbacks.a = { parameters = ['in buffer[3]'] }").size(), 1u);
  EXPECT_EQ(with("callbacks.a = { parameters = ['i32[3]'] }").size(), 1u);
  EXPECT_EQ(with("callbacks.a = { result = 'cstr' }").size(), 1u);
  EXPECT_EQ(with("callbacks.a = { keep = 1 }").size(), 1u);
}

// What is cut off or overwritten is refused, or means something: never worse.
TEST(ManifestTest, DamagedManifestsAreAnswered) {
  const std::string whole = file_text(SKERRY_SOURCE_DIR "/tests/native/shapes.toml");
  ASSERT_TRUE(read_manifest(whole, "whole"));
  constexpr std::string_view kBytes("\0[]{}=\"'\n,.*:?#9\xff", 17);
  size_t refused = 0, step = 7;
  for (size_t i = 0; i < whole.size(); i += step) {
    refused += !read_manifest(std::string_view(whole).substr(0, i), "cut");
    std::string changed = whole;
    changed[i] = kBytes[(i / step) % kBytes.size()];
    const auto manifest = read_manifest(changed, "changed");
    if (!manifest) {
      ++refused;
      for (const auto& one : manifest.error()) EXPECT_FALSE(one.text().empty());
    }
    changed.erase(i, 11);
    refused += !read_manifest(changed, "shorter");
  }
  EXPECT_GT(refused, 100u);
}

TEST(ManifestTest, LibrariesAreLookedForWhereTheManifestSays) {
  const auto failure = [](std::string_view keys) {
    const auto libraries = Libraries::create(
        manifest_of("[libraries.x]\n" + std::string(keys) + "\nfunctions.f = {}\n"), "some/where",
        {});
    const auto func = libraries->bind("x", "f");
    return func ? BindError{} : func.error();
  };
  const BindError missing = failure("file = 'none.so'\ndirectories = ['libs']");
  EXPECT_EQ(missing.error.code, ErrorCode::NativeLibraryMissing);
  EXPECT_EQ(missing.subject, "none.so");
  EXPECT_NE(missing.detail.find("where"), std::string::npos) << missing.detail;
  EXPECT_EQ(failure("file = 'none.so'\nsystem = true").error.code, ErrorCode::NativeLibraryMissing);
  const BindError symbol = failure("linux = 'libskerry_shapes.so'\nwindows = 'skerry_shapes.dll'");
  EXPECT_EQ(symbol.error.code, ErrorCode::NativeSymbolMissing);
  EXPECT_EQ(symbol.subject, "f");
  // The test's library is no library of the system.
  EXPECT_EQ(failure("linux = 'libskerry_shapes.so'\nwindows = 'skerry_shapes.dll'\nsystem = true")
                .error.code,
            ErrorCode::NativeLibraryMissing);
}

TEST(ManifestTest, PoliciesDecide) {
  const auto policy =
      policy::read_policy("[host]\nlibraries = ['shapes.add', 'shapes.counter_new']", "p.toml");
  std::vector<std::string> told;
  Grants grants{
      &*policy, [&](const policy::Decision& decision) {
        told.push_back(std::string(decision.subject) + (decision.is_allowed ? " yes" : " no"));
      }};
  const auto manifest = manifest_of(R"(
[libraries.shapes]
linux = "libskerry_shapes.so"
windows = "skerry_shapes.dll"
functions.add = { parameters = ["i32", "i32"], result = "i32" }
functions.counted = { result = "i32" }
)");
  const auto libraries = Libraries::create(manifest, {}, grants);
  EXPECT_TRUE(libraries->bind("shapes", "add"));
  const auto denied = libraries->bind("shapes", "counted");
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().error.code, ErrorCode::PolicyDenied);
  EXPECT_EQ(told.back(), "shapes.counted no");
}

}  // namespace
}  // namespace skerry::native
