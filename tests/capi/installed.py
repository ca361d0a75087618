#!/usr/bin/env python3
"""Installs a build into a folder, moves that, and builds and runs a program in C and one in C++ as
their users would: with pkg-config (where there is one) and with CMake's find_package, against either
library. The C++ one with the static library also shows that skerry.hpp shares no names with it.
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
  add_executable(c_${{library}} {c})
  add_executable(cxx_${{library}} {cxx})
  foreach(language c cxx)
    target_link_libraries(${{language}}_${{library}} PRIVATE Skerry::${{library}})
  endforeach()
  target_compile_features(cxx_${{library}} PRIVATE cxx_std_20)
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
        for language, compiler in (("c", [arguments.cc]), ("cxx", [arguments.cxx, "-std=c++20"])):
            source, module = arguments.programs[language]
            program = folder / f"pkg_{language}_{library}"
            run([*compiler, source, "-o", program, *flags, f"-Wl,-rpath,{prefix / 'lib'}"])
            run([program, module])


def with_cmake(arguments, prefix, folder):
    project = folder / "project"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(
        PROJECT.format(version=arguments.version, c=arguments.programs["c"][0],
                       cxx=arguments.programs["cxx"][0]))
    run([arguments.cmake, "-S", project, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}"],
        stdout=subprocess.DEVNULL)
    run([arguments.cmake, "--build", folder / "build"], stdout=subprocess.DEVNULL)
    for language, (_, module) in arguments.programs.items():
        for library in ("shared", "static"):
            run([folder / "build" / f"{language}_{library}", module])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    for language in ("c", "cxx"):
        parser.add_argument(f"--{language}-program", type=pathlib.Path, nargs=2, required=True,
                            metavar=("SOURCE", "MODULE"))
    parser.add_argument("--version", required=True)
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--cxx", default="c++")
    arguments = parser.parse_args()
    arguments.programs = {"c": [path.resolve() for path in arguments.c_program],
                          "cxx": [path.resolve() for path in arguments.cxx_program]}
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
