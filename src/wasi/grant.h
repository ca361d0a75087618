// Grant: what descriptors were given by one rule - a folder, a connection, a listener. A policy
// that takes its place can take it back while they are in use; the next call through them sees it.
// Invariant: what a descriptor may do is never more than its grant says now.
#pragma once

#include <atomic>
#include <string>

#include "policy/grants.h"

namespace skerry::wasi {

class Grant {
 public:
  // `subject`: the folder as the guest knows it; empty for sockets.
  Grant(policy::Access access, std::string subject)
      : at_start_(access), now_(access), subject_(std::move(subject)) {}

  policy::Access now() const { return now_.load(std::memory_order_relaxed); }
  policy::Access at_start() const { return at_start_; }
  // From any thread.
  void set(policy::Access access) { now_.store(access, std::memory_order_relaxed); }
  bool is_narrowed() const { return !has_all(now(), at_start_); }
  const std::string& subject() const { return subject_; }

 private:
  const policy::Access at_start_;
  std::atomic<policy::Access> now_;
  const std::string subject_;
};

}  // namespace skerry::wasi
