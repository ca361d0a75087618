// Reading and comparing addresses.
#include "policy/address.h"

#include <algorithm>
#include <charconv>

namespace skerry::policy {
namespace {

std::optional<unsigned> decimal(std::string_view text, unsigned most) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

std::optional<std::array<uint8_t, 4>> parse_v4(std::string_view text) {
  std::array<uint8_t, 4> bytes{};
  for (size_t i = 0; i < 4; ++i) {
    const size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto value = decimal(text.substr(0, dot), 255);
    if (!value) return std::nullopt;
    bytes[i] = static_cast<uint8_t>(*value);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return text.empty() ? std::optional(bytes) : std::nullopt;
}

// Groups of one to four hexadecimal digits between colons; at the end of the whole address the last
// may be an IPv4 address.
struct Groups {
  std::array<uint8_t, 16> bytes{};
  size_t size = 0;
};

std::optional<Groups> parse_groups(std::string_view text, bool is_end) {
  Groups groups;
  while (!text.empty()) {
    const size_t colon = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, colon);
    if (is_end && colon == text.size() && group.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(group);
      if (!v4 || groups.size > 12) return std::nullopt;
      std::copy(v4->begin(), v4->end(), groups.bytes.begin() + groups.size);
      groups.size += 4;
      return groups;
    }
    unsigned value = 0;
    const auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), value, 16);
    if (group.empty() || group.size() > 4 || error != std::errc() ||
        end != group.data() + group.size() || groups.size > 14)
      return std::nullopt;
    groups.bytes[groups.size++] = static_cast<uint8_t>(value >> 8);
    groups.bytes[groups.size++] = static_cast<uint8_t>(value);
    if (colon == text.size()) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;  // ends with a colon
  }
  return groups;
}

std::optional<std::array<uint8_t, 16>> parse_v6(std::string_view text) {
  const size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto groups = parse_groups(text, true);
    return groups && groups->size == 16 ? std::optional(groups->bytes) : std::nullopt;
  }
  const auto head = parse_groups(text.substr(0, gap), false);
  const auto tail = parse_groups(text.substr(gap + 2), true);
  if (!head || !tail || head->size + tail->size > 14) return std::nullopt;
  std::array<uint8_t, 16> bytes{};
  std::copy_n(head->bytes.begin(), head->size, bytes.begin());
  std::copy_n(tail->bytes.begin(), tail->size, bytes.end() - static_cast<long>(tail->size));
  return bytes;
}

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

Address Address::of_v4(std::array<uint8_t, 4> bytes) {
  Address address;
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

Address Address::of_v6(const std::array<uint8_t, 16>& bytes) {
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin()))
    return of_v4({bytes[12], bytes[13], bytes[14], bytes[15]});
  return {Family::IPv6, bytes};
}

std::optional<Address> Address::parse(std::string_view text) {
  if (const auto v4 = parse_v4(text)) return of_v4(*v4);
  if (text.find(':') == std::string_view::npos) return std::nullopt;
  if (const auto v6 = parse_v6(text)) return of_v6(*v6);
  return std::nullopt;
}

std::string Address::text() const {
  if (family == Family::IPv4)
    return std::to_string(bytes[0]) + "." + std::to_string(bytes[1]) + "." +
           std::to_string(bytes[2]) + "." + std::to_string(bytes[3]);
  // RFC 5952: the longest run of two or more zero groups becomes "::".
  std::array<unsigned, 8> groups{};
  for (size_t i = 0; i < 8; ++i) groups[i] = bytes[2 * i] << 8u | bytes[2 * i + 1];
  size_t best = 8, best_size = 1;
  for (size_t i = 0; i < 8; ++i) {
    size_t size = 0;
    while (i + size < 8 && groups[i + size] == 0) ++size;
    if (size > best_size) best = i, best_size = size;
  }
  std::string text;
  for (size_t i = 0; i < 8; ++i) {
    if (i == best) {
      text += "::";
      i += best_size - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    char digits[4];
    const auto [end, error] = std::to_chars(digits, digits + 4, groups[i], 16);
    text.append(digits, end);
  }
  return text;
}

bool Address::is_internal() const {
  static constexpr std::string_view kInternal[] = {
      "0.0.0.0/8",     "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
      "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4",   "240.0.0.0/4", "::/128",
      "::1/128",       "fc00::/7",       "fe80::/10",     "ff00::/8",    "64:ff9b::/96"};
  return std::ranges::any_of(kInternal, [&](std::string_view range) {
    return AddressRange::parse(range)->contains(*this);
  });
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  AddressRange range{*address, static_cast<uint8_t>(address->bit_count())};
  if (slash == text.size()) return range;
  // A range of IPv4 addresses in IPv6's spelling counts its bits from the IPv6 address's start.
  const bool is_mapped = address->family == Family::IPv4 && text.find(':') < slash;
  const auto bits = decimal(text.substr(slash + 1), is_mapped ? 128 : range.prefix_bits);
  if (!bits || (is_mapped && *bits < 96)) return std::nullopt;
  range.prefix_bits = static_cast<uint8_t>(is_mapped ? *bits - 96 : *bits);
  return range;
}

bool AddressRange::contains(const Address& address) const {
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
  const auto first = decimal(text.substr(0, dash), 65535);
  const auto last = dash == std::string_view::npos ? first : decimal(text.substr(dash + 1), 65535);
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
