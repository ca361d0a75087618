// --policy-watch: puts a policy in force again when its file changes, or on SIGHUP, while the
// program runs. A file that is wrong changes nothing and is complained about.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>

#include "cli/policy_file.h"
#include "platform/threads.h"
#include "wasi/gate.h"

namespace skerry::cli {

class PolicyWatch {
 public:
  // Looks from now on, on a thread of its own, until it is destroyed.
  static Result<std::unique_ptr<PolicyWatch>> start(std::string path, policy::Values values,
                                                    std::shared_ptr<wasi::Gate> gate);
  ~PolicyWatch();

 private:
  // What tells one state of a file from another. Editors put another file in its place.
  struct Stamp {
    std::filesystem::file_time_type time;
    uintmax_t size_bytes = 0;
    static Stamp of(const std::string& path);
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  PolicyWatch(std::string path, policy::Values values, std::shared_ptr<wasi::Gate> gate)
      : path_(std::move(path)),
        values_(std::move(values)),
        gate_(std::move(gate)),
        last_(Stamp::of(path_)) {}
  void run();
  void reload();

  const std::string path_;
  const policy::Values values_;
  const std::shared_ptr<wasi::Gate> gate_;
  Stamp last_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool has_ended_ = false;
  platform::Thread thread_;
};

}  // namespace skerry::cli
