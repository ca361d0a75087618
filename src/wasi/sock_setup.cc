// Making sockets, giving them addresses, options.
#include "platform/socket.h"

#include <optional>

#include "wasi/functions.h"
#include "wasi/socket_address.h"

namespace skerry::wasi {
namespace {

using platform::File;
using platform::SocketOption;

// Options by WasmEdge's numbers.
constexpr OptionLevel kSocketLevel = 0, kTcpLevel = 6;
constexpr OptionName kType = 1, kError = 2, kReceiveTimeout = 11, kSendTimeout = 12;

struct OptionRow {
  OptionLevel level;
  OptionName name;
  SocketOption option;
};
constexpr OptionRow kOptions[] = {
    {kSocketLevel, 0, SocketOption::ReuseAddress},
    {kSocketLevel, 3, SocketOption::DontRoute},
    {kSocketLevel, 4, SocketOption::Broadcast},
    {kSocketLevel, 5, SocketOption::SendBufferBytes},
    {kSocketLevel, 6, SocketOption::ReceiveBufferBytes},
    {kSocketLevel, 7, SocketOption::KeepAlive},
    {kSocketLevel, 8, SocketOption::OutOfBandInline},
    {kSocketLevel, 13, SocketOption::IsListening},
    {kTcpLevel, 1, SocketOption::NoDelay},   // Linux's number
    {kTcpLevel, 15, SocketOption::NoDelay},  // the number of github.com/stealthrocket/net
};

// Noprotoopt for what is not there: timeouts are treated elsewhere, devices are not for guests.
Result<SocketOption> option_of(OptionLevel level, OptionName name) {
  for (const OptionRow& row : kOptions)
    if (row.level == level && row.name == name) return row.option;
  return fail_with(Errno::Noprotoopt);
}

bool is_timeout(OptionLevel level, OptionName name) {
  return level == kSocketLevel && (name == kReceiveTimeout || name == kSendTimeout);
}
uint64_t& timeout_of(Descriptor& descriptor, OptionName name) {
  return name == kReceiveTimeout ? descriptor.read_timeout_ns : descriptor.write_timeout_ns;
}

Result<int> number_option(Descriptor& descriptor, OptionLevel level, OptionName name) {
  const File& socket = *descriptor.file();
  if (level == kSocketLevel && name == kType)
    return socket.type() == platform::FileType::StreamSocket ? kTypeStream : kTypeDatagram;
  if (level == kSocketLevel && name == kError) {
    const auto error = platform::take_error(socket);
    return error ? 0 : static_cast<int>(errno_of(error.error()).value_or(Errno::Io));
  }
  return platform::get_option(socket, TRY(option_of(level, name)));
}

constexpr uint64_t kNsPerSecond = 1'000'000'000, kNsPerMicrosecond = 1'000;

TimevalRecord timeval_of(uint64_t timeout_ns) {
  if (timeout_ns == platform::kForever) return {0, 0};
  return {static_cast<int64_t>(timeout_ns / kNsPerSecond),
          static_cast<int64_t>(timeout_ns % kNsPerSecond / kNsPerMicrosecond)};
}

// None at all is written as zero.
Result<uint64_t> timeout_of_timeval(const TimevalRecord& time) {
  constexpr int64_t kMostSeconds = INT64_MAX / static_cast<int64_t>(kNsPerSecond) - 1;
  if (time.seconds < 0 || time.microseconds < 0 || time.microseconds >= 1'000'000)
    return fail_with(Errno::Dom);
  const uint64_t ns = static_cast<uint64_t>(std::min(time.seconds, kMostSeconds)) * kNsPerSecond +
                      static_cast<uint64_t>(time.microseconds) * kNsPerMicrosecond;
  return ns == 0 ? platform::kForever : ns;
}

// Which address of a socket is asked for.
using AddressOf = Result<SocketAddress> (*)(const File& socket);

Result<void> get_address(Call& call, Fd fd, Rights rights, AddressOf which, Ptr address_out,
                         std::optional<Ptr> type_out, Ptr port_out) {
  Descriptor* const descriptor = TRY(call.socket(fd, rights));
  const auto room = TRY(address_room(call, address_out));
  const auto port = TRY(call.out<uint32_t>(port_out));
  std::optional<Out<uint32_t>> type;
  if (type_out) type = TRY(call.out<uint32_t>(*type_out));
  const SocketAddress address = TRY(which(*descriptor->file()));
  TRY(write_address(room, address.address));
  // Not the family's number: 4 or 6.
  if (type) type->set(address.address.family == IpFamily::IPv4 ? 4 : 6);
  port.set(address.port);
  return {};
}

}  // namespace

Result<void> sock_open(Call& call, FamilyId family, SocketTypeId type, Ptr fd_out) {
  const auto out = TRY(call.out<Fd>(fd_out));
  if (family > kFamilyIPv6) return fail_with(Errno::Afnosupport);
  if (type > kTypeStream) return fail_with(Errno::Protonosupport);
  TRY(call.context().gate()->may_open_socket());
  Descriptor descriptor;
  descriptor.connection = TRY(call.context().gate()->take_connection());
  descriptor.what = TRY(platform::open_socket(
      family == kFamilyIPv6 ? IpFamily::IPv6 : IpFamily::IPv4,
      type == kTypeDatagram ? platform::SocketKind::Datagram : platform::SocketKind::Stream));
  descriptor.base = descriptor.inheriting = kSocketRights;
  out.set(TRY(call.context().descriptors().insert(std::move(descriptor))));
  return {};
}

Result<void> sock_bind(Call& call, Fd fd, Ptr address, Size port) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_bind));
  const SocketAddress at = TRY(read_address(call, address, port));
  TRY(call.context().gate()->may_listen(at));
  TRY(platform::bind_to(*descriptor->file(), at));
  descriptor->grant = call.context().gate()->listener_grant(at);
  return {};
}

