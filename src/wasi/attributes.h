// What the path functions share with the functions on open descriptors: attributes in guest memory.
#pragma once

#include <utility>

#include "base/result.h"
#include "platform/files.h"
#include "wasi/call.h"

namespace skerry::wasi {

// A place for a filestat of the caller's version, checked before anything is done.
class FileStatOut {
 public:
  static Result<FileStatOut> at(const Call& call, Ptr at);
  void set(const platform::FileStat& stat) const;

 private:
  FileStatOut(uint8_t* at, Abi abi) : at_(at), abi_(abi) {}
  uint8_t* at_;
  Abi abi_;
};

// access and modify; Inval for flags that contradict each other or mean nothing.
Result<std::pair<platform::TimeChange, platform::TimeChange>> time_changes(Timestamp atim,
                                                                           Timestamp mtim,
                                                                           FstFlags flags);

}  // namespace skerry::wasi
