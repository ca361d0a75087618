#!/usr/bin/env python3
"""Tests the Go SDK against a library.

  go_sdk.py --library LIB                          go test
  go_sdk.py --library LIB --lint                   gofmt, go vet, staticcheck, generated files
  go_sdk.py --library LIB --embedded               go test of programs that carry the library
  go_sdk.py --library DLL --wine RUN --shim DLL    the tests, built for Windows, under wine
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

from devtool import sdk  # noqa: E402 (the path above has to be set first)

SDK = ROOT / "sdk" / "go"
EXAMPLE = ROOT / "examples" / "device-collector"
EMBEDDERS = ROOT / "examples" / "go-embed"
STATICCHECK = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"
GENERATED = ("typed.go", "hosttyped.go")


def run(*command, folder=SDK, **variables):
    shown = " ".join(f"{name}={value}" for name, value in variables.items())
    print("+", shown, *command, flush=True)
    result = subprocess.run([str(word) for word in command], cwd=folder,
                            env={**os.environ, "CGO_ENABLED": "0", **variables})
    if result.returncode != 0:
        sys.exit(result.returncode)


def lint():
    untidy = subprocess.run(["gofmt", "-l", ".", EXAMPLE, EMBEDDERS], cwd=SDK, capture_output=True, text=True,
                            check=True)
    if untidy.stdout:
        sys.exit(f"not formatted (gofmt -w):\n{untidy.stdout}")
    before = {name: (SDK / name).read_text() for name in GENERATED}
    run("go", "generate", ".")
    stale = [name for name in GENERATED if (SDK / name).read_text() != before[name]]
    for name in stale:
        (SDK / name).write_text(before[name])
    if stale:
        sys.exit(f"go generate would change {', '.join(stale)}")
    for system in ("linux", "windows"):
        run("go", "vet", "./...", GOOS=system)
        run("go", "vet", "./collect", "./direct", "./host", folder=EXAMPLE, GOOS=system)
        for name in ("skerry", "wazero"):
            run("go", "vet", ".", folder=EMBEDDERS / name, GOOS=system)
    run("go", "vet", "./guest", folder=EXAMPLE, GOOS="wasip1", GOARCH="wasm")
    run("go", "run", STATICCHECK, "./...")


def embedded(library):
    # In a copy: the library is no part of the sources.
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "go"
        shutil.copytree(SDK, copy, ignore=shutil.ignore_patterns("libskerry.so", "skerry.dll"))
        sdk.put(library, "linux", copy / "embedded")
        run("go", "test", "-tags", "skerry_embed", "-count=1", "-short", "./...", folder=copy)


def under_wine(library, wine, shim):
    run(wine, "--install", shim)
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "sdk.test.exe"
        run("go", "test", "-c", "-o", program, ".", GOOS="windows")
        run(wine, program, "-test.short", "-test.count=1", SKERRY_LIBRARY=f"Z:{library}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", required=True, type=pathlib.Path)
    parser.add_argument("--lint", action="store_true")
    parser.add_argument("--embedded", action="store_true")
    parser.add_argument("--wine", type=pathlib.Path)
    parser.add_argument("--shim", type=pathlib.Path)
    given = parser.parse_args()
    if given.lint:
        lint()
    elif given.embedded:
        embedded(given.library)
    elif given.wine:
        under_wine(given.library, given.wine, given.shim)
    else:
        run("go", "test", "-count=1", "./...", SKERRY_LIBRARY=str(given.library))


main()
