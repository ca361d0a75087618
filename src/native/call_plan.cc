// One call: arguments in, libffi, results out.
#include "native/call_plan.h"

#include <cerrno>
#include <cstring>
#include <memory_resource>

#include "native/ffi_types.h"
#include "native/numbers.h"
#include "native/utf16.h"
#include "platform/dynamic_library.h"
#include "runtime/instance.h"

namespace skerry::native {
namespace {

using runtime::Caller;
using runtime::GuestView;

void* pointer_of(uint64_t word) { return reinterpret_cast<void*>(word); }
uint64_t word_of(const void* pointer) { return reinterpret_cast<uint64_t>(pointer); }

// Errors of an argument say which one: 1 is the first, 0 the result.
Error at_argument(Error error, size_t number) {
  if (error_phase(error.code) == Phase::Host) error.a = number;
  return error;
}

}  // namespace

// Everything of one call that is not of the next.
class PlannedCall {
 public:
  PlannedCall(const CallPlan& plan, Caller& caller, std::span<uint64_t> slots)
      : plan_(plan), call_{caller}, slots_(slots) {
    is_in_place_ = !caller.instance() || !caller.instance()->host_memory_may_move();
  }
  ~PlannedCall() {
    for (Callback* const callback : callbacks_) --callback->calls;
  }
  PlannedCall(const PlannedCall&) = delete;
  PlannedCall& operator=(const PlannedCall&) = delete;

  Result<void> run();

 private:
  using Argument = CallPlan::Argument;

  Session& session() { return plan_.types_.session; }
  GuestView memory() const { return call_.caller.memory(); }
  uint32_t address(size_t i) const { return static_cast<uint32_t>(slots_[i]); }

  Result<uint64_t> take(size_t i);
  Result<uint64_t> take_pointer(size_t i);
  Result<uint64_t> take_text(size_t i);
  Result<uint64_t> take_buffer(size_t i);
  Result<uint64_t> take_struct(size_t i);
  Result<uint64_t> take_callback(size_t i);
  Result<uint64_t> take_handle(const Argument& argument, uint32_t number);
  Result<uint64_t> buffer_bytes(size_t i);

  void invoke();
  Result<void> give_back(size_t i);
  Result<void> give_struct(const Argument& argument, const uint8_t* native, uint32_t at);
  Result<void> give_result();
  Result<uint32_t> give_text(void* text, Kind kind);

  // One value between a module's memory and ours.
  Result<void> load_value(const Type& type, const uint8_t* guest, void* native);
  Result<void> store_value(const Type& type, const void* native, uint8_t* guest);
  const HandleKind& handle_kind(const Type& type) const {
    return kind_of(plan_.types_.handles, type);
  }

