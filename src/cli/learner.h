// --learn: watches what a program asks for in one run, and writes the smallest policy that allows
// that. Not here: what the run allows (options do, as ever).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "cli/settings.h"
#include "wasi/observer.h"

namespace skerry::cli {

class Learner : public wasi::Observer {
 public:
  void decided(const policy::Decision& decision) override;
  void called(const wasi::Function& function, std::span<const uint64_t> arguments) override;
  void resolved(const std::string& host, const IpAddress& address) override;

  // The policy, as TOML with comments. `settings`: what the program was given.
  std::string policy_text(const RunSettings& settings) const;

 private:
  struct Folder {
    policy::Access access = policy::Access::None;
    std::map<std::string, std::set<std::string>> paths;  // by what for
  };

  std::string endpoint(const std::string& text) const;
  void write_folders(const RunSettings& settings, std::string& out) const;
  void write_program(const RunSettings& settings, std::string& out) const;
  void write_network(std::string& out) const;
  void write_native(std::string& out) const;
  void write_denied(std::string& out) const;
  bool has_called(std::initializer_list<std::string_view> names) const;

  std::map<std::string, Folder> folders_;                // by the program's name of them
  std::set<std::string> connects_, listens_, resolves_;  // "10.0.0.7:443", host names
  std::map<std::string, std::string> host_of_;           // by address, as text
  std::set<std::string> libraries_, functions_;          // "device.read", "env.log"
  std::set<std::string> denied_;
  std::set<std::string_view> called_;
  std::set<uint32_t> read_from_, written_to_;  // descriptors
};

}  // namespace skerry::cli
