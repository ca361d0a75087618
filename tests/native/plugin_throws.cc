// A plugin that throws: exceptions of C++ must not get through.
#include <stdexcept>

#include "skerry_plugin.h"

extern "C" int32_t skerry_plugin_register(uint32_t, const skerry_plugin_host_t*,
                                          skerry_plugin_registry_t*) {
  throw std::runtime_error("never mind");
}
