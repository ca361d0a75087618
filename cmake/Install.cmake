# `cmake --install`: the program, the libraries, their headers, and what pkg-config and CMake's find_package
# find them by. Everything in it is relative to where it lies, so that the folder can be moved.

include(CMakePackageConfigHelpers)
# Where programs look for libskerry-llvm.so, so not Debian's lib/<architecture>.
set(CMAKE_INSTALL_LIBDIR lib CACHE PATH "Where libraries are installed")
include(GNUInstallDirs)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/Skerry")
foreach(library shared static)
  target_include_directories(skerry_${library} INTERFACE
                             "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  set_target_properties(skerry_${library} PROPERTIES EXPORT_NAME ${library})
endforeach()
set_target_properties(skerry_lib_os PROPERTIES EXPORT_NAME system)
install(TARGETS skerry_shared skerry_static skerry_lib_os EXPORT SkerryTargets)
install(EXPORT SkerryTargets NAMESPACE Skerry:: DESTINATION "${package}")
install(FILES include/wasm.h include/skerry.h include/skerry.hpp include/skerry_plugin.h
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
if(TARGET skerry)
  install(TARGETS skerry)
endif()
if(TARGET skerry_llvm_library)
  install(TARGETS skerry_llvm_library LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endif()

set(files "${CMAKE_BINARY_DIR}/install")
configure_package_config_file(cmake/SkerryConfig.cmake.in "${files}/SkerryConfig.cmake"
                              INSTALL_DESTINATION "${package}")
# Before 1.0 a minor version may change interfaces.
write_basic_package_version_file("${files}/SkerryConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${files}/SkerryConfig.cmake" "${files}/SkerryConfigVersion.cmake"
        DESTINATION "${package}")

set(skerry_static_libraries -lstdc++ -lm -lpthread -ldl)
if(WIN32)
  set(skerry_static_libraries -lstdc++ -lpthread -lws2_32 -lbcrypt -lntdll -lsynchronization)
endif()
list(JOIN skerry_static_libraries " " skerry_static_libraries)
configure_file(cmake/skerry.pc.in "${files}/skerry.pc" @ONLY)
install(FILES "${files}/skerry.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
