#!/usr/bin/env python3
"""Tests of `skerry bindgen`: packages are written, gofmt and go vet have nothing to say of them, and
programs without cgo use them.

  bindgen.py --skerry PROGRAM --library LIB --work FOLDER c    zlib, zstd and SQLite from crates
  bindgen.py --skerry PROGRAM --library LIB --work FOLDER own  a small library that has everything
  bindgen.py --skerry PROGRAM --library LIB --work FOLDER go   a guest in Go

Ends with status 77 where what they need is missing.
"""
import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent / "bindgen"
sys.path.insert(0, str(HERE))
import build


def go(folder, *words, **variables):
    build.run("go", *words, folder=folder, env={**os.environ, "CGO_ENABLED": "0", **variables})


def program(work):
    """A copy of the test program, so that nothing is written among the sources."""
    folder = work / "program"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "program", folder)
    sdk = build.ROOT / "sdk" / "go"
    module = folder / "go.mod"
    module.write_text(module.read_text().replace("../../../../sdk/go", str(sdk)))
    return folder


def check_tidy(folder):
    found = subprocess.run(["gofmt", "-l", folder], capture_output=True, text=True, check=True).stdout
    if found:
        subprocess.run(["gofmt", "-d", folder])
        sys.exit(f"not as gofmt writes it:\n{found}")


def c_libraries(given):
    folder = program(given.work)
    for name in build.LIBRARIES:
        # By what it is made of: those that were made before by other words stay unused.
        words = hashlib.sha256(repr(build.module_words(name)).encode()).hexdigest()
        module = given.work / f"{name}-{words[:16]}.wasm"
        if not module.exists():
            build.module(name, module)
        (folder / name).mkdir()
        shutil.copy(module, folder / name / f"{name}.wasm")
        build.package(given.skerry, name, folder / name)
        first = (folder / name / f"{name}.go").read_text()
        build.package(given.skerry, name, folder / name)
        if (folder / name / f"{name}.go").read_text() != first:
            sys.exit(f"{name}: not the same text the second time")
    check_tidy(folder)
    names = [f"./{name}" for name in build.LIBRARIES]
    go(folder, "vet", ".", *names)
    go(folder, "test", "-count=1", ".", SKERRY_LIBRARY=str(given.library))


def own_library(given):
    folder = program(given.work)
    module = folder / "shapes" / "shapes.wasm"
    module.parent.mkdir()
    build.run(*build.COMPILER, "-Wall", "-Wextra", HERE / "shapes.c", "-Wl,--export-all,--allow-undefined",
              "-Wl,--export-table,--growable-table", "-o", module)
    build.run(given.skerry, "bindgen", "--go", module, "--header", HERE / "shapes.h", "--rules",
              HERE / "shapes.toml", "-o", module.parent)
    check_tidy(folder)
    go(folder, "vet", "./own", "./shapes")
    go(folder, "test", "-count=1", "./own", SKERRY_LIBRARY=str(given.library))


def go_guest(given):
    guest = given.work / "guest"
    shutil.rmtree(guest, ignore_errors=True)
    shutil.copytree(HERE / "guest", guest)
    header = HERE / "host.h"
    build.run(given.skerry, "bindgen", "--go-guest", "--header", header, "--rules", HERE / "guest.toml", "-o",
              guest / "host")
    check_tidy(guest)
    folder = program(given.work)
    (folder / "host").mkdir()
    go(guest, "build", "-buildmode=c-shared", "-o", folder / "host" / "host.wasm", ".", GOOS="wasip1",
       GOARCH="wasm")
    build.run(given.skerry, "bindgen", "--go", folder / "host" / "host.wasm", "--header", header, "--rules",
              HERE / "host.toml", "-o", folder / "host")
    check_tidy(folder)
    go(folder, "vet", "./goguest", "./host")
    go(folder, "test", "-count=1", "./goguest", SKERRY_LIBRARY=str(given.library))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--skerry", "--library", "--work"):
        parser.add_argument(name, required=True, type=pathlib.Path)
    parser.add_argument("what", choices=("c", "own", "go"))
    given = parser.parse_args()
    given.work, given.skerry = given.work.resolve(), given.skerry.resolve()
    given.work.mkdir(parents=True, exist_ok=True)
    missing = build.missing(given.skerry)
    if missing:
        print(f"skipped: {missing}")
        sys.exit(build.needs.SKIPPED)
    {"c": c_libraries, "own": own_library, "go": go_guest}[given.what](given)


main()
