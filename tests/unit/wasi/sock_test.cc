// The functions of sockets as a guest calls them, on loopback: what they answer, what rules and
// limits allow, the forms of addresses.
#include "guest.h"
#include "platform/socket.h"
#include "policy/reader.h"

namespace skerry::wasi {
namespace {

constexpr std::string_view kEverything = R"(
[network.connect]
allow = ["*:*"]
[network.listen]
allow = ["*:*"]
)";

struct Networked {
  explicit Networked(std::string_view policy = kEverything) {
    Config config;
    config.standard_output = Stdio::null();
    auto read = policy::read_policy(policy, "test");
    EXPECT_TRUE(read);
    if (read) config.policy = std::make_shared<policy::Policy>(std::move(*read));
    guest.emplace(std::move(config));
  }

  // An address where functions take or give one.
  uint32_t put_address(std::string_view bytes) {
    const uint32_t buffer = guest->put(bytes), record = guest->room(8);
    guest->set(record, AddressRecord{buffer, static_cast<uint32_t>(bytes.size())});
    return record;
  }
  uint32_t loopback() { return put_address(std::string_view("\x7f\0\0\1", 4)); }
  uint32_t open(uint32_t type = kTypeStream, uint32_t family = kFamilyIPv4) {
    const uint32_t out = guest->room(4);
    EXPECT_EQ(guest->call("sock_open", family, type, out), Errno::Success);
    return guest->get<uint32_t>(out);
  }
  uint16_t port_of(uint32_t fd) {
    const uint32_t room = put_address(std::string(16, '\0')), port = guest->room(4);
    EXPECT_EQ(guest->call("sock_getlocaladdr", fd, room, port), Errno::Success);
    return static_cast<uint16_t>(guest->get<uint32_t>(port));
  }
  // A listening socket and its port.
  std::pair<uint32_t, uint16_t> listener() {
    const uint32_t fd = open();
    EXPECT_EQ(guest->call("sock_bind", fd, loopback(), 0u), Errno::Success);
    EXPECT_EQ(guest->call("sock_listen", fd, 5u), Errno::Success);
    return {fd, port_of(fd)};
  }
  // Both ends of a connection.
  std::pair<uint32_t, uint32_t> connection() {
    const auto [server, port] = listener();
    const uint32_t client = open(), out = guest->room(4);
    EXPECT_EQ(guest->call("sock_connect", client, loopback(), uint32_t{port}), Errno::Success);
    EXPECT_EQ(guest->call("sock_accept", server, 0u, out), Errno::Success);
    return {client, guest->get<uint32_t>(out)};
  }
  uint32_t slices(std::string_view text) {
    const uint32_t data = guest->put(text), list = guest->room(8);
    guest->set(list, IovecRecord{data, static_cast<uint32_t>(text.size())});
    return list;
  }
  Errno send(uint32_t fd, std::string_view text) {
    return guest->call("sock_send", fd, slices(text), 1u, 0u, guest->room(4));
  }
  struct Got {
    Errno error;
    std::string text;
    uint16_t flags;
  };
  Got receive(uint32_t fd, size_t most, uint32_t flags = 0) {
    const uint32_t list = slices(std::string(most, ' ')), size = guest->room(4),
                   out_flags = guest->room(2);
    const Errno error = guest->call("sock_recv", fd, list, 1u, flags, size, out_flags);
    const uint32_t data = guest->get<IovecRecord>(list).buf;
    const bool ok = error == Errno::Success;
    return {error, guest->text(data, ok ? guest->get<uint32_t>(size) : 0),
            guest->get<uint16_t>(out_flags)};
  }
  Errno set_nonblocking(uint32_t fd) { return guest->call("fd_fdstat_set_flags", fd, kFdNonblock); }

