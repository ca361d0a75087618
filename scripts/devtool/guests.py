"""Turns sources into modules: a Go module or file, or a C file, into out/guests/<name>.wasm.

.wasm and .wat files are taken as they are: skerry reads both.
"""
import os
import pathlib

from devtool import packages, shell
from devtool.shell import GUESTS, Failure

# wasm32-wasi is what Debian names its sysroot; clang would like the newer name, wasm32-wasip1.
C_FLAGS = ["--target=wasm32-wasi", "-Wno-deprecated", "-O2", "-g1", "-Wall"]


def compile_guest(path, reactor=False):
    """The file to hand to skerry for what `path` is."""
    path = pathlib.Path(path).resolve()
    if not path.exists():
        raise Failure(f"no such file or folder: {path}", 2)
    if path.suffix in (".wasm", ".wat"):
        return path
    GUESTS.mkdir(parents=True, exist_ok=True)
    module = GUESTS / (path.stem + ".wasm")
    if path.suffix == ".go" or (path.is_dir() and any(path.glob("*.go"))):
        compile_go(path, module, reactor)
    elif path.suffix == ".c":
        compile_c(path, module)
    else:
        raise Failure(f"{path} is neither a folder with Go files nor a .go, .c, .wat or .wasm file", 2)
    return module


def compile_go(path, module, reactor=False, goos="wasip1"):
    packages.program("go", "https://go.dev/dl", "compiles Go guests")
    folder, what = (path, ".") if path.is_dir() else (path.parent, path.name)
    environment = dict(os.environ, GOOS=goos, GOARCH="wasm", CGO_ENABLED="0")
    mode = ["-buildmode=c-shared"] if reactor else []
    shell.run(["go", "build", *mode, "-o", module, what], cwd=folder, env=environment, to_stderr=True)


def compile_c(path, module):
    packages.need("guests")
    # Small enough that asking make-like questions would cost more than compiling again.
    shell.run(["clang-22", *C_FLAGS, path, "-o", module], to_stderr=True)
