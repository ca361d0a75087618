// Windows' many codes to the few names of POSIX. NTSTATUS values that Win32 lumps together come
// first.
#include "platform/io_error_win.h"

#include "platform/nt_win.h"

namespace skerry::platform {
namespace {

// Older headers lack them.
constexpr uint32_t kErrorDiskQuotaExceeded = 1295, kErrorStoppedOnSymlink = 681;

struct CodeRow {
  uint32_t code;
  IoError error;
};

constexpr CodeRow kStatusRows[] = {
    {static_cast<uint32_t>(STATUS_FILE_IS_A_DIRECTORY), IoError::IsDirectory},
    {static_cast<uint32_t>(STATUS_NOT_A_DIRECTORY), IoError::NotDirectory},
    {static_cast<uint32_t>(STATUS_DELETE_PENDING), IoError::NotFound},
    {static_cast<uint32_t>(STATUS_DIRECTORY_NOT_EMPTY), IoError::NotEmpty},
    {static_cast<uint32_t>(STATUS_OBJECT_NAME_COLLISION), IoError::Exists},
    {static_cast<uint32_t>(STATUS_OBJECT_NAME_INVALID), IoError::Invalid},
    {static_cast<uint32_t>(STATUS_NOT_A_REPARSE_POINT), IoError::Invalid},
    {static_cast<uint32_t>(STATUS_NOT_SUPPORTED), IoError::NotSupported},
    {static_cast<uint32_t>(STATUS_INVALID_DEVICE_REQUEST), IoError::NotSupported},
    {static_cast<uint32_t>(STATUS_NOT_IMPLEMENTED), IoError::NotSupported},
};

constexpr CodeRow kWin32Rows[] = {
    {ERROR_FILE_NOT_FOUND, IoError::NotFound},
    {ERROR_PATH_NOT_FOUND, IoError::NotFound},
    {ERROR_INVALID_DRIVE, IoError::NotFound},
    {ERROR_BAD_NETPATH, IoError::NotFound},
    {ERROR_BAD_NET_NAME, IoError::NotFound},
    {ERROR_TOO_MANY_OPEN_FILES, IoError::TooManyOpen},
    {ERROR_ACCESS_DENIED, IoError::Access},
    {ERROR_SHARING_VIOLATION, IoError::Busy},
    {ERROR_LOCK_VIOLATION, IoError::Busy},
    {ERROR_USER_MAPPED_FILE, IoError::Busy},
    {ERROR_BUSY, IoError::Busy},
    {ERROR_INVALID_HANDLE, IoError::BadDescriptor},
    {ERROR_NOT_ENOUGH_MEMORY, IoError::OutOfMemory},
    {ERROR_OUTOFMEMORY, IoError::OutOfMemory},
    {ERROR_COMMITMENT_LIMIT, IoError::OutOfMemory},
    {ERROR_NOT_SAME_DEVICE, IoError::CrossDevice},
    {ERROR_WRITE_PROTECT, IoError::ReadOnly},
    {ERROR_NOT_SUPPORTED, IoError::NotSupported},
    {ERROR_INVALID_FUNCTION, IoError::NotSupported},
    {ERROR_CALL_NOT_IMPLEMENTED, IoError::NotSupported},
    {ERROR_FILE_EXISTS, IoError::Exists},
    {ERROR_ALREADY_EXISTS, IoError::Exists},
    {ERROR_INVALID_PARAMETER, IoError::Invalid},
    {ERROR_INVALID_NAME, IoError::Invalid},
    {ERROR_NEGATIVE_SEEK, IoError::Invalid},
    {ERROR_NOT_A_REPARSE_POINT, IoError::Invalid},
    {ERROR_BROKEN_PIPE, IoError::BrokenPipe},
    {ERROR_NO_DATA, IoError::BrokenPipe},
    {ERROR_PIPE_NOT_CONNECTED, IoError::BrokenPipe},
    {ERROR_DISK_FULL, IoError::NoSpace},
    {ERROR_HANDLE_DISK_FULL, IoError::NoSpace},
    {kErrorDiskQuotaExceeded, IoError::QuotaExceeded},
    {ERROR_FILE_TOO_LARGE, IoError::FileTooLarge},
    {ERROR_DIR_NOT_EMPTY, IoError::NotEmpty},
    {ERROR_DIRECTORY, IoError::NotDirectory},
    {ERROR_FILENAME_EXCED_RANGE, IoError::NameTooLong},
    {ERROR_BUFFER_OVERFLOW, IoError::NameTooLong},
    {ERROR_CANT_RESOLVE_FILENAME, IoError::Loop},
    {kErrorStoppedOnSymlink, IoError::Loop},
    {ERROR_TOO_MANY_LINKS, IoError::TooManyLinks},
    {ERROR_PRIVILEGE_NOT_HELD, IoError::NotPermitted},
    {ERROR_NO_UNICODE_TRANSLATION, IoError::IllegalSequence},
    {ERROR_OPERATION_ABORTED, IoError::Canceled},
    {ERROR_SEEK_ON_DEVICE, IoError::NotSeekable},
    // Winsock's.
    {WSAEINTR, IoError::Interrupted},
    {WSAEBADF, IoError::BadDescriptor},
    {WSAEACCES, IoError::Access},
    {WSAEFAULT, IoError::Fault},
    {WSAEINVAL, IoError::Invalid},
    {WSAEMFILE, IoError::TooManyOpen},
    {WSAEWOULDBLOCK, IoError::WouldBlock},
    {WSAEINPROGRESS, IoError::InProgress},
    {WSAEALREADY, IoError::Already},
    {WSAENOTSOCK, IoError::NotSocket},
    {WSAEDESTADDRREQ, IoError::DestinationRequired},
    {WSAEMSGSIZE, IoError::MessageSize},
    {WSAEPROTOTYPE, IoError::ProtocolType},
    {WSAENOPROTOOPT, IoError::NoProtocolOption},
    {WSAEPROTONOSUPPORT, IoError::ProtocolNotSupported},
    {WSAEOPNOTSUPP, IoError::NotSupported},
    {WSAEAFNOSUPPORT, IoError::AddressFamilyNotSupported},
    {WSAEADDRINUSE, IoError::AddressInUse},
    {WSAEADDRNOTAVAIL, IoError::AddressNotAvailable},
    {WSAENETDOWN, IoError::NetworkDown},
    {WSAENETUNREACH, IoError::NetworkUnreachable},
    {WSAENETRESET, IoError::NetworkReset},
    {WSAECONNABORTED, IoError::ConnectionAborted},
    {WSAECONNRESET, IoError::ConnectionReset},
    {WSAENOBUFS, IoError::NoBufferSpace},
    {WSAEISCONN, IoError::IsConnected},
    {WSAENOTCONN, IoError::NotConnected},
    {WSAESHUTDOWN, IoError::BrokenPipe},
    {WSAETIMEDOUT, IoError::TimedOut},
    {WSAECONNREFUSED, IoError::ConnectionRefused},
    {WSAEHOSTUNREACH, IoError::HostUnreachable},
};

template <size_t kCount>
const CodeRow* find(const CodeRow (&rows)[kCount], uint32_t code) {
  for (const CodeRow& row : rows)
    if (row.code == code) return &row;
  return nullptr;
}

}  // namespace

std::unexpected<Error> fail_win32(uint32_t code) {
  const CodeRow* const row = find(kWin32Rows, code);
  return fail_io(row ? row->error : IoError::Io, code);
}

std::unexpected<Error> fail_nt(int32_t status) {
  if (const CodeRow* row = find(kStatusRows, static_cast<uint32_t>(status)))
    return fail_io(row->error, static_cast<uint32_t>(status));
  return fail_win32(RtlNtStatusToDosError(status));
}

std::unexpected<Error> fail_last_os_error() { return fail_win32(GetLastError()); }

}  // namespace skerry::platform
