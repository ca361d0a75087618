// Policy files: what they grant, and what is said about those that are wrong.
#include "policy/reader.h"

#include <gtest/gtest.h>

namespace skerry::policy {
namespace {

Policy read(std::string_view text, const Values& values = {}) {
  auto policy = read_policy(text, "test.toml", values);
  if (!policy)
    for (const Diagnostic& one : policy.error())
      ADD_FAILURE() << one.place.line << ": " << one.text() << " (" << one.hint << ")";
  return policy ? std::move(*policy) : Policy{};
}

// "line:column: text (hint)" of everything that is wrong.
std::vector<std::string> complaints(std::string_view text, const Values& values = {}) {
  std::vector<std::string> lines;
  const auto policy = read_policy(text, "test.toml", values);
  if (policy) return lines;
  for (const Diagnostic& one : policy.error()) {
    std::string line =
        std::to_string(one.place.line) + ":" + std::to_string(one.place.column) + ": " + one.text();
    if (!one.hint.empty()) line += " (" + one.hint + ")";
    lines.push_back(line);
  }
  return lines;
}
using Lines = std::vector<std::string>;

bool connects(const Policy& policy, std::string_view address, uint16_t port,
              const Resolutions& resolutions = {}) {
  return decide_connect(policy, IpAddress::parse(address).value(), port, resolutions).is_allowed;
}

TEST(PolicyTest, AnEmptyFileGrantsNothing) {
  const Policy policy = read("");
  EXPECT_TRUE(policy.directories.empty());
  EXPECT_TRUE(policy.environment.empty());
  EXPECT_FALSE(connects(policy, "127.0.0.1", 80));
  EXPECT_FALSE(decide_listen(policy, *IpAddress::parse("127.0.0.1"), 80));
  EXPECT_FALSE(decide_resolve(policy, "example.com"));
  EXPECT_FALSE(decide_function(policy, "env", "log"));
  EXPECT_FALSE(decide_library(policy, "z", "crc32"));
  EXPECT_TRUE(decide_exit(policy));
  EXPECT_EQ(policy.stdio.input, StreamAccess::Null);
}

TEST(PolicyTest, KeysReachTheirPlaces) {
  const Policy policy = read(R"(
[directories."/data"]
host = "/srv/data"
allow = ["read", "write"]
max_bytes = "10M"
[environment]
set = { MODE = "prod" }
inherit = ["TZ"]
[arguments]
allow = false
set = ["--quiet"]
[clocks]
access = "coarse"
resolution = "1s"
[random]
source = "seeded"
seed = 42
[stdio]
stdin = "inherit"
stderr = "null"
[process]
exit = false
[host]
functions = ["env.log", "math.*"]
libraries = ["z.crc32"]
[limits]
memory = "64M"
wall_time = 1500
descriptors = 8
)");
  ASSERT_EQ(policy.directories.size(), 1u);
  EXPECT_EQ(policy.directories[0].host, "/srv/data");
  EXPECT_EQ(policy.directories[0].access, Access::Read | Access::Write);
  EXPECT_EQ(policy.directories[0].max_bytes, 10u << 20);
  EXPECT_EQ(policy.directories[0].place.line, 2u);
  ASSERT_EQ(policy.environment.size(), 2u);
  EXPECT_FALSE(policy.arguments.allow);
  EXPECT_EQ(policy.arguments.set.at(0).value, "--quiet");
  EXPECT_EQ(policy.clocks.access, ClockAccess::Coarse);
  EXPECT_EQ(policy.clocks.resolution_ms, 1000u);
  EXPECT_EQ(policy.random.seed, 42u);
  EXPECT_EQ(policy.stdio.input, StreamAccess::Inherit);
  EXPECT_EQ(policy.stdio.error, StreamAccess::Null);
  EXPECT_FALSE(decide_exit(policy));
  EXPECT_TRUE(decide_function(policy, "env", "log"));
  EXPECT_FALSE(decide_function(policy, "env", "log2"));
  EXPECT_TRUE(decide_function(policy, "math", "sin"));
  EXPECT_FALSE(decide_function(policy, "mathematics", "sin"));
  EXPECT_TRUE(decide_library(policy, "z", "crc32"));
  EXPECT_EQ(policy.limits.memory_bytes, 64u << 20);
  EXPECT_EQ(policy.limits.wall_time_ms, 1500u);
  EXPECT_EQ(policy.limits.descriptors, 8u);
  EXPECT_EQ(policy.place_of("limits.memory")->line, 27u);
  EXPECT_EQ(policy.place_of("limits.fuel"), nullptr);
}

TEST(PolicyTest, DenyingWinsOverAllowing) {
  const Policy policy = read(R"(
[network.connect]
allow = ["10.0.0.0/8:*"]
deny = ["10.0.0.7:22"]
)");
  EXPECT_TRUE(connects(policy, "10.0.0.7", 80));
  EXPECT_FALSE(connects(policy, "10.0.0.7", 22));
  EXPECT_FALSE(connects(policy, "::ffff:10.0.0.7", 22));
  EXPECT_TRUE(connects(policy, "10.0.0.8", 22));
  EXPECT_FALSE(connects(policy, "11.0.0.1", 80));
  const Verdict verdict = decide_connect(policy, *IpAddress::parse("10.0.0.7"), 22, {});
  ASSERT_NE(verdict.place, nullptr);
  EXPECT_EQ(verdict.place->line, 4u);
}

TEST(PolicyTest, AHostNameAllowsWhatItResolvedToButNothingInside) {
  const Policy policy = read("[network.connect]\nallow = [\"api.example.com:443\"]\n");
  EXPECT_TRUE(decide_resolve(policy, "API.example.com"));
  EXPECT_FALSE(decide_resolve(policy, "example.com"));
  Resolutions resolutions;
  EXPECT_FALSE(connects(policy, "93.184.216.34", 443, resolutions));  // nobody looked it up
  resolutions.add("api.example.com", *IpAddress::parse("93.184.216.34"));
  EXPECT_TRUE(connects(policy, "93.184.216.34", 443, resolutions));
  EXPECT_FALSE(connects(policy, "93.184.216.34", 80, resolutions));
  // The name is made to lead into this machine (DNS rebinding).
  resolutions.add("api.example.com", *IpAddress::parse("127.0.0.1"));
  resolutions.add("api.example.com", *IpAddress::parse("169.254.169.254"));
  EXPECT_FALSE(connects(policy, "127.0.0.1", 443, resolutions));
  EXPECT_FALSE(connects(policy, "169.254.169.254", 443, resolutions));
  // Another name's answer helps nobody.
  resolutions.add("evil.example.net", *IpAddress::parse("8.8.8.8"));
  EXPECT_FALSE(connects(policy, "8.8.8.8", 443, resolutions));
}

TEST(PolicyTest, ANameThatIsDeniedIsDeniedByItsAddress) {
  const Policy policy = read("[network.connect]\nallow = [\"*:*\"]\ndeny = [\"bad.example:*\"]\n");
  Resolutions resolutions;
  resolutions.add("bad.example", *IpAddress::parse("9.9.9.9"));
  EXPECT_FALSE(connects(policy, "9.9.9.9", 1, resolutions));
  EXPECT_TRUE(connects(policy, "9.9.9.10", 1, resolutions));
}

TEST(PolicyTest, ATemplateIsExtendedWithValues) {
  const Policy policy = read(R"(
extends = "http-client"
[with]
service = "10.1.1.1"
[network.connect]
allow = ["10.2.2.2:80"]
[limits]
connections = 3
)");
  EXPECT_TRUE(connects(policy, "10.1.1.1", 443));  // the template's rule
  EXPECT_TRUE(connects(policy, "10.2.2.2", 80));   // and the file's own
  EXPECT_FALSE(connects(policy, "10.1.1.1", 80));
  EXPECT_EQ(policy.limits.connections, 3u);
  EXPECT_EQ(policy.limits.descriptors, 256u);
  EXPECT_EQ(policy.network.connect.allow.at(0).place.document, "http-client");
  EXPECT_EQ(policy.network.connect.allow.at(1).place.document, "test.toml");
}

TEST(PolicyTest, ValuesFromOutsideReachTheFileAndItsTemplate) {
  constexpr std::string_view kText = R"(
extends = "http-client"
[parameters]
port_2 = { type = "port", default = "1" }
[network.connect]
allow = ["10.0.0.1:${port_2}"]
)";
  const Policy policy = read(kText, {{"service", "2001:db8::1"}, {"port_2", "99"}});
  EXPECT_TRUE(connects(policy, "10.0.0.1", 99));
  EXPECT_TRUE(connects(policy, "2001:db8::1", 443));
  EXPECT_EQ(complaints(kText).size(), 1u);  // said of `service`, not again of what uses it
}

TEST(PolicyTest, AnAddressParameterMayBeIPv6) {
  const Policy policy = read(R"(
[parameters]
api = { type = "address" }
[network.connect]
allow = ["${api}:443"]
)",
                             {{"api", "2001:db8::/32"}});
  EXPECT_TRUE(connects(policy, "2001:db8::5", 443));
  EXPECT_FALSE(connects(policy, "2001:db9::5", 443));
}

