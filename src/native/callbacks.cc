// Closures of libffi in pages of our own. On x86-64 a closure finds its data beside its own code,
// so it can be made anywhere and then be put into executable pages, a page full at a time.
#include "native/callbacks.h"

#include <cstring>
#include <mutex>
#include <string_view>

#include "native/ffi_types.h"
#include "native/numbers.h"
#include "native/utf16.h"
#include "runtime/call.h"
#include "runtime/instance.h"

namespace skerry::native {
namespace {

constexpr size_t kPlaceBytes = platform::CodePages::kCodeAlignment;
constexpr size_t kPlacesAtOnce = 64;
constexpr size_t kMaxPlaces = 1 << 16;
constexpr uint64_t kMaxListLength = 1 << 20;
static_assert(sizeof(ffi_closure) <= kPlaceBytes);

template <class T>
T value_at(const void* argument) {
  T value;
  std::memcpy(&value, argument, sizeof(value));
  return value;
}

std::string_view utf8_of(const void* text) { return static_cast<const char*>(text); }
std::u16string_view utf16_of(const void* text) { return static_cast<const char16_t*>(text); }

}  // namespace

const HandleKind& kind_of(const HandleKinds& kinds, const Type& type) {
  return kinds.find(type.name)->second;
}

Callbacks::Callbacks(const CallbackType& type, Session& session, const HandleKinds& kinds)
    : type_(type), func_type_(type.func_type()), session_(session), kinds_(kinds) {
  for (const Parameter& one : type.parameters) places_->ffi_types.push_back(ffi_type_of(one.type));
}

Result<std::unique_ptr<Callbacks>> Callbacks::create(const CallbackType& type, Session& session,
                                                     const HandleKinds& kinds) {
  std::unique_ptr<Callbacks> made(new Callbacks(type, session, kinds));
  if (ffi_prep_cif(&made->places_->cif, FFI_DEFAULT_ABI,
                   static_cast<unsigned>(type.parameters.size()), ffi_type_of(type.result),
                   made->places_->ffi_types.data()) != FFI_OK)
    return fail(ErrorCode::InternalError);
  return made;
}

Callbacks::~Callbacks() {
  if (places_->used == 0) return;
  for (const auto& callback : places_->all) callback->callbacks = nullptr;
  // Some library may have kept a pointer into it, for longer than anything here lives.
  static std::mutex mutex;
  static auto* const kept = new std::vector<std::unique_ptr<Places>>;
  const std::lock_guard lock(mutex);
  kept->push_back(std::move(places_));
}

Result<void> Callbacks::add_places() {
  auto& all = places_->all;
  if (all.size() >= kMaxPlaces) return fail(ErrorCode::LimitExceeded);
  alignas(kPlaceBytes) std::array<uint8_t, kPlacesAtOnce * kPlaceBytes> code{};
  const size_t first = all.size();
  for (size_t i = 0; i < kPlacesAtOnce; ++i) {
    all.push_back(std::make_unique<Callback>(this));
    auto* const closure = reinterpret_cast<ffi_closure*>(code.data() + i * kPlaceBytes);
    if (ffi_prep_closure_loc(closure, &places_->cif, entered, all.back().get(), closure) != FFI_OK)
      return fail(ErrorCode::InternalError);
  }
  auto pages = TRY(platform::CodePages::reserve(code.size()));
  const uint8_t* const at = TRY(pages.append(code));
  places_->pages.push_back(std::move(pages));
  for (size_t i = 0; i < kPlacesAtOnce; ++i) all[first + i]->code = at + i * kPlaceBytes;
  return {};
}

Result<Callback*> Callbacks::place_for(runtime::Func func) {
  if (const auto known = known_.find(func.ref()); known != known_.end()) return known->second;
  if (places_->used == places_->all.size()) TRY(add_places());
  Callback* const callback = places_->all[places_->used++].get();
  callback->func = func;
  known_.emplace(func.ref(), callback);
  return callback;
}

Result<Callback*> Callbacks::at(runtime::Caller& caller, uint32_t index) {
  constexpr std::string_view kTable = "__indirect_function_table";
  runtime::Instance* const instance = caller.instance();
  if (!instance) return fail(ErrorCode::NativeBadCallback);
  runtime::Table* table = nullptr;
  if (const auto item = instance->find_export(kTable);
      item && runtime::kind_of(*item) == ExternKind::Table)
    table = std::get<runtime::Table*>(*item);
  else if (instance->has_tables())
    table = instance->table(0);
  if (!table || table->type().element != ValType::funcref())
    return fail(ErrorCode::NativeBadCallback);
  const auto value = table->get(index);
  if (!value || value->low == 0) return fail(ErrorCode::NativeBadCallback);
  const runtime::Func func(reinterpret_cast<VmFuncRef*>(value->low));
  if (!(caller.store().func_type(func) == func_type_)) return fail(ErrorCode::NativeBadCallback);
  return place_for(func);
}

void Callbacks::entered(ffi_cif* cif, void* result, void** arguments, void* data) {
  auto& callback = *static_cast<Callback*>(data);
  if (cif->rtype != &ffi_type_void) std::memset(result, 0, sizeof(ffi_arg));
  Callbacks* const callbacks = callback.callbacks.load(std::memory_order_relaxed);
  if (!callbacks) return;
  Callbacks& self = *callbacks;
  CallInProgress* const call = self.session_.current();
  if (!call)
    return self.session_.late(self.session_.is_busy() ? ErrorCode::NativeCallbackThread
                                                      : ErrorCode::NativeCallbackEnded);
  if (call->failure) return;
  // No exception crosses the library.
  try {
    if (const auto done = self.run(*call, callback, result, arguments); !done)
      call->failure = done.error();
  } catch (...) {
    call->failure = Error{ErrorCode::OutOfMemory};
  }
}

Result<void> Callbacks::run(CallInProgress& call, const Callback& callback, void* result,
                            void** arguments) {
  if (callback.calls == 0 && !type_.is_kept) return fail(ErrorCode::NativeCallbackEnded);
  Texts texts;
  const Result<void> done = call_func(call, callback, result, arguments, texts);
  if (!done) return done;
  for (const uint32_t text : texts) TRY(session_.release(call.caller, text));
  return {};
}

Result<void> Callbacks::call_func(CallInProgress& call, const Callback& callback, void* result,
                                  void** arguments, Texts& texts) {
  Slots slots{};
  for (size_t i = 0; i < type_.parameters.size(); ++i) {
    const Parameter& one = type_.parameters[i];
    slots[i] = one.type.has_count ? TRY(give_list(call, one, arguments, texts))
                                  : TRY(slot_of(call, one.type, arguments[i], texts));
  }
  TRY(runtime::call(call.caller.store(), callback.func, slots));
  return give_result(slots[0], result);
}

Result<uint64_t> Callbacks::slot_of(CallInProgress& call, const Type& type, const void* argument,
                                    Texts& texts) {
  if (type.kind == Kind::Number) {
    const ScalarInfo& scalar = info(type.scalar);
    const uint64_t word =
        from_native(type.scalar, load(argument, scalar.native_bytes, scalar.is_signed));
    if (!fits_guest(type.scalar, word)) return fail(ErrorCode::NativeTooLarge);
    return native::slot_of(type.scalar, word);
  }
  auto* const pointer = value_at<uint8_t*>(argument);
  switch (type.kind) {
    case Kind::Handle: return TRY(session_.handles.give(pointer, kind_of(kinds_, type), false));
    case Kind::Token: return reinterpret_cast<uint64_t>(pointer) & 0xffffffff;
    case Kind::CString:
    case Kind::WString: return TRY(give_text(call, type, pointer, texts));
    default: break;
  }
  if (!pointer) return 0;
  for (const CallInProgress* one = &call; one; one = one->outer)
    for (const CallInProgress::Lent& lent : one->lent)
      if (pointer >= lent.at && pointer <= lent.at + lent.bytes)
        return lent.guest_address + static_cast<uint64_t>(pointer - lent.at);
  return fail(ErrorCode::NativeForeignPointer);
}

Result<uint32_t> Callbacks::give_text(CallInProgress& call, const Type& type, const void* text,
                                      Texts& texts) {
  if (!text) return 0;
  const uint32_t address = type.kind == Kind::CString
                               ? TRY(session_.give_text(call.caller, utf8_of(text)))
                               : TRY(session_.give_text(call.caller, to_utf8(utf16_of(text))));
  texts.push_back(address);
  return address;
}

Result<uint32_t> Callbacks::give_list(CallInProgress& call, const Parameter& parameter,
                                      void** arguments, Texts& texts) {
  const auto index = static_cast<size_t>(&parameter - type_.parameters.data());
  const auto* const items = value_at<const char* const*>(arguments[index]);
  if (!items) return 0;
  uint64_t count = parameter.type.count;
  if (parameter.count_index >= 0) {
    const ScalarInfo& scalar =
        info(type_.parameters[static_cast<size_t>(parameter.count_index)].type.scalar);
    count = load(arguments[parameter.count_index], scalar.native_bytes, scalar.is_signed);
  }
  if (count > kMaxListLength) return fail(ErrorCode::NativeTooLarge);
  const uint32_t list = TRY(session_.allocate(call.caller, std::max<uint64_t>(count * 4, 1)));
  texts.push_back(list);
  for (uint64_t i = 0; i < count; ++i) {
    const uint32_t text = TRY(give_text(call, parameter.type, items[i], texts));
    TRY(call.caller.memory().write<uint32_t>(list + 4 * i, text));
  }
  return list;
}

Result<void> Callbacks::give_result(uint64_t slot, void* result) {
  const Type& type = type_.result;
  switch (type.kind) {
    case Kind::Nothing: return {};
    case Kind::Number: slot = to_native(type.scalar, slot); break;
    case Kind::Token: slot &= 0xffffffff; break;
    default:
      if (const auto number = static_cast<uint32_t>(slot))
        slot =
            reinterpret_cast<uint64_t>(TRY(session_.handles.find(number, kind_of(kinds_, type))));
  }
  // libffi wants integers widened to a whole word.
  std::memcpy(result, &slot, sizeof(slot));
  return {};
}

}  // namespace skerry::native
