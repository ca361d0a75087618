// Addresses of the internet, and an address with a port.
// Not here: ranges and rules (policy/address.h); resolving names and sockets (platform/socket.h).
// Invariant: an IPv4 address that is written as IPv6 (::ffff:a.b.c.d) is that IPv4 address, so no
// rule can be passed by spelling it otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry {

enum class IpFamily : uint8_t { IPv4, IPv6 };

struct IpAddress {
  IpFamily family = IpFamily::IPv4;
  std::array<uint8_t, 16> bytes{};  // the first four for IPv4; network order

  static IpAddress of_v4(std::array<uint8_t, 4> bytes);
  static IpAddress of_v6(const std::array<uint8_t, 16>& bytes);
  // "127.0.0.1", "::1"; strict: four decimal numbers without leading zeros, RFC 4291 for IPv6.
  static std::optional<IpAddress> parse(std::string_view text);
  std::string text() const;
  size_t byte_count() const { return family == IpFamily::IPv4 ? 4 : 16; }
  size_t bit_count() const { return 8 * byte_count(); }

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

struct SocketAddress {
  IpAddress address;
  uint16_t port = 0;

  // "127.0.0.1:80", "[::1]:80".
  static std::optional<SocketAddress> parse(std::string_view text);
  std::string text() const;

  friend bool operator==(const SocketAddress&, const SocketAddress&) = default;
};

// A number of up to five digits without leading zeros.
std::optional<unsigned> parse_decimal(std::string_view text, unsigned most);

}  // namespace skerry
