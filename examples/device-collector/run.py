#!/usr/bin/env python3
"""Builds the collector three ways, runs each, and compares what they print and what they cost.

  run.py --skerry libskerry.so [--build FOLDER]
  run.py --skerry skerry.dll --windows WINE_RUN [--shim bcryptprimitives.dll]

Everything in the table was found out by this run: a build without a C compiler was tried without
one, "sandboxed" means that the program could not read a file that nobody gave it. A build whose
tools are missing is left out, with the reason. The exit status is 0 if the outputs are equal, 77 if nothing
can be built.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CALLS = 200_000
# Of a C compiler that is not there.
NO_COMPILER = {"CC": "no-such-compiler", "CXX": "no-such-compiler"}
PEEK = "secret.txt"
SKIPPED = 77


class System:
    """What programs are built for, and how they are run."""

    def __init__(self, name, library, cc, runner=()):
        self.name, self.library, self.cc, self.runner = name, library, cc, list(runner)
        self.suffix = ".exe" if name == "windows" else ""

    def run(self, folder, program, *arguments):
        words = [*self.runner, str(folder / (program + self.suffix)), *arguments]
        done = subprocess.run(words, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            sys.exit(f"{program} ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout.replace("\r\n", "\n")


def go_build(output, package, **variables):
    """The error's text; None if it was built."""
    done = subprocess.run(["go", "build", "-trimpath", "-ldflags=-s -w", "-o", str(output), package],
                          cwd=HERE, capture_output=True, text=True, env={**os.environ, **variables})
    return done.stderr.strip() or "it failed" if done.returncode != 0 else None


def needed(error, what):
    if error:
        sys.exit(f"cannot build {what}: {error}")


class Build:
    """One of the three ways."""

    def __init__(self, name, package, cgo, system, folder):
        self.name, self.package, self.cgo, self.system = name, package, cgo, system
        self.folder, self.program = folder, "collector-" + package
        self.files = []  # that lie beside the program, the vendor's library aside

    def variables(self, goos):
        link = {"CGO_LDFLAGS": f"-L{self.folder}"} if self.cgo else {}
        return {"GOOS": goos, "GOARCH": "amd64", "CGO_ENABLED": "1" if self.cgo else "0", **link}

    def make(self):
        return go_build(self.folder / (self.program + self.system.suffix), "./" + self.package,
                        **self.variables(self.system.name))

    def is_built(self, goos, **variables):
        with tempfile.TemporaryDirectory() as scratch:
            return go_build(pathlib.Path(scratch) / "program", "./" + self.package,
                            **{**self.variables(goos), **variables}) is None

    def row(self):
        run = lambda *arguments: self.system.run(self.folder, self.program, *arguments)
        size = (self.folder / (self.program + self.system.suffix)).stat().st_size
        other = "linux" if self.system.name == "windows" else "windows"
        secret = str(self.folder / PEEK)
        return [self.name,
                "no" if self.is_built(self.system.name, **NO_COMPILER) else "yes",
                "yes" if self.is_built(other, **NO_COMPILER) else "no",
                megabytes(size),
                megabytes(sum((self.folder / name).stat().st_size for name in self.files)),
                run("-time", str(CALLS)).strip(),
                {"read": "no", "denied": "yes"}[run("-peek", secret).strip()]]


def megabytes(size_bytes):
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes else "-"


def make_library(system, folder):
    command = [system.cc, "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared",
               *([] if system.name == "windows" else ["-fPIC"]), str(HERE / "device" / "device.c"),
               "-o", str(folder / system.library)]
    subprocess.run(command, check=True)


def make_host(build, engine, folder):
    """The module, and what else the host looks for beside itself."""
    error = go_build(folder / "collector.wasm", "./guest", GOOS="wasip1", GOARCH="wasm",
                     CGO_ENABLED="0")
    needed(error, "the module")
    # A host finds the engine under its usual name.
    library = "skerry.dll" if build.system.name == "windows" else "libskerry.so"
    shutil.copy(engine, folder / library)
    for name in ("device.toml", "policy.toml"):
        shutil.copy(HERE / name, folder)
    build.files = [library, "collector.wasm", "device.toml", "policy.toml"]
    needed(build.make(), build.name)


def print_table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        if number == 0:
            print("| " + " | ".join("-" * width for width in widths) + " |")


def compare(system, engine, folder):
    if not shutil.which(system.cc):
        print(f"nothing is built: no {system.cc}, which the vendor's library needs")
        return SKIPPED
    make_library(system, folder)
    (folder / PEEK).write_text("nobody was given this\n")
    cgo = Build("a. cgo", "cgo", True, system, folder)
    direct = Build("b. direct", "direct", False, system, folder)
    hosted = Build("c. Skerry", "host", False, system, folder)
    builds = []
    if system.name == "windows":
        print("a. cgo is left out: it is built on the system that it is for")
    else:
        needed(cgo.make(), cgo.name)
        builds.append(cgo)
    needed(direct.make(), direct.name)
    make_host(hosted, engine, folder)
    builds += [direct, hosted]

    outputs = {build.name: system.run(folder, build.program) for build in builds}
    first, *others = outputs.values()
    print(first)
    if any(other != first for other in others):
        for name, output in outputs.items():
            print(f"--- {name}\n{output}")
        print("the outputs differ")
        return 1
    print(f"the outputs of {', '.join(outputs)} are equal\n")
    print_table([["build", "C compiler", "cross-compiles without one", "program", "beside it",
                  "ns a call", "sandboxed"], *(build.row() for build in builds)])
    return 0


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
    if not shutil.which("go"):
        print("nothing is built: no go")
        return SKIPPED
    system = System("linux", "libdevice.so", "cc")
    if given.windows:
        runner = given.windows.resolve()
        system = System("windows", "device.dll", "x86_64-w64-mingw32-gcc", [str(runner)])
        if given.shim:
            subprocess.run([runner, "--install", given.shim], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.build or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        return compare(system, given.skerry.resolve(), folder.resolve())


sys.exit(main())
