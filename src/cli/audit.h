// --audit: what a program asks for and what it was answered, as lines of JSON.
// Not here: what is asked (policy/decision.h says). Invariant: a denial is always written; of what
// is allowed, each N-th.
#pragma once

#include <fstream>
#include <memory>
#include <ostream>
#include <string>

#include "embed/report.h"
#include "wasi/observer.h"

namespace skerry::cli {

class AuditLog : public wasi::Observer {
 public:
  // Appends to `path`; "-" is standard error. `who`: the program's name. `every`: 1 is all.
  static embed::Reported<std::shared_ptr<AuditLog>> open(const std::string& path, std::string who,
                                                         uint64_t every);
  void decided(const policy::Decision& decision) override;

 private:
  AuditLog(std::string path, std::string who, uint64_t every)
      : path_(std::move(path)), who_(std::move(who)), every_(every) {}

  std::string path_, who_;
  uint64_t every_, allowed_count_ = 0;
  std::ofstream file_;
  std::ostream* out_ = nullptr;
  bool has_failed_ = false;
};

}  // namespace skerry::cli
