#!/usr/bin/env python3
"""Builds the WASI guests in this folder and runs each with a runtime: they check themselves.
A guest is NAME.c, or NAME/main.go with such a comment.

  tests/wasi/run.py --command 'out/bin/skerry run' [NAME]...
  tests/wasi/run.py --command 'wasmtime run' --peer     without what that one does differently

The comment that opens a guest says what it is given and what must come out:
  // @args WORDS        as a shell would split them        // @env NAME=VALUE
  // @dir [readonly]    a new, empty folder as `/`         // @file NAME TEXT   a file in it
  // @fifo NAME         a pipe in it
  // @policy ALLOW MAX  the same by a policy: what it allows, and how many bytes may be written
  // @outside           a file beside that folder, and links in it that lead out
  // @option WORDS      further options of the runtime
  // @stdin LINE        // @stdout LINE        // @stdout-bytes COUNT        // @status NUMBER
  // @stdin-waits       instead of lines: a pipe that brings nothing and stays open
  // @peer-differs WHY  not run with --peer
  // @peer-skips CASE WHY    as to this CASE alone (the guest gets the names in SKIP_CASES)
A guest is built again when it, a header here or this file is newer than its module.
"""
import argparse
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT_SECONDS = 120
# wasm32-wasi is what Debian names its sysroot; clang would like the newer name, wasm32-wasip1.
COMPILE = ["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "-O1", "-g1", "-Wall", "-Wextra",
           "-Werror"]


def directives(source):
    """The @ lines of a guest's opening comment, as (word, rest)."""
    found = []
    for line in source.read_text().splitlines():
        if not line.startswith("//"):
            break
        text = line[2:].strip()
        if text.startswith("@"):
            word, _, rest = text[1:].partition(" ")
            found.append((word, rest))
    return found


def name_of(source):
    return source.stem if source.suffix == ".c" else source.parent.name


def build(source, folder):
    module = (folder / (name_of(source) + ".wasm")).resolve()
    inputs = (source, *HERE.glob("*.h"), pathlib.Path(__file__))
    newest = max(path.stat().st_mtime for path in inputs)
    if module.exists() and module.stat().st_mtime >= newest:
        return module
    folder.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".c":
        subprocess.run([*COMPILE, source, "-o", module], check=True)
    else:
        subprocess.run(["go", "build", "-o", module, "."], check=True, cwd=source.parent,
                       env={**os.environ, "GOOS": "wasip1", "GOARCH": "wasm"})
    return module


def find_sources(names):
    """All guests, if there are no names. Other programs in Go are for other runners."""
    if names:
        stems = [pathlib.Path(name).stem for name in names]
        return [HERE / f"{stem}.c" if (HERE / f"{stem}.c").exists() else HERE / stem / "main.go"
                for stem in stems]
    go = [source for source in HERE.glob("*/main.go") if directives(source)]
    return sorted([*HERE.glob("*.c"), *go])


def make_outside(inside):
    """A secret beside the folder, and ways that would lead to it."""
    (inside.parent / "secret").write_text("secret")
    (inside / "far").mkdir()
    for name, target in {"link-up": "..", "link-secret": "../secret", "link-root": "/",
                         "link-proc": "/proc/self", "link-chain": "link-secret",
                         "far/link-far": "../.."}.items():
        (inside / name).symlink_to(target)


def write_policy(folder, allowed, max_bytes):
    policy = folder / "policy.toml"
    policy.write_text(f'[directories."/"]\nhost = "inside"\nallow = {allowed.split()}\n'
                      f'max_bytes = "{max_bytes}"\n')
    return policy


def run_program(words, stdin, folder):
    """With the text as its input; None: a pipe that brings nothing. The tester's own settings and
    caches are neither read nor written."""
    own = {"XDG_CONFIG_HOME": str(folder / "config"), "XDG_CACHE_HOME": str(folder / "cache")}
    options = {"capture_output": True, "timeout": TIMEOUT_SECONDS, "check": False,
               "env": {**os.environ, **own}}
    if stdin is not None:
        return subprocess.run(words, input=stdin.encode(), **options)
    reader, writer = os.pipe()
    try:
        return subprocess.run(words, stdin=reader, **options)
    finally:
        os.close(reader)
        os.close(writer)


