#!/usr/bin/env python3
"""Makes every call of the system that Skerry makes fail, one a run, and looks at what comes of it.

  tests/faults/run.py --skerry out/bin/skerry --interposer out/.../libfaults.so [--quick] [SWEEP]...
  tests/faults/run.py ... --only write:3:EIO  one fault, with all that came out

guest.c is run once without a fault, which counts the calls of each kind; then once for each call and
each way to fail: an errno, or short; once, or from then on. What has to hold is in Outcome.problems:
Skerry ends by itself and not by a signal; what fails before the guest begins is an `error:` line and
a documented status; what fails later is the guest's to know, by the right errno, and it goes on. What
it was told is written, is in the file. The sweep size-limit has no faults, but files that may not grow
(ulimit -f). With --quick: one errno, some of the calls.
"""
import argparse
import collections
import concurrent.futures
import errno
import os
import pathlib
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT_SECONDS = 60
COMPILE = ["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "-O1", "-g1", "-Wall", "-Wextra",
           "-Werror"]

# What the guest is to be told.
GUEST_ERRNO = {"EIO": 29, "ENOSPC": 51, "EINTR": 27, "EAGAIN": 6, "ENOMEM": 48}
# Those that a host sees for long: the disk is full, the disk is broken. (Who is interrupted for ever
# rightly tries for ever.)
STAYING = ["EIO", "ENOSPC", "SHORT"]
# As the interposer has them, in its order.
DATA_KINDS = "read write readv writev preadv pwritev preadv2 pwritev2 pwrite getrandom".split()
OTHER_KINDS = """open openat openat2 close fstat fstatat stat lseek ftruncate fallocate fsync fdatasync
    getdents64 unlink unlinkat rename renameat link linkat symlinkat readlink readlinkat mkdir mkdirat
    utimensat futimens poll ppoll mmap mprotect memfd_create clock_gettime clock_getres posix_fadvise
    fcntl pipe2 ioctl sigaltstack pthread_create""".split()
KINDS = DATA_KINDS + OTHER_KINDS
# docs/guide/cli.md: of a run that never began.
START_STATUSES = {2, 126, 127}
# What code needs. A run whose code finds no place is no run.
CODE_KINDS = {"pwrite", "mmap", "mprotect", "ftruncate", "memfd_create"}
OLD_OUTPUT = b"old"
SEAL_BYTES = 128
DATA_BYTES = 4 * 12 * 96
INPUT_BYTES = 3000