  std::optional<Guest> guest;
};

TEST(SockTest, DescriptorsOfOtherKindsAreNoSockets) {
  Networked net;
  Guest& guest = *net.guest;
  const uint32_t room = guest.room(64);
  EXPECT_EQ(guest.call("sock_accept", 1u, 0u, room), Errno::Notsock);
  EXPECT_EQ(guest.call("sock_shutdown", 1u, 3u), Errno::Notsock);
  EXPECT_EQ(guest.call("sock_recv", 1u, room, 1u, 0u, room, room), Errno::Notsock);
  EXPECT_EQ(guest.call("sock_send", 99u, room, 1u, 0u, room), Errno::Badf);
  EXPECT_EQ(guest.call("sock_listen", 99u, 1u), Errno::Badf);
}

TEST(SockTest, AConnectionCarriesBytesBothWays) {
  Networked net;
  const auto [client, server] = net.connection();
  EXPECT_EQ(net.send(client, "question"), Errno::Success);
  EXPECT_EQ(net.receive(server, 100).text, "question");
  EXPECT_EQ(net.guest->write(server, "answer"), Errno::Success);
  EXPECT_EQ(net.guest->read(client), "answer");
  const uint32_t stat = net.guest->room(sizeof(FdStatRecord));
  EXPECT_EQ(net.guest->call("fd_fdstat_get", server, stat), Errno::Success);
  EXPECT_EQ(net.guest->get<FdStatRecord>(stat).filetype, FileTypeId::SocketStream);
}

TEST(SockTest, PeekingLeavesWhatItSawAndWaitingForAllWaits) {
  Networked net;
  const auto [client, server] = net.connection();
  EXPECT_EQ(net.send(client, "abc"), Errno::Success);
  EXPECT_EQ(net.receive(server, 2, kRecvPeek).text, "ab");
  EXPECT_EQ(net.send(client, "def"), Errno::Success);
  EXPECT_EQ(net.receive(server, 6, kRecvWaitAll).text, "abcdef");
  EXPECT_EQ(net.receive(server, 6, 4).error, Errno::Inval);
  // The end comes before all of it.
  EXPECT_EQ(net.send(client, "gh"), Errno::Success);
  EXPECT_EQ(net.guest->call("sock_shutdown", client, kShutWriting), Errno::Success);
  EXPECT_EQ(net.receive(server, 6, kRecvWaitAll).text, "gh");
  EXPECT_EQ(net.receive(server, 6).text, "");
}

TEST(SockTest, ShuttingDownEndsOneWayOrBoth) {
  Networked net;
  const auto [client, server] = net.connection();
  Guest& guest = *net.guest;
  EXPECT_EQ(guest.call("sock_shutdown", client, 0u), Errno::Inval);
  EXPECT_EQ(guest.call("sock_shutdown", client, 4u), Errno::Inval);
  EXPECT_EQ(guest.call("sock_shutdown", client, kShutWriting), Errno::Success);
  EXPECT_EQ(net.send(client, "x"), Errno::Pipe);
  EXPECT_EQ(net.send(server, "still"), Errno::Success);
  EXPECT_EQ(net.receive(client, 9).text, "still");
  EXPECT_EQ(guest.call("sock_shutdown", net.open(), kShutAll), Errno::Notconn);
}

TEST(SockTest, NonBlockingSocketsSayAgain) {
  Networked net;
  const auto [listener, port] = net.listener();
  Guest& guest = *net.guest;
  const uint32_t out = guest.room(4);
  EXPECT_EQ(net.set_nonblocking(listener), Errno::Success);
  EXPECT_EQ(guest.call("sock_accept", listener, 0u, out), Errno::Again);
  const auto [client, server] = net.connection();
  EXPECT_EQ(net.set_nonblocking(server), Errno::Success);
  EXPECT_EQ(net.receive(server, 1).error, Errno::Again);
  EXPECT_EQ(net.send(client, "x"), Errno::Success);
  // What is under way shows when it is polled for.
  const uint32_t subscription = guest.room(sizeof(SubscriptionRecord));
  SubscriptionRecord wanted{};
  wanted.tag = static_cast<uint8_t>(EventType::FdRead);
  wanted.id_or_fd = server;
  guest.set(subscription, wanted);
  const uint32_t events = guest.room(sizeof(EventRecord)), count = guest.room(4);
  EXPECT_EQ(guest.call("poll_oneoff", subscription, events, 1u, count), Errno::Success);
  EXPECT_EQ(guest.get<EventRecord>(events).nbytes, 1u);
  EXPECT_EQ(net.receive(server, 1).text, "x");
  EXPECT_EQ(guest.call("sock_accept", listener, kFdAppend, out), Errno::Inval);
  EXPECT_NE(port, 0);
}

TEST(SockTest, ReadingWaitsNoLongerThanItsTimeout) {
  Networked net;
  const auto [client, server] = net.connection();
  Guest& guest = *net.guest;
  constexpr uint32_t kReceiveTimeout = 11, kSize = sizeof(TimevalRecord);
  const uint32_t time = guest.room(kSize);
  guest.set(time, TimevalRecord{0, 1000});
  EXPECT_EQ(guest.call("sock_setsockopt", server, 0u, kReceiveTimeout, time, kSize),
            Errno::Success);
  EXPECT_EQ(net.receive(server, 1).error, Errno::Again);
  EXPECT_EQ(guest.call("fd_read", server, net.slices(" "), 1u, guest.room(4)), Errno::Again);
  const uint32_t size = guest.room(4), back = guest.room(kSize);
  guest.set(size, kSize);
  EXPECT_EQ(guest.call("sock_getsockopt", server, 0u, kReceiveTimeout, back, size), Errno::Success);
  EXPECT_EQ(guest.get<TimevalRecord>(back).microseconds, 1000);
  guest.set(time, TimevalRecord{0, 1'000'000});
  EXPECT_EQ(guest.call("sock_setsockopt", server, 0u, kReceiveTimeout, time, kSize), Errno::Dom);
  EXPECT_EQ(net.send(client, "x"), Errno::Success);
  EXPECT_EQ(net.receive(server, 1).text, "x");
}

TEST(SockTest, OptionsTakeTheirSizeByAddressOrByValue) {
  Networked net;
  Guest& guest = *net.guest;
  const uint32_t fd = net.open(kTypeDatagram), value = guest.room(4), size = guest.room(4);
  guest.set(size, uint32_t{4});
  EXPECT_EQ(guest.call("sock_getsockopt", fd, 0u, 1u, value, size), Errno::Success);
  EXPECT_EQ(guest.get<uint32_t>(value), kTypeDatagram);
  guest.set(value, uint32_t{0});
  EXPECT_EQ(guest.call("sock_getsockopt", fd, 0u, 1u, value, 4u), Errno::Success);
  EXPECT_EQ(guest.get<uint32_t>(value), kTypeDatagram);
  guest.set(value, uint32_t{1});
  EXPECT_EQ(guest.call("sock_setsockopt", fd, 0u, 4u, value, 4u), Errno::Success);
  EXPECT_EQ(guest.call("sock_setsockopt", fd, 0u, 4u, value, 3u), Errno::Inval);
  EXPECT_EQ(guest.call("sock_getsockopt", fd, 0u, 4u, value, 4u), Errno::Success);
  EXPECT_NE(guest.get<uint32_t>(value), 0u);
  for (const uint32_t name : {9u, 14u, 99u})
    EXPECT_EQ(guest.call("sock_getsockopt", fd, 0u, name, value, 4u), Errno::Noprotoopt);
  EXPECT_EQ(guest.call("sock_setsockopt", fd, 0u, 13u, value, 4u), Errno::Noprotoopt);
}

TEST(SockTest, AddressesHaveThreeForms) {
  Networked net;
  Guest& guest = *net.guest;
  const auto [listener, port] = net.listener();
  std::string tagged(128, '\0');
  tagged[0] = 1, tagged[2] = 127, tagged[5] = 1;
  const uint32_t client = net.open();
  EXPECT_EQ(guest.call("sock_connect", client, net.put_address(tagged), uint32_t{port}),
            Errno::Success);
  const uint32_t out = guest.room(4);
  for (const size_t size : {size_t{4}, size_t{16}, size_t{128}}) {
    const uint32_t room = net.put_address(std::string(size, '\0'));
    EXPECT_EQ(guest.call("sock_getpeeraddr", client, room, out), Errno::Success);
    EXPECT_EQ(guest.get<uint32_t>(out), port);
    const uint32_t buffer = guest.get<AddressRecord>(room).buf;
    const bool has_tag = size == 128;
    EXPECT_EQ(guest.text(buffer + (has_tag ? 2 : 0), 4), std::string("\x7f\0\0\1", 4));
    if (has_tag) {
      EXPECT_EQ(guest.get<uint16_t>(buffer), kFamilyIPv4);
    }
  }
  EXPECT_EQ(guest.call("sock_getpeeraddr", client, net.put_address("12345"), out), Errno::Inval);
  EXPECT_EQ(guest.call("sock_getpeeraddr", listener, net.loopback(), out), Errno::Notconn);
  EXPECT_EQ(guest.call("sock_connect", client, net.loopback(), 65536u), Errno::Inval);
  tagged[0] = 3;  // a family that is not there
  EXPECT_EQ(guest.call("sock_connect", client, net.put_address(tagged), 1u), Errno::Afnosupport);
  EXPECT_EQ(guest.call("sock_open", 3u, kTypeStream, out), Errno::Afnosupport);
  EXPECT_EQ(guest.call("sock_open", kFamilyIPv4, 3u, out), Errno::Protonosupport);
}

TEST(SockTest, DatagramsTellTheirSender) {
  Networked net;
  Guest& guest = *net.guest;
  const uint32_t one = net.open(kTypeDatagram), two = net.open(kTypeDatagram);
  for (const uint32_t fd : {one, two})
    EXPECT_EQ(guest.call("sock_bind", fd, net.loopback(), 0u), Errno::Success);
  const auto send = [&](std::string_view text) {
    return guest.call("sock_send_to", one, net.slices(text), 1u, net.loopback(),
                      uint32_t{net.port_of(two)}, 0u, guest.room(4));
  };
  const uint32_t port = guest.room(4), size = guest.room(4), flags = guest.room(4);
  const uint32_t from = net.put_address(std::string(128, '\0'));
  EXPECT_EQ(send("first"), Errno::Success);
  EXPECT_EQ(guest.call("sock_recv_from", two, net.slices("   "), 1u, from, 0u, port, size, flags),
            Errno::Success);
  EXPECT_EQ(guest.get<uint32_t>(size), 3u);
  EXPECT_EQ(guest.get<uint16_t>(flags), kRecvDataTruncated);
  EXPECT_EQ(guest.get<uint32_t>(port), net.port_of(one));
  EXPECT_EQ(send("second"), Errno::Success);
  const uint32_t list = net.slices("         ");
  EXPECT_EQ(guest.call("sock_recv_from_v2", two, list, 1u, from, 0u, port, size, flags),
            Errno::Success);
  const uint16_t turned = net.port_of(one);
  EXPECT_EQ(guest.get<uint32_t>(port), static_cast<uint16_t>(turned << 8 | turned >> 8));
  EXPECT_EQ(guest.get<uint16_t>(flags), 0);
}

TEST(SockTest, NamesAreLookedUp) {
  Networked net("[network.connect]\nallow = [\"localhost:*\"]");
  Guest& guest = *net.guest;
  const uint32_t data = guest.room(26), sock = guest.room(sizeof(SockAddrRecord)),
                 record = guest.room(sizeof(AddrInfoRecord)), list = guest.room(4),
                 count = guest.room(4), hints = guest.room(sizeof(AddrInfoRecord));
  const auto ask = [&](std::string_view node, std::string_view service, uint16_t flags = 0) {
    guest.set(sock, SockAddrRecord{0, {}, 14, data});
    guest.set(record, AddrInfoRecord{0, 0, 0, 0, 0, sock, 0, 0, 0});
    guest.set(list, record);
    guest.set(hints, AddrInfoRecord{flags, kFamilyIPv4, kTypeStream, 0, 0, 0, 0, 0, 0});
    return guest.call("sock_getaddrinfo", guest.put(node), static_cast<uint32_t>(node.size()),
                      guest.put(service), static_cast<uint32_t>(service.size()), hints, list, 1u,
                      count);
  };
  for (const std::string_view node : {std::string_view("127.0.0.1"), std::string_view("localhost"),
                                      std::string_view("localhost\0", 10)}) {
    EXPECT_EQ(ask(node, "8080"), Errno::Success) << node;
    EXPECT_EQ(guest.get<uint32_t>(count), 1u);
    EXPECT_EQ(guest.text(data, 6), std::string("\x1f\x90\x7f\0\0\1", 6));
    EXPECT_EQ(guest.get<SockAddrRecord>(sock).family, kFamilyIPv4);
  }
  EXPECT_EQ(ask("", "http", 1), Errno::Success);
  EXPECT_EQ(guest.text(data, 6), std::string("\0\x50\0\0\0\0", 6));
  EXPECT_EQ(ask("example.com", "80"), Errno::Acces);
  EXPECT_EQ(ask("example.com", "80", 4), Errno::Ainoname);
  EXPECT_EQ(ask("", ""), Errno::Ainoname);
  EXPECT_EQ(ask("127.0.0.1", "nosuchservice"), Errno::Aiservice);
  EXPECT_EQ(ask("127.0.0.1", "80", 0x80), Errno::Aibadflag);
}

TEST(SockTest, WithoutRulesThereIsNoNetwork) {
  Guest guest{Config{}};
  EXPECT_EQ(guest.call("sock_open", kFamilyIPv4, kTypeStream, guest.room(4)), Errno::Acces);
  Networked net("");
  EXPECT_EQ(net.guest->call("sock_open", kFamilyIPv4, kTypeStream, net.guest->room(4)),
            Errno::Acces);
}

TEST(SockTest, EachAddressNeedsARule) {
  Networked net(
      "[network.connect]\nallow = [\"127.0.0.1:1-100\"]\n"
      "[network.listen]\nallow = [\"127.0.0.1:0\"]");
  Guest& guest = *net.guest;
  const uint32_t fd = net.open();
  EXPECT_EQ(guest.call("sock_bind", fd, net.loopback(), 8080u), Errno::Acces);
  EXPECT_EQ(guest.call("sock_bind", fd, net.put_address(std::string(4, '\0')), 0u), Errno::Acces);
  // Listening without an address of its own would be on every one.
  EXPECT_EQ(guest.call("sock_listen", fd, 1u), Errno::Acces);
  EXPECT_EQ(guest.call("sock_bind", fd, net.loopback(), 0u), Errno::Success);
  EXPECT_EQ(guest.call("sock_listen", fd, 1u), Errno::Success);
  const uint32_t client = net.open();
  EXPECT_EQ(guest.call("sock_connect", client, net.loopback(), 101u), Errno::Acces);
  const uint32_t datagram = net.open(kTypeDatagram);
  EXPECT_EQ(guest.call("sock_send_to", datagram, net.slices("x"), 1u, net.loopback(), 101u, 0u,
                       guest.room(4)),
            Errno::Acces);
  EXPECT_EQ(guest.call("sock_send_to", datagram, net.slices("x"), 1u, net.loopback(), 100u, 0u,
                       guest.room(4)),
            Errno::Success);
  // IPv4 in IPv6's clothes is IPv4 to the rules.
  std::string mapped(16, '\0');
  mapped[10] = mapped[11] = '\xff', mapped[12] = 127, mapped[15] = 1;
  EXPECT_EQ(guest.call("sock_connect", client, net.put_address(mapped), 101u), Errno::Acces);
}

TEST(SockTest, ConnectionsAreCounted) {
  Networked net(std::string(kEverything) + "[limits]\nconnections = 2\n");
  Guest& guest = *net.guest;
  const auto [listener, port] = net.listener();
  const uint32_t one = net.open(), two = net.open(), out = guest.room(4);
  EXPECT_EQ(guest.call("sock_open", kFamilyIPv4, kTypeStream, out), Errno::Mfile);
  EXPECT_EQ(guest.call("sock_connect", one, net.loopback(), uint32_t{port}), Errno::Success);
  EXPECT_EQ(guest.call("sock_accept", listener, 0u, out), Errno::Mfile);
  EXPECT_EQ(guest.call("fd_close", two), Errno::Success);
  EXPECT_EQ(guest.call("sock_accept", listener, 0u, out), Errno::Success);
}

TEST(SockTest, ListenersComeBehindTheFolders) {
  TempDir temp;
  Config config;
  EXPECT_TRUE(config.add_directory("/", temp.path()));
  config.listeners.push_back(
      {"web", platform::open_listener(*SocketAddress::parse("127.0.0.1:0")).value()});
  config.listeners.push_back(
      {"admin", platform::open_listener(*SocketAddress::parse("127.0.0.1:0")).value()});
  config.env = {"LISTEN_FDNAMES=mine"};
  Guest guest(std::move(config));
  const std::string variables = guest.context().env().bytes;
  EXPECT_NE(variables.find("LISTEN_FDS=2"), std::string::npos);
  EXPECT_NE(variables.find("LISTEN_FDS_START=4"), std::string::npos);
  EXPECT_NE(variables.find("LISTEN_FDNAMES=mine"), std::string::npos);
  EXPECT_EQ(variables.find("web"), std::string::npos);
  // Non-blocking at first; no network of its own is needed.
  EXPECT_EQ(guest.call("sock_accept", 4u, 0u, guest.room(4)), Errno::Again);
  EXPECT_EQ(guest.call("fd_prestat_get", 4u, guest.room(8)), Errno::Badf);
}

}  // namespace
}  // namespace skerry::wasi
