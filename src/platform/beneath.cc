// Path resolution beneath a root, the same on every system, on top of Dir (one name at a time) and,
// for speed, of the kernel where it can do it safely.
// Links in the middle of a path are resolved by open_parent(); a link at its end by at_target(),
// which puts the link's text in place of the last component and begins again at the root.
#include "platform/beneath.h"

#include <algorithm>
#include <vector>

#include "platform/kernel_resolver.h"

namespace skerry::platform {
namespace {

// As Linux: more than this in one path is a loop.
constexpr int kMaxLinks = 40;
// Bounds on what resolving one path may hold: open directories and text.
constexpr size_t kMaxDepth = 256;
constexpr size_t kMaxTextBytes = 65536;

std::string_view without_trailing_slashes(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

bool is_dots(std::string_view name) { return name == "." || name == ".."; }

Result<void> check_path(std::string_view path) {
  if (path.empty()) return fail_io(IoError::NotFound);
  if (path.size() > kMaxTextBytes) return fail_io(IoError::NameTooLong);
  if (path.find('\0') != path.npos) return fail_io(IoError::Invalid);
  if (path.starts_with('/')) return fail_io(IoError::NotPermitted);
  return {};
}

// The next component, cut off the front of `rest`; empty at the end.
std::string_view next_component(std::string_view& rest) {
  const size_t begin = std::min(rest.find_first_not_of('/'), rest.size());
  const size_t end = std::min(rest.find('/', begin), rest.size());
  const std::string_view name = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return name;
}

bool may_be_link(const Error& error) {
  return is_io_error(error, IoError::Loop) || is_io_error(error, IoError::NotDirectory);
}

// Something else has the name: what read_link() says then, unlike when it cannot be read.
bool is_no_link(const Result<std::string>& target) {
  return !target && is_io_error(target.error(), IoError::Invalid);
}

}  // namespace

PathResolver available_resolver(PathResolver wanted) {
  if (wanted == PathResolver::Walk) return PathResolver::Walk;
  return has_kernel_resolver() ? PathResolver::Kernel : PathResolver::Walk;
}

// A directory below the root, or a Dir that is not open, for the root itself.
Result<Dir> Beneath::walk(std::string_view path) const {
  std::vector<Dir> opened;  // from the root downwards; `..` goes back to a handle we hold
  std::string text;         // once a link has been met
  std::string_view rest = path;
  int links_left = kMaxLinks;
  for (;;) {
    const std::string_view name = next_component(rest);
    if (name.empty()) break;
    if (name == ".") continue;
    if (name == "..") {
      if (opened.empty()) return fail_io(IoError::NotPermitted);
      opened.pop_back();
      continue;
    }
    TRY(check_name(name));
    if (opened.size() == kMaxDepth) return fail_io(IoError::NameTooLong);
    const Dir& here = opened.empty() ? root_ : opened.back();
    auto child = here.open_for_walk(name);
    if (child) {
      opened.push_back(std::move(*child));
      continue;
    }
    if (!may_be_link(child.error())) return std::unexpected(child.error());
    const auto target = here.read_link(name);
    if (is_no_link(target)) return fail_io(IoError::NotDirectory);
    if (!target) return std::unexpected(target.error());
    if (links_left-- == 0) return fail_io(IoError::Loop);
    TRY(check_path(*target));
    std::string next = *target + '/' + std::string(rest);
    if (next.size() > kMaxTextBytes) return fail_io(IoError::NameTooLong);
    text = std::move(next);
    rest = text;
  }
  if (opened.empty()) return Dir();
  return std::move(opened.back());
}

Result<Dir> Beneath::open_parent(std::string_view path) const {
  if (path == ".") return Dir();
  if (resolver_ == PathResolver::Kernel) {
    auto opened = kernel_open_for_walk(root_, path);
    if (opened || !is_io_error(opened.error(), IoError::WouldBlock)) return opened;
  }
  return walk(path);
}

Result<Beneath::Place> Beneath::find(std::string_view path) const {
  TRY(check_path(path));
  Place place;
  place.root = &root_;
  const std::string_view text = without_trailing_slashes(path);
  place.ends_with_slash = text.size() != path.size();
  const size_t slash = text.rfind('/');
  place.name = slash == text.npos ? text : text.substr(slash + 1);
  place.parent =
      slash == text.npos ? std::string_view() : without_trailing_slashes(text.substr(0, slash));
  if (is_dots(place.name)) {
    place.name = {};
    place.parent = text;
  } else {
    TRY(check_name(place.name));
  }
  if (!place.parent.empty()) place.opened = TRY(open_parent(place.parent));
  return place;
}

// attempt(place, follow) must fail with Loop or NotDirectory if it meets a link it shall follow.
template <class Answer, class Attempt>
Result<Answer> Beneath::at_target(std::string_view path, LastLink last, Attempt attempt) const {
  std::string text;
  bool ends_with_slash = false;
  for (int links_left = kMaxLinks;; --links_left) {
    Place place = TRY(find(path));
    place.ends_with_slash |= ends_with_slash;
    ends_with_slash = place.ends_with_slash;
    const bool follow = last == LastLink::Follow || ends_with_slash;
    Result<Answer> answer = attempt(place, follow);
    if (answer || !follow || place.name.empty() || !may_be_link(answer.error())) return answer;
    const auto target = place.dir().read_link(place.name);
    if (is_no_link(target)) return answer;
    if (!target) return std::unexpected(target.error());
    if (links_left == 0) return fail_io(IoError::Loop);
    TRY(check_path(*target));
    std::string next = place.parent.empty() ? *target : std::string(place.parent) + '/' + *target;
    text = std::move(next);
    path = text;
  }
}

Result<File> Beneath::open_step_by_step(std::string_view path, LastLink last,
                                        const OpenOptions& options) const {
  return at_target<File>(path, last, [&](const Place& place, bool) -> Result<File> {
    if (place.name.empty()) {
      if (options.create && options.exclusive) return fail_io(IoError::Exists);
      if (options.create || options.write || options.truncate) return fail_io(IoError::IsDirectory);
      return place.dir().reopen(options);
    }
    if (!place.ends_with_slash) return place.dir().open(place.name, options);
    if (options.create) return fail_io(IoError::IsDirectory);
    OpenOptions of_directory = options;
    of_directory.directory = true;
    return place.dir().open(place.name, of_directory);
  });
}

Result<File> Beneath::open(std::string_view path, LastLink last, const OpenOptions& options) const {
  TRY(check_path(path));
  // Systems disagree on what it would mean.
  if (options.create && options.directory) return fail_io(IoError::Invalid);
  if (resolver_ == PathResolver::Kernel) {
    auto file = kernel_open(root_, path, last == LastLink::Follow, options);
    if (file || !is_io_error(file.error(), IoError::WouldBlock)) return file;
  }
  return open_step_by_step(path, last, options);
}

Result<FileStat> Beneath::stat(std::string_view path, LastLink last) const {
  return at_target<FileStat>(path, last, [](const Place& place, bool follow) -> Result<FileStat> {
    if (place.name.empty()) return place.dir().file().stat();
    const FileStat stat = TRY(place.dir().stat(place.name));
    if (follow && stat.type == FileType::Symlink) return fail_io(IoError::Loop);
    if (place.ends_with_slash && stat.type != FileType::Directory)
      return fail_io(IoError::NotDirectory);
    return stat;
  });
}

Result<void> Beneath::set_times(std::string_view path, LastLink last, TimeChange access,
                                TimeChange modify) const {
  return at_target<void>(path, last, [&](const Place& place, bool follow) -> Result<void> {
    if (place.name.empty()) {
      const File self = TRY(place.dir().reopen({.read = true, .directory = true}));
      return self.set_times(access, modify);
    }
    if (follow) {
      const FileStat stat = TRY(place.dir().stat(place.name));
      if (stat.type == FileType::Symlink) return fail_io(IoError::Loop);
      if (place.ends_with_slash && stat.type != FileType::Directory)
        return fail_io(IoError::NotDirectory);
    }
    return place.dir().set_times(place.name, access, modify);
  });
}

Result<void> Beneath::create_directory(std::string_view path) const {
  const Place place = TRY(find(path));
  if (place.name.empty()) return fail_io(IoError::Exists);
  return place.dir().create_directory(place.name);
}

Result<void> Beneath::remove_directory(std::string_view path) const {
  const Place place = TRY(find(path));
  if (place.name.empty())
    return fail_io(path.ends_with("..") ? IoError::NotEmpty : IoError::Invalid);
  return place.dir().remove_directory(place.name);
}

Result<void> Beneath::unlink(std::string_view path) const {
  const Place place = TRY(find(path));
  if (place.name.empty()) return fail_io(IoError::IsDirectory);
  if (place.ends_with_slash) {
    const FileStat stat = TRY(place.dir().stat(place.name));
    return fail_io(stat.type == FileType::Directory ? IoError::IsDirectory : IoError::NotDirectory);
  }
  return place.dir().unlink(place.name);
}

Result<void> Beneath::rename(std::string_view path, const Beneath& to,
                             std::string_view new_path) const {
  const Place from = TRY(find(path));
  const Place target = TRY(to.find(new_path));
  if (from.name.empty() || target.name.empty()) return fail_io(IoError::Busy);
  if (from.ends_with_slash || target.ends_with_slash) {
    const FileStat stat = TRY(from.dir().stat(from.name));
    if (stat.type != FileType::Directory) return fail_io(IoError::NotDirectory);
  }
  return from.dir().rename(from.name, target.dir(), target.name);
}

Result<void> Beneath::link(std::string_view path, const Beneath& to,
                           std::string_view new_path) const {
  const Place from = TRY(find(path));
  const Place target = TRY(to.find(new_path));
  if (from.name.empty()) return fail_io(IoError::NotPermitted);  // a directory
  if (target.name.empty()) return fail_io(IoError::Exists);
  if (from.ends_with_slash) {
    const FileStat stat = TRY(from.dir().stat(from.name));
    return fail_io(stat.type == FileType::Directory ? IoError::NotPermitted
                                                    : IoError::NotDirectory);
  }
  if (target.ends_with_slash) {
    TRY(target.dir().stat(target.name));  // absent: NotFound
    return fail_io(IoError::Exists);
  }
  return from.dir().link(from.name, target.dir(), target.name);
}

Result<void> Beneath::symlink(std::string_view target, std::string_view path) const {
  if (target.empty()) return fail_io(IoError::NotFound);
  TRY(check_path(target));
  const Place place = TRY(find(path));
  if (place.name.empty()) return fail_io(IoError::Exists);
  if (place.ends_with_slash) {
    const FileStat there = TRY(place.dir().stat(place.name));
    return fail_io(there.type == FileType::Directory ? IoError::Exists : IoError::NotDirectory);
  }
  bool to_directory = false;
  if (kLinksKnowTheirTarget) {
    const std::string at = place.parent.empty()
                               ? std::string(target)
                               : std::string(place.parent) + '/' + std::string(target);
    const auto stat = this->stat(at, LastLink::Follow);
    to_directory = stat && stat->type == FileType::Directory;
  }
  return place.dir().symlink(target, place.name, to_directory);
}

Result<std::string> Beneath::read_link(std::string_view path) const {
  const Place place = TRY(find(path));
  if (place.name.empty()) return fail_io(IoError::Invalid);
  if (place.ends_with_slash) {
    TRY(stat(path, LastLink::Follow));
    return fail_io(IoError::Invalid);
  }
  return place.dir().read_link(place.name);
}

}  // namespace skerry::platform
