// Reading and writing addresses of the internet.
#include "base/ip_address.h"

#include <algorithm>
#include <charconv>

namespace skerry {

std::optional<unsigned> parse_decimal(std::string_view text, unsigned most) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

namespace {

std::optional<std::array<uint8_t, 4>> parse_v4(std::string_view text) {
  std::array<uint8_t, 4> bytes{};
  for (size_t i = 0; i < 4; ++i) {
    const size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto value = parse_decimal(text.substr(0, dot), 255);
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

}  // namespace

IpAddress IpAddress::of_v4(std::array<uint8_t, 4> bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

IpAddress IpAddress::of_v6(const std::array<uint8_t, 16>& bytes) {
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin()))
    return of_v4({bytes[12], bytes[13], bytes[14], bytes[15]});
  return {IpFamily::IPv6, bytes};
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (const auto v4 = parse_v4(text)) return of_v4(*v4);
  if (text.find(':') == std::string_view::npos) return std::nullopt;
  if (const auto v6 = parse_v6(text)) return of_v6(*v6);
  return std::nullopt;
}

std::string IpAddress::text() const {
  if (family == IpFamily::IPv4)
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

std::optional<SocketAddress> SocketAddress::parse(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_decimal(text.substr(colon + 1), 65535);
  std::string_view place = text.substr(0, colon);
  const bool has_brackets = place.starts_with('[') && place.ends_with(']');
  // "::1:80" could be read in two ways.
  if (!has_brackets && place.find(':') != std::string_view::npos) return std::nullopt;
  if (has_brackets) place = place.substr(1, place.size() - 2);
  const auto address = IpAddress::parse(place);
  if (!port || !address) return std::nullopt;
  return SocketAddress{*address, static_cast<uint16_t>(*port)};
}

std::string SocketAddress::text() const {
  const std::string place = address.text();
  return (address.family == IpFamily::IPv6 ? "[" + place + "]" : place) + ":" +
         std::to_string(port);
}

}  // namespace skerry
