// Lines of an audit.
#include "cli/audit.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/policy_file.h"
#include "platform/io_error.h"

namespace skerry::cli {
namespace {

// Subjects are bytes of the program's choice.
constexpr auto kReplaceBadText = nlohmann::ordered_json::error_handler_t::replace;

std::string now_text() {
  using namespace std::chrono;
  const auto now = floor<milliseconds>(system_clock::now());
  const auto ms = duration_cast<milliseconds>(now - floor<seconds>(now)).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(floor<seconds>(now)), ms);
}

}  // namespace

embed::Reported<std::shared_ptr<AuditLog>> AuditLog::open(const std::string& path, std::string who,
                                                          uint64_t every) {
  std::shared_ptr<AuditLog> log(new AuditLog(path, std::move(who), every));
  if (path == "-") {
    log->out_ = &std::cerr;
    return log;
  }
  log->file_.open(std::filesystem::u8path(path), std::ios::binary | std::ios::app);
  if (!log->file_) {
    const Error error = platform::fail_last_os_error().error();
    return embed::report(
        error, fmt::format("--audit {}: {}", embed::printable(path), embed::explain(error)));
  }
  log->out_ = &log->file_;
  return log;
}

void AuditLog::decided(const policy::Decision& decision) {
  if (decision.is_allowed && allowed_count_++ % every_ != 0) return;
  nlohmann::ordered_json line;
  line["time"] = now_text();
  line["who"] = who_;
  line["action"] = policy::to_string(decision.action);
  line["subject"] = decision.subject;
  if (decision.action == policy::Action::Folder) {
    const std::string wanted = access_text(decision.access);
    line["for"] = wanted.empty() ? "look" : wanted;
  }
  line["verdict"] = decision.is_allowed ? "allowed" : "denied";
  line["rule"] = decision.place ? nlohmann::ordered_json(place_text(*decision.place))
                                : nlohmann::ordered_json();
  *out_ << line.dump(-1, ' ', false, kReplaceBadText) << std::endl;  // each line by itself
  if (*out_ || has_failed_) return;
  has_failed_ = true;
  fmt::print(stderr, "warning: --audit {}: lines are lost, it cannot be written to\n",
             embed::printable(path_));
}

}  // namespace skerry::cli
