/* Reads a device through its vendor's library. Build:
 *   clang --target=wasm32-wasi -O2
 * -Wl,--allow-undefined,--export=malloc,--export=free,--export-table collect.c -o collect.wasm Run:
 *   skerry --libraries device.toml collect.wasm 2 */
#include <stdio.h>
#include <stdlib.h>

#include "device.h"

static int32_t print_level(void* context, int32_t sensor, double value) {
  ++*(int*)context;
  printf("sensor %d: %.3f\n", sensor, value);
  return 0;
}

int main(int argc, char** argv) {
  device_t* device;
  int32_t status = open_device(argc > 1 ? atoi(argv[1]) : 1, &device);
  if (status) {
    const char* const why = device_error(status);
    printf("cannot open it: %s\n", why);
    free((void*)why);
    return 1;
  }
  device_info_t info;
  device_info(device, &info);
  printf("%d sensors, version %x, up to %.1f\n", info.sensors, info.version, info.range);
  double level = 0;
  get_sensor_value(device, 0, &level);
  printf("first: %.3f\n", level);
  int reported = 0;
  poll_sensors(device, print_level, &reported);
  printf("%d reported\n", reported);
  printf("sensor 9: %s\n", device_error(get_sensor_value(device, 9, &level)));
  close_device(device);
  return 0;
}
