// poll_oneoff with lists: several clocks, times that are past, the same clock twice, streams that
// bring nothing, closed descriptors, unknown clocks and kinds. Standard input stays silent. What is
// due is due at once or in an hour, so nothing depends on how fast this runs.
// @dir
// @stdin-waits
// @peer-skips closed_descriptors wasmtime fails the whole call
// @peer-skips clocks_that_cannot_be_waited_for wasmtime fails the whole call
// @peer-skips folders wasmtime fails the whole call
// @peer-skips files_are_ready wasmtime tells of one of the two
// @peer-skips end_of_a_file wasmtime tells of a byte that is not there
// @peer-skips silent_input_does_not_wait wasmtime knows no non-blocking streams
// @peer-skips reading_no_bytes wasmtime waits for a byte
#include "calls.h"

enum {
  MAX = 64,
  CLOCK = __WASI_EVENTTYPE_CLOCK,
  IN = __WASI_EVENTTYPE_FD_READ,
  OUT = __WASI_EVENTTYPE_FD_WRITE,
  ABSTIME = __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME
};
static const uint64_t kHour = 3600ull * 1000000000, kMoment = 1000000;

static __wasi_subscription_t list[MAX];
static __wasi_event_t events[MAX];
static __wasi_size_t length, count;

static void start_list(void) { length = 0; }

static void add_clock(__wasi_clockid_t id, uint64_t timeout, uint16_t flags) {
  list[length] = (__wasi_subscription_t){
      .userdata = length,
      .u = {.tag = CLOCK, .u = {.clock = {.id = id, .timeout = timeout, .flags = flags}}}};
  ++length;
}

static void add_fd(uint8_t type, __wasi_fd_t fd) {
  list[length] = (__wasi_subscription_t){
      .userdata = length, .u = {.tag = type, .u = {.fd_read = {.file_descriptor = fd}}}};
  ++length;
}

// The event of a subscription, or NULL.
static const __wasi_event_t* event_of(__wasi_size_t index) {
  for (__wasi_size_t i = 0; i < count; ++i)
    if (events[i].userdata == index) return &events[i];
  return NULL;
}

static __wasi_errno_t wait(void) {
  count = 0;
  return __wasi_poll_oneoff(list, events, length, &count);
}

static uint64_t now(__wasi_clockid_t id) {
  __wasi_timestamp_t time = 0;
  CHECK_ERRNO(__wasi_clock_time_get(id, 1, &time), OK);
  return time;
}

static void relative_times(void) {
  const uint64_t before = now(__WASI_CLOCKID_MONOTONIC);
  start_list();
  add_clock(__WASI_CLOCKID_MONOTONIC, kHour, 0);
  add_clock(__WASI_CLOCKID_MONOTONIC, kMoment, 0);
  add_clock(__WASI_CLOCKID_REALTIME, kHour, 0);
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 1 && event_of(1) && event_of(1)->type == CLOCK && event_of(1)->error == OK);
  CHECK(now(__WASI_CLOCKID_MONOTONIC) >= before + kMoment);
}

static void no_time_at_all(void) {
  start_list();
  add_clock(__WASI_CLOCKID_MONOTONIC, 0, 0);
  add_clock(__WASI_CLOCKID_MONOTONIC, kHour, 0);
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 1 && event_of(0));
}

static void absolute_times(void) {
  static const __wasi_clockid_t kClocks[] = {__WASI_CLOCKID_REALTIME, __WASI_CLOCKID_MONOTONIC};
  for (size_t i = 0; i < 2; ++i) {
    const uint64_t start = now(kClocks[i]);
    start_list();
    add_clock(kClocks[i], start + kMoment, ABSTIME);
    add_clock(kClocks[i], start + kHour, ABSTIME);
    CHECK_ERRNO(wait(), OK);
    CHECK(count == 1 && event_of(0));
    CHECK(now(kClocks[i]) >= start + kMoment);
    start_list();
    add_clock(kClocks[i], 1, ABSTIME);  // long past
    add_clock(kClocks[i], start + kHour, ABSTIME);
    CHECK_ERRNO(wait(), OK);
    CHECK(count == 1 && event_of(0));
  }
}

static void the_same_time_twice(void) {
  const uint64_t due = now(__WASI_CLOCKID_MONOTONIC) + kMoment;
  start_list();
  add_clock(__WASI_CLOCKID_MONOTONIC, due, ABSTIME);
  add_clock(__WASI_CLOCKID_MONOTONIC, due, ABSTIME);
  add_clock(__WASI_CLOCKID_MONOTONIC, kHour, 0);
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 2 && event_of(0) && event_of(1) && !event_of(2));
}

static void times_that_overflow(void) {
  start_list();
  add_clock(__WASI_CLOCKID_MONOTONIC, UINT64_MAX, 0);
  add_clock(__WASI_CLOCKID_REALTIME, UINT64_MAX, 0);
  add_clock(__WASI_CLOCKID_MONOTONIC, kMoment, 0);
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 1 && event_of(2));
}

