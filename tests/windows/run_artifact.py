#!/usr/bin/env python3
"""Compiles a module on Linux for Windows and runs it there: skerry.exe has no compiler of that kind in it.

  tests/windows/run_artifact.py --skerry skerry.exe --windows scripts/wine-run --linux SKERRY... [--tier llvm]

The first of the Linux programs that exists compiles and signs; the status is 77 (skipped) if there is none.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77
TIMEOUT_SECONDS = 120
TEXT = """(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
  (data (i32.const 16) "ready\\n")
  (func $sum (export "sum") (param i64) (result i64) (local i64)
    (loop
      (local.set 1 (i64.add (local.get 1) (i64.mul (local.get 0) (local.get 0))))
      (br_if 0 (i64.ne (i64.const 0) (local.tee 0 (i64.sub (local.get 0) (i64.const 1))))))
    (local.get 1))
  (func (export "read") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
"""


def run(command, **options):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                            timeout=TIMEOUT_SECONDS, check=False, **options)
    return result.returncode, result.stdout.replace("\r\n", "\n"), result.stderr.replace("\r\n", "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skerry", required=True)
    parser.add_argument("--windows", required=True, metavar="EMULATOR")
    parser.add_argument("--linux", required=True, nargs="+")
    parser.add_argument("--tier", default="llvm")
    arguments = parser.parse_args()
    linux = next((path for path in arguments.linux if os.access(path, os.X_OK)), None)
    if linux is None:
        print("skipped: no skerry for Linux has been built")
        return SKIPPED
    windows = [os.path.abspath(arguments.windows), os.path.abspath(arguments.skerry)]
    with tempfile.TemporaryDirectory(prefix="skerry-artifact-") as tmp:
        folder = pathlib.Path(tmp)
        (folder / "m.wat").write_text(TEXT)
        at_home = {"env": {**os.environ, "XDG_CONFIG_HOME": tmp + "/config"}, "cwd": tmp}
        wrong = []

        def expect(command, *wanted, **options):
            found = run(command, **options)
            if found != wanted:
                wrong.append(f"{' '.join(map(str, command[-5:]))}: {found}, expected {wanted}")

        for command in (["key", "new", "k"],
                        ["compile", "--tier", arguments.tier, "--target", "x86_64-windows", "--sign", "k",
                         "m.wat", "m.wasm"],
                        ["compile", "--tier", arguments.tier, "--target", "x86_64-windows", "--sign", "k",
                         "m.wat", "m.skc"]):
            status, _, stderr = run([linux, *command], **at_home)
            if "the optimising compiler is not there" in stderr:
                print("skipped: the optimising compiler has not been built")
                return SKIPPED
            if status != 0:
                print(f"skerry {' '.join(command)}: status {status}\n{stderr}")
                return 1
        trusting = [*windows, "--trust", "k.pub"]
        embedded, separate = ["m.wasm"], ["--code", "m.skc", "m.wat"]
        for module in (embedded, separate):
            expect([*trusting, *module], 0, "ready\n", "", cwd=tmp)
            expect([*trusting, "--invoke", "sum", *module, "1000"], 0, "333833500\n", "", cwd=tmp)
        # Traps are found in code that came from elsewhere, too.
        status, _, stderr = run([*trusting, "--invoke", "read", "m.wasm", "70000"], cwd=tmp)
        if status != 139 or "out of bounds memory access" not in stderr or "`read`" not in stderr:
            wrong.append(f"out of bounds: {status}, {stderr}")
        # Nobody's code, so the module runs without it, and says so.
        status, stdout, stderr = run([*windows, "--invoke", "sum", "m.wasm", "10"], cwd=tmp)
        if (status, stdout) != (0, "385\n") or "its machine code is not used" not in stderr:
            wrong.append(f"without trust: {status}, {stdout}, {stderr}")
        print("\n".join(wrong) or "ok")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
