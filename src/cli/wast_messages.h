// Does the message that a script expects mean this error?
#pragma once

#include <string_view>

#include "base/result.h"

namespace skerry::cli {

// By the error's own text (which may go on, or end sooner), or by a row of wast_messages.def.
bool script_means(std::string_view message, ErrorCode code);

}  // namespace skerry::cli
