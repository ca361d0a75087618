// UTF-8 of modules to and from the UTF-16 of wide functions, on every system.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skerry::native {

// Nothing if the text is not UTF-8.
std::optional<std::u16string> to_utf16(std::string_view utf8);
// A surrogate without its other half becomes U+FFFD.
std::string to_utf8(std::u16string_view utf16);

}  // namespace skerry::native
