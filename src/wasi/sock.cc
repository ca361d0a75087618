// Sockets: not there yet. What the specification says about descriptors that are none is kept.
#include "wasi/functions.h"

namespace skerry::wasi {
namespace {

Result<void> refuse(Call& call, Fd fd) {
  Descriptor* const found = TRY(call.descriptor(fd, Rights::None));
  const FileTypeId type = found->type();
  const bool is_socket = type == FileTypeId::SocketStream || type == FileTypeId::SocketDgram;
  return fail_with(is_socket ? Errno::Notsup : Errno::Notsock);
}

}  // namespace

Result<void> sock_accept(Call& call, Fd fd, FdFlags, Ptr) { return refuse(call, fd); }
Result<void> sock_recv(Call& call, Fd fd, Ptr, Size, RiFlags, Ptr, Ptr) { return refuse(call, fd); }
Result<void> sock_send(Call& call, Fd fd, Ptr, Size, SiFlags, Ptr) { return refuse(call, fd); }
Result<void> sock_shutdown(Call& call, Fd fd, SdFlags) { return refuse(call, fd); }

}  // namespace skerry::wasi
