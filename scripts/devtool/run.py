"""Builds a guest from source where that is needed, and runs it with skerry.

  ./dev run examples/hello-go one two        a Go module (GOOS=wasip1)
  ./dev run --dir . examples/hello-c/hello.c  options before FILE are skerry's own
  ./dev run examples/hello.wat
"""
import argparse
import os

from devtool import build, guests, shell

# Options of `skerry run` that take the next word as their value when there is no `=`.
WITH_VALUE = {"--dir", "--env", "--invoke", "--reactor", "--time-limit", "--memory-limit", "--fuel",
              "--enable", "--disable", "--tier"}


def add_arguments(parser):
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="[OPTIONS] FILE [ARGS]",
                        help="FILE: folder of a Go module, or a .go, .c, .wat or .wasm file")


def main(arguments):
    options, rest = split(arguments.words)
    if not rest:
        raise shell.Failure("which FILE?", 2)
    build.build("release", ["skerry"])
    module = guests.compile_guest(rest[0])
    command = [shell.BIN / "skerry", *options, module, *rest[1:]]
    command = [str(word) for word in command]
    os.execv(command[0], command)


def split(words):
    """Skerry's options, and what follows them: the first word that is no option is FILE."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in WITH_VALUE else 1
    return words[:at], words[at:]