def pattern(first, count):
    return bytes((at * 7 + at // 251) & 255 for at in range(first, first + count))


Fault = collections.namedtuple("Fault", "kind number error stays")
Report = collections.namedtuple("Report", "faults was_running is_running open_descriptors calls")


def read_report(path):
    words = path.read_bytes() if path.exists() else b""
    if len(words) != 4 * (4 + len(KINDS)):
        return Report(0, 0, 0, 0, {})
    numbers = struct.unpack(f"{4 + len(KINDS)}I", words)
    return Report(*numbers[:4], dict(zip(KINDS, numbers[4:])))


class Outcome:
    """One run: what came out, and what is wrong with it."""

    def __init__(self, status, stdout, stderr, report, data):
        self.status, self.stdout, self.stderr = status, stdout, stderr
        self.report, self.data = report, data
        self.lines = [line.split() for line in stdout.decode(errors="replace").splitlines()]

    def words(self, first):
        return [line for line in self.lines if line and line[0] == first]

    def reason(self):
        """Why a run ended: the error line, without folders."""
        found = re.search(rb"^error: .*", self.stderr, re.MULTILINE)
        return re.sub(r"/\S*/", "", found[0].decode(errors="replace")) if found else ""

    def of_itself(self):
        """What must hold whatever happened."""
        if self.status is None:
            yield "did not end"
        elif self.status < 0:
            yield f"ended by signal {-self.status}"
        elif self.status == 70:
            yield "an internal error"
        for word in (b"Sanitizer", b"Assertion", b"assert", b"runtime error", b"terminate"):
            if word in self.stderr:
                yield f"{word.decode()} on stderr"
        if self.status and b"\nerror: " not in b"\n" + self.stderr:
            yield f"status {self.status} without an error: line"

    def data_problems(self):
        """Whatever was acknowledged has to be there."""
        yield from (" ".join(line) for line in self.words("wrong"))
        for line in self.words("written"):
            if len(line) != 3:
                yield f"a torn line: {line}"
                continue
            first, count = int(line[1]), int(line[2])
            if self.data[first:first + count] != pattern(first, count):
                yield f"acknowledged, and not there: {count} bytes at {first}"

    def problems(self, fault, clean):
        yield from self.of_itself()
        yield from self.data_problems()
        if self.status is None or self.status < 0 or self.report.faults == 0:
            if self.report.faults == 0 and self.lines_but_written() != clean.lines_but_written():
                yield "no fault, and another output"
            return
        failed, gave_up = self.words("failed"), self.words("gave-up")
        wanted = str(GUEST_ERRNO.get(fault.error, -1))
        for line in failed + gave_up:
            # What a step needs from one that was given up is not there.
            follows = fault.stays and line[-1] in ("8", "44", "55", "20")
            if line[-1] != wanted and line[1] != "grow" and not follows:
                yield f"another errno than {wanted}: {' '.join(line)}"
        if not self.report.was_running:
            if self.status not in START_STATUSES | {0}:
                yield f"status {self.status} at the start"
            if self.status != 0:
                return
        elif self.status == 126 and fault.kind in CODE_KINDS and b"out of memory" in self.stderr:
            return  # functions are compiled when they are called, and there was no room for one
        elif self.status != 0:
            yield f"status {self.status}: {self.stderr.decode(errors='replace').strip()}"
            return
        if fault.stays and fault.error != "SHORT":
            return
        # One failure is one step done twice; everything else is as ever.
        if len(failed) > 1 or gave_up:
            yield f"more than one step failed: {failed + gave_up}"
        mine, other = self.kept_lines(), clean.kept_lines()
        if mine != other:
            yield f"another output: more: {list(mine - other)}, less: {list(other - mine)}"
        if self.data != pattern(0, DATA_BYTES):
            yield f"the file is not what it should be: {len(self.data)} bytes"
        if self.report.open_descriptors > clean.report.open_descriptors:
            yield f"{self.report.open_descriptors} descriptors open at the end"

    def lines_but_written(self):
        return [line for line in self.lines if line and line[0] != "written"]

    def kept_lines(self):
        """What the guest did in the end."""
        return collections.Counter(tuple(line) for line in self.lines_but_written()
                                   if line[0] not in ("failed", "gave-up"))


class CompileOutcome(Outcome):
    """One run of `skerry compile`, in whose folder a file `out` was already."""

    def __init__(self, *parts, names):
        super().__init__(*parts)
        self.names = names

    def problems(self, fault, clean):
        yield from self.of_itself()
        if self.status not in (0, 1):
            yield f"status {self.status}: {self.stderr.decode(errors='replace').strip()}"
        # What was there is replaced by a whole file, or not at all.
        if not (self.is_whole(clean) if self.status == 0 else self.data == OLD_OUTPUT):
            yield f"status {self.status}, and an output of {len(self.data)} bytes"
        if fault.kind != "unlink" and self.names != ["out"]:
            yield f"left behind: {self.names}"

    def is_whole(self, clean):
        """The same but for a key and a signature, which are new each time."""
        differ = sum(mine != other for mine, other in zip(self.data, clean.data))
        return len(self.data) == len(clean.data) and differ <= SEAL_BYTES


class Sweep:
    """A way to run the guest; `cache`: none, cold (empty at the start of each run) or warm."""

    def __init__(self, name, options, cache="none", env=(), kinds=KINDS):
        self.name, self.options, self.cache, self.env = name, options, cache, dict(env)
        self.kinds = kinds


SWEEPS = [Sweep("baseline", ["--no-cache", "--tier", "baseline"]),
          Sweep("walk", ["--no-cache", "--tier", "baseline", "--bounds", "explicit"],
                env={"FAULT_WITHOUT_OPENAT2": "1"}),
          Sweep("cold-cache", ["--tier", "auto"], "cold"),
          Sweep("warm-cache", ["--tier", "auto"], "warm"),
          Sweep("compile", ["-O0", "--jobs", "1"]),
          # What the guest calls does not depend on who compiled it, and LLVM takes its time.
          Sweep("llvm", ["--no-cache", "--tier", "llvm"],
                kinds=[*sorted(CODE_KINDS), "open", "readlink", "sigaltstack", "pthread_create"])]


class Runner:
    def __init__(self, arguments, folder):
        self.skerry = os.path.abspath(arguments.skerry)
        self.preload = ":".join(arguments.preload_first + [os.path.abspath(arguments.interposer)])
        self.folder = folder
        self.guest = folder / "guest.wasm"
        self.warm_cache = folder / "warm"
        self.warm_cache.mkdir()
        self.threads = threading.local()
        self.reasons_without_cache = None
        subprocess.run([*COMPILE, HERE / "guest.c", "-o", self.guest], check=True)

    def own_folder(self):
        """Of this thread; empty."""
        if not hasattr(self.threads, "folder"):
            self.threads.folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        shutil.rmtree(self.threads.folder)
        for name in ("inside", "cache", "config"):
            (self.threads.folder / name).mkdir(parents=True)
        return self.threads.folder

    def run(self, sweep, fault):
        own = self.own_folder()
        if sweep.cache == "warm":
            shutil.copytree(self.warm_cache, own / "cache", dirs_exist_ok=True)
        if sweep.name == "compile":
            return self.compile_in(own, sweep, fault)
        outcome = self.run_in(own, sweep, fault)
        unfinished = list((own / "cache").rglob("*.tmp"))
        if unfinished and fault and fault.kind != "unlink":
            outcome.stderr += f"\nAssertion: left behind: {unfinished}".encode()
        if fault and sweep.cache != "none":
            # What a fault has left in the cache does no harm later.
            later = self.run_in(own, sweep, None)
            if later.status != 0 or later.words("failed") or later.words("wrong"):
                outcome.stderr += b"\nAssertion: the next run fails: " + later.stderr
        if not fault and sweep.cache == "cold":
            shutil.copytree(own / "cache", self.warm_cache, dirs_exist_ok=True)
        return outcome

    def run_in(self, own, sweep, fault):
        inside, report = own / "inside", own / "report"
        shutil.rmtree(inside)
        inside.mkdir()
        report.unlink(missing_ok=True)
        command = [self.skerry, *sweep.options, "--dir", f"{inside}::/", self.guest]
        parts = self.start(command, own, sweep, fault)
        data = inside / "data"
        return Outcome(*parts, read_report(report), data.read_bytes() if data.exists() else b"")

    def compile_in(self, own, sweep, fault):
        out, report = own / "inside/out", own / "report"
        out.write_bytes(OLD_OUTPUT)
        report.unlink(missing_ok=True)
        command = [self.skerry, "compile", *sweep.options, self.guest, out]
        parts = self.start(command, own, sweep, fault)
        names = sorted(path.name for path in out.parent.iterdir())
        return CompileOutcome(*parts, read_report(report), out.read_bytes(), names=names)

    def start(self, command, own, sweep, fault):
        """Status, stdout and stderr of a run."""
        environment = {**os.environ, "LD_PRELOAD": self.preload,
                       "FAULT_REPORT": str(own / "report"), "XDG_CACHE_HOME": str(own / "cache"),
                       "XDG_CONFIG_HOME": str(own / "config"), **sweep.env}
        if fault:
            number = 0 if fault.error == "SHORT" else getattr(errno, fault.error)
            environment |= {"FAULT_KIND": fault.kind, "FAULT_AT": str(fault.number),
                            "FAULT_ERRNO": str(number), "FAULT_STAYS": str(int(fault.stays))}
        try:
            result = subprocess.run(command, input=pattern(0, INPUT_BYTES), capture_output=True,
                                    timeout=TIMEOUT_SECONDS, check=False, env=environment)
            return result.returncode, result.stdout, result.stderr
        except subprocess.TimeoutExpired as late:
            return None, late.stdout or b"", late.stderr or b""


def faults_of(calls, is_quick):
    for kind, count in calls.items():
        errors = ["EIO"] if is_quick else list(GUEST_ERRNO)
        errors += ["SHORT"] if kind in DATA_KINDS else []
        # One more than there were: then nothing may happen.
        numbers = range(1, count + 2) if count else []
        if is_quick and count > 6:
            numbers = [1, 2, 3, count // 2, count - 1, count]
        for number in numbers:
            for error in errors:
                yield Fault(kind, number, error, False)
                if error in STAYING:
                    yield Fault(kind, number, error, True)


def say_all(outcome):
    print(outcome.stdout.decode(errors="replace") + outcome.stderr.decode(errors="replace"))
    print(f"status {outcome.status}, {outcome.report}")


def sweep_once(runner, sweep, arguments):
    """The number of faults that came to be, and of runs that went wrong."""
    clean = runner.run(sweep, None)
    wrong = [*clean.of_itself(), *clean.data_problems()]
    is_whole = sweep.name == "compile" or clean.data == pattern(0, DATA_BYTES)
    if clean.status != 0 or clean.words("failed") or not is_whole or wrong:
        say_all(clean)
        print(f"{sweep.name}: FAILED without a fault: {wrong}")
        return 0, 1
    calls = {kind: count for kind, count in clean.report.calls.items() if kind in sweep.kinds}
    faults = list(faults_of(calls, arguments.quick))
    if arguments.only:
        kind, number, error, *stays = arguments.only.split(":")
        faults = [Fault(kind, int(number), error, bool(stays))]
    injected = failed = 0
    refused, reasons = collections.Counter(), set()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for fault, outcome in zip(faults, pool.map(lambda f: runner.run(sweep, f), faults)):
            injected += outcome.report.faults != 0
            refused[fault.kind] += outcome.status != 0
            if outcome.status != 0:
                reasons.add(outcome.reason())
            problems = list(outcome.problems(fault, clean))
            failed += bool(problems)
            if problems:
                text = f"{fault.kind}:{fault.number}:{fault.error}" + (":stays" * fault.stays)
                print(f"{sweep.name}: {text}: " + "\n  ".join(problems), flush=True)
            if arguments.only:
                say_all(outcome)
    # With a cache more can fail, but nothing more may end a run.
    if sweep.name == "baseline":
        runner.reasons_without_cache = reasons
    elif sweep.cache != "none" and runner.reasons_without_cache:
        for reason in reasons - runner.reasons_without_cache:
            failed += 1
            print(f"{sweep.name}: ended by `{reason}`, which nothing is without a cache")
    kinds = " ".join(f"{kind}:{count}" for kind, count in sorted(refused.items()) if count)
    print(f"{sweep.name}: {len(faults)} runs, {injected} faults, {failed} went wrong; "
          f"{refused.total()} ended the run ({kinds})", flush=True)
    return injected, failed


class LimitedOutcome(Outcome):
    """One run of a program that may not make files larger than `limit` bytes."""

    def __init__(self, *parts, limit):
        super().__init__(*parts)
        self.limit = limit

    def problems(self):
        yield from self.of_itself()
        yield from self.data_problems()
        if self.status != 0:
            yield f"status {self.status}"
        if len(self.data) != min(self.limit, DATA_BYTES):
            yield f"a file of {len(self.data)} bytes"
        told = {line[-1] for line in self.words("failed")}
        if self.limit < DATA_BYTES and told != {"22"}:  # fbig
            yield f"errnos {told}"


def limit_sizes(runner):
    """The number of runs, and of those that went wrong. The limit would be a signal, SIGXFSZ."""
    failed = 0
    limits = [0, 1, 1000, 2 * 12 * 96 + 10, 1 << 16, 1 << 30]
    for limit in limits:
        own = runner.own_folder()
        command = [runner.skerry, "--dir", f"{own / 'inside'}::/", runner.guest]
        result = subprocess.run(
            command, input=pattern(0, INPUT_BYTES), capture_output=True, check=False,
            timeout=TIMEOUT_SECONDS, env={**os.environ, "XDG_CACHE_HOME": str(own / "cache"),
                                          "XDG_CONFIG_HOME": str(own / "config")},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        data = own / "inside/data"
        outcome = LimitedOutcome(result.returncode, result.stdout, result.stderr, None,
                                 data.read_bytes() if data.exists() else b"", limit=limit)
        problems = list(outcome.problems())
        failed += bool(problems)
        if problems:
            print(f"size-limit: {limit}: " + "\n  ".join(problems))
    print(f"size-limit: {len(limits)} runs, {failed} went wrong", flush=True)
    return len(limits), failed


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skerry", required=True)
    parser.add_argument("--interposer", required=True, help="interposer.c as a shared library")
    parser.add_argument("--preload-first", action="append", default=[], metavar="LIBRARY",
                        help="what has to be loaded before it: the library of a sanitizer")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", metavar="KIND:NUMBER:ERROR[:stays]")
    parser.add_argument("--jobs", type=int, default=min(4, len(os.sched_getaffinity(0))))
    parser.add_argument("sweep", nargs="*", choices=[[], *(sweep.name for sweep in SWEEPS), "size-limit"])
    arguments = parser.parse_args()
    injected = failed = 0
    with tempfile.TemporaryDirectory(prefix="skerry-faults-") as folder:
        runner = Runner(arguments, pathlib.Path(folder))
        for sweep in SWEEPS:
            if arguments.sweep and sweep.name not in arguments.sweep:
                continue
            if sweep.cache == "warm" and not any(runner.warm_cache.iterdir()):
                runner.run(next(other for other in SWEEPS if other.cache == "cold"), None)
            counts = sweep_once(runner, sweep, arguments)
            injected, failed = injected + counts[0], failed + counts[1]
        if not arguments.sweep or "size-limit" in arguments.sweep:
            counts = limit_sizes(runner)
            injected, failed = injected + counts[0], failed + counts[1]
    print(f"faults: {injected} injected, {failed} went wrong")
    return 1 if failed or not injected else 0


if __name__ == "__main__":
    sys.exit(main())
