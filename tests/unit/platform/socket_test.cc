// Sockets on loopback: connections, messages, what a half-closed or absent peer looks like.
#include "platform/socket.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "platform/name_lookup.h"
#include "platform/poll.h"

namespace skerry::platform {
namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;

IoSlice slice(std::string& text) { return {reinterpret_cast<uint8_t*>(text.data()), text.size()}; }

bool wait_for(const File& file, bool reading) {
  PollItem item{.file = &file, .want_read = reading, .want_write = !reading};
  const auto ready = poll(std::span(&item, 1), 5 * kSecondNs);
  return ready && *ready == 1;
}

std::string read_text(const File& file, size_t most = 100) {
  std::string room(most, ' ');
  EXPECT_TRUE(wait_for(file, true));
  const IoSlice place = slice(room);
  const auto size = file.read(std::span(&place, 1));
  EXPECT_TRUE(size);
  return room.substr(0, size.value_or(0));
}

size_t write_text(const File& file, std::string text) {
  const IoSlice place = slice(text);
  return file.write(std::span(&place, 1)).value_or(0);
}

// A test for each family that the machine has.
class SocketTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto opened = open_listener({*IpAddress::parse(GetParam()), 0});
    if (!opened && (is_io_error(opened.error(), IoError::AddressNotAvailable) ||
                    is_io_error(opened.error(), IoError::AddressFamilyNotSupported)))
      GTEST_SKIP() << "this machine has no " << GetParam();
    ASSERT_TRUE(opened);
    listener = std::move(*opened);
    at = local_address(listener).value();
  }
  File connected() {
    File client = open_socket(at.address.family, SocketKind::Stream).value();
    const auto result = connect_to(client, at);
    EXPECT_TRUE(result || is_io_error(result.error(), IoError::InProgress));
    EXPECT_TRUE(wait_for(client, false));
    EXPECT_TRUE(take_error(client));
    return client;
  }
  File accepted() {
    EXPECT_TRUE(wait_for(listener, true));
    return accept_from(listener).value();
  }

  File listener;
  SocketAddress at;
};
INSTANTIATE_TEST_SUITE_P(Families, SocketTest, testing::Values("127.0.0.1", "::1"),
                         [](const auto& info) { return info.index == 0 ? "IPv4" : "IPv6"; });

TEST_P(SocketTest, WithoutAClientAcceptingWouldBlock) {
  EXPECT_NE(at.port, 0);
  const auto none = accept_from(listener);
  ASSERT_FALSE(none);
  EXPECT_TRUE(is_io_error(none.error(), IoError::WouldBlock));
}

TEST_P(SocketTest, BytesGoBothWays) {
  const File client = connected();
  const File server = accepted();
  EXPECT_EQ(server.type(), FileType::StreamSocket);
  EXPECT_TRUE(server.is_socket() && server.is_stream());
  EXPECT_EQ(peer_address(server).value(), local_address(client).value());
  EXPECT_EQ(peer_address(client).value(), at);
  std::string room(10, ' ');
  const IoSlice place = slice(room);
  const auto early = client.read(std::span(&place, 1));
  ASSERT_FALSE(early);
  EXPECT_TRUE(is_io_error(early.error(), IoError::WouldBlock));
  EXPECT_EQ(write_text(client, "question"), 8u);
  EXPECT_EQ(read_text(server), "question");
  EXPECT_EQ(write_text(server, "answer"), 6u);
  EXPECT_EQ(read_text(client, 3), "ans");
  EXPECT_EQ(read_text(client), "wer");
}

TEST_P(SocketTest, PeekingLeavesBytesAndListsAreFilledInTurn) {
  const File client = connected();
  const File server = accepted();
  write_text(client, "abcdef");
  ASSERT_TRUE(wait_for(server, true));
  std::string one(2, ' '), two(10, ' ');
  const IoSlice places[] = {slice(one), slice(two)};
  EXPECT_EQ(receive(server, places, Take::Peek).value().size_bytes, 6u);
  EXPECT_EQ(receive(server, places, Take::Remove).value().size_bytes, 6u);
  EXPECT_EQ(one + two.substr(0, 4), "abcdef");
}

TEST_P(SocketTest, AHalfClosedPeerEndsReadingOnly) {
  const File client = connected();
  const File server = accepted();
  write_text(client, "last");
  ASSERT_TRUE(shut_down(client, false, true));
  EXPECT_EQ(read_text(server), "last");
  EXPECT_EQ(read_text(server), "");
  EXPECT_EQ(write_text(server, "still here"), 10u);
  EXPECT_EQ(read_text(client), "still here");
}

TEST_P(SocketTest, WhatIsShutDownForReadingIsAtItsEnd) {
  const File client = connected();
  const File server = accepted();
  ASSERT_TRUE(shut_down(client, true, false));
  std::string room(10, ' ');
  const IoSlice place = slice(room);
  EXPECT_EQ(client.read(std::span(&place, 1)).value(), 0u);
  EXPECT_EQ(write_text(client, "still here"), 10u);
  EXPECT_EQ(read_text(server), "still here");
}