def run(source, module, command, folder):
    """What is wrong, as lines."""
    options, args = [], []
    stdin, stdout, stdout_bytes, status, outside = "", "", None, 0, False
    inside = folder / "inside"
    inside.mkdir()
    for word, rest in directives(source):
        if word == "args":
            args = shlex.split(rest)
        elif word == "env":
            options += ["--env", rest]
        elif word == "dir":
            options += ["--dir", f"{inside}::/" + (":readonly" if rest == "readonly" else "")]
        elif word == "option":
            options += shlex.split(rest)
        elif word == "file":
            name, _, text = rest.partition(" ")
            (inside / name).write_text(text)
        elif word == "fifo":
            os.mkfifo(inside / rest)
        elif word == "policy":
            options += ["--policy", write_policy(folder, *rest.rsplit(" ", 1))]
        elif word == "outside":
            make_outside(inside)
            outside = True
        elif word == "stdin":
            stdin += rest + "\n"
        elif word == "stdin-waits":
            stdin = None
        elif word == "stdout":
            stdout += rest + "\n"
        elif word == "stdout-bytes":
            stdout_bytes = int(rest)
        elif word == "status":
            status = int(rest)
        elif word not in ("peer-differs", "peer-skips"):
            return [f"unknown @{word}"]
    try:
        result = run_program([*command, *options, module, *args], stdin, folder)
    except subprocess.TimeoutExpired:
        return [f"did not end within {TIMEOUT_SECONDS} seconds"]
    wrong = []
    if result.returncode != status:
        wrong.append(f"status {result.returncode}, expected {status}")
    if stdout_bytes is not None:
        if len(result.stdout) != stdout_bytes:
            wrong.append(f"{len(result.stdout)} bytes on stdout, expected {stdout_bytes}")
    elif result.stdout.decode(errors="replace").replace("\r\n", "\n") != stdout:
        wrong.append(f"stdout {result.stdout[:500]!r}, expected {stdout!r}")
    if result.stderr:
        wrong.append(result.stderr.decode(errors="replace").rstrip())
    if outside and (inside.parent / "secret").read_text() != "secret":
        wrong.append("the file outside has been changed")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--command", required=True, help="the runtime, up to its options")
    parser.add_argument("--modules", type=pathlib.Path, help="folder for built modules",
                        default=HERE.parents[1] / "out/guests/wasi")
    parser.add_argument("--peer", action="store_true", help="another runtime: skip differences")
    parser.add_argument("name", nargs="*", help="guests to run; default: all")
    arguments = parser.parse_args()
    failed = skipped = 0
    sources = find_sources(arguments.name)
    for source in sources:
        why = dict(directives(source)).get("peer-differs")
        if arguments.peer and why:
            print(f"{name_of(source)}: skipped: {why}")
            skipped += 1
            continue
        skips = [rest.partition(" ") for word, rest in directives(source) if word == "peer-skips"]
        command = shlex.split(arguments.command)
        if arguments.peer and skips:
            command += ["--env", "SKIP_CASES=" + ",".join(case for case, _, _ in skips)]
            for case, _, why in skips:
                print(f"{name_of(source)}: case {case} skipped: {why}")
        module = build(source, arguments.modules)
        with tempfile.TemporaryDirectory(prefix="skerry-wasi-") as folder:
            wrong = run(source, module, command, pathlib.Path(folder))
        if wrong:
            failed += 1
            print(f"{name_of(source)}: FAILED")
            print("\n".join("  " + line for text in wrong for line in text.splitlines()))
    passed = len(sources) - failed - skipped
    print(f"wasi guests: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
