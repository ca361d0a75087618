/* The functions of device.dll and libdevice.so: what a vendor of controllers would ship. */
#ifndef DEVICE_H
#define DEVICE_H
#include <stdint.h>

#ifdef _WIN32
#define DEVICE_API __declspec(dllexport)
#else
#define DEVICE_API __attribute__((visibility("default")))
#endif

/* One connection. */
typedef struct device device_t;

enum { DEVICE_OK = 0, DEVICE_NO_PORT = 1, DEVICE_NO_REGISTER = 2, DEVICE_NO_SENSOR = 3 };

/* Ports are 1 to 4. */
DEVICE_API int32_t device_open(int32_t port, device_t** out);
DEVICE_API int32_t device_close(device_t* device);
/* Registers are 0 to 15. Register 0 counts what was read of the sensors. */
DEVICE_API int32_t device_read_register(device_t* device, int32_t number, int32_t* value);
/* Sensors are 0 to 2: degrees, kilopascal, a share from 0 to 1. */
DEVICE_API int32_t device_read_sensor(device_t* device, int32_t number, double* value);
/* Text with a zero at its end, cut to `size` bytes. */
DEVICE_API int32_t device_status(device_t* device, char* text, int32_t size);
DEVICE_API int32_t device_error_text(int32_t code, char* text, int32_t size);

#endif
