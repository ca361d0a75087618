"""Formats every C and C++ file of the project with clang-format 19 and .clang-format."""
import os
import re
import subprocess

from devtool import packages, shell

PATTERNS = ["*.cc", "*.h", "*.hpp", "*.c"]


def add_arguments(parser):
    parser.add_argument("--check", action="store_true", help="change nothing, fail when unformatted")
    parser.add_argument("file", nargs="*", help="only these files")


def main(arguments):
    packages.need("lint")
    files = arguments.file or shell.tracked_files(*PATTERNS)
    if not files:
        return 0
    mode = ["--dry-run", "-Werror"] if arguments.check else ["-i"]
    # Which files are not formatted is worth knowing, which characters of them is not.
    show = {"stderr": subprocess.PIPE} if arguments.check else {}
    command = ["xargs", "-0", "-n", "16", "-P", str(shell.jobs()), "clang-format-19", *mode]
    result = subprocess.run(command, input="\0".join(map(str, files)), text=True, cwd=shell.ROOT,
                            check=False, **show)
    unformatted = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", result.stderr or "", re.M)))
    for name in unformatted:
        print(f"not formatted: {os.path.relpath(name, shell.ROOT)}")
    print(f"clang-format: {len(files)} files" + (
        f", {len(unformatted)} to be formatted (./dev fmt does it)" if arguments.check else ""))
    return 1 if result.returncode else 0
