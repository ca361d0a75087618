#!/usr/bin/env python3
"""Runs the benchmarks: our tiers beside native code and the other runtimes that are installed.

  ./dev bench                         everything (about an hour on two cores)
  ./dev bench --quick                 one short round of everything, to see that it works
  ./dev bench --suite c --only sha256,vm --engines skerry,wasmtime-aot --rounds 9

Suites: c (C kernels), go (Go programs), files (reading, writing, walking, waiting),
network (TCP servers), cold (starting with nothing cached), memory (peak), compile (validating and
compiling, MB/s), calls (between C and Wasm), go-calls (between Go and Wasm or C), libraries (zlib,
zstd and SQLite in Go programs), size (the library). Engines take turns within each round, outputs
are checked against native code's, and what is reported are medians of per-round ratios. Results: a
table on stdout; results.json and results.html in the folder given by --out. docs/BENCHMARKS.md says
more. The environment variable SKERRY names another skerry than out/bin/skerry, whose
library is then in the folder lib beside its bin.
"""
import argparse
import datetime
import fnmatch
import json
import os
import pathlib
import platform
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import BENCH, OUT  # noqa: E402 (the paths have to be set first)
from harness import (callers, chart, engines, guests, measure, peers, programs,  # noqa: E402
                     suites, summary, table)
from devtool import shell  # noqa: E402

ALWAYS = {"native", "native-scalar"}  # what ratios and marks are formed against


def parse_arguments():
    parser = argparse.ArgumentParser(prog="bench/run.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", default=",".join(suites.SUITES), metavar="NAMES",
                        help="comma-separated; default: all of %(default)s")
    parser.add_argument("--only", default="*", metavar="PROGRAMS",
                        help="comma-separated names or patterns of programs")
    parser.add_argument("--engines", default="*", metavar="NAMES",
                        help="comma-separated names or patterns; native code is always there")
    parser.add_argument("--rounds", type=int, help="rounds of each suite (default: "
                        + ", ".join(f"{name} {n}" for name, (_, n) in suites.SUITES.items()) + ")")
    parser.add_argument("--quick", action="store_true", help="one round, a quarter of the work")
    parser.add_argument("--out", type=pathlib.Path, default=OUT / "results", metavar="FOLDER")
    parser.add_argument("--timeout", type=int, default=120, metavar="SECONDS",
                        help="for one run of one program (default %(default)s)")
    parser.add_argument("--strict", action="store_true", help="fail when a bar is missed, too")
    parser.add_argument("--setup", action="store_true", help="only install what is missing")
    parser.add_argument("--no-setup", action="store_true", help="install nothing")
    parser.add_argument("--build", action="store_true", help="only build the programs")
    parser.add_argument("--list", action="store_true", help="only list programs and engines")
    arguments = parser.parse_args()
    arguments.suites = arguments.suite.split(",")
    unknown = [name for name in arguments.suites if name not in suites.SUITES]
    if unknown:
        parser.error(f"no suite {unknown[0]}; there are: {' '.join(suites.SUITES)}")
    if arguments.rounds is not None and arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    return arguments


def matcher(patterns):
    return lambda name: any(fnmatch.fnmatch(name, pattern) for pattern in patterns.split(","))


def list_everything():
    for suite, table_of_suite in programs.TABLES.items():
        print(f"{suite}:")
        for name, program in table_of_suite.items():
            print(f"  {name:16} {program.about}")
    for suite, rows in callers.ROWS.items():
        print(f"{suite} (by {', '.join(caller.label for caller in callers.CALLERS[suite])}):")
        for name, calls in rows.items():
            print(f"  {name:16} {calls.about}")
    print("engines:")
    for engine in engines.ENGINES:
        there = "" if engine.program() else " (not installed)"
        print(f"  {engine.name:16} {engine.label}, in {' '.join(sorted(engine.suites))}{there}")


def needed_programs(arguments, wanted):
    needed = []
    for suite in arguments.suites:
        rows = programs.TABLES.get(suite, {})
        needed += [program for name, program in rows.items() if wanted(name)]
    others = ["version", "libskerry", *(row for suite in arguments.suites
                                        for row in callers.ROWS.get(suite, ()))]
    if not needed and not any(wanted(name) for name in others):
        raise shell.Failure(f"no program of these suites is called {arguments.only}", 2)
    # The probe of working_engines() is a program too.
    return list(dict.fromkeys([*needed, programs.C_HELLO]))


def working_engines(asked, built, stopwatch):
    """Engines that are installed and can run a program at all; and notes on the others."""
    found, notes = [], []
    hello = built[programs.C_HELLO]
    for engine in engines.ENGINES:
        if not asked(engine.name) and engine.name not in ALWAYS:
            continue
        if engine.program() is None:
            notes.append(f"{engine.label} is not installed, so it is left out")
            continue
        if engine.ahead_of_time:
            engines.compile_ahead(engine, hello)
        run = stopwatch.run(engine.command(hello, []), engines.run_environment(engine))
        if run.complaint or run.stdout != b"hello from C\n":
            notes.append(f"{engine.label} cannot run a small C program, so it is left out "
                         f"({run.complaint or 'wrong output'})")
        else:
            found.append(engine)
    return found, notes


