#!/usr/bin/env python3
"""Compiles the public examples of WebAssembly/wasm-c-api as they are, with our wasm.h and
libskerry, and runs them: each must end with status 0, report no error, and print the lines listed
here, in order.

  git clone https://github.com/WebAssembly/wasm-c-api out/wasm-c-api
  ninja -C out/build/dev skerry_shared
  tests/capi/examples.py --examples out/wasm-c-api --library out/build/dev/lib

The examples are not kept here. Where they lie in out/wasm-c-api, ctest runs this by itself.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIMEOUT_S = 300

# Example -> regular expressions of lines that must be printed, in this order.
EXPECTED = {
    "callback": [r"> 7", r"> 42", r"> 49"],
    "finalize": [r"Live count 200002", r"Deleting store 2\.\.\.", r"Live count 100001",
                 r"Deleting store 1\.\.\.", r"Live count 0"],
    "global": [r"Creating globals\.\.\.", r"Accessing globals\.\.\."],
    "hello": [r"> Hello World!"],
    "hostref": [r"Accessing global\.\.\.", r"Accessing table\.\.\.", r"Accessing function\.\.\.",
                r"> > \(nil\)", r"> > 0x1", r"> > 0x2"],
    "memory": [r"Checking memory\.\.\.", r"Mutating memory\.\.\.", r"Growing memory\.\.\."],
    "multi": [r"> > 1 3 2 4", r"> 4 3 2 1"],
    "reflect": [r"> export 0 \"func\"", r">> initial: func i32 f64 f32 -> i32",
                r"> export 3 \"memory\"", r">> current: memory 1d"],
    "serialize": [r"Deserializing module\.\.\.", r"> Hello World!"],
    "start": [r"Printing message\.\.\.", r"> unreachable", r"> 0x\w+ @ 0x\w+ = 0\.0x\w+"],
    "table": [r"Mutating table\.\.\.", r"Growing table\.\.\.", r"Creating stand-alone table\.\.\."],
    "threads": [r"> Thread \d running"],
    "trap": [r"Calling export 0\.\.\.", r"> callback abort", r"> 0x\w+ @ 0x\w+ = 1\.0x\w+",
             r"Calling export 1\.\.\.", r"> unreachable", r"> 0x\w+ @ 0x\w+ = 2\.0x\w+"],
}
# The last line of all but this one, whose threads just end.
LAST_LINE, WITHOUT_LAST_LINE = "Done.", {"threads"}

# The binary of this one is older than the type that ref.null has.
OUTDATED = {"hostref": (bytes.fromhex("06 8580808000 01 6f01 d0 0b"),
                        bytes.fromhex("06 8680808000 01 6f01 d06f 0b"))}


def judge(name, status, output):
    """What is wrong with a run, or None."""
    if status != 0:
        return f"exit status {status}"
    lines = output.splitlines()
    errors = [line for line in lines if line.startswith("> Error")]
    if errors:
        return errors[0]
    at = 0
    for wanted in EXPECTED[name]:
        while at < len(lines) and not re.fullmatch(wanted, lines[at].strip()):
            at += 1
        if at == len(lines):
            return f"no line `{wanted}` where it should be"
        at += 1
    if name not in WITHOUT_LAST_LINE and (not lines or lines[-1] != LAST_LINE):
        return f"it does not end with `{LAST_LINE}`"
    return None


def run(name, sources, folder, arguments):
    program = folder / name
    compiled = subprocess.run(
        [*arguments.cc.split(), "-I", ROOT / "include", sources / f"{name}.c", "-o", program,
         "-L", arguments.library, f"-Wl,-rpath,{arguments.library.resolve()}", "-lskerry",
         "-lpthread"],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if compiled.returncode != 0:
        return "it does not compile", compiled.stdout
    binary = (sources / f"{name}.wasm").read_bytes()
    if name in OUTDATED:
        binary = binary.replace(*OUTDATED[name])
    (folder / f"{name}.wasm").write_bytes(binary)
    # They leave things behind, which is theirs to decide.
    environment = os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}
    try:
        ran = subprocess.run([program], cwd=folder, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=TIMEOUT_S, env=environment)
    except subprocess.TimeoutExpired:
        return f"not done after {TIMEOUT_S} s", ""
    return judge(name, ran.returncode, ran.stdout), ran.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=pathlib.Path, required=True, metavar="CHECKOUT",
                        help="a checkout of WebAssembly/wasm-c-api")
    parser.add_argument("--library", type=pathlib.Path, default=ROOT / "out/build/dev/lib",
                        metavar="DIR", help="where libskerry.so is (default: out/build/dev/lib)")
    parser.add_argument("--cc", default="cc", help="the C compiler, with flags")
    parser.add_argument("--show", action="store_true", help="also what the examples print")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    arguments = parser.parse_args()
    sources = arguments.examples / "example"
    there = sorted(path.stem for path in sources.glob("*.c"))
    if not there:
        print(f"examples: no example/*.c in {arguments.examples}", file=sys.stderr)
        return 2
    unknown = [name for name in there if name not in EXPECTED]
    for name in unknown:
        print(f"{name}: not known here; what should it print?")
    failed = len(unknown)
    names = arguments.names or [name for name in there if name in EXPECTED]
    with tempfile.TemporaryDirectory(prefix="skerry-capi-") as folder:
        for name in names:
            problem, output = run(name, sources, pathlib.Path(folder), arguments)
            print(f"{name}: {problem or 'passed'}")
            if problem or arguments.show:
                print("".join(f"  {line}\n" for line in output.splitlines()), end="")
            failed += problem is not None
    print(f"examples: {len(names)} run, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
