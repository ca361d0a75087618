// The addresses of a host: a list that the guest has laid out (each with room for an address) is
// filled. The question goes to the system's resolver on a thread of its own, since that may take
// many seconds, in which the program may be interrupted.
#include "platform/name_lookup.h"

#include "wasi/functions.h"
#include "wasi/socket_address.h"

namespace skerry::wasi {
namespace {

constexpr uint16_t kPassive = 1, kNumericHost = 4, kAllFlags = 0x7f;
constexpr uint64_t kLookEveryNs = 25'000'000;

struct Question {
  std::string host;
  uint16_t port = 0;
  AddrInfoRecord hints;
};

// Guests end their strings with a zero, and count it or not.
Result<std::string> text(const Call& call, Ptr at, Size length) {
  std::string result = TRY(call.text(at, length));
  if (result.ends_with('\0')) result.pop_back();
  if (result.find('\0') != std::string::npos) return fail_with(Errno::Ainoname);
  return result;
}

Result<uint16_t> port_of(const std::string& service) {
  constexpr std::pair<std::string_view, uint16_t> kServices[] = {
      {"", 0}, {"domain", 53}, {"ftp", 21}, {"http", 80}, {"https", 443}, {"ssh", 22}};
  for (const auto& [name, port] : kServices)
    if (name == service) return port;
  const auto number = parse_decimal(service, UINT16_MAX);
  if (!number) return fail_with(Errno::Aiservice);
  return static_cast<uint16_t>(*number);
}

Result<std::vector<IpAddress>> ask(Call& call, const std::string& host) {
  platform::NameLookup lookup(host);
  while (!lookup.wait(kLookEveryNs)) TRY(call.poll_interrupt());
  auto answer = lookup.take();
  if (answer) return answer;
  if (platform::is_io_error(answer.error(), platform::IoError::WouldBlock))
    return fail_with(Errno::Aiagain);
  return fail_with(Errno::Ainoname);
}

Result<std::vector<IpAddress>> addresses_of(Call& call, const Question& question) {
  const bool is_passive = (question.hints.flags & kPassive) != 0;
  if (question.host.empty()) {
    const std::string_view v4 = is_passive ? "0.0.0.0" : "127.0.0.1";
    const std::string_view v6 = is_passive ? "::" : "::1";
    return std::vector{*IpAddress::parse(v4), *IpAddress::parse(v6)};
  }
  if (const auto address = IpAddress::parse(question.host)) return std::vector{*address};
  if ((question.hints.flags & kNumericHost) != 0) return fail_with(Errno::Ainoname);
  Gate& gate = *call.context().gate();
  TRY(gate.may_resolve(question.host));
  auto found = TRY(ask(call, question.host));
  for (const IpAddress& address : found) gate.add_answer(question.host, address);
  return found;
}

// Fills the record at `at`; where the next one is.
Result<uint32_t> fill(const Call& call, uint32_t at, const IpAddress& address,
                      const Question& question) {
  const auto room = TRY(call.bytes(Ptr{at}, sizeof(AddrInfoRecord)));
  AddrInfoRecord record;
  std::memcpy(&record, room.data(), sizeof(record));
  const auto sock_room = TRY(call.bytes(Ptr{record.address}, sizeof(SockAddrRecord)));
  SockAddrRecord sock;
  std::memcpy(&sock, sock_room.data(), sizeof(sock));
  // WasmEdge's library says 14 where it has room for 26.
  constexpr uint32_t kSaid = 14, kMeant = 26;
  const uint32_t size = 2 + static_cast<uint32_t>(address.byte_count());
  if ((sock.data_length == kSaid ? kMeant : sock.data_length) < size)
    return fail_with(Errno::Aimemory);
  const auto data = TRY(call.bytes(Ptr{sock.data}, size));
  data[0] = static_cast<uint8_t>(question.port >> 8);
  data[1] = static_cast<uint8_t>(question.port);
  std::copy_n(address.bytes.begin(), address.byte_count(), data.begin() + 2);

  const auto family = static_cast<uint8_t>(family_id(address.family));
  sock.family = family;
  sock.data_length = size;
  std::memcpy(sock_room.data(), &sock, sizeof(sock));
  record.flags = 0;
  record.family = family;
  record.type = question.hints.type;
  record.protocol = question.hints.protocol;
  record.address_length = sizeof(sock);
  record.name_length = 0;
  std::memcpy(room.data(), &record, sizeof(record));
  return record.next;
}

}  // namespace

Result<void> sock_getaddrinfo(Call& call, Ptr node, Size node_len, Ptr service, Size service_len,
                              Ptr hints, Ptr results, Size max_results, Ptr count_out) {
  const auto count = TRY(call.out<Size>(count_out));
  Question question;
  std::memcpy(&question.hints, TRY(call.bytes(hints, sizeof(AddrInfoRecord))).data(),
              sizeof(AddrInfoRecord));
  question.host = TRY(text(call, node, node_len));
  const std::string wanted = TRY(text(call, service, service_len));
  uint32_t at = 0;
  std::memcpy(&at, TRY(call.bytes(results, sizeof(at))).data(), sizeof(at));
  if (question.host.empty() && wanted.empty()) return fail_with(Errno::Ainoname);
  if (max_results == 0) return fail_with(Errno::Aimemory);
  if ((question.hints.flags & ~kAllFlags) != 0) return fail_with(Errno::Aibadflag);
  if (question.hints.family > kFamilyIPv6) return fail_with(Errno::Aifamily);
  if (question.hints.type > kTypeStream) return fail_with(Errno::Aisocktype);
  question.port = TRY(port_of(wanted));

  Size filled = 0;
  for (const IpAddress& address : TRY(addresses_of(call, question))) {
    const bool fits =
        question.hints.family == kFamilyAny || question.hints.family == family_id(address.family);
    if (!fits || filled == max_results || at == 0) continue;
    at = TRY(fill(call, at, address, question));
    ++filled;
  }
  if (filled == 0) return fail_with(Errno::Ainoname);
  count.set(filled);
  return {};
}

}  // namespace skerry::wasi
