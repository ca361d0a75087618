// Reading and comparing ranges of addresses, and endpoints.
#include "policy/address.h"

#include <algorithm>

namespace skerry::policy {
namespace {

// What stands between the address and its ports: "[v6]/n", "v4/n", a bare IPv6 needs brackets.
std::optional<AddressRange> parse_bracketed(std::string_view text) {
  if (text.empty() || text[0] != '[') return AddressRange::parse(text);
  const size_t close = text.find(']');
  if (close == std::string_view::npos) return std::nullopt;
  const std::string inside(text.substr(1, close - 1));
  return AddressRange::parse(inside + std::string(text.substr(close + 1)));
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool is_loopback(const IpAddress& address) {
  return address.family == IpFamily::IPv4 ? address.bytes[0] == 127
                                          : address == *IpAddress::parse("::1");
}

bool is_internal(const IpAddress& address) {
  static constexpr std::string_view kInternal[] = {
      "0.0.0.0/8",     "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
      "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4",   "240.0.0.0/4", "::/128",
      "::1/128",       "fc00::/7",       "fe80::/10",     "ff00::/8",    "64:ff9b::/96"};
  return std::ranges::any_of(kInternal, [&](std::string_view range) {
    return AddressRange::parse(range)->contains(address);
  });
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  AddressRange range{*address, static_cast<uint8_t>(address->bit_count())};
  if (slash == text.size()) return range;
  // A range of IPv4 addresses in IPv6's spelling counts its bits from the IPv6 address's start.
  const bool is_mapped = address->family == IpFamily::IPv4 && text.find(':') < slash;
  const auto bits = parse_decimal(text.substr(slash + 1), is_mapped ? 128 : range.prefix_bits);
  if (!bits || (is_mapped && *bits < 96)) return std::nullopt;
  range.prefix_bits = static_cast<uint8_t>(is_mapped ? *bits - 96 : *bits);
  return range;
}

bool AddressRange::contains(const IpAddress& address) const {
  if (address.family != first.family) return false;
  const size_t whole = prefix_bits / 8, rest = prefix_bits % 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + static_cast<long>(whole),
                  first.bytes.begin()))
    return false;
  if (rest == 0) return true;
  const auto mask = static_cast<uint8_t>(0xff00u >> rest);
  return ((address.bytes[whole] ^ first.bytes[whole]) & mask) == 0;
}

std::optional<PortRange> PortRange::parse(std::string_view text) {
  if (text == "*") return PortRange{};
  const size_t dash = text.find('-');
  const auto first = parse_decimal(text.substr(0, dash), 65535);
  const auto last =
      dash == std::string_view::npos ? first : parse_decimal(text.substr(dash + 1), 65535);
  if (!first || !last || *first > *last) return std::nullopt;
  return PortRange{static_cast<uint16_t>(*first), static_cast<uint16_t>(*last)};
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  // The ports are behind the last colon, unless that is part of an address in brackets.
  const size_t colon = text.rfind(':');
  const size_t close = text.rfind(']');
  if (colon == std::string_view::npos || (close != std::string_view::npos && colon < close))
    return std::nullopt;
  const auto ports = PortRange::parse(text.substr(colon + 1));
  if (!ports) return std::nullopt;
  const std::string_view place = text.substr(0, colon);
  Endpoint endpoint{.addresses = {}, .host = {}, .ports = *ports, .text = std::string(text)};
  if (place == "*") {
    endpoint.host = "*";
    return endpoint;
  }
  // "::1:80" could be read in two ways.
  if (place.find(':') == std::string_view::npos || place[0] == '[') {
    endpoint.addresses = parse_bracketed(place);
    if (endpoint.addresses) return endpoint;
  }
  if (!is_host_name(place)) return std::nullopt;
  std::ranges::transform(place, std::back_inserter(endpoint.host), lower);
  return endpoint;
}

bool Endpoint::matches_host(std::string_view name) const {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  const auto equal = [](char a, char b) { return lower(a) == b; };
  if (!host.starts_with("*.")) return std::ranges::equal(name, host, equal);
  const std::string_view end = std::string_view(host).substr(1);  // with its dot
  return name.size() > end.size() &&
         std::ranges::equal(name.substr(name.size() - end.size()), end, equal);
}

bool is_host_name(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(2);
  if (text.empty() || text.size() > 253 || text.front() == '.' || text.back() == '.') return false;
  // All digits and dots would be a mistyped address.
  bool has_letter = false;
  char before = 0;
  for (const char c : text) {
    const bool is_letter = (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_';
    has_letter |= is_letter;
    if (!is_letter && !(c >= '0' && c <= '9') && c != '.') return false;
    if (c == '.' && before == '.') return false;
    before = c;
  }
  return has_letter;
}

}  // namespace skerry::policy
