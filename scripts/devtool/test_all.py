"""Everything CI runs, step by step; goes on after a failure and sums up at the end.

  ./dev test-all                      all steps
  ./dev test-all --only fmt,asan      some of them
"""
import time

from devtool import build, docs, fmt, lint, packages, shell
from devtool.test import run_tests


class Formatting:
    check = True
    file = ()


# Rooms whose tests run several threads: what ThreadSanitizer can say something about.
THREADED = ("runtime", "wasi", "embed", "capi")

# Name, what it does, function -> exit status. In this order: cheap and telling steps first.
# clang-tidy takes seconds a file, longer than the tests: `./dev lint --changed`, before a change is
# handed in.
STEPS = [
    ("fmt", "formatting", lambda: fmt.main(Formatting)),
    ("layers", "layers, names, sizes", lint.layers),
    ("docs", "links and commands in the documentation", lambda: docs.main(None)),
    ("reference", "the reference of the C interface, without warnings", docs.reference),
    ("release", "release build", lambda: build.build("release") and 0),
    ("tests", "all tests, with asserts", lambda: run_tests("dev", "quick|full")),
    ("llvm-19", "the optimising compiler builds with the oldest LLVM that it knows",
     lambda: build.build("llvm-19", ["skerry_llvm_library"]) and 0),
    ("asan", "unit tests and malformed input with ASan and UBSan",
     lambda: run_tests("asan", "unit|asan")),
    ("tsan", f"unit tests of {', '.join(THREADED)} with ThreadSanitizer",
     lambda: run_tests("tsan", "unit", f"^unit_({'|'.join(THREADED)})$",
                       [f"unit_{room}" for room in THREADED])),
    ("windows", "Windows cross-build, its unit and smoke tests under wine",
     lambda: run_tests("windows", "unit|windows")),
]


def add_arguments(parser):
    names = ",".join(name for name, _, _ in STEPS)
    parser.add_argument("--only", default=names, help=f"some of {names}")
    parser.add_argument("--skip", default="", help="all but these")


def main(arguments):
    known = [name for name, _, _ in STEPS]
    chosen = set(arguments.only.split(",")) - set(arguments.skip.split(","))
    for name in chosen - set(known):
        raise shell.Failure(f"no step `{name}`; there are: {' '.join(known)}", 2)
    packages.need("build", "guests", "lint", "windows", "spec")
    results = []
    for name, purpose, step in STEPS:
        if name not in chosen:
            continue
        shell.say(f"{name}: {purpose}")
        started = time.monotonic()
        try:
            code = step()
        except shell.Failure as failure:
            print(failure)
            code = failure.status
        results.append((name, code, time.monotonic() - started))
    print("\nstep        seconds  result")
    for name, code, seconds in results:
        print(f"{name:<10} {seconds:8.0f}  {'passed' if code == 0 else 'FAILED'}")
    return 1 if any(code for _, code, _ in results) else 0
