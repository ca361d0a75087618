// CTypes: types of a C header, by libclang, as the words of a manifest, and the handles, structs
// and callbacks that they need. Not here: which functions (header_binding.cc).
#pragma once

#include <expected>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "native/libclang.h"

namespace skerry::native {

class CTypes {
 public:
  // The word, or why there is none.
  using Word = std::expected<std::string, std::string>;

  CTypes(const Libclang& clang, bool has_single_pointers)
      : clang_(clang), has_single_pointers_(has_single_pointers) {}

  // What a function returns a pointer to is a handle.
  void note_result(CXType type);

  // `name` gives callbacks theirs.
  Word parameter(CXType type, const std::string& name);
  Word result(CXType type);

  // What the words so far refer to; to be kept only if all of a function has words.
  struct Needs {
    std::set<std::string> handles;
    std::map<std::string, std::vector<std::string>> structs;
    std::map<std::string, std::string> callbacks;  // by name: the keys
  };
  Needs take_needs() { return std::exchange(needs_, {}); }

  std::string spelling(CXType type) const {
    return clang_.text(clang_.clang_getTypeSpelling(type));
  }

 private:
  static std::unexpected<std::string> no(std::string why) {
    return std::unexpected(std::move(why));
  }
  CXType canonical(CXType type) const { return clang_.clang_getCanonicalType(type); }
  Word number(CXType type) const;
  Word pointer(CXType type, const std::string& name);
  Word callback(CXType function, const std::string& name);
  Word callback_parameter(CXType type);
  Word structure(CXType record);
  bool is_handle(CXType record) const;
  std::string record_name(CXType record) const;
  bool is_char(CXType type) const;

  const Libclang& clang_;
  const bool has_single_pointers_;
  std::set<std::string> returned_;
  Needs needs_;
};

}  // namespace skerry::native
