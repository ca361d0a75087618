// UTF-8, which Skerry speaks, to and from the UTF-16 of Windows' calls.
// Only for the Windows halves of this room. Malformed sequences become U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace skerry::platform {

std::wstring to_wide(std::string_view utf8);
std::string to_utf8(std::wstring_view wide);

}  // namespace skerry::platform
