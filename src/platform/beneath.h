// Beneath: operations on paths, none of which can reach anything outside a root directory. Paths
// are relative, with `/` between components, as programs inside the sandbox write them; symbolic
// links and `..` are resolved, and a path that would leave the root fails with NotPermitted at that
// step. Not here: what a program may do inside (rights, read-only roots: wasi). Invariant: every
// component is opened from a handle of the directory before it and never followed by the system on
// its own, or the kernel guarantees the same (openat2 with RESOLVE_BENEATH). So somebody who swaps
// directories and links meanwhile gains nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "platform/directory.h"
#include "platform/files.h"

namespace skerry::platform {

// Who resolves. Auto: the kernel where it can, else our own walk. Walk is there to be tested.
enum class PathResolver : uint8_t { Auto, Kernel, Walk };
// Auto made definite for this machine; Kernel stays Kernel only where there is such a kernel.
PathResolver available_resolver(PathResolver wanted);

// What to do with a last component that is a symbolic link. (A path that ends with a slash names
// what the link points to in any case.)
enum class LastLink : uint8_t { Keep, Follow };

class Beneath {
 public:
  Beneath(const Dir& root, PathResolver resolver)
      : root_(root), resolver_(available_resolver(resolver)) {}

  Result<File> open(std::string_view path, LastLink last, const OpenOptions& options) const;
  Result<FileStat> stat(std::string_view path, LastLink last) const;
  Result<void> set_times(std::string_view path, LastLink last, TimeChange access,
                         TimeChange modify) const;
  Result<void> create_directory(std::string_view path) const;
  Result<void> remove_directory(std::string_view path) const;
  Result<void> unlink(std::string_view path) const;
  Result<void> rename(std::string_view path, const Beneath& to, std::string_view new_path) const;
  Result<void> link(std::string_view path, const Beneath& to, std::string_view new_path) const;
  // NotPermitted for an absolute target: it could never be followed.
  Result<void> symlink(std::string_view target, std::string_view path) const;
  Result<std::string> read_link(std::string_view path) const;

 private:
  // A name in a directory, as a path says it; `name` empty: the directory itself.
  struct Place {
    Dir opened;  // not open if the place is in the root
    const Dir* root = nullptr;
    std::string_view name;
    std::string_view parent;  // text of the path before the name
    bool ends_with_slash = false;
    const Dir& dir() const { return opened.is_open() ? opened : *root; }
  };
  Result<Place> find(std::string_view path) const;
  Result<Dir> open_parent(std::string_view path) const;
  Result<Dir> walk(std::string_view path) const;
  template <class Answer, class Attempt>
  Result<Answer> at_target(std::string_view path, LastLink last, Attempt attempt) const;
  Result<File> open_step_by_step(std::string_view path, LastLink last,
                                 const OpenOptions& options) const;

  const Dir& root_;
  PathResolver resolver_;
};

}  // namespace skerry::platform
