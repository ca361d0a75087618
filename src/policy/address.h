// Where a rule of a policy points: ranges of addresses and ports, hosts by name.
// Not here: addresses themselves (base/ip_address.h); resolving names; sockets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"

namespace skerry::policy {

// Of this machine alone.
bool is_loopback(const IpAddress& address);
// Of this machine or a private network: where a name of the outside must not lead by itself.
bool is_internal(const IpAddress& address);

// All addresses that begin with the same bits. "10.0.0.0/8", "::/0", or one address.
struct AddressRange {
  IpAddress first;
  uint8_t prefix_bits = 32;

  static std::optional<AddressRange> parse(std::string_view text);
  bool contains(const IpAddress& address) const;
};

// "443", "8000-8100", "*".
struct PortRange {
  uint16_t first = 0, last = 65535;

  static std::optional<PortRange> parse(std::string_view text);
  bool contains(uint16_t port) const { return first <= port && port <= last; }
};

// Where a rule points: addresses, or a host by its name, and ports. "10.0.0.0/8:443",
// "[2001:db8::]/32:80-90", "api.example.com:443", "*:53" (every address), "*.example.com:443".
struct Endpoint {
  std::optional<AddressRange> addresses;  // empty: by name, or every address
  std::string host;                       // lower case; empty: by address; "*": every address
  PortRange ports;
  std::string text;  // as it was written

  static std::optional<Endpoint> parse(std::string_view text);
  bool is_any_address() const { return host == "*"; }
  bool names_host() const { return !host.empty() && host != "*"; }
  // Is `name` (without a trailing dot, any case) the host that is meant?
  bool matches_host(std::string_view name) const;
};

// Letters, digits, hyphens, underscores and dots, as host names have them. "*." may stand in front.
bool is_host_name(std::string_view text);

}  // namespace skerry::policy