Result<void> sock_listen(Call& call, Fd fd, Size backlog) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_listen));
  const File& socket = *descriptor->file();
  // A socket without an address of its own gets one from the system. (On Windows it has none at
  // all, and cannot listen.)
  const SocketAddress at = platform::local_address(socket).value_or(SocketAddress());
  if (at.port == 0) TRY(call.context().gate()->may_listen(at));
  TRY(platform::listen_on(socket, backlog));
  descriptor->connection.reset();  // it only has them
  return {};
}

Result<void> sock_connect(Call& call, Fd fd, Ptr address, Size port) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_connect));
  const SocketAddress to = TRY(read_address(call, address, port));
  TRY(call.context().gate()->may_connect(to));
  const File& socket = *descriptor->file();
  descriptor->grant = call.context().gate()->connection_grant(to);
  const Result<void> connected = platform::connect_to(socket, to);
  if (connected || !platform::is_io_error(connected.error(), platform::IoError::InProgress) ||
      (descriptor->flags & kFdNonblock) != 0)
    return connected;
  platform::PollItem item{.file = &socket, .want_write = true};
  while (TRY(call.wait(std::span(&item, 1), descriptor->write_timeout_ns)) == 0)
    if (descriptor->write_timeout_ns != platform::kForever) return connected;
  return platform::take_error(socket);
}

// `size` is where the value's size stands (WasmEdge) or, 4, the size itself (other guests): no
// program has anything at that address.
Result<void> sock_getsockopt(Call& call, Fd fd, OptionLevel level, OptionName name, Ptr value_out,
                             Size size) {
  constexpr Size kNumberBytes = 4;
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_getsockopt));
  std::optional<Out<uint32_t>> size_out;
  uint32_t room = size;
  if (size != kNumberBytes) {
    size_out = TRY(call.out<uint32_t>(Ptr{size}));
    std::memcpy(&room, TRY(call.bytes(Ptr{size}, sizeof(room))).data(), sizeof(room));
  }
  const auto answer = [&](const auto& value) -> Result<void> {
    if (room < sizeof(value)) return fail_with(Errno::Inval);
    TRY(call.out<std::decay_t<decltype(value)>>(value_out)).set(value);
    if (size_out) size_out->set(sizeof(value));
    return {};
  };
  if (is_timeout(level, name)) return answer(timeval_of(timeout_of(*descriptor, name)));
  return answer(static_cast<int32_t>(TRY(number_option(*descriptor, level, name))));
}

Result<void> sock_setsockopt(Call& call, Fd fd, OptionLevel level, OptionName name, Ptr value,
                             Size size) {
  Descriptor* const descriptor = TRY(call.socket(fd, required::sock_setsockopt));
  const auto bytes = TRY(call.bytes(value, size));
  if (is_timeout(level, name)) {
    TimevalRecord time;
    if (bytes.size() < sizeof(time)) return fail_with(Errno::Inval);
    std::memcpy(&time, bytes.data(), sizeof(time));
    timeout_of(*descriptor, name) = TRY(timeout_of_timeval(time));
    return {};
  }
  int32_t number = 0;
  if (bytes.size() < sizeof(number)) return fail_with(Errno::Inval);
  std::memcpy(&number, bytes.data(), sizeof(number));
  const SocketOption option = TRY(option_of(level, name));
  if (option == SocketOption::IsListening) return fail_with(Errno::Noprotoopt);
  return platform::set_option(*descriptor->file(), option, number);
}

Result<void> sock_getlocaladdr(Call& call, Fd fd, Ptr address_out, Ptr port_out) {
  return get_address(call, fd, required::sock_getlocaladdr, platform::local_address, address_out,
                     {}, port_out);
}
Result<void> sock_getpeeraddr(Call& call, Fd fd, Ptr address_out, Ptr port_out) {
  return get_address(call, fd, required::sock_getpeeraddr, platform::peer_address, address_out, {},
                     port_out);
}
Result<void> sock_getlocaladdr_v1(Call& call, Fd fd, Ptr address_out, Ptr type_out, Ptr port_out) {
  return get_address(call, fd, required::sock_getlocaladdr_v1, platform::local_address, address_out,
                     type_out, port_out);
}
Result<void> sock_getpeeraddr_v1(Call& call, Fd fd, Ptr address_out, Ptr type_out, Ptr port_out) {
  return get_address(call, fd, required::sock_getpeeraddr_v1, platform::peer_address, address_out,
                     type_out, port_out);
}

}  // namespace skerry::wasi
