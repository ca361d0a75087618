/* What a vendor of measuring devices ships: device.dll, or libdevice.so, with functions of C. Here
 * the devices are made up; see README.md for how a module reads them. */
#include <stdint.h>
#include <stdlib.h>

#ifdef _WIN32
#define DEVICE_API __declspec(dllexport)
#else
#define DEVICE_API __attribute__((visibility("default")))
#endif

typedef struct device {
  int32_t port;
  int32_t reads;
} device_t;

typedef struct {
  uint16_t sensors;
  uint16_t version;
  double range;
} device_info_t;

enum { DEVICE_OK = 0, DEVICE_NO_PORT = 1, DEVICE_NO_SENSOR = 2 };

static const double kLevels[] = {20.5, 101.325, 0.75};
enum { kSensors = sizeof kLevels / sizeof kLevels[0] };

DEVICE_API int32_t open_device(int32_t port, device_t** out) {
  if (port < 1 || port > 4) return DEVICE_NO_PORT;
  *out = calloc(1, sizeof **out);
  (*out)->port = port;
  return DEVICE_OK;
}

DEVICE_API void close_device(device_t* device) { free(device); }

DEVICE_API int32_t device_info(device_t* device, device_info_t* info) {
  info->sensors = kSensors;
  info->version = (uint16_t)(0x100 + device->port);
  info->range = 250;
  return DEVICE_OK;
}

DEVICE_API int32_t get_sensor_value(device_t* device, int32_t sensor, double* value) {
  if (sensor < 0 || sensor >= kSensors) return DEVICE_NO_SENSOR;
  *value = kLevels[sensor] + 0.5 * device->reads++;
  return DEVICE_OK;
}

/* Calls `report` for each sensor, until it answers other than zero. */
DEVICE_API int32_t poll_sensors(device_t* device,
                                int32_t (*report)(void* context, int32_t sensor, double value),
                                void* context) {
  for (int32_t sensor = 0; sensor < kSensors; ++sensor) {
    double value = 0;
    get_sensor_value(device, sensor, &value);
    const int32_t stop = report(context, sensor, value);
    if (stop) return stop;
  }
  return DEVICE_OK;
}

DEVICE_API const char* device_error(int32_t status) {
  switch (status) {
    case DEVICE_OK: return "all is well";
    case DEVICE_NO_PORT: return "no device at this port";
    case DEVICE_NO_SENSOR: return "the device has no such sensor";
    default: return NULL;
  }
}
