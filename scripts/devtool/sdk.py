"""Puts the shared library into sdk/go/embedded, where `go build -tags skerry_embed` takes it from.

  ./dev sdk              the release libskerry.so; skerry.dll too, if the compiler for Windows is there
  ./dev sdk --windows    both; what the cross-build needs is installed

The files are not part of the sources (git ignores them): run it again after a change of the engine.
"""
import os
import re
import shutil

from devtool import build, shell
from devtool.shell import OUT, ROOT

EMBEDDED = ROOT / "sdk/go/embedded"
# The compiler of cmake/mingw-w64.cmake.
WINDOWS_COMPILER = "x86_64-w64-mingw32-g++-posix"
TARGET = "skerry_shared"


def add_arguments(parser):
    parser.add_argument("--windows", action="store_true",
                        help="make skerry.dll, and install what that needs")


def main(arguments):
    build.build("release", [TARGET])
    put(OUT / "lib/libskerry.so", "linux")
    if arguments.windows or shutil.which(WINDOWS_COMPILER):
        put(build.build("windows", [TARGET]) / "bin/skerry.dll", "windows")
    else:
        shell.say(f"no skerry.dll: there is no {WINDOWS_COMPILER} (`./dev sdk --windows` gets it)")
    return 0


def put(library, system, folder=EMBEDDED):
    """Copies a library to where the package `embedded` in `folder` embeds it for a GOOS.

    A `go build` that runs meanwhile sees the old file or the new one.
    """
    place = folder / name_for(system)
    unfinished = place.with_name(f".{place.name}.{os.getpid()}")
    shutil.copyfile(library, unfinished)
    os.replace(unfinished, place)
    shell.say(f"{place}: {place.stat().st_size / 1e6:.1f} MB")


def name_for(system):
    """The file's name as the Go source has it."""
    source = (EMBEDDED / f"library_{system}.go").read_text()
    return re.search(r"^//go:embed (\S+)$", source, re.M).group(1)
