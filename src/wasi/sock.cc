// Connections and messages: accepting, receiving, sending, shutting down.
#include "platform/socket.h"

#include "wasi/functions.h"
#include "wasi/socket_address.h"

namespace skerry::wasi {
namespace {

using platform::File;
using platform::Received;
using platform::Take;

Result<void> accept(Call& call, Fd fd, Rights rights, FdFlags flags, Ptr fd_out) {
  Descriptor* const listener = TRY(call.socket(fd, rights));
  if ((flags & ~kFdNonblock) != 0) return fail_with(Errno::Inval);
  const auto out = TRY(call.out<Fd>(fd_out));
  // Taken first: what cannot be kept is not accepted.
  auto place = TRY(call.context().gate()->take_connection());
  const File* const socket = listener->file();
  Descriptor connection;
  connection.what =
      TRY(call.when_ready(*listener, {.file = socket, .want_read = true}, listener->read_timeout_ns,
                          [&] { return platform::accept_from(*socket); }));
  connection.base = connection.inheriting = listener->inheriting;
  connection.flags = flags;
  connection.connection = std::move(place);
  connection.grant = listener->grant;
  out.set(TRY(call.context().descriptors().insert(std::move(connection))));
  return {};
}

// Where the outcome of receiving goes.
struct ReceiveOut {
  Out<Size> size;
  Out<uint16_t> flags;

  static Result<ReceiveOut> at(const Call& call, Ptr size, Ptr flags) {
    return ReceiveOut{TRY(call.out<Size>(size)), TRY(call.out<uint16_t>(flags))};
  }
  void set(const Received& received) const {
    size.set(static_cast<Size>(received.size_bytes));
    flags.set(received.is_truncated ? kRecvDataTruncated : 0);
  }
};

// The part of a list behind its first `count` bytes.
std::vector<platform::IoSlice> rest_of(std::span<const platform::IoSlice> slices, size_t count) {
  std::vector<platform::IoSlice> rest;
  for (const platform::IoSlice& slice : slices) {
    const size_t passed = std::min(count, slice.size_bytes);
    count -= passed;
    if (slice.size_bytes > passed) rest.push_back({slice.data + passed, slice.size_bytes - passed});
  }
  return rest;
}

Result<Received> receive_once(Call& call, const Descriptor& descriptor, const File& socket,
                              std::span<const platform::IoSlice> slices, RiFlags flags) {
  const Take take = (flags & kRecvPeek) != 0 ? Take::Peek : Take::Remove;
  return call.when_ready(descriptor, {.file = &socket, .want_read = true},
                         descriptor.read_timeout_ns,
                         [&] { return platform::receive(socket, slices, take); });
}

Result<Received> receive(Call& call, Descriptor& descriptor, Ptr iovs, Size iovs_len,
                         RiFlags flags) {
  if ((flags & ~kRecvAll) != 0) return fail_with(Errno::Inval);
  const SliceList slices = TRY(call.slices(iovs, iovs_len));
  const File& socket = *descriptor.file();
  Received received = TRY(receive_once(call, descriptor, socket, slices.span(), flags));
  // Waiting for all of it is for streams, and nothing that is non-blocking can do. What has come
  // is not lost if the rest fails.
  const bool waits_for_all = (flags & kRecvWaitAll) != 0 && (flags & kRecvPeek) == 0 &&
                             (descriptor.flags & kFdNonblock) == 0 &&
                             socket.type() == platform::FileType::StreamSocket;
  while (waits_for_all && received.size_bytes < slices.total_bytes()) {
    const auto rest = rest_of(slices.span(), received.size_bytes);
    const auto more = receive_once(call, descriptor, socket, rest, flags);
    if (call.interruption()) return std::unexpected(*call.interruption());
    if (!more || more->size_bytes == 0) break;
    received.size_bytes += more->size_bytes;
  }
  return received;
}

// The sender's port comes in the host's order or the network's.
enum class PortOrder : uint8_t { Host, Network };

Result<void> receive_from(Call& call, Descriptor& descriptor, Ptr iovs, Size iovs_len,
                          Ptr address_out, RiFlags flags, const Out<uint32_t>* port_out,
                          PortOrder order, const ReceiveOut& out) {
  const auto room = TRY(address_room(call, address_out));
  const Received received = TRY(receive(call, descriptor, iovs, iovs_len, flags));
  // A connection's messages come from its other end.
  auto from = received.from;
  if (!from)
    if (const auto peer = platform::peer_address(*descriptor.file())) from = *peer;
  uint32_t port = 0;
  if (from) {
    TRY(write_address(room, from->address));
    port = order == PortOrder::Host ? from->port
                                    : static_cast<uint16_t>(from->port << 8 | from->port >> 8);
  }
  if (port_out != nullptr) port_out->set(port);
  out.set(received);
  return {};
}

Result<void> send(Call& call, Descriptor& descriptor, Ptr iovs, Size iovs_len, SiFlags flags,
                  const SocketAddress* to, Ptr nwritten_out) {
  if (flags != 0) return fail_with(Errno::Inval);
  const auto nwritten = TRY(call.out<Size>(nwritten_out));
  const SliceList slices = TRY(call.slices(iovs, iovs_len));
  const File* const socket = descriptor.file();
  nwritten.set(static_cast<Size>(TRY(call.within_quota(descriptor, slices.total_bytes(), [&] {
    return call.when_ready(descriptor, {.file = socket, .want_write = true},
                           descriptor.write_timeout_ns,
                           [&] { return platform::send(*socket, slices.span(), to); });
  }))));
  return {};
}

}  // namespace

Result<void> sock_accept(Call& call, Fd fd, FdFlags flags, Ptr fd_out) {
  return accept(call, fd, required::sock_accept, flags, fd_out);
}
Result<void> sock_accept_v1(Call& call, Fd fd, Ptr fd_out) {
  return accept(call, fd, required::sock_accept_v1, 0, fd_out);
}

Result<void> sock_recv(Call& call, Fd fd, Ptr iovs, Size iovs_len, RiFlags flags, Ptr nread_out,
                       Ptr flags_out) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_recv));
  const ReceiveOut out = TRY(ReceiveOut::at(call, nread_out, flags_out));
  out.set(TRY(receive(call, *descriptor, iovs, iovs_len, flags)));
  return {};
}

