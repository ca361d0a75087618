// Sockets of the internet: making them, connections, messages with addresses, options, names.
// A socket is a File: reading, writing, closing and poll() are the file's (files.h, poll.h).
// Not here: who may use the network (wasi/gate.h).
// Invariant: nothing here waits, but for resolve(). WouldBlock, or InProgress of connect_to(), says
// that poll() should.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "platform/files.h"

namespace skerry::platform {

enum class SocketKind : uint8_t { Stream, Datagram };

// IPv6 sockets are for IPv6 alone, on every system.
Result<File> open_socket(IpFamily family, SocketKind kind);
Result<void> bind_to(const File& socket, const SocketAddress& address);
Result<void> listen_on(const File& socket, uint32_t backlog);
// A bound and listening socket whose address may be used again at once after it is closed.
Result<File> open_listener(const SocketAddress& address);
Result<File> accept_from(const File& listener);
// Without an error the connection is there. InProgress: poll() for writing, then take_error().
Result<void> connect_to(const File& socket, const SocketAddress& address);
// What went wrong behind the scenes since it was asked last.
Result<void> take_error(const File& socket);
// NotConnected if there is no peer. An address that is none of the internet's is
// AddressFamilyNotSupported.
Result<SocketAddress> local_address(const File& socket);
Result<SocketAddress> peer_address(const File& socket);

enum class Take : uint8_t { Remove, Peek };
struct Received {
  size_t size_bytes = 0;
  bool is_truncated = false;          // the rest of the message is lost
  std::optional<SocketAddress> from;  // of datagrams
};
Result<Received> receive(const File& socket, std::span<const IoSlice> slices, Take take);
// `to`: null for connected sockets.
Result<size_t> send(const File& socket, std::span<const IoSlice> slices, const SocketAddress* to);
Result<void> shut_down(const File& socket, bool reading, bool writing);

// Options whose value is a number; of flags 0 or 1.
enum class SocketOption : uint8_t {
  ReuseAddress,
  DontRoute,
  Broadcast,
  SendBufferBytes,
  ReceiveBufferBytes,
  KeepAlive,
  OutOfBandInline,
  IsListening,  // only to ask
  NoDelay,
};
Result<int> get_option(const File& socket, SocketOption option);
Result<void> set_option(const File& socket, SocketOption option, int value);

// Asks the system for the addresses of a host. May take many seconds, so it is for a thread that
// can wait. NotFound if there is no such host, WouldBlock if nobody could say for now.
Result<std::vector<IpAddress>> resolve(const std::string& host);

}  // namespace skerry::platform
