#!/usr/bin/env python3
"""Checks that libskerry exports exactly the functions that the headers in include/ declare, each in
the version node that has the number of the library's soname.

Not checked here: what they do. The headers are preprocessed, so that macros that declare count, too.
"""
import argparse
import pathlib
import re
import subprocess
import sys


def without_bodies(text):
    """C text without what stands in braces, and without definitions that stay in the header."""
    depth, kept = 0, []
    for char in text:
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                kept.append(";")
        elif depth == 0:
            kept.append(char)
    return "".join(kept)


def declared(headers, cc):
    names = set()
    for header in headers:
        text = subprocess.run([*cc.split(), "-E", "-P", str(header)], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        for statement in without_bodies(text).split(";"):
            words = statement.split()
            if "static" in words or "typedef" in words:
                continue
            match = re.search(r"\b((?:wasm|skerry)_\w+)\s*\(", statement)
            if match:
                names.add(match[1])
    return names


def exported(library, nm):
    """Name -> version node, "" for a symbol that has none."""
    lines = subprocess.run([nm, "-D", "--defined-only", str(library)], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    # Nodes themselves are listed, too, as absolute symbols.
    symbols = (line.split()[-1].partition("@") for line in lines if line.split()[-2] != "A")
    return {name: node.lstrip("@") for name, _, node in symbols}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=pathlib.Path)
    parser.add_argument("headers", type=pathlib.Path, nargs="+")
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--nm", default="nm")
    parser.add_argument("--node", required=True, help="the version node of all of them")
    arguments = parser.parse_args()
    wanted = declared(arguments.headers, arguments.cc)
    there = exported(arguments.library, arguments.nm)
    for name in sorted(wanted - there.keys()):
        print(f"{name}: declared, not exported")
    for name in sorted(there.keys() - wanted):
        print(f"{name}: exported, not declared")
    elsewhere = sorted(name for name, node in there.items() if node != arguments.node)
    for name in elsewhere:
        print(f"{name}: in the version node `{there[name]}`")
    print(f"exports: {len(wanted)} declared, {len(there)} exported as "
          f"{arguments.node}")
    return 0 if wanted == there.keys() and wanted and not elsewhere else 1


if __name__ == "__main__":
    sys.exit(main())
