// Policies that take another's place while a guest has things open, and what an observer is told.
#include "wasi/gate.h"

#include "guest.h"
#include "platform/socket.h"
#include "policy/reader.h"

namespace skerry::wasi {
namespace {

std::shared_ptr<const policy::Policy> policy_of(std::string_view text) {
  auto read = policy::read_policy(text, "test");
  EXPECT_TRUE(read) << text;
  return std::make_shared<policy::Policy>(read.value_or(policy::Policy()));
}

constexpr std::string_view kReadAndWrite =
    "[directories.\"/\"]\nhost = \"data\"\nallow = [\"read\", \"write\"]\n";
constexpr std::string_view kRead = "[directories.\"/\"]\nhost = \"data\"\n";

// A folder with a file, granted by a policy.
struct WithFolder {
  explicit WithFolder(std::string_view text = kReadAndWrite,
                      std::shared_ptr<Observer> observer = nullptr) {
    temp.write("file", "text");
    temp.make_dir("dir");
    Config config;
    config.policy = policy_of(text);
    config.observer = std::move(observer);
    EXPECT_TRUE(config.add_directory("/", temp.path(), config.policy->directories[0].access));
    guest.emplace(std::move(config));
  }
  void replace(std::string_view text) { guest->context().gate()->set_policy(policy_of(text)); }
  Errno read(uint32_t fd) {
    const uint32_t data = guest->room(8), list = guest->room(8);
    guest->set(list, IovecRecord{data, 8});
    return guest->call("fd_pread", fd, list, 1u, uint64_t{0}, guest->room(4));
  }

  TempDir temp;
  std::optional<Guest> guest;
};

TEST(GateTest, AFolderThatIsTakenBackIsGoneAtTheNextCall) {
  WithFolder with;
  Guest& guest = *with.guest;
  const auto file = guest.open("file", 0, Guest::kRead | Guest::kWrite);
  const auto below = guest.open("dir", kOpenDirectory);
  EXPECT_EQ(with.read(file.fd), Errno::Success);
  with.replace("");
  EXPECT_EQ(with.read(file.fd), Errno::Notcapable);
  EXPECT_EQ(guest.write(file.fd, "x"), Errno::Notcapable);
  EXPECT_EQ(guest.call("fd_seek", file.fd, uint64_t{0}, 0u, guest.room(8)), Errno::Notcapable);
  EXPECT_EQ(guest.call("fd_filestat_get", file.fd, guest.room(64)), Errno::Notcapable);
  EXPECT_EQ(guest.open("file").error, Errno::Notcapable);
  EXPECT_EQ(guest.call("fd_readdir", below.fd, guest.room(99), 99u, uint64_t{0}, guest.room(4)),
            Errno::Notcapable);
  EXPECT_EQ(guest.call("fd_close", file.fd), Errno::Success);
  EXPECT_EQ(with.temp.read("file"), "text");
  // And comes back.
  with.replace(kReadAndWrite);
  EXPECT_EQ(guest.open("file").error, Errno::Success);
}

TEST(GateTest, WhatIsNarrowedIsRefusedAndTheRestGoesOn) {
  WithFolder with;
  Guest& guest = *with.guest;
  const auto file = guest.open("file", 0, Guest::kRead | Guest::kWrite);
  with.replace(kRead);
  EXPECT_EQ(with.read(file.fd), Errno::Success);
  EXPECT_EQ(guest.write(file.fd, "x"), Errno::Notcapable);
  EXPECT_EQ(guest.open("file", kOpenTruncate).error, Errno::Notcapable);
  // What was never allowed is told apart.
  EXPECT_EQ(guest.on_path("path_unlink_file", 3, "file"), Errno::Rofs);
}

TEST(GateTest, AFolderCanBeWidened) {
  WithFolder with(kRead);
  Guest& guest = *with.guest;
  EXPECT_EQ(guest.open("file", kOpenTruncate).error, Errno::Rofs);
  with.replace(kReadAndWrite);
  EXPECT_EQ(guest.open("file", kOpenTruncate).error, Errno::Success);
  EXPECT_EQ(with.temp.read("file"), "");
}

TEST(GateTest, AnotherFolderOfTheHostIsNotTheSame) {
  WithFolder with;
  with.replace("[directories.\"/\"]\nhost = \"other\"\n");
  EXPECT_EQ(with.guest->open("file").error, Errno::Notcapable);
}

struct WithSockets {
  explicit WithSockets(std::shared_ptr<Observer> observer = nullptr) {
    Config config;
    config.policy = policy_of(kLoopback);
    config.observer = std::move(observer);
    config.listeners.push_back(
        {"web", platform::open_listener(*SocketAddress::parse("127.0.0.1:0")).value()});
    port = platform::local_address(config.listeners[0].socket).value().port;
    guest.emplace(std::move(config));
  }
  uint32_t address() {
    const uint32_t bytes = guest->put(std::string_view("\x7f\0\0\1", 4)), record = guest->room(8);
    guest->set(record, AddressRecord{bytes, 4});
    return record;
  }
  uint32_t connected() {
    const uint32_t out = guest->room(4);
    EXPECT_EQ(guest->call("sock_open", kFamilyIPv4, kTypeStream, out), Errno::Success);
    const auto fd = guest->get<uint32_t>(out);
    EXPECT_EQ(guest->call("sock_connect", fd, address(), uint32_t{port}), Errno::Success);
    return fd;
  }
  uint32_t accepted() {
    const uint32_t out = guest->room(4);
    EXPECT_EQ(guest->call("sock_accept", 3u, 0u, out), Errno::Success);
    return guest->get<uint32_t>(out);
  }

