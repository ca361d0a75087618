// Config: what a guest is given. Context: one guest's WASI state, made from it: arguments,
// environment and descriptors. Not here: the functions (wasi.def) and how they reach a module
// (imports.h). Invariant: a Context is used by one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/beneath.h"
#include "platform/clocks.h"
#include "wasi/descriptor.h"
#include "wasi/gate.h"

namespace skerry::wasi {

// Where stdin, stdout or stderr lead: to the program's own, nowhere, a stream of the embedder, or
// an open file of the system.
struct Stdio {
  enum Kind : uint8_t { Inherit, Null, FromStream, FromFile };
  Kind kind = Inherit;
  std::unique_ptr<Stream> stream = nullptr;
  platform::File file{};

  static Stdio inherit() { return {}; }
  static Stdio null() { return {Null}; }
  static Stdio of(std::unique_ptr<Stream> stream) { return {FromStream, std::move(stream)}; }
  static Stdio of(platform::File file) { return {FromFile, nullptr, std::move(file)}; }
};

struct Preopen {
  std::string guest_path;
  platform::Dir dir;
  policy::Access access = policy::kAllAccess;
  std::optional<uint64_t> max_written_bytes;
};

// A listening socket, and the name by which the program may know it.
struct Listener {
  std::string name;
  platform::File socket;
};

struct Config {
  std::vector<std::string> args;  // the first is the program's name
  std::vector<std::string> env;   // NAME=VALUE
  std::vector<Preopen> preopens;
  // Descriptors right behind the preopens. The program finds how many there are, what they are
  // called and which the first is in LISTEN_FDS, LISTEN_FDNAMES (with colons in between) and
  // LISTEN_FDS_START, as far as `env` does not set them.
  std::vector<Listener> listeners;
  // What is asked when the program uses the network or ends itself, and what can be replaced while
  // it runs (Gate::set_policy); null: no network. Folders, variables and all else are given here.
  std::shared_ptr<const policy::Policy> policy;
  std::shared_ptr<Observer> observer;  // may be null
  Stdio standard_input, standard_output, standard_error;
  platform::PathResolver resolver = platform::PathResolver::Auto;
  uint32_t max_descriptors = 65536;
  policy::Clocks clocks;
  policy::Random random;
  std::optional<uint64_t> max_written_bytes;  // to files and streams, all together

  // Opens a directory of the host and adds it. OsError says why it cannot be opened.
  Result<void> add_directory(std::string guest_path, const std::string& host_path,
                             policy::Access access = policy::kAllAccess,
                             std::optional<uint64_t> max_written_bytes = {});
};

// Strings as args_get and environ_get give them out: one after another, each with a zero.
struct StringTable {
  std::string bytes;
  std::vector<uint32_t> offsets;
};

class Context {
 public:
  // Invalid arguments or environment (a zero inside, more than 4 GiB) are OsError Invalid.
  static Result<std::unique_ptr<Context>> create(Config config);

  const StringTable& args() const { return args_; }
  const StringTable& env() const { return env_; }
  DescriptorTable& descriptors() { return descriptors_; }
  platform::PathResolver resolver() const { return resolver_; }

  // Clocks as the program sees them. Moving does nothing but where they are frozen.
  Result<uint64_t> clock_now_ns(platform::Clock clock) const;
  Result<uint64_t> clock_resolution_ns(platform::Clock clock) const;
  bool has_frozen_clocks() const { return clocks_.access == policy::ClockAccess::Frozen; }
  void move_frozen_clocks(uint64_t ns) { waited_ns_ += ns; }
  Result<void> fill_random(std::span<uint8_t> bytes);
  // Shared with whoever wants to replace the policy.
  const std::shared_ptr<Gate>& gate() const { return gate_; }
  // Of everything the program writes; null: no limit.
  const std::shared_ptr<Quota>& quota() const { return quota_; }

 private:
  Context(uint32_t max_descriptors, std::shared_ptr<Gate> gate)
      : descriptors_(max_descriptors), gate_(std::move(gate)) {}
  Result<void> add_stdio(Stdio stdio, platform::StandardStream which);

  StringTable args_, env_;
  DescriptorTable descriptors_;
  std::shared_ptr<Gate> gate_;
  platform::PathResolver resolver_ = platform::PathResolver::Auto;
  policy::Clocks clocks_;
  policy::Random random_;   // its seed moves on
  uint64_t waited_ns_ = 0;  // by frozen clocks
  std::shared_ptr<Quota> quota_;
};

}  // namespace skerry::wasi
