// {fmt}, compiled once: as a header-only library it would be compiled again with every file that
// uses it, which takes longer than the rest of the file. No distribution's binary serves all of our
// builds (position independent, sanitized, for Windows), so this is ours, from its headers.
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {
// Those that fmt/format.h leaves to the library.
template FMT_API auto locale_ref::get<std::locale>() const -> std::locale;
template FMT_API auto thousands_sep_impl<char>(locale_ref) -> thousands_sep_result<char>;
template FMT_API auto decimal_point_impl(locale_ref) -> char;
}  // namespace detail
FMT_END_NAMESPACE
