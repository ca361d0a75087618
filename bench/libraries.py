#!/usr/bin/env python3
"""C libraries in Go programs: through packages of `skerry bindgen`, and through cgo.

  libraries.py --skerry out/bin/skerry --library out/lib/libskerry.so [--rounds 3]

zlib, zstd and SQLite are compiled from the same sources by the same compiler with -O2, once as modules and once
for this machine. The programs (calls/libraries) run in turns; the least of all rounds counts.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "sdk" / "bindgen"))
import build

WORK = build.ROOT / "out" / "bench" / "libraries"


def prepare(skerry):
    """A copy of bench/calls with the packages, and the two programs."""
    folder = WORK / "calls"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "calls", folder)
    module = folder / "go.mod"
    module.write_text(module.read_text().replace("../../sdk/go", str(build.ROOT / "sdk" / "go")))
    flags, objects = [], []
    for name, row in build.LIBRARIES.items():
        file = WORK / f"{name}.wasm"
        if not file.exists():
            build.module(name, file)
        package = folder / "libraries" / name
        package.mkdir()
        shutil.copy(file, package)
        build.package(skerry, name, package)
        sources, files = build.sources(name)
        flags.append(f"-I{sources}")
        for source in files:
            # The module's files; a native SQLite has files of its own.
            if source.name == "wasm32-wasi-vfs.c":
                continue
            objects.append(WORK / f"{name}-{source.stem}.o")
            if not objects[-1].exists():
                own = [flag for flag in row["flags"] if "OS_OTHER" not in flag]
                build.run("clang-22", "-O2", "-w", "-fPIC", *own, f"-I{sources}", "-c", source, "-o", objects[-1])
    archive = WORK / "liball.a"
    archive.unlink(missing_ok=True)
    build.run("ar", "rcs", archive, *objects)
    programs = {}
    for name, variables in (("skerry", {"CGO_ENABLED": "0"}),
                            ("cgo", {"CGO_ENABLED": "1", "CC": "clang-22", "CGO_CFLAGS": "-O2 " + " ".join(flags),
                                     "CGO_LDFLAGS": str(archive)})):
        programs[name] = WORK / name
        build.run("go", "build", "-o", programs[name], f"./libraries/{name}", folder=folder,
                  env={**os.environ, **variables})
    return programs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skerry", required=True, type=pathlib.Path)
    parser.add_argument("--library", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    missing = build.missing()
    if missing:
        sys.exit(f"error: there is no {missing}")
    WORK.mkdir(parents=True, exist_ok=True)
    programs = prepare(given.skerry.resolve())
    least = {}
    for _ in range(given.rounds):
        for name, program in programs.items():
            run = build.run(program, stdout=subprocess.PIPE, text=True,
                            env={**os.environ, "SKERRY_LIBRARY": str(given.library.resolve())})
            for line in run.stdout.splitlines():
                case, ns = line.split()
                key = case, name
                least[key] = min(least.get(key, float("inf")), float(ns))
    print("| of one call or row, in µs | Skerry | cgo | Skerry ÷ cgo |\n| --- | --- | --- | --- |")
    for case in dict.fromkeys(case for case, _ in least):
        skerry, cgo = least[case, "skerry"], least[case, "cgo"]
        print(f"| {case} | {skerry / 1000:.3f} | {cgo / 1000:.3f} | {skerry / cgo:.2f} |")


main()
