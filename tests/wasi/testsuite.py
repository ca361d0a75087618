#!/usr/bin/env python3
"""Runs the public WASI test suite (WebAssembly/wasi-testsuite), preview1, on a runtime.

  git clone -b prod/testsuite-base https://github.com/WebAssembly/wasi-testsuite FOLDER
  tests/wasi/testsuite.py --suite FOLDER                                the baseline compiler, then LLVM
  tests/wasi/testsuite.py --suite FOLDER --command 'wasmtime run' [NAME]...

A test is a module with, beside it, NAME.json: arguments, environment, the folder that is its `/`,
and what must come out. Each runs on a copy of that folder. The exit status is 1 if a test fails.
"""
import argparse
import json
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIERS = [f"{ROOT}/out/bin/skerry run --tier {tier}" for tier in ("baseline", "llvm")]
TIMEOUT_SECONDS = 60


def tests_below(suite):
    return sorted(module for folder in suite.glob("tests/*/testsuite/wasm32-wasip1")
                  for module in folder.rglob("*.wasm"))


def specification(module):
    """What the suite's doc/specification.md calls the legacy form, as a dict."""
    file = module.with_suffix(".json")
    return json.loads(file.read_text()) if file.exists() else {}


def complaint(command, module, spec, scratch):
    """Runs a test; what is wrong, or ""."""
    words = [*command]
    for name, value in spec.get("env", {}).items():
        words += ["--env", f"{name}={value}"]
    if spec.get("root"):
        folder = scratch / "root"
        shutil.copytree(module.parent / spec["root"], folder, symlinks=True)
        words += ["--dir", f"{folder}::/"]
    try:
        ran = subprocess.run([*words, module, *spec.get("args", [])], capture_output=True,
                             timeout=TIMEOUT_SECONDS, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return f"not done after {TIMEOUT_SECONDS} s"
    if ran.returncode != spec.get("exit_code", 0):
        return f"exit status {ran.returncode}\n{ran.stderr.decode(errors='replace')}"
    for stream, got in (("stdout", ran.stdout), ("stderr", ran.stderr)):
        if stream in spec and got.decode(errors="replace") != spec[stream]:
            return f"{stream} is {got!r}"
    return ""


def run_all(command, modules):
    """How many fail."""
    failed = 0
    for module in modules:
        with tempfile.TemporaryDirectory(prefix="skerry-wasi-") as scratch:
            wrong = complaint(shlex.split(command), module, specification(module),
                              pathlib.Path(scratch))
        if wrong:
            failed += 1
            print(f"FAILED {module.parts[-4]}/{module.stem}: {wrong}")
    print(f"{command}: {len(modules) - failed} of {len(modules)} tests passed")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", type=pathlib.Path, required=True, help="a checkout of it")
    parser.add_argument("--command", action="append", help="default: both tiers of out/bin/skerry")
    parser.add_argument("names", nargs="*", help="default: all")
    arguments = parser.parse_args()
    modules = [module for module in tests_below(arguments.suite.resolve())
               if not arguments.names or module.stem in arguments.names]
    if not modules:
        parser.error(f"{arguments.suite} holds no such tests")
    return 1 if sum(run_all(command, modules) for command in arguments.command or TIERS) else 0


if __name__ == "__main__":
    sys.exit(main())
