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

skerry_header_library(fmt fmt libfmt-dev)
target_compile_definitions(skerry_lib_fmt INTERFACE FMT_HEADER_ONLY=1)
skerry_header_library(xbyak xbyak libxbyak-dev)
skerry_header_library(cli11 CLI libcli11-dev)
skerry_header_library(json nlohmann nlohmann-json3-dev)

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
