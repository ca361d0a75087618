// Asking the policy, telling the observer, taking grants back.
#include "wasi/gate.h"

#include <algorithm>

#include "wasi/errno.h"

namespace skerry::wasi {

using policy::Access;
using policy::Action;
using policy::Policy;
using policy::Verdict;

namespace {

const policy::Directory* find_folder(const Policy& policy, std::string_view guest_path) {
  const auto found = std::ranges::find(policy.directories, guest_path, &policy::Directory::guest);
  return found == policy.directories.end() ? nullptr : &*found;
}

}  // namespace

Gate::Gate(PolicyPtr policy, std::shared_ptr<Observer> observer)
    : observer_(std::move(observer)), policy_(std::move(policy)) {}

Gate::PolicyPtr Gate::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

void Gate::set_policy(PolicyPtr policy) {
  const std::lock_guard lock(mutex_);
  policy_ = std::move(policy);
  for (const Folder& folder : folders_) {
    const policy::Directory* const said =
        policy_ ? find_folder(*policy_, folder.grant->subject()) : nullptr;
    folder.grant->set(said && said->host == folder.host ? said->access : Access::None);
  }
  std::erase_if(sockets_, [](const Socket& socket) { return socket.grant.expired(); });
  for (const Socket& socket : sockets_)
    if (const auto grant = socket.grant.lock()) {
      const bool is_allowed = policy_ && decide(*policy_, socket.way, socket.address);
      grant->set(is_allowed ? policy::kAllAccess : Access::None);
    }
}

// With the mutex held.
Verdict Gate::decide(const Policy& policy, Way way, const SocketAddress& address) const {
  return way == Way::Connect ? decide_connect(policy, address.address, address.port, resolutions_)
                             : decide_listen(policy, address.address, address.port);
}

Result<void> Gate::may_open_socket() const {
  const PolicyPtr policy = this->policy();
  if (!policy) return fail_with(Errno::Acces);
  const auto& rules = policy->network;
  if (rules.connect.allow.empty() && rules.listen.allow.empty()) return fail_with(Errno::Acces);
  return {};
}

Result<void> Gate::may(Way way, const SocketAddress& address) {
  PolicyPtr policy;  // keeps the place that is told
  Verdict verdict;
  {
    const std::lock_guard lock(mutex_);
    policy = policy_;
    if (policy) verdict = decide(*policy, way, address);
  }
  if (observer_) {
    const std::string subject = address.text();
    tell({.action = way == Way::Connect ? Action::Connect : Action::Listen,
          .subject = subject,
          .folder = {},
          .is_allowed = verdict.is_allowed,
          .place = verdict.place});
  }
  if (!verdict) return fail_with(Errno::Acces);
  return {};
}

Result<void> Gate::may_connect(const SocketAddress& address) { return may(Way::Connect, address); }
Result<void> Gate::may_listen(const SocketAddress& address) { return may(Way::Listen, address); }

std::shared_ptr<Grant> Gate::socket_grant(Way way, const SocketAddress& address) {
  auto grant = std::make_shared<Grant>(policy::kAllAccess, std::string());
  const std::lock_guard lock(mutex_);
  // Those that are closed leave nothing to take back.
  std::erase_if(sockets_, [](const Socket& socket) { return socket.grant.expired(); });
  sockets_.push_back({way, address, grant});
  return grant;
}

std::shared_ptr<Grant> Gate::connection_grant(const SocketAddress& address) {
  return socket_grant(Way::Connect, address);
}
std::shared_ptr<Grant> Gate::listener_grant(const SocketAddress& address) {
  return socket_grant(Way::Listen, address);
}

Result<void> Gate::may_resolve(const std::string& host) {
  const PolicyPtr policy = this->policy();
  const Verdict verdict = policy ? decide_resolve(*policy, host) : Verdict();
  tell({.action = Action::Resolve,
        .subject = host,
        .folder = {},
        .is_allowed = verdict.is_allowed,
        .place = verdict.place});
  if (!verdict) return fail_with(Errno::Acces);
  return {};
}

void Gate::add_answer(const std::string& host, const IpAddress& address) {
  if (observer_) observer_->resolved(host, address);
  const std::lock_guard lock(mutex_);
  resolutions_.add(host, address);
}

Result<std::shared_ptr<void>> Gate::take_connection() {
  const PolicyPtr policy = this->policy();
  if (policy && *connection_count_ >= policy->limits.connections.value_or(UINT64_MAX)) {
    limit_reached("limits.connections");
    return fail_with(Errno::Mfile);
  }
  ++*connection_count_;
  return std::shared_ptr<void>(nullptr, [count = connection_count_](void*) { --*count; });
}

std::shared_ptr<Grant> Gate::add_folder(const std::string& guest_path, Access access) {
  auto grant = std::make_shared<Grant>(access, guest_path);
  const std::lock_guard lock(mutex_);
  const policy::Directory* const said = policy_ ? find_folder(*policy_, guest_path) : nullptr;
  folders_.push_back({said ? said->host : std::string(), grant});
  return grant;
}

Result<void> Gate::may_use(const Grant& folder, Access needed, std::string_view path) {
  const Access now = folder.now();
  const bool is_allowed = has_all(now, needed) && !(now == Access::None && folder.is_narrowed());
  if (observer_) {
    const PolicyPtr policy = this->policy();
    const policy::Directory* const said = policy ? find_folder(*policy, folder.subject()) : nullptr;
    tell({.action = Action::Folder,
          .subject = path,
          .access = needed,
          .folder = folder.subject(),
          .is_allowed = is_allowed,
          .place = said ? &said->place : nullptr});
  }
  if (is_allowed) return {};
  if (has_all(folder.at_start(), needed)) return fail_with(Errno::Notcapable);
  const bool may_change = has_any(now, policy::kChanges);
  const bool lacks_read = has_any(needed, Access::Read) && !has_any(now, Access::Read);
  return fail_with(may_change || lacks_read ? Errno::Acces : Errno::Rofs);
}

bool Gate::may_exit() {
  const PolicyPtr policy = this->policy();
  if (!policy) return true;
  const Verdict verdict = decide_exit(*policy);
  tell({.action = Action::Exit,
        .subject = {},
        .folder = {},
        .is_allowed = verdict.is_allowed,
        .place = verdict.place});
  return verdict.is_allowed;
}

void Gate::limit_reached(std::string_view key) {
  const PolicyPtr policy = this->policy();
  tell({.action = Action::Limit,
        .subject = key,
        .folder = {},
        .is_allowed = false,
        .place = policy ? policy->place_of(key) : nullptr});
}

}  // namespace skerry::wasi