static void many_clocks(void) {
  start_list();
  for (int i = 0; i < MAX - 1; ++i) add_clock(__WASI_CLOCKID_MONOTONIC, kHour + (uint64_t)i, 0);
  add_clock(__WASI_CLOCKID_MONOTONIC, kMoment, 0);
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 1 && event_of(MAX - 1));
}

static void files_are_ready(void) {
  const __wasi_fd_t fd = make_open("ready", "12345");
  start_list();
  add_fd(IN, fd);
  add_fd(OUT, fd);
  add_clock(__WASI_CLOCKID_MONOTONIC, kHour, 0);
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 2 && event_of(0)->type == IN && event_of(1)->type == OUT);
  CHECK(event_of(0)->error == OK && event_of(1)->error == OK);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void output_is_ready(void) {
  start_list();
  add_fd(OUT, 1);
  add_fd(OUT, 2);
  CHECK_ERRNO(wait(), OK);
  CHECK(count >= 1 && count <= 2 && events[0].type == OUT && events[0].error == OK);
}

static void silent_input(void) {
  start_list();
  add_fd(IN, 0);
  add_clock(__WASI_CLOCKID_MONOTONIC, kMoment, 0);
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 1 && event_of(1));
}

static void silent_input_does_not_wait(void) {
  uint8_t byte;
  const __wasi_iovec_t room = {&byte, 1};
  __wasi_size_t got;
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(0, __WASI_FDFLAGS_NONBLOCK), OK);
  CHECK_ERRNO(__wasi_fd_read(0, &room, 1, &got), __WASI_ERRNO_AGAIN);
  CHECK_ERRNO(__wasi_fd_read(0, &room, 1, &got), __WASI_ERRNO_AGAIN);
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(0, 0), OK);
}

// No bytes are there at once, whatever the stream has.
static void reading_no_bytes(void) {
  uint8_t byte = 'x';
  const __wasi_iovec_t empty = {&byte, 0};
  __wasi_size_t got = 9;
  CHECK_ERRNO(__wasi_fd_read(0, &empty, 1, &got), OK);
  CHECK(got == 0 && byte == 'x');
}

// The end of a file is ready too: reading there does not wait.
static void end_of_a_file(void) {
  const __wasi_fd_t fd = make_open("end", "");
  start_list();
  add_fd(IN, fd);
  add_clock(__WASI_CLOCKID_MONOTONIC, kHour, 0);
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 1 && event_of(0) && event_of(0)->error == OK);
  CHECK(event_of(0)->fd_readwrite.nbytes == 0);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void closed_descriptors(void) {
  start_list();
  add_clock(__WASI_CLOCKID_MONOTONIC, kHour, 0);
  add_fd(IN, CLOSED);
  add_fd(OUT, UINT32_MAX);
  add_fd(IN, 0);
  add_fd(OUT, 0);  // not for writing
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 3 && event_of(1)->error == __WASI_ERRNO_BADF && event_of(1)->type == IN);
  CHECK(event_of(2)->error == __WASI_ERRNO_BADF && event_of(2)->type == OUT);
  CHECK(event_of(4)->error == __WASI_ERRNO_BADF);
}

static void folders(void) {
  start_list();
  add_fd(IN, ROOT);
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 1 && event_of(0)->error == __WASI_ERRNO_ISDIR);
}

static void clocks_that_cannot_be_waited_for(void) {
  start_list();
  add_clock(__WASI_CLOCKID_PROCESS_CPUTIME_ID, 1, 0);
  add_clock(__WASI_CLOCKID_THREAD_CPUTIME_ID, 1, 0);
  add_clock(4, 1, 0);
  add_clock(__WASI_CLOCKID_MONOTONIC, kHour, 0);
  CHECK_ERRNO(wait(), OK);
  CHECK(count == 3 && event_of(0)->error == __WASI_ERRNO_NOTSUP);
  CHECK(event_of(1)->error == __WASI_ERRNO_NOTSUP && event_of(2)->error == __WASI_ERRNO_INVAL);
}

static void no_subscriptions(void) {
  start_list();
  CHECK_ERRNO(wait(), __WASI_ERRNO_INVAL);
}

static void unknown_kinds(void) {
  start_list();
  add_fd(3, 0);
  CHECK_ERRNO(wait(), __WASI_ERRNO_INVAL);
}

int main(void) {
  CASE(relative_times);
  CASE(no_time_at_all);
  CASE(absolute_times);
  CASE(the_same_time_twice);
  CASE(times_that_overflow);
  CASE(many_clocks);
  CASE(files_are_ready);
  CASE(output_is_ready);
  CASE(silent_input);
  CASE(silent_input_does_not_wait);
  CASE(reading_no_bytes);
  CASE(end_of_a_file);
  CASE(closed_descriptors);
  CASE(folders);
  CASE(clocks_that_cannot_be_waited_for);
  CASE(no_subscriptions);
  CASE(unknown_kinds);
  return finish();
}
