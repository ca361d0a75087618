// Observer: somebody who wants to know what a guest asks for - an audit, a learner.
#pragma once

#include <span>
#include <string>

#include "base/ip_address.h"
#include "policy/decision.h"

namespace skerry::wasi {

struct Function;

class Observer {
 public:
  virtual ~Observer() = default;
  // On the guest's thread, before what is allowed is done. The decision is good during the call.
  virtual void decided(const policy::Decision& decision) = 0;
  // Each call of a function, with what it was given.
  virtual void called(const Function&, std::span<const uint64_t>) {}
  // A host's name led to an address.
  virtual void resolved(const std::string&, const IpAddress&) {}
};

}  // namespace skerry::wasi
