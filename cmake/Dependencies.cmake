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
