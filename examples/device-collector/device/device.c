/* A controller that is made up: each read moves its clock, and nothing else does, so that whoever
 * reads the same things reads the same values. */
#include "device.h"

#include <stdio.h>
#include <stdlib.h>

struct device {
  int32_t port;
  int32_t reads;
};

enum { kPorts = 4, kRegisters = 16, kSensors = 3, kPeriod = 16 };
static const double kLevels[kSensors] = {20.5, 101.325, 0.5};
static const double kSwings[kSensors] = {2.0, 0.75, 0.25};

int32_t device_open(int32_t port, device_t** out) {
  if (port < 1 || port > kPorts) return DEVICE_NO_PORT;
  *out = calloc(1, sizeof **out);
  if (!*out) abort();
  (*out)->port = port;
  return DEVICE_OK;
}

int32_t device_close(device_t* device) {
  free(device);
  return DEVICE_OK;
}

int32_t device_read_register(device_t* device, int32_t number, int32_t* value) {
  if (number < 0 || number >= kRegisters) return DEVICE_NO_REGISTER;
  *value = number == 0 ? device->reads : device->port * 1000 + number * number;
  return DEVICE_OK;
}

int32_t device_read_sensor(device_t* device, int32_t number, double* value) {
  if (number < 0 || number >= kSensors) return DEVICE_NO_SENSOR;
  /* Up and down in a triangle. */
  const int32_t phase = device->reads++ % kPeriod;
  const int32_t height = phase < kPeriod / 2 ? phase : kPeriod - phase;
  *value = kLevels[number] + kSwings[number] * (height - kPeriod / 4) / (kPeriod / 4);
  return DEVICE_OK;
}

int32_t device_status(device_t* device, char* text, int32_t size) {
  if (size <= 0) return DEVICE_OK;
  snprintf(text, (size_t)size, "port %d: running, %d reads", device->port, device->reads);
  return DEVICE_OK;
}

int32_t device_error_text(int32_t code, char* text, int32_t size) {
  static const char* const kTexts[] = {"all is well", "there is no such port",
                                       "there is no such register", "there is no such sensor"};
  const char* const known =
      code >= 0 && code < (int32_t)(sizeof kTexts / sizeof *kTexts) ? kTexts[code] : "unknown";
  if (size > 0) snprintf(text, (size_t)size, "%s", known);
  return DEVICE_OK;
}
