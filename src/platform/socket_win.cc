// Sockets on Windows: Winsock's, non-blocking (FIONBIO).
#include "platform/socket.h"

#include <mutex>
#include <vector>

#include "platform/io_error_win.h"
#include "platform/socket_system.h"

namespace skerry::platform {
namespace {

// SIO_UDP_CONNRESET; older headers lack it.
constexpr DWORD kUdpConnReset = _WSAIOW(IOC_VENDOR, 12);

Result<File> own(SOCKET socket, FileType type) {
  if (socket == INVALID_SOCKET) return fail_last_socket();
  File file = File::of_socket(static_cast<NativeHandle>(socket), type);
  u_long on = 1;
  if (ioctlsocket(socket, FIONBIO, &on) != 0) return fail_last_socket();
  return file;
}

std::vector<WSABUF> buffers_of(std::span<const IoSlice> slices) {
  std::vector<WSABUF> buffers;
  for (const IoSlice& slice : slices)
    buffers.push_back({static_cast<ULONG>(std::min<size_t>(slice.size_bytes, 1u << 30)),
                       reinterpret_cast<char*>(slice.data)});
  return buffers;
}

}  // namespace

Result<void> start_network() {
  static std::once_flag once;
  static int error = 0;
  std::call_once(once, [] {
    WSADATA data;
    error = WSAStartup(MAKEWORD(2, 2), &data);
  });
  if (error != 0) return fail_win32(static_cast<uint32_t>(error));
  return {};
}

std::unexpected<Error> fail_last_socket() {
  return fail_win32(static_cast<uint32_t>(WSAGetLastError()));
}

Result<File> open_socket(IpFamily family, SocketKind kind) {
  TRY(start_network());
  const bool is_stream = kind == SocketKind::Stream;
  const bool is_v6 = family == IpFamily::IPv6;
  const SOCKET handle = WSASocketW(is_v6 ? AF_INET6 : AF_INET, is_stream ? SOCK_STREAM : SOCK_DGRAM,
                                   0, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  File socket = TRY(own(handle, is_stream ? FileType::StreamSocket : FileType::DatagramSocket));
  if (!is_stream) {
    // Else a datagram that nobody wanted makes the next receive fail.
    BOOL off = FALSE;
    DWORD unused = 0;
    WSAIoctl(handle, kUdpConnReset, &off, sizeof(off), nullptr, 0, &unused, nullptr, nullptr);
  }
  const DWORD one = 1;
  if (is_v6 && setsockopt(handle, IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char*>(&one),
                          sizeof(one)) != 0)
    return fail_last_socket();
  return socket;
}

Result<File> accept_from(const File& listener) {
  return own(::accept(system_socket(listener), nullptr, nullptr), FileType::StreamSocket);
}

Result<void> connect_to(const File& socket, const SocketAddress& address) {
  const SystemAddress place = SystemAddress::of(address);
  if (::connect(system_socket(socket), place.get(), place.size_bytes) == 0) return {};
  // Winsock's word for a connection that is under way.
  if (WSAGetLastError() == WSAEWOULDBLOCK) return fail_io(IoError::InProgress, WSAEWOULDBLOCK);
  return fail_last_socket();
}

Result<void> take_error(const File& socket) {
  int number = 0, size = sizeof(number);
  if (getsockopt(system_socket(socket), SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&number),
                 &size) != 0)
    return fail_last_socket();
  if (number != 0) return fail_win32(static_cast<uint32_t>(number));
  return {};
}

Result<Received> receive(const File& socket, std::span<const IoSlice> slices, Take take) {
  std::vector<WSABUF> buffers = buffers_of(slices);
  const bool is_datagram = socket.type() == FileType::DatagramSocket;
  SystemAddress from;
  DWORD size = 0, flags = take == Take::Peek ? MSG_PEEK : 0;
  const int result =
      WSARecvFrom(system_socket(socket), buffers.data(), static_cast<DWORD>(buffers.size()), &size,
                  &flags, is_datagram ? from.get() : nullptr,
                  is_datagram ? &from.size_bytes : nullptr, nullptr, nullptr);
  const bool is_truncated = result != 0 && WSAGetLastError() == WSAEMSGSIZE;
  // What has been shut down for reading is at its end, as POSIX has it.
  if (result != 0 && WSAGetLastError() == WSAESHUTDOWN) return Received{};
  if (result != 0 && !is_truncated) return fail_last_socket();
  Received received{size, is_truncated, {}};
  if (is_truncated) {
    received.size_bytes = 0;
    for (const IoSlice& slice : slices) received.size_bytes += slice.size_bytes;
  }
  if (is_datagram) received.from = from.address();
  return received;
}

Result<size_t> send(const File& socket, std::span<const IoSlice> slices, const SocketAddress* to) {
  std::vector<WSABUF> buffers = buffers_of(slices);
  const SystemAddress place = to != nullptr ? SystemAddress::of(*to) : SystemAddress();
  DWORD size = 0;
  if (WSASendTo(system_socket(socket), buffers.data(), static_cast<DWORD>(buffers.size()), &size, 0,
                to != nullptr ? place.get() : nullptr, to != nullptr ? place.size_bytes : 0,
                nullptr, nullptr) != 0)
    return fail_last_socket();
  return size;
}

Result<size_t> read_socket(const File& socket, std::span<const IoSlice> slices) {
  const Received received = TRY(receive(socket, slices, Take::Remove));
  return received.size_bytes;
}

Result<size_t> write_socket(const File& socket, std::span<const IoSlice> slices) {
  return send(socket, slices, nullptr);
}

Result<void> shut_down(const File& socket, bool reading, bool writing) {
  const int how = reading && writing ? SD_BOTH : reading ? SD_RECEIVE : SD_SEND;
  if (::shutdown(system_socket(socket), how) != 0) return fail_last_socket();
  return {};
}

}  // namespace skerry::platform
