// NameLookup: one question to the system's resolver, on a thread of its own, so that whoever asks
// need not wait for the answer. The thread ends by itself, also when nobody waits any more.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"

namespace skerry::platform {

class NameLookup {
 public:
  explicit NameLookup(std::string host);
  // Is the answer there within this time?
  bool wait(uint64_t timeout_ns);
  // The answer, once, when it is there: errors are those of resolve().
  Result<std::vector<IpAddress>> take();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace skerry::platform
