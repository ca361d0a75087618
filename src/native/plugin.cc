// The program's side of skerry_plugin.h.
#include "native/plugin.h"

#include <filesystem>

#include "skerry_plugin.h"
#include "wasm/func_type_text.h"

struct skerry_plugin_registry_t {
  skerry::native::Plugin& plugin;
  int32_t failed = SKERRY_PLUGIN_OK;  // the first definition that did
  std::string about, message;
};
struct skerry_plugin_call_t {
  skerry::runtime::Caller& caller;
  std::string& failure;
};

namespace skerry::native {

// The functions that a plugin gets.
struct PluginCalls {
  static int32_t define_func(skerry_plugin_registry_t* registry, const char* module,
                             const char* name, const char* type, skerry_plugin_func_t func,
                             void* env, void (*finalizer)(void*)) {
    auto own = std::make_unique<Plugin::Env>(env, finalizer);
    const auto refuse = [&](int32_t why) {
      if (registry && registry->failed == SKERRY_PLUGIN_OK) {
        registry->failed = why;
        registry->about = std::string(module ? module : "") + "." + (name ? name : "") +
                          (type ? " of the type `" + std::string(type) + "`" : "");
      }
      return why;
    };
    if (!registry || !module || !name || !type || !func) return refuse(SKERRY_PLUGIN_BAD_ARGUMENT);
    auto wanted = func_type_of(type);
    // References are of no use without the rest of a C interface.
    if (!wanted || std::string_view(type).find_first_not_of("iIfF:") != std::string_view::npos)
      return refuse(SKERRY_PLUGIN_BAD_ARGUMENT);
    const bool is_new =
        registry->plugin.definitions_
            .try_emplace({module, name},
                         Plugin::Definition{std::move(*wanted),
                                            reinterpret_cast<Plugin::Call>(func), std::move(own)})
            .second;
    return is_new ? SKERRY_PLUGIN_OK : refuse(SKERRY_PLUGIN_DUPLICATE);
  }
  static void set_error(skerry_plugin_registry_t* registry, const char* message) {
    if (registry && message) registry->message = message;
  }
  static void memory(skerry_plugin_call_t* call, uint8_t** data, size_t* size) {
    const runtime::GuestView view = call ? call->caller.memory() : runtime::GuestView();
    const auto bytes = view.checked(0, view.size_bytes());
    if (data) *data = bytes && !bytes->empty() ? bytes->data() : nullptr;
    if (size) *size = view.size_bytes();
  }
  static int32_t fail(skerry_plugin_call_t* call, const char* message) {
    if (call && message) call->failure = message;
    return SKERRY_PLUGIN_FAILED;
  }
};

namespace {

constexpr skerry_plugin_host_t kHost = {sizeof(skerry_plugin_host_t), PluginCalls::define_func,
                                        PluginCalls::set_error, PluginCalls::memory,
                                        PluginCalls::fail};

std::string reason_of(const skerry_plugin_registry_t& registry, int32_t answer) {
  if (registry.failed == SKERRY_PLUGIN_DUPLICATE) return registry.about + " is defined twice";
  if (registry.failed == SKERRY_PLUGIN_BAD_ARGUMENT)
    return registry.about + " is no function with a type of the letters i I f F";
  if (!registry.message.empty()) return registry.message;
  return "it answers " + std::to_string(answer);
}

}  // namespace

std::expected<void, BindError> Plugin::take_definitions() {
  const auto cannot = [&](ErrorCode code, std::string detail) {
    return std::unexpected(BindError{Error{code}, path_, std::move(detail)});
  };
  const auto entry = library_.function<decltype(&skerry_plugin_register)>("skerry_plugin_register");
  if (!entry) return cannot(ErrorCode::PluginMismatch, "it exports no skerry_plugin_register");
  skerry_plugin_registry_t registry{*this, SKERRY_PLUGIN_OK, {}, {}};
  int32_t answer = SKERRY_PLUGIN_FAILED;
  try {
    answer = entry(SKERRY_PLUGIN_ABI, &kHost, &registry);
  } catch (...) {
    return cannot(ErrorCode::PluginFailed, "skerry_plugin_register threw an exception");
  }
  if (answer == SKERRY_PLUGIN_WRONG_VERSION)
    return cannot(ErrorCode::PluginMismatch, "it does not know version " +
                                                 std::to_string(SKERRY_PLUGIN_ABI) +
                                                 " of the plugin interface");
  if (answer != SKERRY_PLUGIN_OK || registry.failed != SKERRY_PLUGIN_OK)
    return cannot(ErrorCode::PluginFailed, reason_of(registry, answer));
  return {};
}

std::expected<std::shared_ptr<Plugin>, BindError> Plugin::load(const std::string& path) {
  std::error_code ignored;
  const auto file = std::filesystem::absolute(std::filesystem::u8path(path), ignored);
  if (!std::filesystem::exists(file, ignored))
    return std::unexpected(BindError{Error{ErrorCode::FileNotFound}, path, {}});
  std::shared_ptr<Plugin> plugin(new Plugin(path));
  const auto text = file.u8string();
  auto opened = platform::DynamicLibrary::open({text.begin(), text.end()});
  if (!opened)
    return std::unexpected(
        BindError{Error{ErrorCode::PluginMissing}, path, platform::DynamicLibrary::last_error()});
  plugin->library_ = std::move(*opened);
  if (auto taken = plugin->take_definitions(); !taken)
    return std::unexpected(std::move(taken.error()));
  return plugin;
}

bool Plugin::has(std::string_view module, std::string_view name) const {
  return definitions_.contains({std::string(module), std::string(name)});
}

runtime::HostFunc Plugin::func(std::string_view module, std::string_view name) {
  const Definition& definition = definitions_.at({std::string(module), std::string(name)});
  return {definition.type,
          [self = shared_from_this(), &definition](runtime::Caller& caller,
                                                   std::span<uint64_t> slots) -> Result<void> {
            skerry_plugin_call_t call{caller, self->failure_};
            self->failure_.clear();
            if (definition.call(definition.env->data(), &call, slots.data()) == 0) return {};
            return fail(ErrorCode::HostFunctionFailed);
          }};
}

}  // namespace skerry::native
