// A guest made of nothing but memory: calls WASI functions by name as generated code would, with
// arguments in slots, and looks at what came back.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../platform/temp_dir.h"
#include "wasi/context.h"
#include "wasi/functions.h"

namespace skerry::wasi {

// By the number of its parameters where two have the name.
inline const Function& function_named(std::string_view name,
                                      std::optional<size_t> param_count = {}) {
  for (const Function& function : functions())
    if (function.name == name &&
        param_count.value_or(function.params.size()) == function.params.size())
      return function;
  ADD_FAILURE() << "no function " << name;
  return functions().front();
}

class Guest {
 public:
  explicit Guest(Config config, size_t memory_bytes = 1 << 20) : memory_(memory_bytes) {
    auto context = Context::create(std::move(config));
    EXPECT_TRUE(context);
    if (context) context_ = std::move(*context);
  }

  Context& context() { return *context_; }
  void set_abi(Abi abi) { abi_ = abi; }

  // The whole outcome, for functions that may end the program.
  template <class... Args>
  Result<Errno> run(std::string_view name, Args... args) {
    const Function& function = function_named(name, sizeof...(args));
    uint64_t slots[sizeof...(args) + 1] = {slot(args)...};
    EXPECT_EQ(function.params.size(), sizeof...(args)) << name;
    Call call(*context_, runtime::GuestView(memory_.data(), memory_.size()), abi_, nullptr);
    if (const auto result = invoke(function, call, slots); !result)
      return std::unexpected(result.error());
    return static_cast<Errno>(slots[0]);
  }
  template <class... Args>
  Errno call(std::string_view name, Args... args) {
    const auto result = run(name, args...);
    EXPECT_TRUE(result) << name << " left the guest";
    return result.value_or(Errno::Nosys);
  }

  // Memory. put() keeps what it is given until reset(); at() is a scratch place.
  uint32_t put(std::string_view text) {
    const uint32_t at = next_;
    std::memcpy(memory_.data() + at, text.data(), text.size());
    next_ += static_cast<uint32_t>(text.size() + 15) / 8 * 8;
    return at;
  }
  uint32_t room(size_t size) { return put(std::string(size, '\xee')); }
  void reset() { next_ = kFirst; }
  uint32_t size() const { return static_cast<uint32_t>(memory_.size()); }
  template <class T>
  T get(uint32_t at) const {
    T value;
    std::memcpy(&value, memory_.data() + at, sizeof(T));
    return value;
  }
  template <class T>
  void set(uint32_t at, T value) {
    std::memcpy(memory_.data() + at, &value, sizeof(T));
  }
  std::string text(uint32_t at, size_t size) const {
    return {reinterpret_cast<const char*>(memory_.data()) + at, size};
  }

  // A function on a path.
  template <class... Args>
  Errno on_path(std::string_view name, uint32_t fd, std::string_view path, Args... rest) {
    return call(name, fd, put(path), static_cast<uint32_t>(path.size()), rest...);
  }

  struct Opened {
    Errno error;
    uint32_t fd;
  };
  static constexpr uint64_t kRead = bits_of(Rights::FdRead | Rights::FdSeek | Rights::FdTell |
                                            Rights::FdFilestatGet | Rights::PollFdReadwrite);
  static constexpr uint64_t kWrite = bits_of(Rights::FdWrite | Rights::FdFilestatSetSize);
  Opened open(std::string_view path, uint32_t oflags = 0, uint64_t rights = kRead,
              uint64_t inheriting = 0, uint32_t fdflags = 0, uint32_t lookup = 1,
              uint32_t dir = 3) {
    const uint32_t out = room(4);
    const Errno error =
        call("path_open", dir, lookup, put(path), static_cast<uint32_t>(path.size()), oflags,
             rights, inheriting, fdflags, out);
    return {error, get<uint32_t>(out)};
  }

  // One list entry for the given text; the address of the list.
  uint32_t iovec(uint32_t buf, uint32_t length) {
    const uint32_t at = room(8);
    set<IovecRecord>(at, {buf, length});
    return at;
  }
  Errno write(uint32_t fd, std::string_view text) {
    return call("fd_write", fd, iovec(put(text), static_cast<uint32_t>(text.size())), 1u, room(4));
  }
  std::string read(uint32_t fd, uint32_t size = 256) {
    const uint32_t buf = room(size), out = room(4);
    const Errno error = call("fd_read", fd, iovec(buf, size), 1u, out);
    if (error != Errno::Success) return "error: " + std::string(errno_name(error));
    return text(buf, get<uint32_t>(out));
  }
  FdStatRecord fdstat(uint32_t fd) {
    const uint32_t out = room(sizeof(FdStatRecord));
    EXPECT_EQ(call("fd_fdstat_get", fd, out), Errno::Success);
    return get<FdStatRecord>(out);
  }

 private:
  static constexpr uint32_t kFirst = 64;
  template <class T>
  static uint64_t slot(T value) {
    // As generated code does it: i32 zero-extended.
    if constexpr (sizeof(T) == 4)
      return static_cast<uint32_t>(value);
    else
      return static_cast<uint64_t>(value);
  }

  std::vector<uint8_t> memory_;
  uint32_t next_ = kFirst;
  Abi abi_ = Abi::Preview1;
  std::unique_ptr<Context> context_;
};

// printed by GoogleTest
inline void PrintTo(Errno number, std::ostream* out) { *out << errno_name(number); }

// A guest with one directory, as descriptor 3, and streams in memory.
class GuestTest : public testing::Test {
 protected:
  GuestTest() : stdout_(std::make_shared<std::string>()), guest_(config()) {}
  Config config(bool read_only = false) {
    Config config;
    config.args = {"prog", "one", ""};
    config.env = {"A=1", "LONG=value with spaces"};
    config.standard_input = Stdio::of(std::make_unique<MemoryInput>("input text"));
    config.standard_output = Stdio::of(std::make_unique<MemoryOutput>(stdout_));
    config.standard_error = Stdio::null();
    EXPECT_TRUE(config.add_directory("/data", temp_.path(),
                                     read_only ? policy::Access::Read : policy::kAllAccess));
    return config;
  }

  TempDir temp_;
  std::shared_ptr<std::string> stdout_;
  Guest guest_;
};

}  // namespace skerry::wasi
