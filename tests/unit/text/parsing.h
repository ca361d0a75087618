// What the text room's tests share: parsing that must succeed or must fail, and bytes as hex.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "text/parse.h"

namespace skerry::text {

inline std::string hex(Bytes bytes) {
  std::string out;
  for (const uint8_t byte : bytes) {
    if (!out.empty()) out.push_back(' ');
    out.push_back("0123456789abcdef"[byte >> 4]);
    out.push_back("0123456789abcdef"[byte & 15]);
  }
  return out;
}

inline std::shared_ptr<Module> must_parse(std::string_view source, Features features = Features()) {
  Diagnostic diagnostic;
  ParseOptions options;
  options.diagnostic = &diagnostic;
  const auto module = parse_module(source, features, options);
  EXPECT_TRUE(module.has_value()) << format_diagnostic("test.wat", source, diagnostic);
  return module ? *module : std::make_shared<Module>();
}

// The message, source line, caret and so on of a text that must be refused.
inline std::string complaint(std::string_view source, Features features = Features()) {
  Diagnostic diagnostic;
  ParseOptions options;
  options.diagnostic = &diagnostic;
  const auto module = parse_module(source, features, options);
  EXPECT_FALSE(module.has_value()) << source;
  if (module) return "";
  EXPECT_EQ(diagnostic.error, module.error());
  return format_diagnostic("test.wat", source, diagnostic);
}

inline ErrorCode error_of(std::string_view source, Features features = Features()) {
  const auto module = parse_module(source, features);
  EXPECT_FALSE(module.has_value()) << source;
  return module ? ErrorCode::InternalError : module.error().code;
}

// The instructions of the last function, without local declarations and final `end`.
inline std::string body_of(std::string_view source) {
  const auto module = must_parse(source);
  if (module->bodies.empty()) return "no body";
  const Bytes code = module->bodies.back().code;
  EXPECT_EQ(code.back(), 0x0b);
  return hex(code.subspan(1, code.size() - 2));
}

}  // namespace skerry::text
