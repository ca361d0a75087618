// Collecting what is asked for; writing it down for a person to read.
#include "cli/learner.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/address.h"
#include "wasi/functions.h"

namespace skerry::cli {
namespace {

// A string of TOML. Control characters and bytes beyond ASCII that are no text become `?`.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : embed::printable(std::string(text))) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

std::string quoted_list(const auto& items) {
  std::string result;
  for (const auto& item : items) result += (result.empty() ? "" : ", ") + quoted(item);
  return "[" + result + "]";
}

}  // namespace

void Learner::decided(const policy::Decision& decision) {
  using policy::Action;
  const std::string subject(decision.subject);
  if (!decision.is_allowed) {
    denied_.insert(
        fmt::format("{} {}", policy::to_string(decision.action), embed::printable(subject)));
    return;
  }
  switch (decision.action) {
    case Action::Folder: {
      Folder& folder = folders_[std::string(decision.folder)];
      folder.access = folder.access | decision.access;
      if (decision.access != policy::Access::None)
        folder.paths[policy::access_text(decision.access)].insert(subject);
      return;
    }
    case Action::Connect: connects_.insert(subject); return;
    case Action::Listen: listens_.insert(subject); return;
    case Action::Resolve: resolves_.insert(subject); return;
    case Action::Library: libraries_.insert(subject); return;
    case Action::Function: functions_.insert(subject); return;
    case Action::Exit:
    case Action::Limit: return;
  }
}

void Learner::called(const wasi::Function& function, std::span<const uint64_t> arguments) {
  called_.insert(function.name);
  if (function.name == "fd_read") read_from_.insert(static_cast<uint32_t>(arguments[0]));
  if (function.name == "fd_write") written_to_.insert(static_cast<uint32_t>(arguments[0]));
}

void Learner::resolved(const std::string& host, const IpAddress& address) {
  // A rule by name allows nothing inside, but for localhost.
  if (!policy::is_internal(address) || host == "localhost") host_of_[address.text()] = host;
}

bool Learner::has_called(std::initializer_list<std::string_view> names) const {
  return std::ranges::any_of(names, [&](std::string_view name) { return called_.contains(name); });
}

// By name where the program had it by name. A port of the program's own that the system chose will
// be another one next time.
std::string Learner::endpoint(const std::string& text) const {
  constexpr uint16_t kFirstChosenPort = 32768;
  const auto to = SocketAddress::parse(text);
  if (!to) return text;
  const auto host = host_of_.find(to->address.text());
  if (host != host_of_.end()) return fmt::format("{}:{}", host->second, to->port);
  const std::string any_port = SocketAddress{to->address, 0}.text();
  if (to->port < kFirstChosenPort || !listens_.contains(any_port)) return text;
  return fmt::format("{}{}-65535", any_port.substr(0, any_port.size() - 1), kFirstChosenPort);
}

void Learner::write_folders(const RunSettings& settings, std::string& out) const {
  constexpr size_t kPathsShown = 5;
  for (const DirMapping& dir : settings.dirs) {
    const auto used = folders_.find(dir.guest);
    if (used == folders_.end()) {
      out += fmt::format("# {} was not used: left out.\n\n", quoted(dir.guest));
      continue;
    }
    const Folder& folder = used->second;
    out += fmt::format("[directories.{}]\nhost = {}\nallow = {}\n", quoted(dir.guest),
                       quoted(dir.host), quoted_list(policy::access_names(folder.access)));
    for (const auto& [what, paths] : folder.paths) {
      out += fmt::format("# {}:", what);
      size_t shown = 0;
      for (const std::string& path : paths)
        if (shown++ < kPathsShown) out += " " + embed::printable(path);
      if (paths.size() > kPathsShown)
        out += fmt::format(" and {} more", paths.size() - kPathsShown);
      out += "\n";
    }
    out += "\n";
  }
}

void Learner::write_program(const RunSettings& settings, std::string& out) const {
  if (!settings.env.empty() && has_called({"environ_get"})) {
    out += "# It can see all of these; whether it looks at each is not known.\n[environment.set]\n";
    for (const auto& [name, value] : settings.env)
      out += fmt::format("{} = {}\n", quoted(name), quoted(value));
    out += "\n";
  }
  if (settings.args.empty() || !has_called({"args_get"})) out += "[arguments]\nallow = false\n\n";
  // What it would say of errors is kept, though it may have had none to tell of.
  const bool reads = read_from_.contains(0), writes = written_to_.contains(1);
  if (reads || !writes) {
    out += "[stdio]\n";
    if (reads) out += "stdin = \"inherit\"\n";
    if (!writes) out += "stdout = \"null\"  # it wrote nothing\n";
    out += "\n";
  }
  if (!has_called({"clock_time_get", "poll_oneoff"}))
    out += "[clocks]\naccess = \"frozen\"  # it did not ask for the time\n\n";
  if (!has_called({"random_get"}))
    out += "[random]\nsource = \"seeded\"  # it did not ask for random bytes\n\n";
}

void Learner::write_network(std::string& out) const {
  std::set<std::string> endpoints, connected_hosts, only_resolved;
  for (const std::string& address : connects_) {
    endpoints.insert(endpoint(address));
    if (const auto parsed = SocketAddress::parse(address))
      if (const auto host = host_of_.find(parsed->address.text()); host != host_of_.end())
        connected_hosts.insert(host->second);
  }
  std::ranges::set_difference(resolves_, connected_hosts,
                              std::inserter(only_resolved, only_resolved.end()));
  if (!only_resolved.empty())
    out += fmt::format("[network.resolve]\nallow = {}\n\n", quoted_list(only_resolved));
  if (!endpoints.empty())
    out += fmt::format("[network.connect]\nallow = {}\n\n", quoted_list(endpoints));
  if (!listens_.empty())
    out += fmt::format("[network.listen]\nallow = {}\n\n", quoted_list(listens_));
}

void Learner::write_native(std::string& out) const {
  if (libraries_.empty() && functions_.empty()) return;
  out += "[host]\n";
  if (!functions_.empty()) out += fmt::format("functions = {}\n", quoted_list(functions_));
  if (!libraries_.empty()) out += fmt::format("libraries = {}\n", quoted_list(libraries_));
  out += "\n";
}

void Learner::write_denied(std::string& out) const {
  if (denied_.empty()) return;
  out += "# It also asked for this, and did not get it:\n";
  for (const std::string& what : denied_) out += fmt::format("#   {}\n", what);
}

std::string Learner::policy_text(const RunSettings& settings) const {
  std::string out = fmt::format(
      "# What {} asked for in one run. Another run may ask for more. Read it, narrow it, then:\n"
      "#   skerry --policy THIS {}\n\n",
      embed::printable(settings.file), embed::printable(settings.file));
  write_folders(settings, out);
  write_program(settings, out);
  write_network(out);
  write_native(out);
  for (const ListenOption& one : settings.network.listen)
    if (!listens_.contains(one.address.text()))
      out += fmt::format("# For --listen {}:\n#   [network.listen]\n#   allow = [{}]\n",
                         embed::printable(one.text), quoted(one.address.text()));
  write_denied(out);
  return out;
}

}  // namespace skerry::cli
