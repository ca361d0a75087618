// Network addresses as policies see them: read from text, compared with ranges.
// Not here: resolving names; sockets. Invariant: an IPv4 address that is written as IPv6
// (::ffff:a.b.c.d) is that IPv4 address, so no rule can be passed by spelling it otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::policy {

enum class Family : uint8_t { IPv4, IPv6 };

struct Address {
  Family family = Family::IPv4;
  std::array<uint8_t, 16> bytes{};  // the first four for IPv4; network order

  static Address of_v4(std::array<uint8_t, 4> bytes);
  static Address of_v6(const std::array<uint8_t, 16>& bytes);
  // "127.0.0.1", "::1"; strict: four decimal numbers without leading zeros, RFC 4291 for IPv6.
  static std::optional<Address> parse(std::string_view text);
  std::string text() const;
  size_t bit_count() const { return family == Family::IPv4 ? 32 : 128; }
  // Of this machine or a private network: where a name of the outside must not lead by itself.
  bool is_internal() const;

  friend bool operator==(const Address&, const Address&) = default;
};

// All addresses that begin with the same bits. "10.0.0.0/8", "::/0", or one address.
struct AddressRange {
  Address first;
  uint8_t prefix_bits = 32;

  static std::optional<AddressRange> parse(std::string_view text);
  bool contains(const Address& address) const;
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
