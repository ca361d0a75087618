// Making errors, and what C asks of them.
#include "capi/error.h"

#include "capi/references.h"
#include "embed/trap_report.h"

namespace skerry::capi {

skerry_error_t* no_memory_error() noexcept {
  // Its text fits into the string itself.
  static skerry_error_t error{Error{ErrorCode::OutOfMemory}, "out of memory"};
  return &error;
}

skerry_error_t* new_error(const Error& error, std::string_view message) noexcept {
  return answered([&] { return new skerry_error_t{error, std::string(message)}; });
}

skerry_error_t* new_error(const embed::Report& report) noexcept {
  return answered([&] {
    std::string_view text = report.text;
    if (text.starts_with("error: ")) text.remove_prefix(7);
    while (text.ends_with('\n')) text.remove_suffix(1);
    return new skerry_error_t{report.error, std::string(text)};
  });
}

skerry_error_t* new_error(const Error& error) noexcept {
  return answered([&] { return new_error(error, embed::explain(error)); });
}

skerry_error_t* misuse(std::string_view message) noexcept {
  return new_error(Error{ErrorCode::ArgumentMismatch}, message);
}

skerry_error_t* take_error_in_flight(StoreState& store, const Error& error) noexcept {
  skerry_error_t* const own = std::exchange(store.error_in_flight, nullptr);
  const OwnTrap trap = std::move(store.trap_in_flight);
  if (own && own->error == error) return own;
  skerry_error_delete(own);  // of a failure that somebody else has answered
  if (!trap || error.code != ErrorCode::HostFunctionFailed) return nullptr;
  const auto* const object = static_cast<const TrapObject*>(trap->thing.object.get());
  return object ? new_error(error, object->message) : no_memory_error();
}

skerry_error_t* error_of_failure(StoreState& store, const Error& error) noexcept {
  if (skerry_error_t* const own = take_error_in_flight(store, error)) return own;
  return answered([&] {
    if (error_phase(error.code) == Phase::Exit) return new_error(error);
    return new_error(embed::failed_call(error, store.runtime().backtrace(), store.modules));
  });
}

}  // namespace skerry::capi

using namespace skerry;
using namespace skerry::capi;

void skerry_error_delete(skerry_error_t* error) {
  if (error != no_memory_error()) delete error;
}

const char* skerry_error_name(const skerry_error_t* error) {
  // Names are literals, so they end with a zero.
  return error ? error_name(error->error.code).data() : "";
}

const char* skerry_error_message(const skerry_error_t* error) {
  return error ? error->message.c_str() : "";
}

bool skerry_error_is_exit(const skerry_error_t* error, uint32_t* status) {
  if (!error || error_phase(error->error.code) != Phase::Exit) return false;
  if (status) *status = static_cast<uint32_t>(error->error.a);
  return true;
}

skerry_error_t* skerry_error_new(const char* message) {
  return new_error(Error{ErrorCode::HostFunctionFailed}, message ? message : "");
}

skerry_error_t* skerry_error_copy(const skerry_error_t* error) {
  return error ? new_error(error->error, error->message) : nullptr;
}
