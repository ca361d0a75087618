// nearest_name: which known name a mistyped one was probably meant to be.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace skerry {

// The closest candidate, if it is close enough to be worth suggesting: about one slip in three
// letters. The first of equally close ones wins.
std::optional<std::string_view> nearest_name(std::string_view word,
                                             std::span<const std::string_view> candidates);

// "; did you mean `x`?", or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace skerry
