// How the tree is made, what each kind of attempt does, and how the tree outside is compared.
#include "attacked.h"

#include <filesystem>

#include "platform/directory.h"

namespace skerry::wasi {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kDirBase = bits_of(kDirectoryRights);
constexpr uint64_t kAll = bits_of(kAllRights);

std::string repeated(std::string_view text, int count) {
  std::string result;
  while (count-- > 0) result += text;
  return result;
}

// A time that no file has by itself.
constexpr uint64_t kOddTimeNs = 5'000'000'000;

uint32_t size_of(std::string_view text) { return static_cast<uint32_t>(text.size()); }

}  // namespace

Attacked::Attacked(platform::PathResolver resolver) {
  outer_.write("secret", std::string(kSecret));
  outer_.write("vault/secret", std::string(kSecret) + " in the vault");
  outer_.write("vault/" + std::string(kMarker), "");
  outer_.write(std::string(kMarker), "");
  outer_.make_dir("vault/empty");
  outer_.write("inside/file", "inside");
  outer_.write("inside/dir/inner", "inner");
  outer_.write("inside/dir/nested/deep", "deep");
  outer_.make_dir("inside/empty");
  outer_.write("readonly/file", "read only");
  outer_.make_dir("readonly/dir");
  for (const auto& [name, text] : std::initializer_list<std::pair<std::string, std::string>>{
           {"name255", std::string(255, 'n')},
           {"name256", std::string(256, 'n')},
           {"long", std::string(70000, 'x')},
           {"deep", repeated("dir/../", 500)},
           {"climb", repeated("../", 500)}})
    define(name, text);
  Config config;
  config.resolver = resolver;
  config.standard_input = Stdio::of(std::make_unique<MemoryInput>("input"));
  config.standard_output = Stdio::null();
  config.standard_error = Stdio::null();
  EXPECT_TRUE(config.add_directory("/", outer_.path("inside")));
  EXPECT_TRUE(config.add_directory("/ro", outer_.path("readonly"), policy::Access::Read));
  guest_.emplace(std::move(config));
  give(From::Root, 3);
  give(From::ReadOnly, 4);
  give(From::Sub, opened_directory("dir"));
  remember_outside();
}

std::string Attacked::expanded(std::string_view path) const {
  std::string text(path);
  for (const auto& [name, value] : placeholders_) {
    const std::string mark = "{" + name + "}";
    for (size_t at; (at = text.find(mark)) != text.npos;) text.replace(at, mark.size(), value);
  }
  EXPECT_EQ(text.find('{'), text.npos) << "nothing stands for " << text;
  return text;
}

uint32_t Attacked::opened(std::string_view path, uint32_t fd) {
  const auto file = guest_->open(path, 0, Guest::kRead, 0, 0, 1, fd);
  EXPECT_EQ(file.error, Errno::Success) << path;
  return file.fd;
}

uint32_t Attacked::opened_directory(std::string_view path, uint32_t fd) {
  const auto dir = guest_->open(path, kOpenDirectory, kDirBase, kAll, 0, 1, fd);
  EXPECT_EQ(dir.error, Errno::Success) << path;
  return dir.fd;
}

Errno Attacked::rename(std::string_view from, std::string_view to, uint32_t fd, uint32_t to_fd) {
  return guest_->on_path("path_rename", fd, from, to_fd, guest_->put(to), size_of(to));
}

Errno Attacked::link(std::string_view from, std::string_view to, uint32_t fd, uint32_t to_fd) {
  return guest_->call("path_link", fd, 0u, guest_->put(from), size_of(from), to_fd, guest_->put(to),
                      size_of(to));
}

Errno Attacked::symlink(std::string_view target, std::string_view path, uint32_t fd) {
  return guest_->call("path_symlink", guest_->put(target), size_of(target), fd, guest_->put(path),
                      size_of(path));
}

// The attributes that a function has written there.
void Attacked::expect_inside(uint32_t stat) const {
  const uint64_t inode = guest_->get<FileStatRecord>(stat).ino;
  EXPECT_FALSE(inodes_outside_.contains(inode)) << "the guest has looked at something outside";
}

// Does with an open descriptor what a thief would: reads, lists, writes, looks at what it is.
void Attacked::look_around(uint32_t fd) {
  guest_->read(fd);
  const uint32_t out = guest_->room(64);
  guest_->call("fd_readdir", fd, guest_->room(8192), 8192u, uint64_t{0}, guest_->room(4));
  if (guest_->call("fd_filestat_get", fd, out) == Errno::Success) expect_inside(out);
  const auto below = guest_->open("secret", 0, Guest::kRead, 0, 0, 1, fd);
  if (below.error == Errno::Success) {
    guest_->read(below.fd);
    guest_->call("fd_close", below.fd);
  }
  guest_->write(fd, "overwritten");
}

