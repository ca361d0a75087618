// The texts behind IoError: io_errors.def read as an array.
#include "platform/io_error.h"

#include <array>

namespace skerry::platform {
namespace {

constexpr auto kTexts = std::to_array<std::string_view>({
#define IO_ERROR(name, posix, text) text,
#include "platform/io_errors.def"
#undef IO_ERROR
});

}  // namespace

std::string_view io_error_text(IoError why) { return kTexts[static_cast<size_t>(why)]; }

}  // namespace skerry::platform
