"""Builds a guest from source where that is needed, and runs it with skerry.

  ./dev run examples/hello-go one two        a Go module (GOOS=wasip1)
  ./dev run --dir . examples/hello-c/hello.c  options before FILE are skerry's own
  ./dev run examples/hello.wat
"""
import argparse
import os
import re

from devtool import build, guests, shell

# The program's own table of options; a row begins: OPTION(id, "names", "value", commands
OPTIONS = shell.ROOT / "src/cli/options.def"
ROW = re.compile(r'^OPTION\(\w+, "([^"]+)", "([^"]*)", ([\w |]+),', re.M)


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


def options_with_value():
    """The options of `skerry run` that take the next word as their value when there is no `=`."""
    return {name for names, value, commands in ROW.findall(OPTIONS.read_text())
            if value and {"kRun", "kEvery"} & set(commands.split(" | "))
            for name in names.split(",")}


def split(words):
    """Skerry's options, and what follows them: the first word that is no option is FILE."""
    with_value = options_with_value()
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in with_value else 1
    return words[:at], words[at:]
