// Filling in what a program of WASI is given.
#include "capi/wasi.h"

#include <fmt/format.h>

#include "capi/boundary.h"
#include "capi/error.h"
#include "policy/reader.h"

using namespace skerry;
using namespace skerry::capi;

skerry_wasi_t* skerry_wasi_new(void) {
  return made([] { return new skerry_wasi_t; });
}
void skerry_wasi_delete(skerry_wasi_t* wasi) { delete wasi; }

skerry_error_t* skerry_wasi_add_argument(skerry_wasi_t* wasi, const char* text) {
  return answered([&]() -> skerry_error_t* {
    if (!wasi || !text) return misuse("an argument is null");
    wasi->config.args.emplace_back(text);
    return nullptr;
  });
}

skerry_error_t* skerry_wasi_add_variable(skerry_wasi_t* wasi, const char* name, const char* value) {
  return answered([&]() -> skerry_error_t* {
    if (!wasi || !name || !value) return misuse("an argument is null");
    if (*name == 0 || std::string_view(name).find('=') != std::string_view::npos)
      return misuse(fmt::format("`{}` is no name of a variable", embed::printable(name)));
    wasi->config.env.push_back(fmt::format("{}={}", name, value));
    return nullptr;
  });
}

skerry_error_t* skerry_wasi_add_folder(skerry_wasi_t* wasi, const char* guest_path,
                                       const char* host_path, uint32_t access) {
  return answered([&]() -> skerry_error_t* {
    if (!wasi || !guest_path || !host_path) return misuse("an argument is null");
    if ((access & ~uint32_t{SKERRY_ACCESS_ALL}) != 0) return misuse("there is no such access");
    static_assert(static_cast<uint32_t>(policy::kAllAccess) == SKERRY_ACCESS_ALL &&
                  static_cast<uint32_t>(policy::Access::Read) == SKERRY_ACCESS_READ);
    const auto added =
        wasi->config.add_directory(guest_path, host_path, static_cast<policy::Access>(access));
    if (added) return nullptr;
    return new_error(added.error(), fmt::format("the folder {}: {}", embed::printable(host_path),
                                                embed::explain(added.error())));
  });
}

skerry_error_t* skerry_wasi_set_policy(skerry_wasi_t* wasi, const char* toml) {
  return answered([&]() -> skerry_error_t* {
    if (!wasi || !toml) return misuse("an argument is null");
    auto read = policy::read_policy(toml, "policy");
    if (read) {
      wasi->config.policy = std::make_shared<policy::Policy>(std::move(*read));
      return nullptr;
    }
    std::string text;
    for (const policy::Diagnostic& one : read.error())
      text += fmt::format("{}policy:{}: {}", text.empty() ? "" : "\n", one.place.line,
                          embed::printable(one.text()));
    return new_error(Error{ErrorCode::PolicyDenied}, text);
  });
}

skerry_error_t* skerry_wasi_set_fiber_stream(skerry_wasi_t* wasi, uint32_t stream,
                                             uint64_t host_function) {
  return answered([&]() -> skerry_error_t* {
    if (!wasi) return misuse("an argument is null");
    if (stream >= wasi->fiber_streams.size()) return misuse("there is no such stream");
    wasi->fiber_streams[stream] = host_function;
    return nullptr;
  });
}

void skerry_wasi_inherit_stdio(skerry_wasi_t* wasi, bool input, bool output, bool error) {
  if (!wasi) return;
  const auto stream = [](bool inherit) {
    return inherit ? wasi::Stdio::inherit() : wasi::Stdio::null();
  };
  wasi->config.standard_input = stream(input);
  wasi->config.standard_output = stream(output);
  wasi->config.standard_error = stream(error);
}
