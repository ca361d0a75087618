#!/usr/bin/env python3
"""Go's own tests of its standard library as a client of WASI: each package is compiled for wasip1
from the sources of the Go installation and run by the script that Skerry installs.

  tests/wasi/go_std.py                            the packages that touch the system
  tests/wasi/go_std.py os time                    some packages
  tests/wasi/go_std.py --exec 'wasmtime run --dir=/ --env PWD=...' --names FILE   another runtime

--names writes one line a test, `package test outcome`: two such files show where runtimes differ.
The exit status is 1 if a test fails. (A test that Go skips on wasip1 counts as skipped.)
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ["os", "io/fs", "path/filepath", "time", "syscall", "net", "internal/poll"]


def run_package(goroot, package, runner):
    """[(test, outcome)], and what the package said if it failed or did not even build."""
    command = ["go", "test", "-short", "-count=1", "-json", f"-exec={runner}", f"./{package}"]
    ran = subprocess.run(command, cwd=goroot / "src", capture_output=True, text=True, check=False,
                         env=dict(os.environ, GOOS="wasip1", GOARCH="wasm", GOFLAGS=""))
    outcomes, said = [], [ran.stderr]
    for line in ran.stdout.splitlines():
        event = json.loads(line)
        said.append(event.get("Output", ""))
        if event.get("Test") and event["Action"] in ("pass", "fail", "skip"):
            outcomes.append((event["Test"], event["Action"]))
    return outcomes, "".join(said) if ran.returncode else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exec", default=ROOT / "out/bin/go_wasip1_wasm_exec",
                        help="what runs a test program (default: Skerry's script)")
    parser.add_argument("--names", type=pathlib.Path, help="a file to write every outcome to")
    parser.add_argument("packages", nargs="*", default=PACKAGES)
    arguments = parser.parse_args()
    goroot = pathlib.Path(subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True,
                                         check=True).stdout.strip())
    lines, failed = [], False
    for package in arguments.packages:
        outcomes, said = run_package(goroot, package, arguments.exec)
        counts = collections.Counter(outcome for _, outcome in outcomes)
        print(f"{package}: {counts['pass']} passed, {counts['fail']} failed, {counts['skip']} skipped",
              flush=True)
        lines += sorted(f"{package} {test} {outcome}" for test, outcome in outcomes)
        if said or not outcomes:
            failed = True
            print(said[-8000:])
    if arguments.names:
        arguments.names.write_text("\n".join(lines) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
