// What is the same on every system: addresses as the system has them, options by table, names.
// The system's halves have the words for errors, flags and lists of slices.
#include "platform/socket.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "platform/io_error.h"
#include "platform/socket_system.h"

namespace skerry::platform {
namespace {

struct OptionRow {
  SocketOption option;
  int level, name;
};
constexpr auto kOptions = std::to_array<OptionRow>({
    {SocketOption::ReuseAddress, SOL_SOCKET, SO_REUSEADDR},
    {SocketOption::DontRoute, SOL_SOCKET, SO_DONTROUTE},
    {SocketOption::Broadcast, SOL_SOCKET, SO_BROADCAST},
    {SocketOption::SendBufferBytes, SOL_SOCKET, SO_SNDBUF},
    {SocketOption::ReceiveBufferBytes, SOL_SOCKET, SO_RCVBUF},
    {SocketOption::KeepAlive, SOL_SOCKET, SO_KEEPALIVE},
    {SocketOption::OutOfBandInline, SOL_SOCKET, SO_OOBINLINE},
    {SocketOption::IsListening, SOL_SOCKET, SO_ACCEPTCONN},
    {SocketOption::NoDelay, IPPROTO_TCP, TCP_NODELAY},
});

const OptionRow& row_of(SocketOption option) { return kOptions[static_cast<size_t>(option)]; }
static_assert([] {
  for (size_t i = 0; i < kOptions.size(); ++i)
    if (static_cast<size_t>(kOptions[i].option) != i) return false;
  return true;
}());

// `ask`: getsockname or getpeername.
Result<SocketAddress> name_of(const File& socket, auto ask) {
  SystemAddress found;
  if (ask(system_socket(socket), found.get(), &found.size_bytes) != 0) return fail_last_socket();
  const auto address = found.address();
  if (!address) return fail_io(IoError::AddressFamilyNotSupported);
  return *address;
}

}  // namespace

SystemAddress SystemAddress::of(const SocketAddress& address) {
  SystemAddress result;
  if (address.address.family == IpFamily::IPv4) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(result.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, address.address.bytes.data(), 4);
    result.size_bytes = sizeof(v4);
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(result.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    std::memcpy(&v6.sin6_addr, address.address.bytes.data(), 16);
    result.size_bytes = sizeof(v6);
  }
  return result;
}

std::optional<SocketAddress> SystemAddress::address() const {
  if (size_bytes >= static_cast<SystemSize>(sizeof(sockaddr_in)) && storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    std::array<uint8_t, 4> bytes;
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return SocketAddress{IpAddress::of_v4(bytes), ntohs(v4.sin_port)};
  }
  if (size_bytes >= static_cast<SystemSize>(sizeof(sockaddr_in6)) &&
      storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
    std::array<uint8_t, 16> bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return SocketAddress{IpAddress::of_v6(bytes), ntohs(v6.sin6_port)};
  }
  return std::nullopt;
}

Result<File> open_listener(const SocketAddress& address) {
  File socket = TRY(open_socket(address.address.family, SocketKind::Stream));
  TRY(set_option(socket, SocketOption::ReuseAddress, 1));
  TRY(bind_to(socket, address));
  TRY(listen_on(socket, SOMAXCONN));
  return socket;
}

Result<void> bind_to(const File& socket, const SocketAddress& address) {
  const SystemAddress place = SystemAddress::of(address);
  if (::bind(system_socket(socket), place.get(), place.size_bytes) != 0) return fail_last_socket();
  return {};
}

Result<void> listen_on(const File& socket, uint32_t backlog) {
  const int count = static_cast<int>(std::min<uint32_t>(backlog, SOMAXCONN));
  if (::listen(system_socket(socket), count) != 0) return fail_last_socket();
  return {};
}

Result<SocketAddress> local_address(const File& socket) { return name_of(socket, getsockname); }
Result<SocketAddress> peer_address(const File& socket) { return name_of(socket, getpeername); }

Result<int> get_option(const File& socket, SocketOption option) {
  const OptionRow& row = row_of(option);
  int value = 0;
  SystemSize size = sizeof(value);
  if (getsockopt(system_socket(socket), row.level, row.name, reinterpret_cast<char*>(&value),
                 &size) != 0)
    return fail_last_socket();
  return value;
}

Result<void> set_option(const File& socket, SocketOption option, int value) {
  if (kReusesAddresses && option == SocketOption::ReuseAddress) return {};
  const OptionRow& row = row_of(option);
  if (setsockopt(system_socket(socket), row.level, row.name, reinterpret_cast<const char*>(&value),
                 sizeof(value)) != 0)
    return fail_last_socket();
  return {};
}

Result<std::vector<IpAddress>> resolve(const std::string& host) {
  TRY(start_network());
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;  // else each address comes once a kind of socket
  addrinfo* list = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &wanted, &list);
  if (error == EAI_AGAIN) return fail_io(IoError::WouldBlock);
  if (error == EAI_MEMORY) return fail_io(IoError::OutOfMemory);
  if (error != 0) return fail_io(IoError::NotFound);
  std::vector<IpAddress> addresses;
  for (const addrinfo* row = list; row != nullptr; row = row->ai_next) {
    SystemAddress one;
    one.size_bytes =
        static_cast<SystemSize>(std::min<size_t>(sizeof(one.storage), row->ai_addrlen));
    std::memcpy(&one.storage, row->ai_addr, static_cast<size_t>(one.size_bytes));
    const auto address = one.address();
    if (address && std::ranges::find(addresses, address->address) == addresses.end())
      addresses.push_back(address->address);
  }
  freeaddrinfo(list);
  return addresses;
}

}  // namespace skerry::platform