Errno Attacked::open(Does does, uint32_t fd, std::string_view path) {
  uint32_t oflags = 0, fdflags = kFdNonblock, lookup = 1;
  uint64_t rights = Guest::kRead, inheriting = 0;
  switch (does) {
    case Does::ReadKeep: lookup = 0; break;
    case Does::Create: oflags = kOpenCreate, rights |= Guest::kWrite; break;
    case Does::CreateNew: oflags = kOpenCreate | kOpenExclusive, rights |= Guest::kWrite; break;
    case Does::Truncate: oflags = kOpenTruncate; break;
    case Does::Append: fdflags |= kFdAppend; [[fallthrough]];
    case Does::Write: rights |= Guest::kWrite; break;
    case Does::OpenDirKeep: lookup = 0; [[fallthrough]];
    case Does::OpenDir: oflags = kOpenDirectory, rights = kDirBase, inheriting = kAll; break;
    default: break;
  }
  const auto file = guest_->open(path, oflags, rights, inheriting, fdflags, lookup, fd);
  if (file.error == Errno::Success) {
    look_around(file.fd);
    guest_->call("fd_close", file.fd);
  }
  return file.error;
}

Errno Attacked::attempt(Does does, uint32_t fd, std::string_view path) {
  const uint32_t out = guest_->room(64);
  const auto with_stolen = [&](Errno error) {
    if (error == Errno::Success) open(Does::Read, fd, "stolen");
    return error;
  };
  const auto stat = [&](uint32_t lookup) {
    const Errno error =
        guest_->call("path_filestat_get", fd, lookup, guest_->put(path), size_of(path), out);
    if (error == Errno::Success) expect_inside(out);
    return error;
  };
  const auto set_times = [&](uint32_t lookup) {
    return guest_->call("path_filestat_set_times", fd, lookup, guest_->put(path), size_of(path),
                        kOddTimeNs, kOddTimeNs, kFstAtim | kFstMtim);
  };
  switch (does) {
    case Does::Stat: return stat(1);
    case Does::StatKeep: return stat(0);
    case Does::SetTimes: return set_times(1);
    case Does::SetTimesKeep: return set_times(0);
    case Does::MakeDir: return guest_->on_path("path_create_directory", fd, path);
    case Does::RemoveDir: return guest_->on_path("path_remove_directory", fd, path);
    case Does::Unlink: return guest_->on_path("path_unlink_file", fd, path);
    case Does::ReadLink:
      return guest_->on_path("path_readlink", fd, path, guest_->room(4096), 4096u, out);
    case Does::LinkFrom: return with_stolen(link(path, "stolen", fd, fd));
    case Does::LinkTo: return link("file", path, fd, fd);
    case Does::RenameFrom: return with_stolen(rename(path, "stolen", fd, fd));
    case Does::RenameTo: return rename("file", path, fd, fd);
    case Does::RenameDirTo: return rename("empty", path, fd, fd);
    case Does::SymlinkAt: return symlink("file", path, fd);
    case Does::SymlinkTo: {
      const Errno made = symlink(path, "planted", fd);
      return made == Errno::Success ? open(Does::Read, fd, "planted") : made;
    }
    default: return open(does, fd, path);
  }
}

std::map<std::string, std::string> Attacked::look_outside() const {
  std::map<std::string, std::string> found;
  const auto look = [&](const fs::path& path) {
    const fs::file_status status = fs::symlink_status(path);
    std::ostringstream text;
    text << static_cast<int>(status.type()) << ' ' << static_cast<unsigned>(status.permissions());
    if (fs::is_symlink(status)) {
      text << " -> " << fs::read_symlink(path).string();
    } else {
      text << ' ' << fs::last_write_time(path).time_since_epoch().count();
      if (fs::is_regular_file(status))
        text << ' ' << fs::hard_link_count(path) << ' '
             << std::ifstream(path, std::ios::binary).rdbuf();
    }
    found[path.string()] = std::move(text).str();
  };
  const fs::path root = outer_.path();
  look(root);
  for (fs::recursive_directory_iterator at(root), end; at != end; ++at) {
    if (at.depth() == 0 && at->path().filename() == "inside") {
      at.disable_recursion_pending();  // what the guest does there is its own affair
      found[at->path().string()] = fs::is_directory(at->symlink_status()) ? "inside" : "gone";
      continue;
    }
    look(at->path());
  }
  return found;
}

void Attacked::remember_outside() {
  outside_ = look_outside();
  inodes_outside_.clear();
  for (const char* name : {".", "secret", "vault", "vault/secret"}) {
    const auto root = platform::Dir::open_host(outer_.path());
    ASSERT_TRUE(root);
    const auto stat =
        platform::Beneath(*root, platform::PathResolver::Auto).stat(name, platform::LastLink::Keep);
    if (stat) inodes_outside_.insert(stat->inode);
  }
}

void Attacked::expect_nothing_escaped() {
  EXPECT_EQ(look_outside(), outside_);
  const std::string memory = guest_->text(0, guest_->size());
  EXPECT_EQ(memory.find(kSecret), memory.npos) << "the guest has read the secret";
  EXPECT_EQ(memory.find(kMarker), memory.npos) << "the guest has listed a folder outside";
}

}  // namespace skerry::wasi
