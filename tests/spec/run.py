#!/usr/bin/env python3
"""Runs the official test suite: every script of a set of folders, in each memory mode, in parallel.

  tests/spec/run.py                        everything, with out/bin/skerry
  tests/spec/run.py --folder wasm-v3 --bounds guard --tier llvm
  tests/spec/run.py --only 'i32|memory'    scripts whose path matches
  tests/spec/run.py --update               rewrite expected_failures.txt: read the difference

The suite is fetched by `./dev setup spec`, never kept here. expected_failures.txt lists the commands
that are known to fail, with reasons; one that passes all the same is a failure. Ends with a table and
status 0 if nothing failed.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITE = ROOT / "out/testsuite"
EXPECTED = pathlib.Path(__file__).resolve().with_name("expected_failures.txt")
TIMEOUT_SECONDS = 300

V1 = "mutable-global"
V2 = V1 + ",sign-extension,saturating-float-to-int,multi-value,reference-types,bulk-memory,simd"

# Folder -> features it is run with, or None for the defaults (WebAssembly 3.0 and threads). Folders of
# older versions hold assertions that a later version made obsolete: they get the features of their time.
FOLDERS = {
    "wasm-v1": V1,
    "wasm-v2": V2,
    "wasm-v3": None,
    "wasm-latest": None,
    "proposals/annotations": None,
    "proposals/bulk-memory": None,
    "proposals/exceptions": None,
    "proposals/extended-const": None,
    "proposals/function-references": V2 + ",function-references,tail-call",
    "proposals/gc": None,
    "proposals/memory64": V2 + ",memory64",
    "proposals/multi-memory": None,
    "proposals/multi-value": V1 + ",multi-value",
    "proposals/mutable-global": V1,
    "proposals/nontrapping-float-to-int-conversions": None,
    "proposals/reference-types": V2,
    "proposals/relaxed-simd": None,
    "proposals/sign-extension-ops": None,
    "proposals/simd": None,
    "proposals/tail-call": None,
    "proposals/threads": V1 + ",threads",
}

Result = collections.namedtuple("Result", "passed failed skipped failures")


def main():
    arguments = parse_arguments()
    if arguments.list:
        print("\n".join(FOLDERS))
        return 0
    if not (arguments.suite / "wasm-v3").is_dir():
        sys.exit(f"error: no test suite in {arguments.suite}; get it with: ./dev setup spec")
    jobs = [(folder, script, bounds)
            for folder in arguments.folder for script in scripts_of(arguments, folder)
            for bounds in arguments.bounds]
    if not jobs:
        sys.exit("error: no script matches")
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(lambda job: run_script(arguments, *job), jobs))
    if arguments.update:
        update(arguments, jobs, results)
        return 0
    for (_, script, bounds), result in zip(jobs, results):
        for failure in result.failures:
            place = f"{script.relative_to(arguments.suite)}:{failure['line']}"
            print(f"{place} [{bounds}]: {failure['command']} failed: {failure['message']}")
    print_table(arguments, jobs, results)
    return 1 if any(result.failed for result in results) else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skerry", default=str(ROOT / "out/bin/skerry"), help="the program to test")
    parser.add_argument("--emulator", help="run it with this, e.g. scripts/wine-run")
    parser.add_argument("--suite", type=pathlib.Path, default=SUITE)
    parser.add_argument("--folder", action="append", metavar="NAME", choices=list(FOLDERS),
                        help="a folder of the suite; may be repeated (default: all)")
    parser.add_argument("--bounds", action="append", choices=["guard", "explicit"],
                        help="how memory accesses are checked; may be repeated (default: both)")
    parser.add_argument("--tier", default="baseline", help="the compiler (default: baseline)")
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--list", action="store_true", help="only print the names of the folders")
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    arguments.folder = arguments.folder or list(FOLDERS)
    arguments.bounds = arguments.bounds or ["guard", "explicit"]
    return arguments


def scripts_of(arguments, folder):
    scripts = sorted((arguments.suite / folder).glob("*.wast"))
    return [path for path in scripts
            if re.search(arguments.only, str(path.relative_to(arguments.suite)))]


def run_script(arguments, folder, script, bounds):
    command = [arguments.emulator] if arguments.emulator else []
    command += [arguments.skerry, "wast", "--json", "--bounds", bounds, "--tier", arguments.tier]
    if arguments.tier == "auto":
        command += ["--hot-after", "0"]  # scripts are short: change tiers in every func and loop
    if FOLDERS[folder] is not None:
        command += ["--disable", "all", "--enable", FOLDERS[folder]]
    if EXPECTED.exists() and not arguments.update:
        command += ["--expected-failures", str(EXPECTED)]
    command.append(str(script))
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=TIMEOUT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return broken(f"did not end within {TIMEOUT_SECONDS} seconds")
    try:
        found = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.decode(errors="replace").strip() or "nothing"
        return broken(f"ended with status {done.returncode}; it said: {said[-2000:]}")
    if (done.returncode != 0) != (found["failed"] != 0):
        return broken(f"ended with status {done.returncode}")
    return Result(found["passed"], found["failed"], found["skipped"], found["failures"])


def broken(message):
    """The result of a script that could not be run to its end."""
    return Result(0, 1, 0, [{"line": 1, "command": "script", "message": message}])


def print_table(arguments, jobs, results):
    totals = collections.defaultdict(lambda: [0, 0, 0, 0])
    for (folder, _, bounds), result in zip(jobs, results):
        for key in ((folder, bounds), ("all", bounds)):
            for i, number in enumerate((1, result.passed, result.failed, result.skipped)):
                totals[key][i] += number
    width = max(len(folder) for folder in arguments.folder + ["folder"])
    print(f"\n{'folder':<{width}} {'bounds':<8} {'scripts':>7} {'passed':>8} {'failed':>7} {'skipped':>8}")
    for folder in arguments.folder + ["all"]:
        for bounds in arguments.bounds:
            if (folder, bounds) in totals:
                scripts, passed, failed, skipped = totals[folder, bounds]
                print(f"{folder:<{width}} {bounds:<8} {scripts:>7} {passed:>8} {failed:>7} {skipped:>8}")


# Which failures --update may list, by a regex on "script: message", and the reason. What none explains
# has to be mended, or explained here. Modules that must be refused are refused whatever is executed,
# so the first list is for commands that execute something only.
NOT_EXECUTED = [
    (r": threads of scripts are not run yet$", "threads of scripts are not run yet"),
    (r"^proposals/gc/|`array\.new_default`", "objects of the garbage collector are not executed yet"),
    (r"^proposals/exceptions/|^wasm-(v3|latest)/instance\.wast", "exceptions are not executed yet"),
    (r"^proposals/relaxed-simd/", "relaxed vector instructions are not executed yet"),
    (r"^proposals/threads/atomic\.wast", "atomic instructions are not executed yet"),
]
REFUSED = ("assert_malformed", "assert_invalid", "assert_unlinkable")
OBSOLETE = [
    (r"^proposals/mutable-global/linking\.wast",
     "obsolete: since bulk memory, segments are checked when they are written, and it is a trap"),
    (r"^proposals/reference-types/unreached-invalid\.wast",
     "obsolete: valid since br_table behind unreachable code takes any types"),
]

HEADER = """\
# Commands of the official test suite that are known to fail, and why: `script | lines | reason`.
# Written by `tests/spec/run.py --update`; a listed command that passes is a failure.
"""


def update(arguments, jobs, results):
    rows, unexplained = collections.OrderedDict(), 0
    for (_, script, bounds), result in zip(jobs, results):
        name = script.relative_to(arguments.suite).as_posix()
        for failure in result.failures:
            known = OBSOLETE + ([] if failure["command"] in REFUSED else NOT_EXECUTED)
            reason = next((reason for pattern, reason in known
                           if re.search(pattern, f"{name}: {failure['message']}")), None)
            if reason is None:
                unexplained += 1
                print(f"{name}:{failure['line']} [{bounds}]: {failure['command']} failed: "
                      f"{failure['message']}")
            else:
                rows.setdefault((name, reason), set()).add(failure["line"])
    lines = [f"{name} | {', '.join(map(str, sorted(numbers)))} | {reason}\n"
             for (name, reason), numbers in rows.items()]
    EXPECTED.write_text(HEADER + "".join(lines))
    print(f"{len(lines)} rows written, {unexplained} failures left unexplained")


if __name__ == "__main__":
    sys.exit(main())
