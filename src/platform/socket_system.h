// The system's words for sockets, as the halves of socket.h share them. Not for rooms other than
// platform.
#pragma once

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/ip_address.h"
#include "platform/files.h"

namespace skerry::platform {

#ifdef _WIN32
using SystemSocket = SOCKET;
using SystemSize = int;
// Here SO_REUSEADDR would let a second program take an address that is in use, and what it is for
// elsewhere is so by itself.
inline constexpr bool kReusesAddresses = true;
#else
using SystemSocket = int;
using SystemSize = socklen_t;
inline constexpr bool kReusesAddresses = false;
#endif

inline SystemSocket system_socket(const File& socket) {
  return static_cast<SystemSocket>(socket.native());
}

struct SystemAddress {
  sockaddr_storage storage{};
  SystemSize size_bytes = sizeof(storage);

  static SystemAddress of(const SocketAddress& address);
  // Nothing for addresses that are none of the internet's.
  std::optional<SocketAddress> address() const;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// Before anything else of the network, as often as one likes.
Result<void> start_network();
// What the last call on a socket failed with.
std::unexpected<Error> fail_last_socket();

// File::read and File::write of sockets.
Result<size_t> read_socket(const File& socket, std::span<const IoSlice> slices);
Result<size_t> write_socket(const File& socket, std::span<const IoSlice> slices);

}  // namespace skerry::platform
