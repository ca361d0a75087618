// An entry is written beside its place and moved there. Its time of modification says when it was
// used last: systems keep times of access only roughly, or not at all.
#include "embed/code_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "platform/clocks.h"
#include "platform/directory.h"
#include "platform/random.h"
#include "platform/user_folders.h"
#include "platform/whole_file.h"

namespace skerry::embed {
namespace {

constexpr std::string_view kEnding = ".skc";
constexpr std::string_view kUnfinishedEnding = ".tmp";  // of what write_file() is about to move
constexpr size_t kNameChars = 2 * sizeof(Digest) + kEnding.size();
// A file that is not finished after so long never will be.
constexpr std::chrono::nanoseconds kAbandonedAfter = std::chrono::hours(1);

std::string name_of(const Digest& key) {
  std::string name;
  for (const uint8_t byte : key) name += fmt::format("{:02x}", byte);
  return name += kEnding;
}

bool is_entry(std::string_view name) {
  return name.size() == kNameChars && name.ends_with(kEnding) &&
         name.find_first_not_of("0123456789abcdef") == kNameChars - kEnding.size();
}

// What a process that ended too soon left behind.
bool is_unfinished(std::string_view name) {
  return name.size() > kNameChars && is_entry(name.substr(0, kNameChars)) &&
         name.ends_with(kUnfinishedEnding);
}

}  // namespace

std::shared_ptr<const CodeCache> CodeCache::of_user(uint64_t limit_bytes) {
  const std::string folder = platform::user_cache_folder();
  if (folder.empty()) return nullptr;
  return std::make_shared<CodeCache>(folder + "/code", limit_bytes);
}

std::string CodeCache::path_of(const Digest& key) const { return folder_ + "/" + name_of(key); }

Result<void> CodeCache::put(const Digest& key, Bytes entry) const {
  if (entry.size() > limit_bytes_) return fail(ErrorCode::LimitExceeded);
  TRY(platform::make_private_folder(folder_));
  TRY(replace(name_of(key), entry));
  trim();
  return {};
}

Result<void> CodeCache::replace(const std::string& name, Bytes entry) const {
  const std::string path = folder_ + "/" + name;
  const auto written = platform::write_file(path, std::span(&entry, 1), platform::Access::Private);
  if (written) return {};
  // Windows does not replace a file whose code is being run, but lets its name be taken away; as
  // something unfinished it is dropped when nobody runs it any more.
  const auto folder = TRY(platform::Dir::open_host(folder_));
  uint64_t number = 0;
  TRY(platform::fill_random({reinterpret_cast<uint8_t*>(&number), sizeof(number)}));
  if (!folder.rename(name, folder, fmt::format("{}.{:016x}{}", name, number, kUnfinishedEnding)))
    return written;
  return platform::write_file(path, std::span(&entry, 1), platform::Access::Private);
}

void CodeCache::touch(const Digest& key) const {
  const platform::TimeChange keep, now{platform::TimeChange::Now};
  if (const auto folder = platform::Dir::open_host(folder_)) [[maybe_unused]]
    const auto outcome = folder->set_times(name_of(key), keep, now);
}

void CodeCache::drop(const Digest& key) const {
  if (const auto folder = platform::Dir::open_host(folder_)) [[maybe_unused]]
    const auto outcome = folder->unlink(name_of(key));
}

// What vanishes meanwhile is not there.
std::vector<CodeCache::Entry> CodeCache::find(const platform::Dir& folder, bool are_abandoned) {
  std::vector<Entry> found;
  const uint64_t now = platform::clock_now_ns(platform::Clock::Realtime).value_or(0);
  platform::DirReader reader;
  for (uint64_t cookie = 0;;) {
    const auto next = reader.entry_at(folder, cookie);
    if (!next || !*next) break;
    cookie = (*next)->next_cookie;
    const std::string_view name = (*next)->name;
    if (!(are_abandoned ? is_unfinished(name) : is_entry(name))) continue;
    const auto stat = folder.stat(name);
    if (!stat || stat->type != platform::FileType::Regular) continue;
    if (are_abandoned && stat->modify_ns + kAbandonedAfter.count() > now) continue;
    found.push_back({std::string(name), stat->size_bytes, stat->modify_ns});
  }
  std::ranges::sort(found, std::ranges::greater(), &Entry::last_use_ns);
  return found;
}

Result<std::vector<CodeCache::Entry>> CodeCache::entries() const {
  const auto folder = platform::Dir::open_host(folder_);
  if (folder) return find(*folder, false);
  const bool is_absent = folder.error().code == ErrorCode::FileNotFound ||
                         platform::is_io_error(folder.error(), platform::IoError::NotFound);
  if (is_absent) return std::vector<Entry>();
  return std::unexpected(folder.error());
}

void CodeCache::trim() const {
  const auto folder = platform::Dir::open_host(folder_);
  if (!folder) return;
  for (const Entry& entry : find(*folder, true)) [[maybe_unused]]
    const auto outcome = folder->unlink(entry.file);
  uint64_t bytes = 0;
  for (const Entry& entry : find(*folder, false)) {
    bytes += entry.size_bytes;
    // What cannot go does not keep others from going.
    if (bytes > limit_bytes_ && folder->unlink(entry.file)) bytes -= entry.size_bytes;
  }
}

Result<CodeCache::Dropped> CodeCache::clear() const {
  Dropped dropped;
  const std::vector<Entry> all = TRY(entries());
  if (all.empty()) return dropped;
  const auto folder = TRY(platform::Dir::open_host(folder_));
  for (const Entry& entry : all) {
    if (!folder.unlink(entry.file)) continue;
    ++dropped.entries;
    dropped.bytes += entry.size_bytes;
  }
  return dropped;
}

}  // namespace skerry::embed
