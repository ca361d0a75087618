# Flags every target is compiled and linked with.
# Nothing here is about one room; a flag one room needs belongs in src/LAYERS as a library.
# Invariant: programs and libraries of the release preset need no libstdc++ or libgcc at run time.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# The rooms also go into the shared library, so every object is position independent. Hidden
# visibility keeps calls inside it direct.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

# Developer builds: fast enough to run the spec suite, with asserts and usable stack traces.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g1 -fno-omit-frame-pointer")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")

add_compile_options(-Wall -Wextra)
# GCC 12 follows inlined vector code into impossible branches and then sees frees of wrong addresses.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-free-nonheap-object>)
if(SKERRY_WERROR)
  add_compile_options(-Werror)
endif()

# One section per function, so that the linker drops what nothing reaches.
add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-Wl,--gc-sections)
if(NOT WIN32)
  add_compile_options(-fno-plt)
endif()

if(SKERRY_SANITIZE)
  add_compile_options(-fsanitize=${SKERRY_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SKERRY_SANITIZE})
  # GCC loses track of what is initialized between the checks that it inserts.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_link_options(-s -static-libstdc++ -static-libgcc)
endif()

if(WIN32)
  # Everything static: skerry.exe and skerry.dll are copied to machines that have no MinGW.
  add_link_options(-static)
  add_compile_definitions(_WIN32_WINNT=0x0A00 NOMINMAX WIN32_LEAN_AND_MEAN UNICODE _UNICODE)
  # Big rooms pass the 65,535 sections that a plain COFF object may have.
  add_compile_options(-Wa,-mbig-obj)
endif()

find_program(SKERRY_CCACHE ccache)
if(SKERRY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${SKERRY_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${SKERRY_CCACHE}")
endif()
