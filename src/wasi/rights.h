// Rights: the set of operations a descriptor allows, and the sets that make sense for each kind of
// thing. Not here: which function asks for which right (wasi.def).
// Invariant: a descriptor's rights only ever shrink.
#pragma once

#include <cstdint>

namespace skerry::wasi {

enum class Rights : uint64_t {
  None = 0,
#define RIGHT(bit, enumerator, name) enumerator = uint64_t{1} << bit,
#include "wasi/rights.def"
#undef RIGHT
};

constexpr uint64_t bits_of(Rights rights) { return static_cast<uint64_t>(rights); }
constexpr Rights operator|(Rights a, Rights b) {
  return static_cast<Rights>(bits_of(a) | bits_of(b));
}
constexpr Rights operator&(Rights a, Rights b) {
  return static_cast<Rights>(bits_of(a) & bits_of(b));
}
constexpr Rights without(Rights a, Rights b) {
  return static_cast<Rights>(bits_of(a) & ~bits_of(b));
}
constexpr bool any_of(Rights a, Rights b) { return (a & b) != Rights::None; }
// Does `a` have all that `b` has?
constexpr bool covers(Rights a, Rights b) { return without(b, a) == Rights::None; }

inline constexpr Rights kAllRights = Rights::None
#define RIGHT(bit, enumerator, name) | Rights::enumerator
#include "wasi/rights.def"
#undef RIGHT
    ;
// Bits that mean nothing are dropped.
constexpr Rights rights_of_bits(uint64_t bits) { return static_cast<Rights>(bits) & kAllRights; }

inline constexpr Rights kFileRights = Rights::FdDatasync | Rights::FdRead | Rights::FdSeek |
                                      Rights::FdFdstatSetFlags | Rights::FdSync | Rights::FdTell |
                                      Rights::FdWrite | Rights::FdAdvise | Rights::FdAllocate |
                                      Rights::FdFilestatGet | Rights::FdFilestatSetSize |
                                      Rights::FdFilestatSetTimes | Rights::PollFdReadwrite;
// Without fd_seek and fd_tell, by which programs tell a terminal from a file.
inline constexpr Rights kStreamRights =
    Rights::FdDatasync | Rights::FdRead | Rights::FdFdstatSetFlags | Rights::FdSync |
    Rights::FdWrite | Rights::FdFilestatGet | Rights::PollFdReadwrite;
inline constexpr Rights kSocketRights = kStreamRights | Rights::SockShutdown | Rights::SockAccept;
inline constexpr Rights kDirectoryRights =
    Rights::FdDatasync | Rights::FdFdstatSetFlags | Rights::FdSync | Rights::PathCreateDirectory |
    Rights::PathCreateFile | Rights::PathLinkSource | Rights::PathLinkTarget | Rights::PathOpen |
    Rights::FdReaddir | Rights::PathReadlink | Rights::PathRenameSource | Rights::PathRenameTarget |
    Rights::PathFilestatGet | Rights::PathFilestatSetSize | Rights::PathFilestatSetTimes |
    Rights::FdFilestatGet | Rights::FdFilestatSetTimes | Rights::PathSymlink |
    Rights::PathRemoveDirectory | Rights::PathUnlinkFile;

}  // namespace skerry::wasi
