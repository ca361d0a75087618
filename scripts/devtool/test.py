"""Unit, spec and end-to-end tests with the label `quick`: about two minutes once built.

Tests are found by ctest in the folders of tests/; each has labels: `quick` or `full`, and its kind
(unit, spec, e2e, windows). Examples:
  ./dev test -R validate           only tests whose name matches
  ./dev test --label spec          every test of one kind, quick or not
  ./dev test --preset asan         the same tests with ASan and UBSan
"""
import contextlib
import os

from devtool import build, guests, packages, shell
from devtool.shell import OUT, ROOT

# Guests that end-to-end tests run; made from source here, so that tests only have to run them.
GUEST_SOURCES = ["examples/hello-go", "examples/hello-c/hello.c", "tests/e2e/guests/trap_lines.c",
                 "tests/e2e/guests/go_turns.go"]

SANITIZER_OPTIONS = {
    # Guard-page faults are the engine's business: ASan must leave SIGSEGV to us.
    "ASAN_OPTIONS": "allow_user_segv_handler=1:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:"
                    "handle_sigill=0:detect_stack_use_after_return=0",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "allow_user_segv_handler=1:handle_segv=0:halt_on_error=1",
}


def add_arguments(parser):
    parser.add_argument("--preset", default="dev", choices=build.presets())
    parser.add_argument("--label", default="quick", help="run tests with this label (a regex)")
    parser.add_argument("-R", dest="name", default="", metavar="REGEX", help="only these names")


def main(arguments):
    return run_tests(arguments.preset, arguments.label, arguments.name)


def run_tests(preset, label, name="", targets=()):
    """`targets`: build only these; `name` has to leave out the tests that need others."""
    packages.need("spec")
    folder = build.build(preset, targets)
    for source in GUEST_SOURCES:
        if (ROOT / source).exists():
            guests.compile_guest(ROOT / source)
    command = ["ctest", "--test-dir", folder, "--output-on-failure", "--no-tests=error",
               "--parallel", shell.jobs(), "--label-regex", label]
    if name:
        command += ["--tests-regex", name]
    report = OUT / "test-results" / f"{preset}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    command += ["--output-junit", report]
    with one_wine_server() if preset == "windows" else contextlib.nullcontext():
        return shell.status(command, env={**SANITIZER_OPTIONS, **os.environ})


@contextlib.contextmanager
def one_wine_server():
    wine_run = ROOT / "scripts/wine-run"
    shell.run([wine_run, "--begin"])
    try:
        yield
    finally:
        shell.run([wine_run, "--end"])