  static constexpr std::string_view kLoopback =
      "network.connect.allow = [\"127.0.0.1:*\"]\nnetwork.listen.allow = [\"127.0.0.1:*\"]\n";
  uint16_t port = 0;
  std::optional<Guest> guest;
};

TEST(GateTest, ConnectionsThatAreNoLongerAllowedCarryNothing) {
  WithSockets with;
  Guest& guest = *with.guest;
  const uint32_t client = with.connected(), server = with.accepted();
  EXPECT_EQ(guest.write(client, "x"), Errno::Success);
  guest.context().gate()->set_policy(policy_of("network.listen.allow = [\"127.0.0.1:*\"]"));
  EXPECT_EQ(guest.write(client, "x"), Errno::Notcapable);
  EXPECT_EQ(guest.call("sock_connect", client, with.address(), 1u), Errno::Notcapable);
  EXPECT_EQ(guest.write(server, "y"), Errno::Success);  // it came by the listener
  guest.context().gate()->set_policy(policy_of("network.connect.allow = [\"127.0.0.1:*\"]"));
  EXPECT_EQ(guest.write(client, "x"), Errno::Success);
  EXPECT_EQ(guest.write(server, "y"), Errno::Notcapable);
  EXPECT_EQ(guest.call("sock_accept", 3u, 0u, guest.room(4)), Errno::Notcapable);
}

TEST(GateTest, AReplacedPolicySaysWhoMayEndItself) {
  WithFolder with;
  with.replace("process.exit = false");
  const auto result = with.guest->run("proc_exit", 0u);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::PolicyDenied);
}

// Keeps what it is told, as text.
class Told : public Observer {
 public:
  void decided(const policy::Decision& decision) override {
    lines_.push_back(std::string(policy::to_string(decision.action)) + " " +
                     std::string(decision.subject) + " " + policy::access_text(decision.access) +
                     (decision.is_allowed ? " allowed" : " denied") +
                     (decision.place ? " by line " + std::to_string(decision.place->line) : ""));
  }
  std::vector<std::string> take() { return std::exchange(lines_, {}); }

 private:
  std::vector<std::string> lines_;
};

TEST(GateTest, AnObserverIsToldOfEachPathAndWhatItIsFor) {
  const auto told = std::make_shared<Told>();
  WithFolder with(kRead, told);
  Guest& guest = *with.guest;
  using Lines = std::vector<std::string>;
  guest.open("file");
  EXPECT_EQ(told->take(), (Lines{"folder /file read allowed by line 1"}));
  guest.open("new", kOpenCreate, Guest::kWrite);
  EXPECT_EQ(told->take(), (Lines{"folder /new write denied by line 1"}));
  guest.on_path("path_unlink_file", 3, "dir/x");
  EXPECT_EQ(told->take(), (Lines{"folder /dir/x delete denied by line 1"}));
}

TEST(GateTest, AnObserverIsToldOfTheNetworkAndOfLimits) {
  const auto told = std::make_shared<Told>();
  WithSockets with(told);
  using Lines = std::vector<std::string>;
  with.connected();
  const std::string address = "127.0.0.1:" + std::to_string(with.port);
  EXPECT_EQ(told->take(), (Lines{"connect " + address + "  allowed by line 1"}));
  with.guest->context().gate()->set_policy(policy_of("[limits]\nconnections = 1\n"));
  EXPECT_EQ(with.guest->call("sock_accept", 3u, 0u, with.guest->room(4)), Errno::Notcapable);
  with.guest->context().gate()->set_policy(
      policy_of("network.listen.allow = [\"127.0.0.1:*\"]\nlimits.connections = 1\n"));
  EXPECT_EQ(with.guest->call("sock_accept", 3u, 0u, with.guest->room(4)), Errno::Mfile);
  EXPECT_EQ(told->take(), (Lines{"limit limits.connections  denied by line 2"}));
}

}  // namespace
}  // namespace skerry::wasi
