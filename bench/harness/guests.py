"""Builds programs: to WebAssembly, to native code, and for C also to native code without vectors.

Everything is built into out/bench and built again only when its command, its sources or its
compiler change. A module with SIMD in it is refused: the figures are about scalar WebAssembly.
"""
import concurrent.futures
import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devtool import shell

from harness import BENCH, OUT, ROOT, peers, wasmfile
from harness.programs import Program

CLANG = "clang-22"
C_FLAGS = ["-std=gnu17", "-O2", "-I", str(BENCH / "c")]
WASM_FLAGS = ["--target=wasm32-wasi", "-Wno-deprecated", "-Wl,-z,stack-size=1048576"]
SCALAR_FLAGS = ["-fno-vectorize", "-fno-slp-vectorize"]
VECTOR_REMARKS = ["-Rpass=loop-vectorize|slp-vectorizer"]  # one option: the last one counts
SQLITE_FLAGS = [
    "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION", "-DSQLITE_DEFAULT_MEMSTATUS=0",
    "-DSQLITE_OMIT_DEPRECATED", "-DSQLITE_OMIT_SHARED_CACHE", "-DSQLITE_OMIT_WAL",
    "-DSQLITE_MAX_MMAP_SIZE=0", "-DSQLITE_TEMP_STORE=3", "-DSQLITE_DQS=0", "-w",
]


@dataclass(frozen=True)
class Guest:
    program: Program
    wasm: Path
    native: Path
    scalar: Path | None  # native without vector instructions; C only
    vector_remarks: int  # how often the native compiler said that it made vectors
    wasm_bytes: int
    code_bytes: int  # size of the module's code section


def build_all(programs):
    """[Program] -> {Program: Guest}, and notes on programs that could not be built."""
    guests, notes = {}, []
    with concurrent.futures.ThreadPoolExecutor(shell.jobs()) as pool:
        tasks = {program: pool.submit(build, program) for program in dict.fromkeys(programs)}
        for program, task in tasks.items():
            try:
                guests[program] = task.result()
            except shell.Failure as failure:
                notes.append(f"{program.key} was not built: {failure}")
    return guests, notes


def build(program):
    wasm = OUT / "wasm" / (program.key + ".wasm")
    native = OUT / "native" / program.key
    scalar = OUT / "native-scalar" / program.key if program.language == "c" else None
    if program.language == "c":
        remarks = build_c(program, wasm, native, scalar)
    else:
        remarks = 0
        build_go(program, wasm, {"GOOS": "wasip1", "GOARCH": "wasm"})
        build_go(program, native, {})
    if "simd128" in wasmfile.target_features(wasm):
        raise shell.Failure(f"{wasm} was compiled with SIMD")
    return Guest(program, wasm, native, scalar, remarks, wasm.stat().st_size,
                 wasmfile.code_bytes(wasm))


def build_c(program, wasm, native, scalar):
    """Returns the number of vectorisation remarks of the native build."""
    sources, flags = [BENCH / "c" / f"{program.name}.c"], list(C_FLAGS)
    if program.name == "sqlite":
        folder = peers.sqlite_folder()
        if folder is None:
            raise shell.Failure("SQLite's source is not there; bench/run.py --setup fetches it")
        sources.append(Path(folder) / "sqlite3.c")
        flags += ["-I", folder, *SQLITE_FLAGS]
    inputs = [*sources, *sorted((BENCH / "c").glob("*.h"))]
    compiler = version_of(CLANG)
    words = [*flags, *sources, "-lm"]
    make(wasm, [CLANG], [*WASM_FLAGS, *words], inputs, compiler)
    make(scalar, [CLANG], [*SCALAR_FLAGS, *words], inputs, compiler)
    said = make(native, [CLANG], [*VECTOR_REMARKS, *words], inputs, compiler)
    return said.count(": remark: ")


def build_go(program, target, environment):
    if shutil.which("go") is None:
        raise shell.Failure("Go is not installed (https://go.dev/dl)")
    folder = BENCH / "go"
    inputs = [folder / "go.mod", folder / "go.sum"]
    if not program.package:
        inputs += sorted([*(folder / "kernel").glob("*.go"), *(folder / program.name).glob("*.go")])
    words = ["-trimpath", "-buildvcs=false", program.package or f"./{program.name}"]
    make(target, ["go", "build"], words, inputs, version_of("go", "version"),
         dict(environment, CGO_ENABLED="0"))


def build_launcher():
    return build_tool("launch", [])


def build_client():
    return build_tool("client", sorted((BENCH / "c").glob("*.h")))


def build_calls():
    """What times calls; it loads the engines' libraries itself."""
    include = ROOT / "include"
    return build_tool("calls", sorted(include.glob("*.h")), [f"-I{include}", "-ldl"])


def build_tool(name, headers, flags=("-static",)):
    source, target = BENCH / f"{name}.c", OUT / name
    make(target, [CLANG], ["-O2", "-Wall", "-Wextra", "-Werror", source, *flags],
         [source, *headers], version_of(CLANG))
    return target


def version_of(program, flag="--version"):
    version = shell.output([program, flag])
    if version is None:
        raise shell.Failure(f"{program} is not installed; bench/run.py --setup tries to get it")
    return version


def make(target, tool, words, inputs, compiler, environment=None):
    """Runs `tool -o target words` when something changed; returns what it said on stderr."""
    command = [str(word) for word in (*tool, "-o", target, *words)]
    key = hashlib.sha256(repr([command, compiler, environment]).encode())
    for path in inputs:
        key.update(hashlib.sha256(Path(path).read_bytes()).digest())
    record = target.with_name(f".{target.name}.made")
    if target.exists() and record.exists():
        old_key, _, said = record.read_text().partition("\n")
        if old_key == key.hexdigest():
            return said
    target.parent.mkdir(parents=True, exist_ok=True)
    shell.say(f"building {target.relative_to(OUT)}")
    result = subprocess.run(command, cwd=BENCH / "go", text=True,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
                            env=dict(os.environ, **(environment or {})))
    if result.returncode != 0:
        raise shell.Failure(f"compiling {target.name} failed:\n{result.stderr[-2000:]}")
    record.write_text(key.hexdigest() + "\n" + result.stderr)
    return result.stderr