Result<void> sock_recv_from(Call& call, Fd fd, Ptr iovs, Size iovs_len, Ptr address_out,
                            RiFlags flags, Ptr port_out, Ptr nread_out, Ptr flags_out) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_recv_from));
  const ReceiveOut out = TRY(ReceiveOut::at(call, nread_out, flags_out));
  const auto port = TRY(call.out<uint32_t>(port_out));
  return receive_from(call, *descriptor, iovs, iovs_len, address_out, flags, &port, PortOrder::Host,
                      out);
}

Result<void> sock_recv_from_v1(Call& call, Fd fd, Ptr iovs, Size iovs_len, Ptr address_out,
                               RiFlags flags, Ptr nread_out, Ptr flags_out) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_recv_from_v1));
  const ReceiveOut out = TRY(ReceiveOut::at(call, nread_out, flags_out));
  return receive_from(call, *descriptor, iovs, iovs_len, address_out, flags, nullptr,
                      PortOrder::Host, out);
}

Result<void> sock_recv_from_v2(Call& call, Fd fd, Ptr iovs, Size iovs_len, Ptr address_out,
                               RiFlags flags, Ptr port_out, Ptr nread_out, Ptr flags_out) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_recv_from_v2));
  const ReceiveOut out = TRY(ReceiveOut::at(call, nread_out, flags_out));
  const auto port = TRY(call.out<uint32_t>(port_out));
  return receive_from(call, *descriptor, iovs, iovs_len, address_out, flags, &port,
                      PortOrder::Network, out);
}

Result<void> sock_send(Call& call, Fd fd, Ptr iovs, Size iovs_len, SiFlags flags,
                       Ptr nwritten_out) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_send));
  return send(call, *descriptor, iovs, iovs_len, flags, nullptr, nwritten_out);
}

Result<void> sock_send_to(Call& call, Fd fd, Ptr iovs, Size iovs_len, Ptr address, Size port,
                          SiFlags flags, Ptr nwritten_out) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_send_to));
  const SocketAddress to = TRY(read_address(call, address, port));
  TRY(call.context().gate()->may_connect(to));
  return send(call, *descriptor, iovs, iovs_len, flags, &to, nwritten_out);
}

Result<void> sock_shutdown(Call& call, Fd fd, SdFlags how) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_shutdown));
  if (how == 0 || (how & ~kShutAll) != 0) return fail_with(Errno::Inval);
  return platform::shut_down(*descriptor->file(), (how & kShutReading) != 0,
                             (how & kShutWriting) != 0);
}

}  // namespace skerry::wasi
