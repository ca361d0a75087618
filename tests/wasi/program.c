// What a program is given and asks the host for: exact sizes of arguments and variables, clocks,
// random bytes, giving way. (Ends of programs: exit_status.c, tests/e2e/wasi.)
// @args "" two "three words"
// @env A=
// @env B=b=c
// @peer-skips cpu_clocks wasmtime has none
// @peer-skips signals wasmtime raises none
#include "calls.h"

static void arguments(void) {
  __wasi_size_t count, bytes;
  CHECK_ERRNO(__wasi_args_sizes_get(&count, &bytes), OK);
  CHECK(count == 4);
  uint8_t* pointers[4];
  static uint8_t text[4096];
  CHECK(bytes < sizeof(text));
  memset(text, 0xee, sizeof(text));
  CHECK_ERRNO(__wasi_args_get(pointers, text), OK);
  // One after the other, each with its zero, and nothing behind.
  CHECK(pointers[0] == text && pointers[1] == text + strlen((char*)text) + 1);
  CHECK(pointers[2] == pointers[1] + 1 && strcmp((char*)pointers[2], "two") == 0);
  CHECK(pointers[3] == pointers[2] + 4 && strcmp((char*)pointers[3], "three words") == 0);
  CHECK(pointers[3] + sizeof("three words") == text + bytes && text[bytes] == 0xee);
}

// Beside the runner's own variable, which a peer may get.
static void variables(void) {
  __wasi_size_t count, bytes;
  CHECK_ERRNO(__wasi_environ_sizes_get(&count, &bytes), OK);
  CHECK(count == 2 || (count == 3 && getenv("SKIP_CASES")));
  uint8_t* pointers[3] = {0};
  static uint8_t text[4096];
  CHECK(bytes < sizeof(text));
  memset(text, 0xee, sizeof(text));
  CHECK_ERRNO(__wasi_environ_get(pointers, text), OK);
  int found = 0;
  __wasi_size_t total = 0;
  for (__wasi_size_t i = 0; i < count; ++i) {
    const char* const variable = (const char*)pointers[i];
    found += strcmp(variable, "A=") == 0 || strcmp(variable, "B=b=c") == 0;
    total += strlen(variable) + 1;
  }
  CHECK(found == 2 && total == bytes && text[bytes] == 0xee);
}

static void clocks(void) {
  __wasi_timestamp_t time, later, resolution;
  for (__wasi_clockid_t id = 0; id < 2; ++id) {
    CHECK_ERRNO(__wasi_clock_res_get(id, &resolution), OK);
    CHECK(resolution > 0 && resolution <= 1000000000);
    CHECK_ERRNO(__wasi_clock_time_get(id, 0, &time), OK);
    CHECK_ERRNO(__wasi_clock_time_get(id, UINT64_MAX, &later), OK);  // any precision will do
    CHECK(time > 0 && later > 0);
  }
  CHECK_ERRNO(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &time), OK);
  for (int i = 0; i < 1000; ++i) {
    CHECK_ERRNO(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &later), OK);
    CHECK(later >= time);
    time = later;
  }
}

static void cpu_clocks(void) {
  __wasi_timestamp_t time, resolution;
  for (__wasi_clockid_t id = 2; id < 4; ++id) {
    CHECK_ERRNO(__wasi_clock_res_get(id, &resolution), OK);
    CHECK_ERRNO(__wasi_clock_time_get(id, 0, &time), OK);
  }
  for (__wasi_clockid_t id = 4; id < 6; ++id) {
    CHECK_ERRNO(__wasi_clock_res_get(id, &resolution), __WASI_ERRNO_INVAL);
    CHECK_ERRNO(__wasi_clock_time_get(id, 0, &time), __WASI_ERRNO_INVAL);
  }
}

static void random_bytes(void) {
  static uint8_t block[1 << 16], other[1 << 16];
  CHECK_ERRNO(__wasi_random_get(block, 0), OK);
  CHECK(block[0] == 0);
  CHECK_ERRNO(__wasi_random_get(block + 1, 1000), OK);
  CHECK(block[0] == 0 && block[1001] == 0);
  CHECK_ERRNO(__wasi_random_get(block, sizeof(block)), OK);
  CHECK_ERRNO(__wasi_random_get(other, sizeof(other)), OK);
  CHECK(memcmp(block, other, sizeof(block)) != 0);
}

static void giving_way(void) {
  for (int i = 0; i < 100; ++i) CHECK_ERRNO(__wasi_sched_yield(), OK);
}

__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise"))) int
raise_signal(int signal);

// Those that do nothing to a program without handlers, those that stop it, and none at all.
static void signals(void) {
  enum { NONE = 0, CHLD = 16, CONT = 17, STOP = 18, TTOU = 21, URG = 22, WINCH = 27, LAST = 30 };
  static const int kIgnored[] = {NONE, CHLD, CONT, URG, WINCH};
  for (size_t i = 0; i < sizeof(kIgnored) / sizeof(*kIgnored); ++i)
    CHECK_ERRNO(raise_signal(kIgnored[i]), OK);
  for (int signal = STOP; signal <= TTOU; ++signal)
    CHECK_ERRNO(raise_signal(signal), __WASI_ERRNO_NOTSUP);
  CHECK_ERRNO(raise_signal(LAST + 1), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(raise_signal(-1), __WASI_ERRNO_INVAL);
}

int main(void) {
  CASE(arguments);
  CASE(variables);
  CASE(clocks);
  CASE(cpu_clocks);
  CASE(random_bytes);
  CASE(giving_way);
  CASE(signals);
  return finish();
}
