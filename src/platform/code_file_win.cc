// Windows gives out no file that can be written other than through a mapping.
#include "platform/code_file.h"

namespace skerry::platform {

std::optional<CodeFile> CodeFile::map_over(MemoryMap&) { return std::nullopt; }
CodeFile::~CodeFile() = default;
bool CodeFile::is_of_this_process() const { return true; }
Result<void> CodeFile::write(uint64_t, Bytes) { return fail(ErrorCode::OutOfMemory); }

}  // namespace skerry::platform
