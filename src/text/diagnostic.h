// What is wrong with a text, where, and what may help: the side channel beside Error, whose code
// and position it repeats. format_diagnostic() is the edge where it becomes text for people. Not
// here: deciding what is wrong. Invariant: positions are byte offsets in the same source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry::text {

// Both count from 1; columns count characters, not bytes.
struct TextPosition {
  uint64_t line = 1;
  uint64_t column = 1;
  friend bool operator==(const TextPosition&, const TextPosition&) = default;
};

struct SourceRange {
  uint64_t begin = 0;
  uint64_t end = ~uint64_t{0};  // of the source, if beyond it
  uint64_t length() const { return end - begin; }
};

// An offset behind the end is taken for the end.
TextPosition locate(std::string_view source, uint64_t offset);

struct Diagnostic {
  // A second place that explains the first: where a name was defined, where a block was opened.
  struct Note {
    uint64_t position = kNoPosition;
    uint64_t length = 1;
    std::string text;
  };

  Error error;
  uint64_t length = 1;  // bytes to underline, from error.position
  std::string message;  // one line; empty: the error code's text
  std::string help;     // what to write instead; may be empty
  Note note;            // absent if its position is kNoPosition
};

// Fills `out` and returns its error, for `return report(...)`.
std::unexpected<Error> report(Diagnostic& out, ErrorCode code, uint64_t position, uint64_t length,
                              std::string message, std::string help = {});

// `file:line:col: message`, the source line, a caret under the place; then note and help. Ends with
// a newline. Without a position: `file: message`. Control characters of the source are not passed
// on.
std::string format_diagnostic(std::string_view file, std::string_view source,
                              const Diagnostic& diagnostic);
// The same with nothing but the code's own text.
std::string format_diagnostic(std::string_view file, std::string_view source, const Error& error);

}  // namespace skerry::text
