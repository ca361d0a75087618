"""Runs the benchmarks: our tiers beside native code and the other runtimes. See bench/README.md.

What follows `bench` goes to bench/run.py.
"""
import sys

from devtool import build, packages, shell
from devtool.shell import ROOT


def add_arguments(parser):
    parser.add_argument("words", nargs="*", metavar="ARGS", help="see bench/run.py --help")


def main(arguments):
    runner = ROOT / "bench/run.py"
    if not runner.exists():
        raise shell.Failure("there are no benchmarks yet", 2)
    packages.need("bench")
    build.build("release")
    return shell.status([sys.executable, runner, *arguments.words])