TEST_P(SocketTest, WritingToAClosedPeerIsAnErrorAndNoSignal) {
  File client = connected();
  const File server = accepted();
  client = File();
  Result<size_t> written = size_t{0};
  for (int i = 0; i < 100 && written; ++i) {
    std::string text = "x";
    const IoSlice place = slice(text);
    written = server.write(std::span(&place, 1));
    if (written) wait_for(server, true);
  }
  ASSERT_FALSE(written);
  EXPECT_TRUE(is_io_error(written.error(), IoError::BrokenPipe) ||
              is_io_error(written.error(), IoError::ConnectionReset) ||
              is_io_error(written.error(), IoError::ConnectionAborted));
}

TEST_P(SocketTest, ConnectingToNobodyIsRefused) {
  listener = File();
  const File client = open_socket(at.address.family, SocketKind::Stream).value();
  Result<void> result = connect_to(client, at);
  if (!result && is_io_error(result.error(), IoError::InProgress)) {
    EXPECT_TRUE(wait_for(client, false));
    result = take_error(client);
  }
  ASSERT_FALSE(result);
  EXPECT_TRUE(is_io_error(result.error(), IoError::ConnectionRefused));
}

TEST_P(SocketTest, AnAddressInUseCannotBeTaken) {
  const auto second = open_listener(at);
  ASSERT_FALSE(second);
  EXPECT_TRUE(is_io_error(second.error(), IoError::AddressInUse) ||
              is_io_error(second.error(), IoError::Access));
}

TEST_P(SocketTest, DatagramsKeepTheirBoundsAndSenders) {
  const File one = open_socket(at.address.family, SocketKind::Datagram).value();
  const File two = open_socket(at.address.family, SocketKind::Datagram).value();
  ASSERT_TRUE(bind_to(one, {at.address, 0}));
  ASSERT_TRUE(bind_to(two, {at.address, 0}));
  EXPECT_EQ(one.type(), FileType::DatagramSocket);
  const SocketAddress to = local_address(two).value();
  std::string first = "first", second = "the second";
  for (std::string* text : {&first, &second}) {
    const IoSlice place = slice(*text);
    EXPECT_EQ(send(one, std::span(&place, 1), &to).value(), text->size());
  }
  std::string room(7, ' ');
  const IoSlice place = slice(room);
  ASSERT_TRUE(wait_for(two, true));
  const auto got = receive(two, std::span(&place, 1), Take::Remove).value();
  EXPECT_EQ(room.substr(0, got.size_bytes), "first");
  EXPECT_FALSE(got.is_truncated);
  EXPECT_EQ(got.from, local_address(one).value());
  ASSERT_TRUE(wait_for(two, true));
  const auto cut = receive(two, std::span(&place, 1), Take::Remove).value();
  EXPECT_EQ(room.substr(0, cut.size_bytes), "the sec");
  EXPECT_TRUE(cut.is_truncated);
}

TEST_P(SocketTest, OptionsAreKept) {
  const File socket = open_socket(at.address.family, SocketKind::Stream).value();
  EXPECT_EQ(get_option(socket, SocketOption::KeepAlive).value(), 0);
  ASSERT_TRUE(set_option(socket, SocketOption::KeepAlive, 1));
  EXPECT_NE(get_option(socket, SocketOption::KeepAlive).value(), 0);
  ASSERT_TRUE(set_option(socket, SocketOption::ReceiveBufferBytes, 65536));
  EXPECT_GE(get_option(socket, SocketOption::ReceiveBufferBytes).value(), 65536);
  ASSERT_TRUE(set_option(socket, SocketOption::NoDelay, 1));
  EXPECT_NE(get_option(socket, SocketOption::NoDelay).value(), 0);
  EXPECT_NE(get_option(listener, SocketOption::IsListening).value(), 0);
}

TEST(SocketFamilyTest, IPv6SocketsAreForIPv6Alone) {
  const auto listener = open_listener({*IpAddress::parse("::"), 0});
  if (!listener) GTEST_SKIP() << "this machine has no IPv6";
  const uint16_t port = local_address(*listener).value().port;
  // Where IPv6 sockets served both, this address would be taken.
  EXPECT_TRUE(open_listener({*IpAddress::parse("0.0.0.0"), port}));
}

TEST(NameLookupTest, LocalhostIsThisMachine) {
  NameLookup lookup("localhost");
  ASSERT_TRUE(lookup.wait(30 * kSecondNs));
  const auto addresses = lookup.take();
  ASSERT_TRUE(addresses);
  ASSERT_FALSE(addresses->empty());
  for (const IpAddress& address : *addresses)
    EXPECT_TRUE(address.text() == "::1" || address.text().starts_with("127.")) << address.text();
}

// Threads that were made and let go at once have been lost, with their answers.
TEST(NameLookupTest, EveryQuestionIsAnswered) {
  for (int round = 0; round < 50; ++round) {
    std::vector<std::unique_ptr<NameLookup>> lookups;
    for (int i = 0; i < 8; ++i) lookups.push_back(std::make_unique<NameLookup>("127.0.0.1"));
    for (const auto& lookup : lookups) ASSERT_TRUE(lookup->wait(60 * kSecondNs)) << round;
  }
}

}  // namespace
}  // namespace skerry::platform
