// Search, symbols, and which way a function is called.
#include "native/libraries.h"

#include <algorithm>
#include <filesystem>

#include "native/direct_call.h"
#include "platform/process.h"

namespace skerry::native {
namespace {

std::unexpected<BindError> cannot(ErrorCode code, std::string subject, std::string detail = {}) {
  return std::unexpected(BindError{Error{code}, std::move(subject), std::move(detail)});
}

std::string text_of(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}

}  // namespace

std::shared_ptr<Libraries> Libraries::create(Manifest manifest, std::string folder, Grants grants,
                                             std::shared_ptr<LastError> last_error) {
  return std::shared_ptr<Libraries>(new Libraries(std::move(manifest), std::move(folder),
                                                  std::move(grants), std::move(last_error)));
}

Libraries::Libraries(Manifest manifest, std::string folder, Grants grants,
                     std::shared_ptr<LastError> last_error)
    : manifest_(std::move(manifest)),
      folder_(std::move(folder)),
      grants_(std::move(grants)),
      session_(std::make_unique<Session>(manifest_.allocate, manifest_.release,
                                         std::move(last_error))) {}

const Function* Libraries::find(std::string_view module, std::string_view name) const {
  for (const Library& library : manifest_.libraries)
    for (const Function& function : library.functions)
      if (function.module == module && function.name == name) return &function;
  return nullptr;
}

auto Libraries::open(const Library& library) const -> Bound<platform::DynamicLibrary> {
  using platform::DynamicLibrary;
  const std::string& file = library.file_here();
  if (file.empty())
    return cannot(ErrorCode::NativeLibraryMissing, library.name,
                  "the manifest names no file of it for this system");
  if (library.is_system) {
    auto opened = DynamicLibrary::open_system(file);
    if (opened) return std::move(*opened);
    return cannot(ErrorCode::NativeLibraryMissing, file, DynamicLibrary::last_error());
  }
  std::vector<std::filesystem::path> folders = {
      std::filesystem::u8path(platform::program_folder())};
  for (const auto& [directory, place] : library.directories)
    folders.push_back(std::filesystem::absolute(std::filesystem::u8path(folder_) /
                                                std::filesystem::u8path(directory)));
  std::string looked;
  for (const auto& folder : folders) {
    std::error_code ignored;
    const auto path = folder / std::filesystem::u8path(file);
    looked += (looked.empty() ? "it is not in " : ", ") + text_of(folder.lexically_normal());
    if (folder.empty() || !std::filesystem::exists(path, ignored)) continue;
    auto opened = DynamicLibrary::open(text_of(path));
    if (opened) return std::move(*opened);
    return cannot(ErrorCode::NativeLibraryMissing, file, DynamicLibrary::last_error());
  }
  return cannot(ErrorCode::NativeLibraryMissing, file, looked);
}

auto Libraries::symbol(const Loaded& loaded, const std::string& name) -> Bound<void*> {
  const Library& library = loaded.types.library;
  if (const auto verdict = grants_.decide(policy::Action::Library, library.name, name); !verdict)
    return cannot(ErrorCode::PolicyDenied, library.name + "." + name);
  void* const found = loaded.library.symbol(name.c_str());
  if (!found)
    return cannot(ErrorCode::NativeSymbolMissing, name, "the library is " + library.file_here());
  return found;
}

auto Libraries::fill_types(Loaded& loaded) -> Bound<void> {
  const Library& library = loaded.types.library;
  loaded.types.handles.try_emplace("");
  for (const auto& [name, type] : library.handles) {
    HandleKind& kind = loaded.types.handles[name];
    kind.invalid = type.invalid ? static_cast<uint64_t>(*type.invalid) : 0;
    if (type.freed_by.empty()) continue;
    const auto free = symbol(loaded, type.freed_by);
    if (!free) return std::unexpected(free.error());
    kind.free = reinterpret_cast<FreeFunc>(*free);
  }
  for (const auto& [name, type] : library.callbacks) {
    auto made = Callbacks::create(type, *session_, loaded.types.handles);
    if (!made) return cannot(made.error().code, name);
    loaded.types.callbacks.emplace(name, std::move(*made));
  }
  return {};
}

auto Libraries::load(const Library& library) -> Bound<Loaded*> {
  if (const auto known = loaded_.find(&library); known != loaded_.end()) return known->second.get();
  auto opened = open(library);
  if (!opened) return std::unexpected(std::move(opened.error()));
  std::unique_ptr<Loaded> loaded(new Loaded{std::move(*opened), {library, *session_, {}, {}}, {}});
  if (auto filled = fill_types(*loaded); !filled) return std::unexpected(std::move(filled.error()));
  return loaded_.emplace(&library, std::move(loaded)).first->second.get();
}

const Library& Libraries::library_of(const Function& function) const {
  return *std::ranges::find_if(manifest_.libraries, [&](const Library& library) {
    return std::ranges::any_of(library.functions,
                               [&](const Function& one) { return &one == &function; });
  });
}

bool Libraries::may_call_back(std::string_view module, std::string_view name) const {
  const Function* const function = find(module, name);
  return function && !library_of(*function).callbacks.empty();
}

std::expected<runtime::HostFunc, BindError> Libraries::bind(std::string_view module,
                                                            std::string_view name) {
  const Function& function = *find(module, name);
  const Library* const owner = &library_of(function);
  // A library that is not allowed runs none of its code.
  if (!grants_.decide(policy::Action::Library, owner->name, function.symbol))
    return cannot(ErrorCode::PolicyDenied, owner->name + "." + function.symbol);
  const auto loaded = load(*owner);
  if (!loaded) return std::unexpected(loaded.error());
  const auto native = symbol(**loaded, function.symbol);
  if (!native) return std::unexpected(native.error());
  runtime::HostFunc func{function.func_type(), {}, function.is_blocking};
  // Where callbacks are, each call has to be known while it runs.
  if (owner->callbacks.empty())
    if (auto direct = direct_call(function, *native)) {
      func.call = [self = shared_from_this(), direct = std::move(*direct)](
                      runtime::Caller& caller, std::span<uint64_t> slots) {
        return direct(caller, slots);
      };
      return func;
    }
  FreeFunc free_text = nullptr;
  if (!function.freed_by.empty()) {
    const auto found = symbol(**loaded, function.freed_by);
    if (!found) return std::unexpected(found.error());
    free_text = reinterpret_cast<FreeFunc>(*found);
  }
  auto plan = CallPlan::make(function, (*loaded)->types, *native, free_text);
  if (!plan) return cannot(plan.error().code, function.symbol);
  (*loaded)->plans.push_back(std::move(*plan));
  func.call = [self = shared_from_this(), raw = (*loaded)->plans.back().get()](
                  runtime::Caller& caller, std::span<uint64_t> slots) {
    return raw->call(caller, slots);
  };
  return func;
}

runtime::HostFunc Libraries::last_error() {
  return {
      FuncType{{}, {ValType::I32}},
      [error = session_->last_error](runtime::Caller&, std::span<uint64_t> slots) -> Result<void> {
        slots[0] = static_cast<uint32_t>(error->code);
        return {};
      }};
}

}  // namespace skerry::native
