#!/usr/bin/env python3
"""Prints a C header with its plain comments as doxygen knows them (docs/Doxyfile runs it).

The first comment becomes the file's, one that begins a line stands for what follows it, one behind a
field or value for that. Rulers (`/* ---- Stores ---- */`) and remarks to tools stay plain. Lines keep
their numbers.
"""
import pathlib
import re
import sys

PLAIN = re.compile(r"/\* (-{4}|NOLINT|The names are)|/\* [A-Z_]+ \*/$")


def marked(name, lines):
    opening = f"/** @file {name} "
    for line in lines:
        if PLAIN.search(line):
            yield line
        elif line.startswith("/* "):
            yield opening + line[3:]
            opening = "/** "
        elif re.match(r"\s+/\* ", line):
            yield line.replace("/* ", "/** ", 1)
        else:
            yield re.sub(r"(\S\s+)/\* ", r"\1/**< ", line, count=1)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as header:
        sys.stdout.write("".join(marked(pathlib.Path(sys.argv[1]).name, header)))