TEST(PolicyTest, MistypedKeysAreNamedWithTheirPlace) {
  EXPECT_EQ(complaints("[limits]\nmemroy = 1\n"),
            (Lines{"2:1: there is no key `memroy` (did you mean `memory`?)"}));
  EXPECT_EQ(complaints("[limit]\n"),
            (Lines{"1:2: there is no key `limit` (did you mean `limits`?)"}));
  EXPECT_EQ(complaints("[network.conect]\nallow = []\n"),
            (Lines{"1:10: there is no key `conect` (did you mean `connect`?)"}));
  EXPECT_EQ(complaints("[process]\nzzzzzz = 1\n"),
            (Lines{"2:1: there is no key `zzzzzz` (there are: exit)"}));
}

TEST(PolicyTest, EverythingThatIsWrongIsSaidAtOnce) {
  EXPECT_EQ(
      complaints(R"([directories."../data"]
allow = ["raed"]
[clocks]
access = "fast"
[network.connect]
allow = ["example.com"]
[limits]
memory = "lots"
wall_time = true
)"),
      (Lines{"1:14: `../data` cannot be a path of the program: it is empty, or leads upwards",
             "1:14: `host` is missing (the folder of the host that stands there)",
             "2:10: `raed` is not one of the choices (one of \"read\" \"write\" \"create\" "
             "\"delete\")",
             "4:10: `fast` is not one of the choices (one of \"real\" \"coarse\" \"frozen\")",
             "6:10: `example.com` is not an address or host with a port (\"10.0.0.7:443\", "
             "\"10.0.0.0/8:8000-8100\", \"[2001:db8::]/32:443\", \"api.example.com:443\", "
             "\"*:53\")",
             "8:10: `lots` is not a size (a size is a number of bytes or has a unit: 65536, "
             "64K, 256M, 1G)",
             "9:13: `true or false` is written wrongly (a time: 1500 (milliseconds), \"10s\", "
             "\"2m\")"}));
}

