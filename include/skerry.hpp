/// @file
/// skerry.h and wasm.h for C++20: a header without a library of its own, over the same C functions,
/// so it works with any compiler and any build of libskerry that C works with.
///
/// Handles delete what they hold; they can be moved, not copied, and may go in any order. What
/// fails throws skerry::Error. Threads and lifetimes are those of skerry.h: engines and modules are
/// for any threads, a store and all that is of it for one at a time, an Interrupt and a Gate for
/// any.
///
/// Values are integers of 4 and 8 bytes, float, double and skerry::V128. References are left to
/// skerry.h; `get()` of each class gives its handle there.
///
/// The names are in an inline namespace, so that they are none of the engine's own in a program
/// that is linked with the static library.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "skerry.h"

namespace skerry {
inline namespace cpp {

/// Why something failed. Copies share the error.
class Error : public std::exception {
 public:
  /// Takes it over; it must not be null.
  explicit Error(skerry_error_t* error) : error_(error, skerry_error_delete) {}
  /// Of a host function's own making.
  explicit Error(const std::string& message) : Error(skerry_error_new(message.c_str())) {}

  /// What a person is told, with the place and the backtrace if there is one.
  const char* what() const noexcept override { return skerry_error_message(error_.get()); }
  /// Stable, such as "TrapUnreachable".
  std::string_view name() const noexcept { return skerry_error_name(error_.get()); }
  /// Set: the program has ended itself (proc_exit), which is no failure of Wasm's.
  std::optional<uint32_t> exit_status() const noexcept {
    uint32_t status = 0;
    return skerry_error_is_exit(error_.get(), &status) ? std::optional(status) : std::nullopt;
  }
  const skerry_error_t* get() const noexcept { return error_.get(); }

 private:
  std::shared_ptr<const skerry_error_t> error_;
};

/// A v128: bytes 0 to 7 in `low`, the lowest first.
struct V128 {
  uint64_t low = 0, high = 0;
  friend bool operator==(const V128&, const V128&) = default;
};

/// What arguments and results may be.
template <class T>
concept Value = std::same_as<T, V128> || std::same_as<T, float> || std::same_as<T, double> ||
                (std::integral<T> && (sizeof(T) == 4 || sizeof(T) == 8));

/// @cond
namespace detail {

inline void check(skerry_error_t* error) {
  if (error) throw Error(error);
}

template <auto kDelete>
struct Deleter {
  template <class T>
  void operator()(T* thing) const noexcept {
    kDelete(thing);
  }
};
template <class T, auto kDelete>
using Handle = std::unique_ptr<T, Deleter<kDelete>>;

// For functions that only fail for want of memory.
template <class T>
T* there(T* thing) {
  if (!thing) throw std::bad_alloc();
  return thing;
}

template <Value T>
inline constexpr size_t kSlots = std::same_as<T, V128> ? 2 : 1;

template <Value T>
inline constexpr char kLetter = std::same_as<T, V128>     ? 'v'
                                : std::same_as<T, float>  ? 'f'
                                : std::same_as<T, double> ? 'F'
                                : sizeof(T) == 4          ? 'i'
                                                          : 'I';

template <Value T>
void put(uint64_t*& slot, T value) {
  if constexpr (std::same_as<T, V128>) {
    *slot++ = value.low;
    *slot++ = value.high;
  } else if constexpr (sizeof(T) == 4) {
    *slot++ = std::bit_cast<uint32_t>(value);
  } else {
    *slot++ = std::bit_cast<uint64_t>(value);
  }
}

template <Value T>
T take(const uint64_t*& slot) {
  if constexpr (std::same_as<T, V128>) {
    slot += 2;
    return {slot[-2], slot[-1]};
  } else if constexpr (sizeof(T) == 4) {
    return std::bit_cast<T>(static_cast<uint32_t>(*slot++));
  } else {
    return std::bit_cast<T>(*slot++);
  }
}

// What a func answers: nothing, a value, or a tuple of them.
template <class R>
struct Results;
template <>
struct Results<void> {
  static constexpr size_t kCount = 0;
  static std::string letters() { return ""; }
  static void read(const uint64_t*) {}
};
template <Value R>
struct Results<R> {
  static constexpr size_t kCount = kSlots<R>;
  static std::string letters() { return {kLetter<R>}; }
  static R read(const uint64_t* slots) { return take<R>(slots); }
  static void write(uint64_t* slots, R value) { put(slots, value); }
};
template <Value... Rs>
struct Results<std::tuple<Rs...>> {
  static constexpr size_t kCount = (size_t{0} + ... + kSlots<Rs>);
  static std::string letters() { return {kLetter<Rs>...}; }
  static std::tuple<Rs...> read(const uint64_t* slots) {
    return std::tuple<Rs...>{take<Rs>(slots)...};
  }
  static void write(uint64_t* slots, const std::tuple<Rs...>& values) {
    std::apply([&](Rs... value) { (put(slots, value), ...); }, values);
  }
};

template <class R, Value... Args>
struct Type {
  static constexpr size_t kArgumentSlots = (size_t{0} + ... + kSlots<Args>);
  static constexpr size_t kCount =
      kArgumentSlots > Results<R>::kCount ? kArgumentSlots : Results<R>::kCount;
  // At least one, for there are no arrays of none.
  using Slots = std::array<uint64_t, kCount == 0 ? 1 : kCount>;
  static std::string letters() {
    return std::string{kLetter<Args>...} + ":" + Results<R>::letters();
  }
  static Slots slots_of(Args... arguments) {
    Slots slots{};
    [[maybe_unused]] uint64_t* at = slots.data();
    (put(at, arguments), ...);
    return slots;
  }
};

}  // namespace detail
/// @endcond

enum class Tier : uint32_t {
  Auto = SKERRY_TIER_AUTO,
  Baseline = SKERRY_TIER_BASELINE,
  Llvm = SKERRY_TIER_LLVM
};

/// skerry_engine_options_t.
struct EngineOptions {
  Tier tier = Tier::Auto;
  bool has_fuel = false;
  bool has_cache = false;
};

/// skerry_compile_options_t; an empty key: not signed.
struct CompileOptions {
  uint32_t jobs = 0;
  std::string signing_key{};
};

/// Compiles. Any thread.
class Engine {
 public:
  explicit Engine(const EngineOptions& options = {}) {
    skerry_engine_options_t given{};
    given.struct_size = sizeof(given);
    given.tier = static_cast<uint32_t>(options.tier);
    given.has_fuel = options.has_fuel;
    given.has_cache = options.has_cache;
    wasm_engine_t* engine = nullptr;
    detail::check(skerry_engine_new(&given, &engine));
    engine_.reset(engine);
  }

  /// skerry_compile: the module, binary or text, with its machine code.
  std::vector<uint8_t> compile(const std::string& name, std::span<const uint8_t> bytes,
                               const CompileOptions& options = {}) const {
    skerry_compile_options_t given{};
    given.struct_size = sizeof(given);
    given.jobs = options.jobs;
    given.signing_key = options.signing_key.empty() ? nullptr : options.signing_key.c_str();
    wasm_byte_vec_t out = WASM_EMPTY_VEC;
    detail::check(skerry_compile(get(), name.c_str(), bytes.data(), bytes.size(), &given, &out));
    const detail::Handle<wasm_byte_vec_t, wasm_byte_vec_delete> own(&out);
    return {out.data, out.data + out.size};
  }
  std::vector<uint8_t> compile(const std::string& name, std::string_view text,
                               const CompileOptions& options = {}) const {
    const auto* const first = reinterpret_cast<const uint8_t*>(text.data());
    return compile(name, std::span(first, text.size()), options);
  }
  wasm_engine_t* get() const noexcept { return engine_.get(); }

 private:
  detail::Handle<wasm_engine_t, wasm_engine_delete> engine_;
};

/// skerry_module_options_t.
struct ModuleOptions {
  std::vector<std::string> trusted_keys{};
  bool trust_native = false;
};

/// A module that is ready to be instantiated in any store of its engine. Any thread.
class Module {
 public:
  /// In the binary format, or the text format as bytes. `name` is what errors call it.
  Module(const Engine& engine, const std::string& name, std::span<const uint8_t> bytes,
         const ModuleOptions& options = {})
      : Module(engine, name, bytes.data(), bytes.size(), options) {}
  Module(const Engine& engine, const std::string& name, std::string_view text,
         const ModuleOptions& options = {})
      : Module(engine, name, text.data(), text.size(), options) {}

  /// Why machine code that came with it is not used; empty if there is nothing to say. Lives as
  /// long as the module.
  std::string_view note() const noexcept { return skerry_module_note(get()); }
  /// Whether it has a start function: instantiating it runs Wasm only then.
  bool has_start() const noexcept { return skerry_module_has_start(get()); }
  const wasm_shared_module_t* get() const noexcept { return module_.get(); }

 private:
  Module(const Engine& engine, const std::string& name, const void* bytes, size_t size,
         const ModuleOptions& options) {
    std::vector<const char*> keys;
    for (const std::string& key : options.trusted_keys) keys.push_back(key.c_str());
    skerry_module_options_t given{};
    given.struct_size = sizeof(given);
    given.trusted_keys = keys.data();
    given.trusted_key_count = keys.size();
    given.trust_native = options.trust_native;
    wasm_shared_module_t* module = nullptr;
    detail::check(skerry_module_load(engine.get(), name.c_str(), bytes, size, &given, &module));
    module_.reset(module);
  }

  detail::Handle<wasm_shared_module_t, wasm_shared_module_delete> module_;
};

/// Stops what runs in a store. Any thread, also when the store is gone.
class Interrupt {
 public:
  explicit Interrupt(skerry_interrupt_t* own) : interrupt_(own) {}
  void interrupt() const noexcept { skerry_interrupt(interrupt_.get()); }

 private:
  detail::Handle<skerry_interrupt_t, skerry_interrupt_delete> interrupt_;
};

/// skerry_store_options_t; 0 is the default.
struct StoreOptions {
  uint64_t memory_bytes = 0;
  uint64_t table_elements = 0;
  uint64_t instances = 0;
  uint64_t wasm_stack_bytes = 0;
};

/// What instances live in. One thread at a time.
class Store {
 public:
  explicit Store(const Engine& engine, const StoreOptions& options = {}) {
    const skerry_store_options_t given{sizeof(given), options.memory_bytes, options.table_elements,
                                       options.instances, options.wasm_stack_bytes};
    wasm_store_t* store = nullptr;
    detail::check(skerry_store_new(engine.get(), &given, &store));
    store_.reset(store);
  }
  void set_fuel(uint64_t fuel) noexcept { skerry_store_set_fuel(get(), fuel); }
  uint64_t fuel() const noexcept { return skerry_store_fuel(get()); }
  Interrupt interrupt() const {
    return Interrupt(detail::there(skerry_store_interrupt_new(get())));
  }
  void clear_interrupt() noexcept { skerry_store_clear_interrupt(get()); }
  wasm_store_t* get() const noexcept { return store_.get(); }

 private:
  detail::Handle<wasm_store_t, wasm_store_delete> store_;
};

/// A memory that an instance exports. Keeps the store.
class Memory {
 public:
  explicit Memory(wasm_memory_t* own) : memory_(own), bounds_(skerry_memory_bounds(own)) {}
  /// All of it, as large as it is now: take it anew after anything that may have run the guest.
  std::span<uint8_t> bytes() const noexcept {
    return {bounds_->data, static_cast<size_t>(bounds_->size_bytes)};
  }
  /// By pages of 64 KiB. False: it may not, or there is no room.
  bool grow(uint32_t pages) noexcept { return wasm_memory_grow(get(), pages); }
  wasm_memory_t* get() const noexcept { return memory_.get(); }

 private:
  detail::Handle<wasm_memory_t, wasm_memory_delete> memory_;
  const skerry_memory_bounds_t* bounds_;
};

template <class Signature>
class TypedFunc;

/// An exported func; its type was checked when it was looked up. R: void, a Value, or a std::tuple
/// of them. Keeps the store.
template <class R, Value... Args>
class TypedFunc<R(Args...)> {
  using Type = detail::Type<R, Args...>;

 public:
  TypedFunc(const wasm_instance_t* instance, const std::string& name) {
    skerry_func_t* func = nullptr;
    detail::check(skerry_instance_func(instance, name.c_str(), Type::letters().c_str(), &func));
    func_.reset(func);
  }

  /// A trap, a failure of a host function or an exit of the program is an Error.
  R operator()(Args... arguments) const {
    typename Type::Slots slots = Type::slots_of(arguments...);
    detail::check(skerry_func_call(get(), slots.data()));
    return detail::Results<R>::read(slots.data());
  }
  /// The same on a thread of the library's own, whose the store is until then:
  /// skerry_func_call_async. Throws if it cannot begin; else the future has the Error.
  std::future<R> async(Args... arguments) const {
    auto run = std::make_unique<Run>();
    run->slots = Type::slots_of(arguments...);
    std::future<R> future = run->promise.get_future();
    detail::check(skerry_func_call_async(get(), run->slots.data(), Run::finish, run.get()));
    static_cast<void>(run.release());  // finish() deletes it
    return future;
  }
  const skerry_func_t* get() const noexcept { return func_.get(); }

 private:
  struct Run {
    typename Type::Slots slots;
    std::promise<R> promise;

    static void finish(void* env, skerry_error_t* error) noexcept {
      const std::unique_ptr<Run> run(static_cast<Run*>(env));
      try {
        detail::check(error);
        if constexpr (std::is_void_v<R>)
          run->promise.set_value();
        else
          run->promise.set_value(detail::Results<R>::read(run->slots.data()));
      } catch (...) {
        run->promise.set_exception(std::current_exception());
      }
    }
  };

  detail::Handle<skerry_func_t, skerry_func_delete> func_;
};

/// A module with what it imports. Keeps the store.
class Instance {
 public:
  explicit Instance(wasm_instance_t* own) : instance_(own) {}
  /// `instance.func<int32_t(int32_t, int32_t)>("add")`. No such export, or another type: an Error.
  template <class Signature>
  TypedFunc<Signature> func(const std::string& name) const {
    return TypedFunc<Signature>(get(), name);
  }
  /// Absent: it exports no memory of that name.
  std::optional<Memory> memory(const std::string& name = "memory") const {
    wasm_memory_t* const memory = skerry_instance_memory(get(), name.c_str());
    return memory ? std::optional<Memory>(memory) : std::nullopt;
  }
  const wasm_instance_t* get() const noexcept { return instance_.get(); }

 private:
  detail::Handle<wasm_instance_t, wasm_instance_delete> instance_;
};

/// Who calls a host function. Good until that returns.
class Caller {
 public:
  explicit Caller(const skerry_caller_t* caller) : caller_(caller) {}
  /// Of the instance that calls, what it exports as "memory", else its first; empty if it has none.
  /// Good until the instance runs again.
  std::span<uint8_t> memory() const noexcept {
    uint8_t* data = nullptr;
    size_t size = 0;
    skerry_caller_memory(caller_, &data, &size);
    return {data, size};
  }

 private:
  const skerry_caller_t* caller_;
};

/// @cond
namespace detail {

// What C calls in F's place. No exception leaves it.
template <class F, bool kTakesCaller, class R, Value... Args>
struct HostFunc {
  using Type = detail::Type<R, Args...>;

  static skerry_error_t* call(void* env, skerry_caller_t* from, uint64_t* slots) noexcept {
    try {
      F& func = *static_cast<F*>(env);
      [[maybe_unused]] const uint64_t* at = slots;
      std::tuple<Args...> arguments{take<Args>(at)...};
      Caller caller(from);
      const auto run = [&](Args... values) -> R {
        if constexpr (kTakesCaller)
          return func(caller, values...);
        else
          return func(values...);
      };
      if constexpr (std::is_void_v<R>)
        std::apply(run, arguments);
      else
        Results<R>::write(slots, std::apply(run, arguments));
      return nullptr;
    } catch (const Error& error) {
      return skerry_error_copy(error.get());
    } catch (const std::exception& error) {
      return skerry_error_new(error.what());
    } catch (...) {
      return skerry_error_new("an exception of the host that is none of std::exception's");
    }
  }
  static void drop(void* env) noexcept { delete static_cast<F*>(env); }
};

template <class F, class Function>
struct HostFuncOf;
template <class F, class R, class... Args>
struct HostFuncOf<F, std::function<R(Args...)>> : HostFunc<F, false, R, std::decay_t<Args>...> {};
template <class F, class R, class... Args>
struct HostFuncOf<F, std::function<R(Caller&, Args...)>>
    : HostFunc<F, true, R, std::decay_t<Args>...> {};

}  // namespace detail
/// @endcond

enum class Access : uint32_t {
  Read = SKERRY_ACCESS_READ,
  Write = SKERRY_ACCESS_WRITE,
  Create = SKERRY_ACCESS_CREATE,
  Delete = SKERRY_ACCESS_DELETE,
  All = SKERRY_ACCESS_ALL
};
constexpr Access operator|(Access a, Access b) {
  return static_cast<Access>(static_cast<uint32_t>(a) | static_cast<uint32_t>(b));
}

/// Puts another policy in force while a program runs. Any thread, also when the store is gone.
class Gate {
 public:
  explicit Gate(skerry_gate_t* own) : gate_(own) {}
  /// skerry_gate_set_policy. An Error: the policy that is in force stays.
  void set_policy(const std::string& toml) const {
    detail::check(skerry_gate_set_policy(gate_.get(), toml.c_str()));
  }

 private:
  detail::Handle<skerry_gate_t, skerry_gate_delete> gate_;
};

/// What a program of WASI preview1 is given; a linker takes it.
///
///     linker.wasi(Wasi().argument("program").folder("/", "data", Access::Read));
class Wasi {
 public:
  /// Answers how many bytes it has read (0: the end) or taken. An exception is the program's errno.
  using Input = std::function<size_t(std::span<uint8_t>)>;
  using Output = std::function<size_t(std::span<const uint8_t>)>;

  Wasi() : wasi_(detail::there(skerry_wasi_new())) {}
  /// The first is the program's name.
  Wasi& argument(const std::string& text) {
    return checked(skerry_wasi_add_argument(get(), text.c_str()));
  }
  Wasi& variable(const std::string& name, const std::string& value) {
    return checked(skerry_wasi_add_variable(get(), name.c_str(), value.c_str()));
  }
  Wasi& folder(const std::string& guest_path, const std::string& host_path,
               Access access = Access::All) {
    return checked(skerry_wasi_add_folder(get(), guest_path.c_str(), host_path.c_str(),
                                          static_cast<uint32_t>(access)));
  }
  Wasi& policy(const std::string& toml) {
    return checked(skerry_wasi_set_policy(get(), toml.c_str()));
  }
  Wasi& inherit_stdio(bool input, bool output, bool error) {
    skerry_wasi_inherit_stdio(get(), input, output, error);
    return *this;
  }
  Wasi& input(Input from) { return stream(0, std::move(from)); }
  Wasi& output(Output to) { return stream(1, std::move(to)); }
  Wasi& error(Output to) { return stream(2, std::move(to)); }
  Gate gate() const { return Gate(detail::there(skerry_wasi_gate_new(get()))); }

  skerry_wasi_t* get() const noexcept { return wasi_.get(); }
  skerry_wasi_t* release() noexcept { return wasi_.release(); }

 private:
  Wasi& checked(skerry_error_t* error) {
    detail::check(error);
    return *this;
  }
  template <class Stream>
  Wasi& stream(uint32_t which, Stream stream) {
    auto own = std::make_unique<Stream>(std::move(stream));
    const auto run = [](void* env, uint8_t* data, size_t size) noexcept -> size_t {
      try {
        return (*static_cast<Stream*>(env))({data, size});
      } catch (...) {
        return SIZE_MAX;
      }
    };
    const auto drop = [](void* env) { delete static_cast<Stream*>(env); };
    return checked(skerry_wasi_set_stream(get(), which, run, own.release(), drop));
  }

  detail::Handle<skerry_wasi_t, skerry_wasi_delete> wasi_;
};

/// What imports are looked up in, by module and name. Of a store, which it keeps.
class Linker {
 public:
  explicit Linker(Store& store) : linker_(detail::there(skerry_linker_new(store.get()))) {}

  /// A host function: anything that can be called, has one type, and takes and answers Values (or
  /// nothing, or a std::tuple). Its first parameter may be `Caller&`, which is none of Wasm's. It
  /// lives as long as the store. What it throws becomes the Error of the call, an Error as it is.
  template <class F>
  Linker& func(const std::string& module, const std::string& name, F&& func) {
    using Host =
        detail::HostFuncOf<std::decay_t<F>, decltype(std::function{std::forward<F>(func)})>;
    auto own = std::make_unique<std::decay_t<F>>(std::forward<F>(func));
    return checked(skerry_linker_define_func(get(), module.c_str(), name.c_str(),
                                             Host::Type::letters().c_str(), Host::call,
                                             own.release(), Host::drop));
  }
  /// All exports of an instance of the same store, under one module name.
  Linker& instance(const std::string& module, const Instance& instance) {
    return checked(skerry_linker_define_instance(get(), module.c_str(), instance.get()));
  }
  Linker& wasi(Wasi&& wasi) { return checked(skerry_linker_define_wasi(get(), wasi.release())); }
  Linker& wasi(Wasi& wasi) { return this->wasi(std::move(wasi)); }

  /// Runs the start function, but neither _start nor _initialize.
  Instance instantiate(const Module& module) {
    wasm_instance_t* instance = nullptr;
    detail::check(skerry_linker_instantiate(get(), module.get(), &instance));
    return Instance(instance);
  }
  skerry_linker_t* get() const noexcept { return linker_.get(); }

 private:
  Linker& checked(skerry_error_t* error) {
    detail::check(error);
    return *this;
  }

  detail::Handle<skerry_linker_t, skerry_linker_delete> linker_;
};

}  // namespace cpp
}  // namespace skerry
