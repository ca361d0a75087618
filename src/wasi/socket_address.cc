// Reading and writing addresses in guest memory.
#include "wasi/socket_address.h"

#include <algorithm>

namespace skerry::wasi {
namespace {

Result<IpAddress> address_of(std::span<const uint8_t> bytes) {
  if (bytes.size() == 4) return IpAddress::of_v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  std::array<uint8_t, 16> all;
  std::copy_n(bytes.begin(), all.size(), all.begin());
  return IpAddress::of_v6(all);
}

}  // namespace

FamilyId family_id(IpFamily family) { return family == IpFamily::IPv4 ? kFamilyIPv4 : kFamilyIPv6; }

Result<std::span<uint8_t>> address_room(const Call& call, Ptr at) {
  AddressRecord record;
  std::memcpy(&record, TRY(call.bytes(at, sizeof(record))).data(), sizeof(record));
  if (record.length != 4 && record.length != 16 && record.length != sizeof(TaggedAddressRecord))
    return fail_with(Errno::Inval);
  return call.bytes(Ptr{record.buf}, record.length);
}

Result<SocketAddress> read_address(const Call& call, Ptr at, Size port) {
  const auto room = TRY(address_room(call, at));
  if (port > UINT16_MAX) return fail_with(Errno::Inval);
  const auto number = static_cast<uint16_t>(port);
  if (room.size() != sizeof(TaggedAddressRecord))
    return SocketAddress{TRY(address_of(room)), number};
  TaggedAddressRecord record;
  std::memcpy(&record, room.data(), sizeof(record));
  if (record.family != kFamilyIPv4 && record.family != kFamilyIPv6)
    return fail_with(Errno::Afnosupport);
  const size_t size = record.family == kFamilyIPv4 ? 4 : 16;
  return SocketAddress{TRY(address_of(std::span(record.bytes, size))), number};
}

Result<void> write_address(std::span<uint8_t> room, const IpAddress& address) {
  const size_t size = address.byte_count();
  if (room.size() == sizeof(TaggedAddressRecord)) {
    TaggedAddressRecord record{};
    record.family = static_cast<uint16_t>(family_id(address.family));
    std::copy_n(address.bytes.begin(), size, record.bytes);
    std::memcpy(room.data(), &record, sizeof(record));
    return {};
  }
  if (room.size() < size) return fail_with(Errno::Inval);
  std::copy_n(address.bytes.begin(), size, room.begin());
  return {};
}

}  // namespace skerry::wasi