TEST(PolicyTest, WhatIsNotTomlSaysWhere) {
  const Lines lines = complaints("[limits]\nmemory = \n");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].starts_with("2:")) << lines[0];
  // What the TOML library takes for granted by itself.
  for (const char* text : {"[@]\n", "[a.@]\n", "[[@]]\n", "a.@ = 1\n", "a = {@}\n", "[", "[a.",
                           "[a]\xd1\x96\n", "\xc3\xa9\n", "a.", "a = {"})
    EXPECT_EQ(complaints(text).size(), 1u) << text;
}

TEST(PolicyTest, ParametersAreChecked) {
  EXPECT_EQ(complaints("[parameters]\nip = { type = \"address\" }\n", {{"ip", "10.0.0"}}),
            (Lines{"2:1: `10.0.0` does not fit the parameter (ip: an address or range is needed: "
                   "10.0.0.7, 10.0.0.0/8, 2001:db8::/32)"}));
  EXPECT_EQ(
      complaints("", {{"ip", "1"}}),
      (Lines{
          "0:0: there is no parameter `ip` (--set gives values to what [parameters] declares)"}));
  EXPECT_EQ(complaints("extends = \"http-cleint\"\n"),
            (Lines{"1:11: there is no template `http-cleint` (did you mean `http-client`?)"}));
  EXPECT_EQ(complaints("[arguments]\nset = [\"${x\", \"${y}\"]\n"),
            (Lines{"2:8: `${x` is not closed by a `}`",
                   "2:15: there is no parameter `y` ([parameters.y] would declare it)"}));
}

// A value that looks like syntax is a value.
TEST(PolicyTest, AValueCannotBecomeStructure) {
  const Policy policy = read("[parameters]\nname = {}\n[environment]\nset = { A = \"${name}\" }\n",
                             {{"name", "\"\n[network.connect]\nallow = [\"*:*\"]\n${name}"}});
  EXPECT_FALSE(connects(policy, "8.8.8.8", 53));
  EXPECT_EQ(policy.environment.at(0).value, "\"\n[network.connect]\nallow = [\"*:*\"]\n${name}");
}

TEST(PolicyTest, EveryTemplateCanBeExtended) {
  const Values values = {{"input", "in"},          {"output", "out"},
                         {"service", "h.example"}, {"devices", "10.0.0.0/8"},
                         {"api_ip", "10.0.0.1"},   {"spool", "spool"}};
  for (const Template& one : all_templates()) {
    Values needed;
    for (const auto& value : values)
      if (one.text.find("${" + value.first + "}") != std::string_view::npos)
        needed.push_back(value);
    read("extends = \"" + std::string(one.name) + "\"\n", needed);
  }
  EXPECT_EQ(all_templates().size(), 6u);
}

}  // namespace
}  // namespace skerry::policy
