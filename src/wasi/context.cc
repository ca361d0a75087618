// Making a Context: descriptors 0 to 2 are the standard streams, preopened directories follow.
#include "wasi/context.h"

#include "platform/io_error.h"
#include "wasi/errno.h"

namespace skerry::wasi {
namespace {

using platform::IoError;

Result<StringTable> string_table(const std::vector<std::string>& strings) {
  StringTable table;
  for (const std::string& text : strings) {
    if (text.find('\0') != text.npos) return platform::fail_io(IoError::Invalid);
    if (table.bytes.size() + text.size() + 1 > UINT32_MAX)
      return platform::fail_io(IoError::Invalid);
    table.offsets.push_back(static_cast<uint32_t>(table.bytes.size()));
    table.bytes.append(text).push_back('\0');
  }
  return table;
}

}  // namespace

Result<void> Config::add_directory(std::string guest_path, const std::string& host_path,
                                   bool read_only) {
  platform::Dir dir = TRY(platform::Dir::open_host(host_path));
  preopens.push_back({std::move(guest_path), std::move(dir), read_only});
  return {};
}

Result<void> Context::add_stdio(Stdio stdio, platform::StandardStream which) {
  const Rights direction =
      which == platform::StandardStream::Input ? Rights::FdRead : Rights::FdWrite;
  const Rights other = direction == Rights::FdRead ? Rights::FdWrite : Rights::FdRead;
  Descriptor descriptor;
  if (stdio.kind == Stdio::FromStream) {
    descriptor.what = std::move(stdio.stream);
    descriptor.base = descriptor.inheriting = without(kStreamRights, other);
  } else {
    auto file = stdio.kind == Stdio::FromFile  ? Result<platform::File>(std::move(stdio.file))
                : stdio.kind == Stdio::Inherit ? platform::standard_file(which)
                                               : platform::File::open_null();
    // Programs started without one of them get an empty one, so that the numbers fit.
    if (!file) file = platform::File::open_null();
    if (!file) return std::unexpected(file.error());
    descriptor.base = descriptor.inheriting = without(rights_for(*file), other);
    descriptor.what = std::move(*file);
  }
  TRY(descriptors_.insert(std::move(descriptor)));
  return {};
}

Result<std::unique_ptr<Context>> Context::create(Config config) {
  std::unique_ptr<Context> context(new Context(config.max_descriptors));
  context->args_ = TRY(string_table(config.args));
  context->env_ = TRY(string_table(config.env));
  context->resolver_ = platform::available_resolver(config.resolver);
  using platform::StandardStream;
  TRY(context->add_stdio(std::move(config.standard_input), StandardStream::Input));
  TRY(context->add_stdio(std::move(config.standard_output), StandardStream::Output));
  TRY(context->add_stdio(std::move(config.standard_error), StandardStream::Error));
  for (Preopen& preopen : config.preopens) {
    Descriptor descriptor;
    descriptor.what = Directory{std::move(preopen.dir), {}, std::move(preopen.guest_path)};
    descriptor.base = kDirectoryRights;
    descriptor.inheriting = kAllRights;
    descriptor.read_only = preopen.read_only;
    TRY(context->descriptors_.insert(std::move(descriptor)));
  }
  return context;
}

}  // namespace skerry::wasi
