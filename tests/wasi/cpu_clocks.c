// The clocks that count CPU time.
// @peer-differs wasmtime has none
#include "check.h"

int main(void) {
  for (__wasi_clockid_t id = 2; id <= 3; ++id) {
    __wasi_timestamp_t before, after, resolution;
    CHECK_ERRNO(__wasi_clock_res_get(id, &resolution), OK);
    CHECK(resolution > 0);
    CHECK_ERRNO(__wasi_clock_time_get(id, 0, &before), OK);
    volatile uint32_t work = 0;
    for (int i = 0; i < 20000000; ++i) work += (uint32_t)i;
    CHECK_ERRNO(__wasi_clock_time_get(id, 0, &after), OK);
    CHECK(after > before);
    // Nobody sleeps until he has worked enough.
    __wasi_subscription_t sub = {
        .userdata = 1,
        .u = {.tag = __WASI_EVENTTYPE_CLOCK, .u = {.clock = {.id = id, .timeout = 1}}}};
    __wasi_event_t event;
    __wasi_size_t count;
    CHECK_ERRNO(__wasi_poll_oneoff(&sub, &event, 1, &count), OK);
    CHECK(count == 1 && event.error == __WASI_ERRNO_NOTSUP);
  }
  return finish();
}