def installed_compilers(asked):
    """`--engines wasmtime` asks for wasmtime-compile, too."""
    return [compiler for compiler in engines.COMPILERS if compiler.program() is not None
            and (asked(compiler.name) or asked(compiler.name.rsplit("-", 1)[0]))]


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo")
                if line.startswith("model name")), platform.processor())
    return {"cpu": cpu, "cpus": len(os.sched_getaffinity(0)), "system": platform.platform(),
            "load_at_start": os.getloadavg()[0]}


def versions(found):
    said = {"clang": guests.version_of(guests.CLANG).splitlines()[0]}
    if go := shell.output(["go", "version"]):
        said["Go"] = go.strip()
    for engine in found:
        if engine.version:
            text = shell.output(engines.version_command(engine)) or ""
            said[engine.label] = (text.strip().splitlines() or ["?"])[0]
    return said


def suite_as_json(suite):
    rows = {}
    for program, row in suite.rows.items():
        rows[program] = dict(row.facts, about=row.about, marks=sorted(row.marks), cells={
            name: {"values": cell.values, "median": summary.median(cell), "failure": cell.failure,
                   "to_native": summary.ratio(row, name, "native"),
                   "to_wasmtime_aot": summary.ratio(row, name, "wasmtime-aot"),
                   **({"to_cgo": summary.ratio(row, name, "cgo")} if "cgo" in row.cells else {}),
                   "runs": cell.runs}
            for name, cell in row.cells.items()})
    means = {}
    if suite.name in programs.THROUGHPUT:
        for title, mean in table.throughput_means(suite):
            means[title.strip()] = {name: m.value for name in table.columns_of(suite)
                                    if (m := mean(name))}
    return {"unit": suite.unit, "rounds": suite.rounds, "whole": suite.whole, "rows": rows,
            "means": means}


def run_suites(arguments, plan):
    done = {}
    for name in arguments.suites:
        runner, _ = suites.SUITES[name]
        done[name] = runner(plan, name)
        summary.mark_vectorised(done[name])
        print(table.suite_text(done[name]) + "\n", flush=True)
    return done


def write_results(arguments, results, done, verdicts):
    arguments.out.mkdir(parents=True, exist_ok=True)
    results["suites"] = {name: suite_as_json(suite) for name, suite in done.items()}
    results["bars"] = [vars(verdict) for verdict in verdicts]
    (arguments.out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (arguments.out / "results.html").write_text(chart.page(results, done, verdicts))
    print(f"\nwritten: {arguments.out / 'results.json'} and results.html")


def set_up(arguments):
    """Installs what is missing, unless told not to; returns notes."""
    absent = peers.missing()
    if not absent:
        return []
    if arguments.no_setup:
        return [f"not set up: {' '.join(absent)} (bench/run.py --setup gets them)"]
    return peers.set_up()


def main():
    arguments = parse_arguments()
    if arguments.list:
        list_everything()
        return 0
    notes = peers.set_up() if arguments.setup else set_up(arguments)
    if arguments.setup:
        print("\n".join(notes) or
              f"ready: {' '.join([*peers.WHEELS, 'wazero'])}, Node, sources of libraries")
        return 1 if notes else 0
    wanted = matcher(arguments.only)
    built, build_notes = guests.build_all(needed_programs(arguments, wanted))
    ready, caller_notes = callers.prepare(
        [suite for suite in arguments.suites if any(map(wanted, callers.ROWS.get(suite, ())))])
    notes += build_notes + caller_notes
    if arguments.build or programs.C_HELLO not in built:
        print("\n".join(notes) or
              f"built {len(built) + sum(map(len, ready.values()))} programs in {OUT}")
        return 1 if notes else 0
    stopwatch = measure.Stopwatch(guests.build_launcher(), arguments.timeout)
    found, engine_notes = working_engines(matcher(arguments.engines), built, stopwatch)
    notes += engine_notes
    if os.getloadavg()[0] > 0.5 * len(os.sched_getaffinity(0)):
        notes.append(f"the machine is busy (load {os.getloadavg()[0]:.1f}): expect noisy figures")
    for note in notes:
        print(f"note: {note}")
    now = datetime.datetime.now(datetime.timezone.utc)
    results = {"made_at": now.isoformat(timespec="seconds"), "quick": arguments.quick,
               "machine": machine(), "versions": versions(found), "notes": notes}
    rounds = {name: arguments.rounds or (1 if arguments.quick else usual)
              for name, (_, usual) in suites.SUITES.items()}
    plan = suites.Plan(stopwatch, built, found, installed_compilers(matcher(arguments.engines)),
                       ready, rounds, arguments.quick, wanted)
    done = run_suites(arguments, plan)
    verdicts = summary.judge(json.loads((BENCH / "bars.json").read_text()), done)
    print(table.bars_text(verdicts))
    write_results(arguments, results, done, verdicts)
    failed = summary.failures(done)
    if failed:
        print(table.failures_text(failed))
    missed = arguments.strict and any(v.state == "fail" and not v.aim for v in verdicts)
    return 1 if failed or missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except shell.Failure as failure:
        print(f"bench/run.py: {failure}", file=sys.stderr)
        sys.exit(failure.status)
    except KeyboardInterrupt:
        sys.exit(130)
