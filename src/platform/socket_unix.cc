// Sockets on Unix. Ours are non-blocking; those that were inherited may not be, so each transfer
// says so itself. MSG_NOSIGNAL: a closed peer is BrokenPipe, never SIGPIPE.
#include "platform/socket.h"

#include "platform/io_error_unix.h"
#include "platform/socket_system.h"

namespace skerry::platform {
namespace {

msghdr message_of(std::span<const IoSlice> slices) {
  msghdr message{};
  // Slices are laid out as the kernel's (files_unix.cc), which takes them for writable.
  message.msg_iov = const_cast<iovec*>(reinterpret_cast<const iovec*>(slices.data()));
  message.msg_iovlen = slices.size();
  return message;
}

}  // namespace

Result<void> start_network() { return {}; }
std::unexpected<Error> fail_last_socket() { return fail_errno(errno); }

Result<File> open_socket(IpFamily family, SocketKind kind) {
  const bool is_v6 = family == IpFamily::IPv6;
  const int fd = ::socket(
      is_v6 ? AF_INET6 : AF_INET,
      (kind == SocketKind::Stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail_errno(errno);
  File socket = File::of_socket(
      fd, kind == SocketKind::Stream ? FileType::StreamSocket : FileType::DatagramSocket);
  const int one = 1;
  if (is_v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) != 0)
    return fail_errno(errno);
  return socket;
}

Result<File> accept_from(const File& listener) {
  const int fd = retry_interrupted([&] {
    return accept4(system_socket(listener), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  });
  if (fd < 0) return fail_errno(errno);
  return File::of_socket(fd, FileType::StreamSocket);
}

// Interrupted, it goes on by itself.
Result<void> connect_to(const File& socket, const SocketAddress& address) {
  const SystemAddress place = SystemAddress::of(address);
  if (::connect(system_socket(socket), place.get(), place.size_bytes) == 0) return {};
  return errno == EINTR ? fail_io(IoError::InProgress, EINTR) : fail_errno(errno);
}

Result<void> take_error(const File& socket) {
  int number = 0;
  socklen_t size = sizeof(number);
  if (getsockopt(system_socket(socket), SOL_SOCKET, SO_ERROR, &number, &size) != 0)
    return fail_errno(errno);
  if (number != 0) return fail_errno(number);
  return {};
}

Result<Received> receive(const File& socket, std::span<const IoSlice> slices, Take take) {
  SystemAddress from;
  msghdr message = message_of(slices);
  const bool is_datagram = socket.type() == FileType::DatagramSocket;
  if (is_datagram) {
    message.msg_name = &from.storage;
    message.msg_namelen = from.size_bytes;
  }
  const size_t size = TRY(counted(retry_interrupted([&] {
    return recvmsg(system_socket(socket), &message,
                   MSG_DONTWAIT | (take == Take::Peek ? MSG_PEEK : 0));
  })));
  Received received{size, (message.msg_flags & MSG_TRUNC) != 0, {}};
  if (is_datagram && message.msg_namelen != 0) {
    from.size_bytes = message.msg_namelen;
    received.from = from.address();
  }
  return received;
}

Result<size_t> send(const File& socket, std::span<const IoSlice> slices, const SocketAddress* to) {
  msghdr message = message_of(slices);
  SystemAddress place;
  if (to != nullptr) {
    place = SystemAddress::of(*to);
    message.msg_name = &place.storage;
    message.msg_namelen = place.size_bytes;
  }
  return counted(retry_interrupted(
      [&] { return sendmsg(system_socket(socket), &message, MSG_DONTWAIT | MSG_NOSIGNAL); }));
}

// One slice, the usual case, needs no message header.
Result<size_t> read_socket(const File& socket, std::span<const IoSlice> slices) {
  if (slices.size() != 1) {
    const Received received = TRY(receive(socket, slices, Take::Remove));
    return received.size_bytes;
  }
  return counted(retry_interrupted([&] {
    return recv(system_socket(socket), slices[0].data, slices[0].size_bytes, MSG_DONTWAIT);
  }));
}

Result<size_t> write_socket(const File& socket, std::span<const IoSlice> slices) {
  if (slices.size() != 1) return send(socket, slices, nullptr);
  return counted(retry_interrupted([&] {
    return ::send(system_socket(socket), slices[0].data, slices[0].size_bytes,
                  MSG_DONTWAIT | MSG_NOSIGNAL);
  }));
}

Result<void> shut_down(const File& socket, bool reading, bool writing) {
  const int how = reading && writing ? SHUT_RDWR : reading ? SHUT_RD : SHUT_WR;
  if (::shutdown(system_socket(socket), how) != 0) return fail_errno(errno);
  return {};
}

}  // namespace skerry::platform
