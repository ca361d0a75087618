#!/usr/bin/env python3
"""Installs a build into a folder, moves that, and builds and runs a C program as its users would:
with pkg-config (where there is one) and with CMake's find_package, against either library.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROJECT = """cmake_minimum_required(VERSION 3.25)
project(hello LANGUAGES C CXX)
find_package(Skerry {version} REQUIRED)
foreach(library shared static)
  add_executable(hello_${{library}} {source})
  target_link_libraries(hello_${{library}} PRIVATE Skerry::${{library}})
endforeach()
"""


def run(command, **options):
    print("+", " ".join(map(str, command)), flush=True)
    return subprocess.run([*map(str, command)], check=True, text=True, **options)


def with_pkg_config(arguments, prefix, folder):
    tool = shutil.which("pkg-config") or shutil.which("pkgconf")
    if not tool:
        print("no pkg-config here")
        return
    environment = os.environ | {"PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    for library in ("shared", "static"):
        flags = run([tool, "--cflags", "--libs", *(["--static"] if library == "static" else []),
                     "skerry"], stdout=subprocess.PIPE, env=environment).stdout.split()
        if library == "static":
            flags[flags.index("-lskerry")] = str(prefix / "lib/libskerry.a")
        program = folder / f"pkg_{library}"
        run([arguments.cc, arguments.source, "-o", program, *flags,
             f"-Wl,-rpath,{prefix / 'lib'}"])
        run([program, arguments.module])


def with_cmake(arguments, prefix, folder):
    project = folder / "project"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(
        PROJECT.format(version=arguments.version, source=arguments.source))
    run([arguments.cmake, "-S", project, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}"],
        stdout=subprocess.DEVNULL)
    run([arguments.cmake, "--build", folder / "build"], stdout=subprocess.DEVNULL)
    for library in ("shared", "static"):
        run([folder / "build" / f"hello_{library}", arguments.module])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("module", type=pathlib.Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--cc", default="cc")
    arguments = parser.parse_args()
    arguments.source = arguments.source.resolve()
    arguments.module = arguments.module.resolve()
    with tempfile.TemporaryDirectory(prefix="skerry-installed-") as name:
        folder = pathlib.Path(name)
        run([arguments.cmake, "--install", arguments.build, "--prefix", folder / "first"],
            stdout=subprocess.DEVNULL)
        prefix = (folder / "first").rename(folder / "moved")
        try:
            with_pkg_config(arguments, prefix, folder)
            with_cmake(arguments, prefix, folder)
        except subprocess.CalledProcessError as failure:
            print(f"installed: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
