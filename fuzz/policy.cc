// Fuzz target: text -> a policy, and decisions by it. The first line is the value of a parameter.
// Finds: crashes and sanitizer reports, mistakes without a text, an internal address allowed by a
// name, addresses that change when they are written and read.
#include <cstdlib>

#include "policy/reader.h"

using namespace skerry;
using namespace skerry::policy;

namespace {

void decide(const Policy& policy) {
  Resolutions resolutions;
  const IpAddress internal = *IpAddress::parse("169.254.169.254");
  resolutions.add("api.example.com", internal);
  resolutions.add("api.example.com", *IpAddress::parse("2001:db8::1"));
  const Verdict verdict = decide_connect(policy, internal, 443, resolutions);
  if (verdict.is_allowed && verdict.place == nullptr) std::abort();
  for (const auto& [endpoint, place] : policy.network.connect.allow)
    if (&place == verdict.place && verdict.is_allowed && endpoint.names_host()) std::abort();
  (void)decide_listen(policy, internal, 80);
  (void)decide_resolve(policy, "api.example.com");
  (void)decide_function(policy, "env", "log");
  (void)decide_library(policy, "z", "crc32");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(input.find('\n'), size);
  const std::string_view first = input.substr(0, end);
  if (const auto address = IpAddress::parse(first))
    if (IpAddress::parse(address->text()) != address) std::abort();
  (void)Endpoint::parse(first);
  const auto policy =
      read_policy(input.substr(std::min(end + 1, size)), "fuzz", {{"service", std::string(first)}});
  if (policy) {
    decide(*policy);
  } else {
    if (policy.error().empty()) std::abort();
    for (const Diagnostic& diagnostic : policy.error())
      if (diagnostic.text().empty()) std::abort();
  }
  return 0;
}
