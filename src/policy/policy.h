// Policy: what one module may do, as values, and the decisions that follow from it. Pure: nothing
// here asks the system or does anything. Not here: the file format (reader.h); who enforces it
// (wasi, embed).
// Invariant: what no rule allows is denied, and a rule that denies wins over one that allows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/address.h"
#include "policy/grants.h"

namespace skerry::policy {

// Where something is said: a file, or a template by its name; lines and columns count from 1.
struct Place {
  std::string document;
  uint32_t line = 0, column = 0;
};

template <class T>
struct Said {
  T value{};
  Place place;
};

struct Directory {
  std::string guest;  // path by which the program knows it
  std::string host;
  Access access = Access::None;
  std::optional<uint64_t> max_bytes;
  Place place;
};

struct Variable {
  std::string name;
  std::optional<std::string> value;  // empty: the one it has outside
  Place place;
};

// What a list of names allows: "env.log", or "env.*" for all that begin so.
using Names = std::vector<Said<std::string>>;
struct HostRules {
  std::vector<Said<std::string>> allow, deny;  // host names; "*.example.com" for all below
};
struct EndpointRules {
  std::vector<Said<Endpoint>> allow, deny;
};

enum class StreamAccess : uint8_t { Inherit, Null };

struct Policy {
  std::vector<Directory> directories;
  std::vector<Variable> environment;
  struct {
    bool allow = true;
    std::vector<Said<std::string>> set;
  } arguments;
  Clocks clocks;
  Random random;
  struct {
    StreamAccess input = StreamAccess::Null, output = StreamAccess::Inherit,
                 error = StreamAccess::Inherit;
  } stdio;
  struct {
    HostRules resolve;
    EndpointRules connect, listen;
  } network;
  struct {
    bool exit = true;
  } process;
  struct {
    Names functions, libraries;
  } host;
  struct {
    std::optional<uint64_t> memory_bytes, table_elements, fuel, wall_time_ms, stack_bytes,
        descriptors, written_bytes, connections, instances;
  } limits;
  // Where each key that was given is said last, by its full name: "limits.memory".
  std::map<std::string, Place, std::less<>> said;

  // Null if the key keeps its default.
  const Place* place_of(std::string_view key) const;
};

// The names a program has looked up, and the addresses it was told. Whoever resolves for it adds.
class Resolutions {
 public:
  void add(std::string_view host, const IpAddress& address);
  // Was this address an answer for a name that the endpoint means?
  bool leads_to(const Endpoint& endpoint, const IpAddress& address) const;

 private:
  std::vector<std::pair<std::string, IpAddress>> answers_;
};

struct Verdict {
  bool is_allowed = false;
  const Place* place = nullptr;  // of the rule; null: nothing allows it

  explicit operator bool() const { return is_allowed; }
};

// `address` is where the packets would go: a name never decides by itself. A rule that allows a
// host by name allows the addresses that the program got for it, but none of this machine or a
// private network (DNS rebinding); those have to be allowed as addresses, or as `localhost`.
Verdict decide_connect(const Policy& policy, const IpAddress& address, uint16_t port,
                       const Resolutions& resolutions);
Verdict decide_listen(const Policy& policy, const IpAddress& address, uint16_t port);
// Whatever may be connected to by name may be looked up as well.
Verdict decide_resolve(const Policy& policy, std::string_view host);
Verdict decide_function(const Policy& policy, std::string_view module, std::string_view name);
Verdict decide_library(const Policy& policy, std::string_view library, std::string_view symbol);
Verdict decide_exit(const Policy& policy);

}  // namespace skerry::policy
