# libffi, built from the sources that the crate libffi-sys carries: Debian has it neither for MinGW nor in a
# form that may go into a shared library. Only calls and closures of x86-64; closures lie in memory that
# Skerry gives them (src/native/closures.h), so libffi's own allocator stays out.

skerry_crate(libffi-sys 4.1.0 ffi_crate)
set(ffi "${ffi_crate}/libffi")
set(ffi_made "${CMAKE_BINARY_DIR}/outside-sources/libffi")
file(STRINGS "${ffi}/configure.ac" ffi_versions REGEX "^FFI_VERSION_(STRING|NUMBER)=")
foreach(row IN LISTS ffi_versions)
  string(REGEX MATCH "^([A-Z_]+)=\"?([0-9.]+)" row "${row}")
  set(${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
endforeach()
set(VERSION "${FFI_VERSION_STRING}")
set(HAVE_LONG_DOUBLE 1)
set(FFI_EXEC_TRAMPOLINE_TABLE 0)
set(ffi_sources src/prep_cif.c src/types.c src/x86/ffiw64.c src/x86/win64.S)
set(TARGET X86_64)
if(WIN32)
  set(TARGET X86_WIN64)
else()
  list(APPEND ffi_sources src/x86/ffi64.c src/x86/unix64.S)
endif()
configure_file("${ffi}/include/ffi.h.in" "${ffi_made}/include/ffi.h" @ONLY)
file(COPY "${ffi}/src/x86/ffitarget.h" DESTINATION "${ffi_made}/include")
file(CONFIGURE OUTPUT "${ffi_made}/private/fficonfig.h" @ONLY CONTENT [[
#define STDC_HEADERS 1
#define HAVE_MEMCPY 1
#define HAVE_AS_CFI_PSEUDO_OP 1
#define HAVE_AS_X86_PCREL 1
#define HAVE_RO_EH_FRAME 1
#define EH_FRAME_FLAGS "a"
#define SIZEOF_DOUBLE 8
#define SIZEOF_SIZE_T 8
#define HAVE_LONG_DOUBLE 1
#ifdef LIBFFI_ASM
#define FFI_HIDDEN(name)
#else
#define FFI_HIDDEN
#endif
]])
unset(VERSION)
unset(TARGET)
list(TRANSFORM ffi_sources PREPEND "${ffi}/")
skerry_source_library(ffi ${ffi_sources})
target_compile_definitions(skerry_lib_ffi PUBLIC FFI_STATIC_BUILD=1)
target_include_directories(skerry_lib_ffi SYSTEM PUBLIC "${ffi_made}/include")
target_include_directories(skerry_lib_ffi SYSTEM PRIVATE "${ffi_made}/private" "${ffi}/include"
                           "${ffi}/src/x86")
