/* The functions of device.dll and libdevice.so. */
#ifndef DEVICE_H
#define DEVICE_H
#include <stdint.h>

typedef struct device device_t;
typedef struct {
  uint16_t sensors;
  uint16_t version;
  double range;
} device_info_t;

int32_t open_device(int32_t port, device_t** out);
void close_device(device_t* device);
int32_t device_info(device_t* device, device_info_t* info);
int32_t get_sensor_value(device_t* device, int32_t sensor, double* value);
int32_t poll_sensors(device_t* device,
                     int32_t (*report)(void* context, int32_t sensor, double value), void* context);
const char* device_error(int32_t status);

#endif
