/* A plugin, and with FAULT_... one of those that cannot be loaded. */
#include <stdlib.h>
#include <string.h>

#include "skerry_plugin.h"

static const skerry_plugin_host_t* host;

static int32_t add(void* env, skerry_plugin_call_t* call, uint64_t* slots) {
  (void)call;
  slots[0] = (uint32_t)((uint32_t)slots[0] + (uint32_t)slots[1] + *(const uint32_t*)env);
  return SKERRY_PLUGIN_OK;
}

/* (offset, length) -> sum of the bytes. */
static int32_t sum(void* env, skerry_plugin_call_t* call, uint64_t* slots) {
  (void)env;
  uint8_t* data = NULL;
  size_t size = 0;
  host->memory(call, &data, &size);
  const uint64_t offset = (uint32_t)slots[0], length = (uint32_t)slots[1];
  if (offset > size || length > size - offset)
    return host->fail(call, "the text lies outside memory");
  uint32_t total = 0;
  for (uint64_t i = 0; i < length; ++i) total += data[offset + i];
  slots[0] = total;
  return SKERRY_PLUGIN_OK;
}

static int32_t scale(void* env, skerry_plugin_call_t* call, uint64_t* slots) {
  (void)env;
  (void)call;
  double value;
  memcpy(&value, slots, sizeof value);
  value *= 1.5;
  memcpy(slots, &value, sizeof value);
  return SKERRY_PLUGIN_OK;
}

int32_t skerry_plugin_register(uint32_t abi_version, const skerry_plugin_host_t* given,
                               skerry_plugin_registry_t* registry) {
#ifdef FAULT_VERSION
  if (abi_version != SKERRY_PLUGIN_ABI + 1) return SKERRY_PLUGIN_WRONG_VERSION;
#endif
  if (abi_version != SKERRY_PLUGIN_ABI) return SKERRY_PLUGIN_WRONG_VERSION;
#ifdef FAULT_MESSAGE
  given->set_error(registry, "the device is switched off");
  return SKERRY_PLUGIN_FAILED;
#endif
#ifdef FAULT_SILENT
  return 42;
#endif
  host = given;
  uint32_t* const base = malloc(sizeof *base);
  *base = 1000;
  given->define_func(registry, "maths", "add", "ii:i", add, base, free);
  given->define_func(registry, "maths", "sum", "ii:i", sum, NULL, NULL);
  given->define_func(registry, "maths", "scale", "F:F", scale, NULL, NULL);
#ifdef FAULT_DUPLICATE
  given->define_func(registry, "maths", "sum", "ii:i", sum, NULL, NULL);
#endif
#ifdef FAULT_TYPE
  given->define_func(registry, "maths", "bad", "ix:i", sum, NULL, NULL);
#endif
  return SKERRY_PLUGIN_OK;
}