  const CallPlan& plan_;
  CallInProgress call_;
  std::span<uint64_t> slots_;
  bool is_in_place_;
  std::array<uint64_t, kMaxParameters> words_{};  // what the library gets
  std::array<uint64_t, kMaxParameters> lengths_;  // of buffers that are copies
  uint64_t result_ = 0;
  std::vector<Callback*> callbacks_;
  std::array<std::byte, 512> first_bytes_;
  std::pmr::monotonic_buffer_resource scratch_{first_bytes_.data(), first_bytes_.size()};
};

Result<void> PlannedCall::load_value(const Type& type, const uint8_t* guest, void* native) {
  if (type.kind == Kind::Number) {
    const ScalarInfo& scalar = info(type.scalar);
    const uint64_t word = to_native(type.scalar, load(guest, scalar.guest_bytes, scalar.is_signed));
    store(native, scalar.native_bytes, word);
    return {};
  }
  uint64_t word = load(guest, 4, false);
  if (type.kind == Kind::Handle && word != 0)
    word = word_of(TRY(session().handles.find(static_cast<uint32_t>(word), handle_kind(type))));
  store(native, sizeof(void*), word);
  return {};
}

Result<void> PlannedCall::store_value(const Type& type, const void* native, uint8_t* guest) {
  if (type.kind == Kind::Number) {
    const ScalarInfo& scalar = info(type.scalar);
    const uint64_t word =
        from_native(type.scalar, load(native, scalar.native_bytes, scalar.is_signed));
    if (!fits_guest(type.scalar, word)) return fail(ErrorCode::NativeTooLarge);
    store(guest, scalar.guest_bytes, word);
    return {};
  }
  uint64_t word = load(native, sizeof(void*), false);
  if (type.kind == Kind::Handle)
    word = TRY(session().handles.give(pointer_of(word), handle_kind(type), !type.is_borrowed));
  store(guest, 4, word);
  return {};
}

Result<uint64_t> PlannedCall::take_handle(const Argument& argument, uint32_t number) {
  if (number == 0) {
    if (argument.type->is_nullable) return 0;
    return fail(ErrorCode::NativeNull);
  }
  // A handle that is going to be freed leaves the table first, whatever the function says.
  HandleTable& handles = session().handles;
  return word_of(argument.frees ? TRY(handles.take(number, *argument.handle))
                                : TRY(handles.find(number, *argument.handle)));
}

Result<uint64_t> PlannedCall::take_text(size_t i) {
  const GuestView view = memory();
  const auto all = TRY(view.checked(address(i), 0));
  const uint64_t room = view.size_bytes() - address(i);
  const void* const end = room == 0 ? nullptr : std::memchr(all.data(), 0, room);
  if (!end) return fail(ErrorCode::TrapMemoryOutOfBounds, kNoPosition, address(i), room + 1);
  const std::string_view text(reinterpret_cast<const char*>(all.data()),
                              static_cast<const uint8_t*>(end) - all.data());
  // Copies: what the library reads up to its end, nobody can take the end from.
  if (plan_.arguments_[i].type->kind == Kind::CString) {
    auto* const copy = static_cast<char*>(scratch_.allocate(text.size() + 1, 1));
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = 0;
    return word_of(copy);
  }
  const auto wide = to_utf16(text);
  if (!wide) return fail(ErrorCode::NativeBadText);
  const size_t bytes = (wide->size() + 1) * sizeof(char16_t);
  void* const copy = scratch_.allocate(bytes, alignof(char16_t));
  std::memcpy(copy, wide->c_str(), bytes);
  return word_of(copy);
}

Result<uint64_t> PlannedCall::buffer_bytes(size_t i) {
  const Argument& argument = plan_.arguments_[i];
  uint64_t count = argument.type->count;
  if (argument.count_index >= 0) {
    const auto index = static_cast<size_t>(argument.count_index);
    const Type& type = *plan_.arguments_[index].type;
    const ScalarInfo& scalar = info(type.scalar);
    count = slots_[index];
    if (type.is_pointer()) {
      if (address(index) == 0) return 0;
      count = load(TRY(memory().checked(address(index), scalar.guest_bytes)).data(),
                   scalar.guest_bytes, scalar.is_signed);
    }
    count = to_native(type.scalar, count);
  }
  uint64_t bytes = 0;
  if (__builtin_mul_overflow(count, argument.type->element_bytes, &bytes)) return UINT64_MAX;
  return bytes;
}

Result<uint64_t> PlannedCall::take_buffer(size_t i) {
  const uint64_t bytes = TRY(buffer_bytes(i));
  if (address(i) == 0 && (bytes == 0 || plan_.arguments_[i].type->is_nullable)) return 0;
  if (address(i) == 0) return fail(ErrorCode::NativeNull);
  const auto place = TRY(memory().checked(address(i), bytes));
  if (is_in_place_) {
    if (!plan_.types_.callbacks.empty()) call_.lent.push_back({place.data(), bytes, address(i)});
    return word_of(place.data());
  }
  auto* const copy = static_cast<uint8_t*>(scratch_.allocate(bytes + 1, 16));
  std::memcpy(copy, place.data(), bytes);
  lengths_[i] = bytes;
  return word_of(copy);
}

Result<uint64_t> PlannedCall::take_struct(size_t i) {
  const Argument& argument = plan_.arguments_[i];
  const StructType& type = *argument.structure;
  const auto guest = TRY(memory().checked(address(i), type.guest_bytes));
  auto* const native =
      static_cast<uint8_t*>(scratch_.allocate(type.native_bytes, type.native_align));
  std::memset(native, 0, type.native_bytes);
  if (has_in(argument.type->way))
    for (const FieldPlace& field : type.flat)
      TRY(load_value(field.type, guest.data() + field.guest_offset, native + field.native_offset));
  return word_of(native);
}

Result<uint64_t> PlannedCall::take_pointer(size_t i) {
  const Argument& argument = plan_.arguments_[i];
  const Type& type = *argument.type;
  if (type.kind == Kind::Buffer) return take_buffer(i);
  if (address(i) == 0) {
    if (type.is_nullable) return 0;
    return fail(ErrorCode::NativeNull);
  }
  if (type.kind == Kind::Struct) return take_struct(i);
  const unsigned bytes = type.kind == Kind::Number ? info(type.scalar).guest_bytes : 4;
  const auto guest = TRY(memory().checked(address(i), bytes));
  void* const native = scratch_.allocate(sizeof(uint64_t), alignof(uint64_t));
  std::memset(native, 0, sizeof(uint64_t));
  if (has_in(type.way)) TRY(load_value(type, guest.data(), native));
  return word_of(native);
}

Result<uint64_t> PlannedCall::take_callback(size_t i) {
  if (address(i) == 0) {
    if (plan_.arguments_[i].type->is_nullable) return 0;
    return fail(ErrorCode::NativeNull);
  }
  Callback* const callback = TRY(plan_.arguments_[i].callbacks->at(call_.caller, address(i)));
  ++callback->calls;
  callbacks_.push_back(callback);
  return word_of(callback->code);
}

Result<uint64_t> PlannedCall::take(size_t i) {
  const Argument& argument = plan_.arguments_[i];
  const Type& type = *argument.type;
  if (type.is_pointer()) return take_pointer(i);
  switch (type.kind) {
    case Kind::Number: return to_native(type.scalar, slots_[i]);
    case Kind::Handle: return take_handle(argument, address(i));
    case Kind::Token: return address(i);
    case Kind::Callback: return take_callback(i);
    default:
      if (address(i) != 0) return take_text(i);
      if (type.is_nullable) return 0;
      return fail(ErrorCode::NativeNull);
  }
}

void PlannedCall::invoke() {
  std::array<void*, kMaxParameters> pointers;
  for (size_t i = 0; i < plan_.arguments_.size(); ++i) pointers[i] = &words_[i];
  const ErrorSource source = plan_.function_.error;
  if (source == ErrorSource::Errno) errno = 0;
  if (source == ErrorSource::LastError) platform::set_thread_error(0);
  ffi_call(&plan_.cif_, FFI_FN(plan_.symbol_), &result_, pointers.data());
  if (source == ErrorSource::Errno) session().last_error->code = errno;
  if (source == ErrorSource::LastError)
    session().last_error->code = static_cast<int32_t>(platform::thread_error());
}

Result<void> PlannedCall::give_struct(const Argument& argument, const uint8_t* native,
                                      uint32_t at) {
  const StructType& type = *argument.structure;
  const auto guest = TRY(memory().checked(at, type.guest_bytes));
  for (const FieldPlace& field : type.flat)
    TRY(store_value(field.type, native + field.native_offset, guest.data() + field.guest_offset));
  return {};
}

Result<void> PlannedCall::give_back(size_t i) {
  const Argument& argument = plan_.arguments_[i];
  const Type& type = *argument.type;
  if (!has_out(type.way) || words_[i] == 0) return {};
  const auto* const native = static_cast<const uint8_t*>(pointer_of(words_[i]));
  if (type.kind == Kind::Struct) return give_struct(argument, native, address(i));
  if (type.kind == Kind::Buffer) {
    if (is_in_place_) return {};
    const uint64_t bytes = lengths_[i];
    std::memcpy(TRY(memory().checked(address(i), bytes)).data(), native, bytes);
    return {};
  }
  const unsigned bytes = type.kind == Kind::Number ? info(type.scalar).guest_bytes : 4;
  return store_value(type, native, TRY(memory().checked(address(i), bytes)).data());
}

Result<uint32_t> PlannedCall::give_text(void* text, Kind kind) {
  if (!text) return 0;
  Result<uint32_t> given =
      kind == Kind::CString
          ? session().give_text(call_.caller, static_cast<const char*>(text))
          : session().give_text(call_.caller, to_utf8(static_cast<const char16_t*>(text)));
  if (plan_.free_text_) plan_.free_text_(text);
  return given;
}

Result<void> PlannedCall::give_result() {
  const Type& type = plan_.function_.result;
  switch (type.kind) {
    case Kind::Nothing: return {};
    case Kind::Number: {
      const uint64_t word = from_native(type.scalar, result_);
      if (!fits_guest(type.scalar, word)) return fail(ErrorCode::NativeTooLarge);
      slots_[0] = slot_of(type.scalar, word);
      return {};
    }
    case Kind::Token: slots_[0] = result_ & 0xffffffff; return {};
    case Kind::Handle:
      slots_[0] =
          TRY(session().handles.give(pointer_of(result_), handle_kind(type), !type.is_borrowed));
      return {};
    default: slots_[0] = TRY(give_text(pointer_of(result_), type.kind)); return {};
  }
}

Result<void> PlannedCall::run() {
  const size_t count = plan_.arguments_.size();
  for (size_t i = 0; i < count; ++i) {
    const auto word = take(i);
    if (!word) return std::unexpected(at_argument(word.error(), i + 1));
    words_[i] = *word;
  }
  session().enter(call_);
  invoke();
  session().leave(call_);
  if (call_.failure) return std::unexpected(*call_.failure);
  for (size_t i = 0; i < count; ++i)
    if (const auto given = give_back(i); !given)
      return std::unexpected(at_argument(given.error(), i + 1));
  if (const auto given = give_result(); !given)
    return std::unexpected(at_argument(given.error(), 0));
  return {};
}

CallPlan::CallPlan(const Function& function, LibraryTypes& types, void* symbol,
                   void (*free_text)(void*))
    : function_(function), types_(types), symbol_(symbol), free_text_(free_text) {}

Result<std::unique_ptr<CallPlan>> CallPlan::make(const Function& function, LibraryTypes& types,
                                                 void* symbol, void (*free_text)(void*)) {
  std::unique_ptr<CallPlan> plan(new CallPlan(function, types, symbol, free_text));
  for (const Parameter& one : function.parameters) {
    Argument argument{&one.type, one.count_index};
    if (one.type.kind == Kind::Struct)
      argument.structure = &types.library.structs.find(one.type.name)->second;
    if (one.type.kind == Kind::Callback)
      argument.callbacks = types.callbacks.find(one.type.name)->second.get();
    if (one.type.kind == Kind::Handle) {
      argument.handle = &kind_of(types.handles, one.type);
      const auto kind = types.library.handles.find(one.type.name);
      argument.frees = !one.type.is_pointer() && kind != types.library.handles.end() &&
                       kind->second.freed_by == function.symbol;
    }
    plan->arguments_.push_back(argument);
    plan->ffi_types_.push_back(ffi_type_of(one.type));
  }
  if (ffi_prep_cif(&plan->cif_, FFI_DEFAULT_ABI, static_cast<unsigned>(plan->arguments_.size()),
                   ffi_type_of(function.result), plan->ffi_types_.data()) != FFI_OK)
    return fail(ErrorCode::InternalError);
  return plan;
}

Result<void> CallPlan::call(Caller& caller, std::span<uint64_t> slots) const {
  return PlannedCall(*this, caller, slots).run();
}

}  // namespace skerry::native
