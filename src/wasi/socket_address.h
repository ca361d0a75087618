// Addresses of sockets in guest memory, as WasmEdge's functions take and give them (wasi.def).
#pragma once

#include <span>

#include "base/ip_address.h"
#include "wasi/call.h"

namespace skerry::wasi {

// The family's number in guest memory.
FamilyId family_id(IpFamily family);

// Where an address is to be read or written: 4, 16 or 128 bytes; Inval for other sizes.
Result<std::span<uint8_t>> address_room(const Call& call, Ptr at);
// Inval for a port or family that there is not.
Result<SocketAddress> read_address(const Call& call, Ptr at, Size port);
// Inval if it has no room.
Result<void> write_address(std::span<uint8_t> room, const IpAddress& address);

}  // namespace skerry::wasi
