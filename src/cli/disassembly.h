// `skerry inspect --disasm`: finding the func that is asked for, compiling it as the options say,
// and the facts above the listing (func_listing.h).
#pragma once

#include <string>

#include "cli/settings.h"
#include "embed/report.h"

namespace skerry::cli {

// `func`: a name or an index. The module may be text; offsets are those of its binary form.
embed::Reported<std::string> disassembly_text(const std::string& file, std::string_view func,
                                              const embed::EngineOptions& options);

}  // namespace skerry::cli
