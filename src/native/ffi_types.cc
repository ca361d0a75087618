// By width, sign and kind.
#include "native/ffi_types.h"

namespace skerry::native {

ffi_type* ffi_type_of(const Type& type) {
  if (type.kind == Kind::Nothing) return &ffi_type_void;
  if (type.kind != Kind::Number || type.is_pointer()) return &ffi_type_pointer;
  const ScalarInfo& scalar = info(type.scalar);
  if (scalar.is_float) return scalar.native_bytes == 4 ? &ffi_type_float : &ffi_type_double;
  switch (scalar.native_bytes) {
    case 1: return scalar.is_signed ? &ffi_type_sint8 : &ffi_type_uint8;
    case 2: return scalar.is_signed ? &ffi_type_sint16 : &ffi_type_uint16;
    case 4: return scalar.is_signed ? &ffi_type_sint32 : &ffi_type_uint32;
    default: return scalar.is_signed ? &ffi_type_sint64 : &ffi_type_uint64;
  }
}

}  // namespace skerry::native
