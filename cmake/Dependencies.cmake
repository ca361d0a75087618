# The outside libraries that src/LAYERS can name after its `|`, each as target skerry_lib_<name>.
# Header-only ones are reached through a folder of symbolic links that holds only that library:
# a cross-build must never see the rest of the build machine's /usr/include.

find_package(Threads REQUIRED)

function(skerry_header_library name header_dir package)
  add_library(skerry_lib_${name} INTERFACE)
  get_filename_component(dir_name "${header_dir}" NAME)
  set(found "SKERRY_${name}_INCLUDE")
  # NO_CMAKE_FIND_ROOT_PATH: header-only code is the same for every target system.
  find_path(${found} NAMES "${header_dir}" PATHS /usr/include /usr/local/include
            NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
  if(NOT ${found})
    message(WARNING "${dir_name} headers not found: apt-get install ${package}")
    return()
  endif()
  set(farm "${CMAKE_BINARY_DIR}/include-${name}")
  file(MAKE_DIRECTORY "${farm}")
  file(CREATE_LINK "${${found}}/${header_dir}" "${farm}/${dir_name}" SYMBOLIC)
  target_include_directories(skerry_lib_${name} SYSTEM INTERFACE "${farm}")
endfunction()

skerry_header_library(fmt_headers fmt libfmt-dev)
skerry_header_library(xbyak xbyak libxbyak-dev)
skerry_header_library(cli11 CLI libcli11-dev)
skerry_header_library(json nlohmann nlohmann-json3-dev)
skerry_header_library(toml toml++ libtomlplusplus-dev)
# Declarations alone: `skerry bind` loads libclang when it is used.
find_path(SKERRY_CLANG_C NAMES clang-c/Index.h PATHS /usr/lib/llvm-22/include /usr/lib/llvm-19/include
          NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
add_library(skerry_lib_clang INTERFACE)
if(SKERRY_CLANG_C)
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/include-clang")
  file(CREATE_LINK "${SKERRY_CLANG_C}/clang-c" "${CMAKE_BINARY_DIR}/include-clang/clang-c" SYMBOLIC)
  target_include_directories(skerry_lib_clang SYSTEM INTERFACE "${CMAKE_BINARY_DIR}/include-clang")
else()
  message(WARNING "clang-c headers not found: apt-get install libclang-22-dev")
endif()
if(TARGET skerry_lib_toml)
  # Errors are values, as everywhere.
  target_compile_definitions(skerry_lib_toml INTERFACE TOML_EXCEPTIONS=0)
endif()

# What the platform room needs from the system itself.
add_library(skerry_lib_os INTERFACE)
target_link_libraries(skerry_lib_os INTERFACE Threads::Threads)
if(WIN32)
  target_link_libraries(skerry_lib_os INTERFACE ws2_32 bcrypt ntdll synchronization)
else()
  target_link_libraries(skerry_lib_os INTERFACE ${CMAKE_DL_LIBS})
endif()

# LLVM, static, for the optimising compiler's library. Without it that library is left out.
set(SKERRY_LLVM_COMPONENTS passes x86codegen x86asmparser x86disassembler object)
if(NOT WIN32 AND NOT SKERRY_SANITIZE)
  find_program(SKERRY_LLVM_CONFIG NAMES llvm-config-22 llvm-config-19)
  if(SKERRY_LLVM_CONFIG)
    execute_process(COMMAND "${SKERRY_LLVM_CONFIG}" --link-static --libfiles ${SKERRY_LLVM_COMPONENTS}
                    OUTPUT_VARIABLE llvm_files OUTPUT_STRIP_TRAILING_WHITESPACE
                    RESULT_VARIABLE llvm_missing ERROR_QUIET)
    execute_process(COMMAND "${SKERRY_LLVM_CONFIG}" --includedir
                    OUTPUT_VARIABLE llvm_includes OUTPUT_STRIP_TRAILING_WHITESPACE)
    find_library(SKERRY_ZLIB NAMES libz.a)
    find_library(SKERRY_ZSTD NAMES libzstd.a)
  endif()
  if(SKERRY_LLVM_CONFIG AND NOT llvm_missing AND SKERRY_ZLIB AND SKERRY_ZSTD)
    separate_arguments(llvm_files UNIX_COMMAND "${llvm_files}")
    add_library(skerry_lib_llvm INTERFACE)
    target_include_directories(skerry_lib_llvm SYSTEM INTERFACE "${llvm_includes}")
    # LLVM's own flags: its classes have no type information.
    target_compile_options(skerry_lib_llvm INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
    target_link_libraries(skerry_lib_llvm INTERFACE ${llvm_files} "${SKERRY_ZSTD}" "${SKERRY_ZLIB}"
                          Threads::Threads ${CMAKE_DL_LIBS} m)
  else()
    message(STATUS "The optimising compiler is left out; it needs: apt-get install llvm-22-dev "
                   "libzstd-dev zlib1g-dev")
  endif()
endif()

# C sources from crates.io, unpacked below out/crates (scripts/devtool/crates.py).
find_program(SKERRY_PYTHON python3 PATHS /usr/bin NO_CMAKE_FIND_ROOT_PATH REQUIRED)
function(skerry_crate name version folder)
  set(path "${PROJECT_SOURCE_DIR}/out/crates/${name}-${version}")
  if(NOT EXISTS "${path}")
    execute_process(COMMAND "${SKERRY_PYTHON}" "${PROJECT_SOURCE_DIR}/scripts/devtool/crates.py"
                    ${name} ${version} RESULT_VARIABLE failed OUTPUT_QUIET)
    if(failed)
      message(FATAL_ERROR "the sources of crate ${name} ${version} are needed")
    endif()
  endif()
  set(${folder} "${path}" PARENT_SCOPE)
endfunction()

# A library of sources of others, which are not held to our warnings.
function(skerry_source_library name)
  add_library(skerry_lib_${name} STATIC ${ARGN})
  target_compile_options(skerry_lib_${name} PRIVATE -w)
  set_target_properties(skerry_lib_${name} PROPERTIES
                        ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/outside")
endfunction()

skerry_source_library(fmt "${CMAKE_CURRENT_LIST_DIR}/fmt_library.cc")
target_link_libraries(skerry_lib_fmt PUBLIC skerry_lib_fmt_headers)

# BLAKE3: the reference implementation with its assembly for x86-64.
skerry_crate(blake3 1.8.7 blake3)
set(blake3_system unix)
if(WIN32)
  set(blake3_system windows_gnu)
endif()
set(blake3_sources blake3.c blake3_dispatch.c blake3_portable.c)
foreach(level sse2 sse41 avx2 avx512)
  list(APPEND blake3_sources blake3_${level}_x86-64_${blake3_system}.S)
endforeach()
list(TRANSFORM blake3_sources PREPEND "${blake3}/c/")
skerry_source_library(blake3 ${blake3_sources})
target_include_directories(skerry_lib_blake3 SYSTEM INTERFACE "${blake3}/c")

# Ed25519 out of libsodium: those of its files that signatures need, the rest is left out.
skerry_crate(libsodium-sys-stable 1.24.3 sodium_crate)
set(sodium "${CMAKE_BINARY_DIR}/outside-sources/libsodium-stable")
if(NOT EXISTS "${sodium}/builds/msvc/version.h")
  file(ARCHIVE_EXTRACT INPUT "${sodium_crate}/LATEST.tar.gz"
       DESTINATION "${CMAKE_BINARY_DIR}/outside-sources")
endif()
set(sodium_sources
    crypto_core/ed25519/ref10/ed25519_ref10.c crypto_hash/sha512/cp/hash_sha512_cp.c
    crypto_sign/ed25519/ref10/keypair.c crypto_sign/ed25519/ref10/open.c
    crypto_sign/ed25519/ref10/sign.c crypto_verify/verify.c sodium/utils.c)
list(TRANSFORM sodium_sources PREPEND "${sodium}/src/libsodium/")
skerry_source_library(sodium ${sodium_sources})
target_compile_definitions(skerry_lib_sodium PRIVATE CONFIGURED=1 HAVE_TI_MODE=1
                           NATIVE_LITTLE_ENDIAN=1)
target_include_directories(skerry_lib_sodium SYSTEM PUBLIC "${sodium}/builds/msvc"
                           "${sodium}/src/libsodium/include")
target_include_directories(skerry_lib_sodium SYSTEM PRIVATE
                           "${sodium}/src/libsodium/include/sodium")
target_compile_definitions(skerry_lib_sodium INTERFACE SODIUM_STATIC=1)

include("${CMAKE_CURRENT_LIST_DIR}/Libffi.cmake")
