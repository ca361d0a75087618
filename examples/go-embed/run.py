#!/usr/bin/env python3
"""Builds the guest, and the programs that run it by Skerry and by wazero, both without cgo; runs both
and compares what they print. On Linux it then runs their differences_test.go.

  run.py --skerry libskerry.so [--build FOLDER]
  run.py --skerry skerry.dll --windows WINE_RUN [--shim bcryptprimitives.dll]

The exit status is 0 if the outputs are equal, 77 if something to build with is missing.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = ("skerry", "wazero")
COMPILER = ["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "-mexec-model=reactor", "-O2",
            "-Wall", "-Wextra", "-Werror"]
SKIPPED = 77


def missing():
    """What is not here that this needs; None if all is."""
    for program, package in (("go", None), ("clang-22", "clang-22"), ("wasm-ld-22", "lld-22")):
        if shutil.which(program) is None:
            return program + (f" (apt-get install {package})" if package else "")
    if not pathlib.Path("/usr/include/wasm32-wasi").is_dir():
        return "wasi-libc (apt-get install wasi-libc libclang-rt-22-dev-wasm32)"
    return None


def run(*command, **options):
    print("+", *command, flush=True)
    return subprocess.run([str(word) for word in command], check=True, timeout=600, **options)


def build(folder, system):
    run(*COMPILER, HERE / "guest" / "guest.c", "-Wl,--export=malloc", "-o", folder / "guest.wasm")
    suffix = ".exe" if system == "windows" else ""
    variables = {"CGO_ENABLED": "0", "GOOS": system, "GOARCH": "amd64"}
    for name in PROGRAMS:
        run("go", "build", "-trimpath", "-o", folder / (name + suffix), ".", cwd=HERE / name,
            env={**os.environ, **variables})
    return [folder / (name + suffix) for name in PROGRAMS]


def compare(folder, engine, system, runner):
    programs = build(folder, system)
    # Skerry's program finds the engine beside itself, under its usual name.
    shutil.copy(engine, folder / ("skerry.dll" if system == "windows" else "libskerry.so"))
    clean = {name: value for name, value in os.environ.items() if name != "SKERRY_LIBRARY"}
    outputs = [run(*runner, program, "guest.wasm", cwd=folder, env=clean, stdout=subprocess.PIPE,
                   text=True).stdout for program in programs]
    print(outputs[0])
    if outputs[0] != outputs[1]:
        print(f"but {PROGRAMS[1]} prints:\n{outputs[1]}")
        return 1
    print("the outputs are equal")
    if system != "windows":
        test_differences(folder, clean)
    return 0


def test_differences(folder, variables):
    """What the guide says of either, which the programs do not show."""
    variables = {**variables, "CGO_ENABLED": "0", "GUEST": str(folder / "guest.wasm"),
                 "SKERRY_LIBRARY": str(folder / "libskerry.so")}
    for name in PROGRAMS:
        run("go", "test", "-count=1", ".", cwd=HERE / name, env=variables)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skerry", required=True, type=pathlib.Path,
                        help="the engine: libskerry.so or skerry.dll")
    parser.add_argument("--build", type=pathlib.Path, help="keep what was built in this folder")
    parser.add_argument("--windows", metavar="WINE_RUN", type=pathlib.Path,
                        help="build for Windows, and run by this (scripts/wine-run)")
    parser.add_argument("--shim", type=pathlib.Path,
                        help="bcryptprimitives.dll for a wine that has none")
    given = parser.parse_args()
    lacking = missing()
    if lacking:
        print(f"skipped: there is no {lacking}")
        return SKIPPED
    system, runner = "linux", []
    if given.windows:
        system, runner = "windows", [given.windows.resolve()]
        if given.shim:
            run(*runner, "--install", given.shim)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.build or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        return compare(folder.resolve(), given.skerry.resolve(), system, runner)


sys.exit(main())
