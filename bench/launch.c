// Runs one command and writes what it cost: the benchmark's stopwatch and scale.
//
//   launch REPORT STDOUT STDERR SECONDS COMMAND [ARGS...]
//
// It is not part of the harness's Python because a child's peak memory, as the kernel reports it,
// starts from what its parent had mapped at exec: a small static parent keeps that floor under 1
// MB, and no interpreter runs between the clock readings. REPORT gets one JSON object. The command
// runs in a process group of its own, which is killed after SECONDS or when this process dies.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t timeval_ns(struct timeval t) {
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_usec * 1000u;
}

static void redirect(const char* path, int descriptor) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0 || dup2(file, descriptor) < 0) {
    fprintf(stderr, "launch: %s: %s\n", path, strerror(errno));
    _exit(126);
  }
  close(file);
}

static void run_child(char** argv) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  redirect(argv[3], STDERR_FILENO);
  redirect(argv[2], STDOUT_FILENO);
  redirect("/dev/null", STDIN_FILENO);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execv(argv[5], argv + 5);
  fprintf(stderr, "launch: %s: %s\n", argv[5], strerror(errno));
  _exit(127);
}

int main(int argc, char** argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: launch REPORT STDOUT STDERR SECONDS COMMAND [ARGS...]\n");
    return 2;
  }
  sigset_t child_ended;
  sigemptyset(&child_ended);
  sigaddset(&child_ended, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child_ended, NULL);

  uint64_t begin_ns = now_ns();
  pid_t child = fork();
  if (child < 0) {
    perror("launch: fork");
    return 1;
  }
  if (child == 0) run_child(argv);

  int timed_out = 0, status = 0;
  struct timespec patience = {.tv_sec = atol(argv[4])};
  if (sigtimedwait(&child_ended, NULL, &patience) < 0 && errno == EAGAIN) {
    timed_out = 1;
    kill(-child, SIGKILL);
  }
  struct rusage usage;
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) {
      perror("launch: wait4");
      return 1;
    }
  }
  uint64_t wall_ns = now_ns() - begin_ns;
  kill(-child, SIGKILL);  // whatever it left behind

  FILE* report = fopen(argv[1], "w");
  if (!report) {
    perror(argv[1]);
    return 1;
  }
  fprintf(report,
          "{\"wall_ns\": %llu, \"user_ns\": %llu, \"system_ns\": %llu, \"peak_kib\": %ld, "
          "\"status\": %d, \"timed_out\": %s}\n",
          (unsigned long long)wall_ns, (unsigned long long)timeval_ns(usage.ru_utime),
          (unsigned long long)timeval_ns(usage.ru_stime), usage.ru_maxrss,
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          timed_out ? "true" : "false");
  return fclose(report) == 0 ? 0 : 1;
}
