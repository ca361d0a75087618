// The table itself, arguments and environment, clocks, random bytes, ends of programs, sockets, and
// what every function does with pointers that lead nowhere.
#include <set>

#include "guest.h"
#include "platform/io_error.h"
#include "platform/socket.h"
#include "policy/reader.h"
#include "wasi/imports.h"

namespace skerry::wasi {
namespace {

TEST(Table, HasEveryFunctionOfPreview1AndOfWasmEdgesSockets) {
  constexpr size_t kPreview1 = 46, kSockets = 12, kSecondTypes = 4, kSecondNames = 10;
  EXPECT_EQ(functions().size(), kPreview1 + kSockets + kSecondTypes + kSecondNames);
  // An import finds at most one.
  std::set<std::pair<std::string_view, size_t>> names;
  for (const Function& function : functions())
    EXPECT_TRUE(names.emplace(function.name, function.params.size()).second) << function.name;
}

TEST(Table, SignaturesFollowFromTheRows) {
  using enum ValType::Kind;
  const FuncType open = function_named("path_open").type();
  EXPECT_EQ(open.params, (std::vector<ValType>{I32, I32, I32, I32, I32, I64, I64, I32, I32}));
  EXPECT_EQ(open.results, std::vector<ValType>{I32});
  EXPECT_EQ(function_named("fd_seek").type().params, (std::vector<ValType>{I32, I64, I32, I32}));
  EXPECT_EQ(function_named("proc_exit").type(), (FuncType{{I32}, {}}));
  EXPECT_EQ(function_named("sched_yield").type(), (FuncType{{}, {I32}}));
}

TEST_F(GuestTest, BothModulesHaveAllImports) {
  std::shared_ptr<Context> context = std::move(*Context::create(config()));
  std::multiset<std::string> names;
  ASSERT_TRUE(register_imports(
      context, [&](std::string_view module, std::string_view name, runtime::HostFunc func) {
        EXPECT_EQ(func.type, function_named(name, func.type.params.size()).type());
        EXPECT_TRUE(func.call);
        names.insert(std::string(module) + "." + std::string(name));
        return Result<void>();
      }));
  EXPECT_EQ(names.size(), 2 * functions().size());
  EXPECT_EQ(names.count("wasi_snapshot_preview1.fd_write"), 1u);
  EXPECT_EQ(names.count("wasi_unstable.fd_write"), 1u);
  EXPECT_EQ(
      register_imports(
          context, [](auto, auto, auto) -> Result<void> { return fail(ErrorCode::LimitExceeded); })
          .error()
          .code,
      ErrorCode::LimitExceeded);
}

TEST(Errnos, ComeFromPlatformErrors) {
  using platform::IoError;
  EXPECT_EQ(errno_of(platform::fail_io(IoError::NotFound).error()), Errno::Noent);
  EXPECT_EQ(errno_of(platform::fail_io(IoError::ArgumentListTooLong).error()), Errno::TooBig);
  EXPECT_EQ(errno_of(platform::fail_io(IoError::CrossDevice).error()), Errno::Xdev);
  EXPECT_EQ(errno_of(fail_with(Errno::Notcapable).error()), Errno::Notcapable);
  EXPECT_EQ(errno_of(fail(ErrorCode::OutOfMemory).error()), Errno::Nomem);
  EXPECT_EQ(errno_of(fail(ErrorCode::TrapMemoryOutOfBounds).error()), Errno::Fault);
  EXPECT_EQ(errno_of(fail(ErrorCode::ProgramExit).error()), std::nullopt);
  EXPECT_EQ(errno_of(fail(ErrorCode::InternalError).error()), std::nullopt);
  EXPECT_EQ(errno_name(Errno::TooBig), "2big");
  EXPECT_EQ(errno_name(Errno::Notcapable), "notcapable");
}

TEST_F(GuestTest, ArgumentsAndEnvironment) {
  const uint32_t count = guest_.room(4), bytes = guest_.room(4);
  ASSERT_EQ(guest_.call("args_sizes_get", count, bytes), Errno::Success);
  EXPECT_EQ(guest_.get<uint32_t>(count), 3u);
  EXPECT_EQ(guest_.get<uint32_t>(bytes), 10u);
  const uint32_t argv = guest_.room(12), buf = guest_.room(10);
  ASSERT_EQ(guest_.call("args_get", argv, buf), Errno::Success);
  EXPECT_EQ(guest_.get<uint32_t>(argv), buf);
  EXPECT_EQ(guest_.get<uint32_t>(argv + 4), buf + 5);
  EXPECT_EQ(guest_.get<uint32_t>(argv + 8), buf + 9);
  EXPECT_EQ(guest_.text(buf, 10), std::string("prog\0one\0\0", 10));

  ASSERT_EQ(guest_.call("environ_sizes_get", count, bytes), Errno::Success);
  EXPECT_EQ(guest_.get<uint32_t>(count), 2u);
  const uint32_t size = guest_.get<uint32_t>(bytes), vars = guest_.room(8),
                 text = guest_.room(size);
  ASSERT_EQ(guest_.call("environ_get", vars, text), Errno::Success);
  EXPECT_EQ(guest_.text(text, size), std::string("A=1\0LONG=value with spaces\0", 27));
}

TEST(Config, RefusesStringsWithZeros) {
  Config config;
  config.args = {std::string("a\0b", 3)};
  EXPECT_FALSE(Context::create(std::move(config)));
}

TEST_F(GuestTest, Clocks) {
  const uint32_t out = guest_.room(8);
  for (uint32_t id = 0; id < 4; ++id) {
    EXPECT_EQ(guest_.call("clock_res_get", id, out), Errno::Success);
    EXPECT_NE(guest_.get<uint64_t>(out), 0u);
    EXPECT_EQ(guest_.call("clock_time_get", id, uint64_t{1}, out), Errno::Success);
    EXPECT_NE(guest_.get<uint64_t>(out), 0u);
  }
  EXPECT_EQ(guest_.call("clock_time_get", 4u, uint64_t{0}, out), Errno::Inval);
  EXPECT_EQ(guest_.call("clock_res_get", 99u, out), Errno::Inval);
  EXPECT_EQ(guest_.call("clock_time_get", 0u, uint64_t{0}, guest_.size() - 4), Errno::Fault);
}

TEST_F(GuestTest, RandomBytes) {
  const uint32_t at = guest_.room(64);
  const std::string before = guest_.text(at, 64);
  EXPECT_EQ(guest_.call("random_get", at, 0u), Errno::Success);
  EXPECT_EQ(guest_.text(at, 64), before);
  EXPECT_EQ(guest_.call("random_get", at, 32u), Errno::Success);
  EXPECT_NE(guest_.text(at, 32), before.substr(0, 32));
  EXPECT_EQ(guest_.text(at + 32, 32), before.substr(32));
  EXPECT_EQ(guest_.call("random_get", at, UINT32_MAX), Errno::Fault);
}

TEST_F(GuestTest, ProgramEnds) {
  for (uint32_t code : {0u, 1u, 42u, 255u, 4000000000u}) {
    const auto result = guest_.run("proc_exit", code);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::ProgramExit);
    EXPECT_EQ(result.error().a, code);
  }
  EXPECT_EQ(guest_.call("proc_raise", 0u), Errno::Success);
  EXPECT_EQ(guest_.call("proc_raise", 16u), Errno::Success);  // chld
  EXPECT_EQ(guest_.call("proc_raise", 18u), Errno::Notsup);   // stop
  EXPECT_EQ(guest_.call("proc_raise", 31u), Errno::Inval);
  const auto aborted = guest_.run("proc_raise", 6u);
  ASSERT_FALSE(aborted);
  EXPECT_EQ(aborted.error().code, ErrorCode::ProgramExit);
  EXPECT_EQ(aborted.error().a, 134u);
  EXPECT_EQ(guest_.call("sched_yield"), Errno::Success);
}

TEST_F(GuestTest, NothingIsASocket) {
  EXPECT_EQ(guest_.call("sock_shutdown", 1u, 1u), Errno::Notsock);
  EXPECT_EQ(guest_.call("sock_shutdown", 3u, 1u), Errno::Notsock);
  EXPECT_EQ(guest_.call("sock_shutdown", 77u, 1u), Errno::Badf);
  EXPECT_EQ(guest_.call("sock_accept", 0u, 0u, guest_.room(4)), Errno::Notsock);
  EXPECT_EQ(guest_.call("sock_recv", 0u, 0u, 0u, 0u, 0u, 0u), Errno::Notsock);
  EXPECT_EQ(guest_.call("sock_send", 0u, 0u, 0u, 0u, 0u), Errno::Notsock);
}

// Every function with every argument at its extremes: an errno or an exit, never a crash, and
// nothing outside the memory is touched (the address sanitizer watches).
TEST_F(GuestTest, NoArgumentsCrashAFunction) {
  const uint64_t values[] = {
      0,          1,          3,          4,         64, guest_.size() - 1, guest_.size(),
      0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff};
  const auto network = std::make_shared<policy::Policy>(
      *policy::read_policy("network.listen.allow = [\"*:*\"]", "test"));
  const SocketAddress loopback = *SocketAddress::parse("127.0.0.1:0");
  for (const Function& function : functions()) {
    if (function.name == "poll_oneoff") continue;  // would wait: poll_test.cc
    // A guest takes its time to make on Windows: a new one only where the last may have lost its
    // descriptors, and now and then because descriptors may have been opened.
    const bool takes_descriptors = function.name == "fd_close" || function.name == "fd_renumber";
    std::optional<Guest> guest;
    uint64_t state = 12345;
    for (int round = 0; round < 400; ++round) {
      uint64_t slots[16] = {};
      for (size_t i = 0; i < function.params.size(); ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const uint64_t value = values[(state >> 33) % std::size(values)];
        slots[i] = function.params[i] == ValType::I64 && (state >> 60) == 0 ? ~value : value;
      }
      if (function.name == "fd_allocate") slots[1] = slots[2] = ~uint64_t{0};
      uint8_t* const exact = new uint8_t[4096]();  // so that one byte too far is seen
      if (takes_descriptors || round % 50 == 0) {
        Config given = config();
        if (function.area.starts_with("sock"))
          given.listeners.push_back({"web", platform::open_listener(loopback).value()});
        given.policy = network;
        guest.emplace(std::move(given), 4096);
      }
      Call call(guest->context(), runtime::GuestView(exact, 4096), Abi::Preview1, nullptr);
      const auto result = invoke(function, call, slots);
      if (!result) {
        EXPECT_EQ(result.error().code, ErrorCode::ProgramExit) << function.name;
      } else if (function.returns_errno) {
        EXPECT_LT(slots[0], kErrnoCount) << function.name;
      }
      delete[] exact;
    }
  }
}

}  // namespace
}  // namespace skerry::wasi
