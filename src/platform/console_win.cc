// Consoles: UTF-8 cut anywhere on its way out is put together again; lines read are kept until
// taken.
#include "platform/console_win.h"

#include <windows.h>

#include <algorithm>
#include <array>
#include <string>

#include "platform/io_error_win.h"
#include "platform/utf16_win.h"

namespace skerry::platform {

struct ConsoleState {
  std::string unread;      // UTF-8 of the line being read
  std::string incomplete;  // the beginning of a character being written
};

namespace {

constexpr DWORD kReadUnits = 4096;
constexpr wchar_t kControlZ = 0x1a;
// Consoles refuse more than about 64 KiB at once.
constexpr size_t kWriteUnits = 8192;

// Bytes at the end of the text that begin a character but do not finish it.
size_t incomplete_tail(const std::string& text) {
  for (size_t back = 1; back <= std::min<size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<uint8_t>(text[text.size() - back]);
    if ((byte & 0xc0) == 0x80) continue;
    const size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

bool is_console(void* handle) {
  DWORD mode;
  return GetConsoleMode(handle, &mode) != 0;
}

std::shared_ptr<ConsoleState> make_console_state() { return std::make_shared<ConsoleState>(); }

Result<size_t> read_console(void* handle, ConsoleState& state, std::span<const IoSlice> slices) {
  if (state.unread.empty()) {
    std::wstring units(kReadUnits, L'\0');
    DWORD count = 0;
    if (!ReadConsoleW(handle, units.data(), kReadUnits, &count, nullptr))
      return fail_last_os_error();
    units.resize(count);
    // Control-Z at the start of a line is the end, as in every program of Windows.
    if (units.starts_with(kControlZ)) return size_t{0};
    state.unread = to_utf8(units);
  }
  size_t taken = 0;
  for (const IoSlice& slice : slices) {
    const size_t count = std::min(slice.size_bytes, state.unread.size() - taken);
    std::copy_n(state.unread.begin() + static_cast<ptrdiff_t>(taken), count, slice.data);
    taken += count;
  }
  state.unread.erase(0, taken);
  return taken;
}

Result<size_t> write_console(void* handle, ConsoleState& state, std::span<const IoSlice> slices) {
  std::string text = std::move(state.incomplete);
  size_t taken = 0;
  for (const IoSlice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.data), slice.size_bytes);
    taken += slice.size_bytes;
  }
  const size_t tail = incomplete_tail(text);
  state.incomplete = text.substr(text.size() - tail);
  text.resize(text.size() - tail);
  const std::wstring units = to_wide(text);
  for (size_t at = 0; at < units.size();) {
    DWORD count = 0;
    const auto wanted = static_cast<DWORD>(std::min(units.size() - at, kWriteUnits));
    if (!WriteConsoleW(handle, units.data() + at, wanted, &count, nullptr))
      return fail_last_os_error();
    at += count;
  }
  return taken;
}

bool console_has_input(void* handle, const ConsoleState& state) {
  if (!state.unread.empty()) return true;
  std::array<INPUT_RECORD, 64> records;
  DWORD count = 0;
  if (!PeekConsoleInputW(handle, records.data(), records.size(), &count)) return true;
  const bool has_key =
      std::any_of(records.begin(), records.begin() + count, [](const auto& record) {
        return record.EventType == KEY_EVENT && record.Event.KeyEvent.bKeyDown;
      });
  // Mouse and window events would keep the handle signalled.
  if (!has_key && count != 0) ReadConsoleInputW(handle, records.data(), count, &count);
  return has_key;
}

}  // namespace skerry::platform
