// The shapes of preview1 in guest memory: types of parameters, flag bits, and records, laid out as
// the specification says. Not here: what functions do with them. Source: WASI snapshot preview1
// (legacy/preview1/docs.md) and its predecessor, snapshot 0.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry::wasi {

// The two versions that programs in the wild import. They differ in three records and one
// enumeration (FileStat, Subscription, Whence).
enum class Abi : uint8_t { Preview1, Unstable };

// Parameters. A guest passes small ones as i32 and 64-bit ones as i64.
enum class Fd : uint32_t {};
enum class Ptr : uint32_t {};  // an address in guest memory
using Size = uint32_t;
using Filesize = uint64_t;
using Filedelta = int64_t;
using Timestamp = uint64_t;
using DirCookie = uint64_t;
using RightsBits = uint64_t;
// Checked by the functions that take them.
using ClockId = uint32_t;
using AdviceId = uint32_t;
using WhenceId = uint32_t;
using LookupFlags = uint32_t;
using OpenFlags = uint32_t;
using FdFlags = uint32_t;
using FstFlags = uint32_t;
using RiFlags = uint32_t;
using SiFlags = uint32_t;
using SdFlags = uint32_t;
using FamilyId = uint32_t;
using SocketTypeId = uint32_t;
using OptionLevel = uint32_t;
using OptionName = uint32_t;
using ExitCode = uint32_t;
using SignalId = uint32_t;

inline constexpr LookupFlags kLookupSymlinkFollow = 1;

inline constexpr OpenFlags kOpenCreate = 1, kOpenDirectory = 2, kOpenExclusive = 4,
                           kOpenTruncate = 8, kOpenAll = 15;

inline constexpr FdFlags kFdAppend = 1, kFdDsync = 2, kFdNonblock = 4, kFdRsync = 8, kFdSync = 16,
                         kFdAll = 31;

inline constexpr FstFlags kFstAtim = 1, kFstAtimNow = 2, kFstMtim = 4, kFstMtimNow = 8,
                          kFstAll = 15;

enum class FileTypeId : uint8_t {
  Unknown = 0,
  BlockDevice = 1,
  CharacterDevice = 2,
  Directory = 3,
  RegularFile = 4,
  SocketDgram = 5,
  SocketStream = 6,
  SymbolicLink = 7,
};

struct FdStatRecord {
  FileTypeId filetype;
  uint8_t pad0;
  uint16_t flags;
  uint32_t pad1;
  uint64_t rights_base;
  uint64_t rights_inheriting;
};
static_assert(sizeof(FdStatRecord) == 24 && offsetof(FdStatRecord, rights_base) == 8);

struct FileStatRecord {
  uint64_t dev, ino;
  FileTypeId filetype;
  uint8_t pad[7];
  uint64_t nlink, size, atim, mtim, ctim;
};
static_assert(sizeof(FileStatRecord) == 64 && offsetof(FileStatRecord, nlink) == 24);

struct FileStatRecordUnstable {
  uint64_t dev, ino;
  FileTypeId filetype;
  uint8_t pad[3];
  uint32_t nlink;
  uint64_t size, atim, mtim, ctim;
};
static_assert(sizeof(FileStatRecordUnstable) == 56 &&
              offsetof(FileStatRecordUnstable, nlink) == 20);

struct PrestatRecord {
  uint8_t tag;  // 0: a directory, the only kind
  uint8_t pad[3];
  uint32_t name_length;
};
static_assert(sizeof(PrestatRecord) == 8);

struct DirentRecord {  // the name follows
  uint64_t next, ino;
  uint32_t name_length;
  FileTypeId filetype;
  uint8_t pad[3];
};
static_assert(sizeof(DirentRecord) == 24);

struct IovecRecord {
  uint32_t buf, length;
};
static_assert(sizeof(IovecRecord) == 8);

inline constexpr RiFlags kRecvPeek = 1, kRecvWaitAll = 2, kRecvAll = 3;
inline constexpr uint16_t kRecvDataTruncated = 1;
inline constexpr SdFlags kShutReading = 1, kShutWriting = 2, kShutAll = 3;

// WasmEdge's sockets.
inline constexpr FamilyId kFamilyAny = 0, kFamilyIPv4 = 1, kFamilyIPv6 = 2;
inline constexpr SocketTypeId kTypeAny = 0, kTypeDatagram = 1, kTypeStream = 2;

struct AddressRecord {
  uint32_t buf, length;
};
// What an address of 128 bytes is.
struct TaggedAddressRecord {
  uint16_t family;
  uint8_t bytes[126];
};
static_assert(sizeof(TaggedAddressRecord) == 128);

struct AddrInfoRecord {
  uint16_t flags;
  uint8_t family, type;
  uint32_t protocol, address_length, address, name, name_length, next;
};
static_assert(sizeof(AddrInfoRecord) == 28);

struct SockAddrRecord {  // data: the port in network order, then the address
  uint8_t family;
  uint8_t pad[3];
  uint32_t data_length, data;
};
static_assert(sizeof(SockAddrRecord) == 12);

struct TimevalRecord {
  int64_t seconds, microseconds;
};

enum class EventType : uint8_t { Clock = 0, FdRead = 1, FdWrite = 2 };
inline constexpr uint16_t kClockAbsolute = 1;
inline constexpr uint16_t kEventHangup = 1;

struct SubscriptionRecord {
  uint64_t userdata;
  uint8_t tag;
  uint8_t pad0[7];
  uint32_t id_or_fd;  // a clock, or for the other two tags a descriptor
  uint32_t pad1;
  uint64_t timeout, precision;
  uint16_t flags;
  uint8_t pad2[6];
};
static_assert(sizeof(SubscriptionRecord) == 48 && offsetof(SubscriptionRecord, timeout) == 24);

struct SubscriptionRecordUnstable {
  uint64_t userdata;
  uint8_t tag;
  uint8_t pad0[7];
  uint64_t identifier;  // for the other two tags its low half is a descriptor
  uint32_t clock_id;
  uint32_t pad1;
  uint64_t timeout, precision;
  uint16_t flags;
  uint8_t pad2[6];
};
static_assert(sizeof(SubscriptionRecordUnstable) == 56 &&
              offsetof(SubscriptionRecordUnstable, timeout) == 32);

struct EventRecord {
  uint64_t userdata;
  uint16_t error;
  EventType type;
  uint8_t pad0[5];
  uint64_t nbytes;
  uint16_t flags;
  uint8_t pad1[6];
};
static_assert(sizeof(EventRecord) == 32 && offsetof(EventRecord, nbytes) == 16);

}  // namespace skerry::wasi
