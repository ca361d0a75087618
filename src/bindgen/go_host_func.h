// HostFuncWriter: what makes a method of Go, which an import or a pointer to a function leads to, a
// skerry.HostFunc that takes the module's values. Not here: where it stands (go_import.cc).
#pragma once

#include "bindgen/go_text.h"

namespace skerry::bindgen {

class HostFuncWriter {
 public:
  // `callee`: what is called, in Go. `before`: lines that come first.
  HostFuncWriter(const GoTypes& types, const Method& method, std::string callee,
                 std::string before = {})
      : types_(types), method_(method), callee_(std::move(callee)), before_(std::move(before)) {}

  // "(c *skerry.Caller, a int32) (int32, bool)": the method.
  std::string signature() const;
  // An expression, whose lines but the first are one tab in.
  std::string definition() const;

 private:
  bool is_typed() const;
  std::string raw_name(const Argument& one) const;
  std::string raw_of(const Argument& one) const {
    return one.is_pointer ? "uint32" : types_.raw(one.type);
  }
  std::string length_of(const Argument& slice) const;
  std::string given(const Argument& one) const;
  std::string given_slice(const Argument& one) const;
  std::string passed(const Argument& one) const;
  std::string answered(const Argument& one) const;
  std::string typed() const;
  std::string by_slots() const;
  std::string body() const;
  std::vector<std::string> out_names() const;
  std::vector<std::string> result_types() const;

  const GoTypes& types_;
  const Method& method_;
  const std::string callee_, before_;
};

}  // namespace skerry::bindgen
