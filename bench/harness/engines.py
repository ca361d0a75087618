"""What runs a program: native code, our tiers, and the other runtimes. One row an engine.

An engine turns (guest, arguments, folder) into a command line; everything it has to do beforehand, such as
compiling ahead of time, is in prepare(). Caches are under its own XDG_CACHE_HOME, which is emptied
before each run of an engine that is to find nothing cached.
"""
import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from devtool import shell

from harness import BENCH, OUT, ROOT, peers

SKERRY = Path(os.environ.get("SKERRY", ROOT / "out/bin/skerry")).absolute()  # another build, to compare
# Where the key is that Skerry's own code is known by.
SKERRY_SETTINGS = {"XDG_CONFIG_HOME": str(OUT / "skerry-aot/config")}
WASMTIME = peers.BIN / "wasmtime"
WASMTIME_36 = peers.BIN / "wasmtime-36"  # for the network: later releases give no sockets
WAZERO = peers.BIN / "wazero"
WASM_TOOLS = peers.BIN / "wasm-tools"

THROUGHPUT = frozenset({"c", "go"})
FILES = frozenset({"files"})
NETWORK = frozenset({"network"})
STARTING = frozenset({"cold", "memory"})
WARMING_UP = frozenset({"warm-up"})


@dataclass(frozen=True)
class Engine:
    name: str
    label: str
    color: str  # in charts
    suites: frozenset
    command: Callable  # (guest, arguments, folder it may use or None) -> command line
    program: Callable  # () -> path of its program, or None when not installed
    version: tuple = ("--version",)
    cache: str = "empty"  # before each run: "empty", or "warm" (filled by prepare)
    ahead_of_time: Callable = None  # (guest) -> what compile_ahead() makes before it runs
    serve: Callable = None  # of suite `network`: (guest, arguments) -> command line with PORT in it
    environment: dict = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Ahead:
    """What is made of a guest before it is run."""
    file: Path
    command: list
    maker: str  # another one makes it anew


def digest_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def installed(path):
    return lambda: path if path.exists() else None


def native_command(guest, arguments, _=None):
    return [guest.native, *arguments]


# How a server's socket is made; bench/client.c puts a number for PORT.
LISTEN = ("--listen", "127.0.0.1:PORT")
WAZERO_LISTEN = ("-listen=127.0.0.1:PORT",)
WASMTIME_LISTEN = ("-S", "preview2=n,tcplisten=127.0.0.1:PORT")


def scalar_command(guest, arguments, _=None):
    return [guest.scalar, *arguments]


# A program sees a folder by the path that it has outside, so that its arguments are always the same.
def grant(folder, option="--dir", between="::"):
    return [option, f"{folder}{between}{folder}"] if folder else []


def skerry_command(*options):
    return lambda guest, arguments, folder=None: [
        SKERRY, "run", *options, *grant(folder), guest.wasm, *arguments]


def skerry_policy_command(guest, arguments, folder=None):
    """The same, granted by a policy that counts what is written."""
    policy = OUT / "run/policy.toml"
    directory = (f'[directories."{folder}"]\nhost = "{folder}"\nmax_bytes = "1T"\n'
                 'allow = ["read", "write", "create", "delete"]\n') if folder else ""
    policy.write_text(directory + '[limits]\nwritten = "1T"\n')
    return [SKERRY, "run", "--tier", "baseline", "--no-cache", "--policy", policy, guest.wasm,
            *arguments]


def wasmtime_command(*options):
    return lambda guest, arguments, folder=None: [
        WASMTIME, "run", *options, *grant(folder), guest.wasm, *arguments]


def aot_file(program, guest):
    return OUT / f"{program.name}-aot" / (guest.program.key + ".cwasm")


def aot_command(program, *options):
    return lambda guest, arguments, folder=None: [
        program, "run", "--allow-precompiled", *options, *grant(folder), aot_file(program, guest),
        *arguments]


def wasmtime_ahead(program):
    def ahead(guest):
        file = aot_file(program, guest)
        return Ahead(file, [program, "compile", guest.wasm, "-o", file], peers.wanted(program.name))
    return ahead


def skerry_aot_file(guest):
    return OUT / "skerry-aot" / (guest.program.key + ".wasm")


def skerry_aot_command(*options):
    return lambda guest, arguments, folder=None: [
        SKERRY, "run", *options, *grant(folder), skerry_aot_file(guest), *arguments]


def skerry_ahead(guest):
    """The module with LLVM's code in it."""
    made_by = [SKERRY, *SKERRY.parent.glob("../lib/libskerry-llvm.so")]
    return Ahead(skerry_aot_file(guest), [SKERRY, "compile", guest.wasm, skerry_aot_file(guest)],
                 " ".join(digest_of(path) for path in made_by))


def node_command(script):
    return lambda guest, arguments, folder=None: [
        peers.node(), "--no-warnings", BENCH / script, *grant(folder), guest.wasm, *arguments]


def wazero_command(*options):
    return lambda guest, arguments, folder=None: [
        WAZERO, "run", *options, *grant(folder, "-mount", ":"), guest.wasm, *arguments]


def always():
    return "/bin/true"


ENGINES = [
    Engine("native", "native", "#555555", THROUGHPUT | FILES | NETWORK | STARTING | WARMING_UP,
           native_command, always, version=(), environment={"GOMAXPROCS": "1"},
           serve=native_command),
    Engine("native-scalar", "native, no vectors", "#aaaaaa", frozenset({"c"}), scalar_command,
           always, version=()),
    Engine("skerry", "Skerry baseline", "#c8102e", THROUGHPUT | FILES | NETWORK | STARTING,
           skerry_command("--tier", "baseline", "--no-cache"), installed(SKERRY),
           environment=SKERRY_SETTINGS,
           serve=skerry_command("--tier", "baseline", "--no-cache", *LISTEN)),
    Engine("skerry-policy", "Skerry baseline, by a policy", "#a3324a", FILES,
           skerry_policy_command, installed(SKERRY), environment=SKERRY_SETTINGS),
    Engine("skerry-first", "Skerry baseline, filling the cache", "#d9486a", STARTING,
           skerry_command("--tier", "baseline"), installed(SKERRY), environment=SKERRY_SETTINGS),
    Engine("skerry-warm", "Skerry baseline, warm cache", "#e2708a", STARTING,
           skerry_command("--tier", "baseline"), installed(SKERRY), cache="warm",
           environment=SKERRY_SETTINGS),
    Engine("skerry-auto", "Skerry, nothing cached", "#b03a5b", NETWORK | WARMING_UP,
           skerry_command("--no-cache"), installed(SKERRY), environment=SKERRY_SETTINGS,
           serve=skerry_command("--no-cache", *LISTEN)),
    Engine("skerry-llvm", "Skerry LLVM", "#ff7f50", THROUGHPUT,
           skerry_command("--tier", "llvm"), installed(SKERRY), cache="warm",
           environment=SKERRY_SETTINGS),
    Engine("skerry-aot", "Skerry AOT", "#7a0019",
           THROUGHPUT | FILES | NETWORK | STARTING | WARMING_UP, skerry_aot_command(),
           installed(SKERRY), ahead_of_time=skerry_ahead, environment=SKERRY_SETTINGS,
           serve=skerry_aot_command(*LISTEN)),
    Engine("wasmtime-aot", "wasmtime AOT", "#1f5fa8", THROUGHPUT | FILES | STARTING,
           aot_command(WASMTIME), installed(WASMTIME), ahead_of_time=wasmtime_ahead(WASMTIME)),
    Engine("wasmtime-36", "wasmtime 36 AOT", "#1f5fa8", NETWORK, aot_command(WASMTIME_36),
           installed(WASMTIME_36), ahead_of_time=wasmtime_ahead(WASMTIME_36),
           serve=aot_command(WASMTIME_36, *WASMTIME_LISTEN)),
    Engine("wasmtime-warm", "wasmtime, warm cache", "#4f94d8", THROUGHPUT | STARTING,
           wasmtime_command("-C", "cache=y"), installed(WASMTIME), cache="warm"),
    Engine("wasmtime", "wasmtime, no cache", "#7fb8ee", STARTING | WARMING_UP,
           wasmtime_command("-C", "cache=n"), installed(WASMTIME)),
    Engine("winch", "wasmtime Winch", "#b7d7f3", THROUGHPUT | STARTING,
           wasmtime_command("-C", "cache=n,compiler=winch"), installed(WASMTIME)),
    Engine("node", "Node (V8)", "#3c873a", THROUGHPUT | FILES | STARTING | WARMING_UP,
           node_command("node-wasi.mjs"), peers.node),
    Engine("node-quick", "Node, quickest", "#8fc98d", STARTING, node_command("node-quick.cjs"),
           peers.node),
    Engine("wazero", "wazero", "#d9a300", THROUGHPUT | FILES | NETWORK | STARTING, wazero_command(),
           installed(WAZERO), version=("version",), serve=wazero_command(*WAZERO_LISTEN)),
]
BY_NAME = {engine.name: engine for engine in ENGINES}


def version_command(engine):
    """What `engine --version` is; for native code the emptiest program there is."""
    return [engine.program(), *engine.version]


def run_environment(engine):
    """Little is inherited, so that a user's settings do not change the figures."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return dict(kept, LC_ALL="C", XDG_CACHE_HOME=str(cache_folder(engine)), **engine.environment)


def cache_folder(engine):
    return OUT / "cache" / engine.name


def empty_cache(engine):
    shutil.rmtree(cache_folder(engine), ignore_errors=True)
    cache_folder(engine).mkdir(parents=True)


def compile_ahead(engine, guest):
    """Ahead-of-time compilation, once for each module and release."""
    ahead = engine.ahead_of_time(guest)
    record = ahead.file.with_suffix(".made")
    key = ahead.maker + " " + digest_of(guest.wasm)
    if ahead.file.exists() and record.exists() and record.read_text() == key:
        return
    ahead.file.parent.mkdir(parents=True, exist_ok=True)
    shell.run(ahead.command, env=run_environment(engine), to_stderr=True)
    record.write_text(key)


# --- Compilation and validation throughput -----------------------------------------------------


@dataclass(frozen=True)
class Compiler:
    """One command whose time, less its time on an empty module, is what the module cost it."""

    name: str
    label: str
    work: str  # "validate", "compile" or "growth"
    command: Callable  # (wasm path, scratch path) -> command line
    program: Callable


def node_compile(mode, *flags):
    return lambda wasm, scratch: [peers.node(), *flags, BENCH / "node-compile.cjs", mode, wasm]


LIFTOFF_ONLY = ("--no-wasm-lazy-compilation", "--no-wasm-tier-up", "--liftoff")

COMPILERS = [
    Compiler("skerry-validate", "Skerry", "validate",
             lambda wasm, scratch: [SKERRY, "validate", wasm], installed(SKERRY)),
    Compiler("wasm-tools-validate", "wasm-tools", "validate",
             lambda wasm, scratch: [WASM_TOOLS, "validate", wasm], installed(WASM_TOOLS)),
    Compiler("node-validate", "V8", "validate", node_compile("validate"), peers.node),
    Compiler("skerry-compile", "Skerry baseline", "compile",
             lambda wasm, scratch: [SKERRY, "validate", "--compile", wasm], installed(SKERRY)),
    Compiler("wasmtime-compile", "wasmtime Cranelift", "compile",
             lambda wasm, scratch: [WASMTIME, "compile", wasm, "-o", scratch], installed(WASMTIME)),
    Compiler("winch-compile", "wasmtime Winch", "compile",
             lambda wasm, scratch: [WASMTIME, "compile", "-C", "compiler=winch", wasm,
                                    "-o", scratch], installed(WASMTIME)),
    Compiler("node-compile", "V8 Liftoff", "compile", node_compile("compile", *LIFTOFF_ONLY),
             peers.node),
    Compiler("wazero-compile", "wazero", "compile",
             lambda wasm, scratch: [WAZERO, "compile", "-cachedir", scratch, wasm],
             installed(WAZERO)),
]

# By size in KB: how long one generated function takes (growth.py), start-up included.
GROWTH = {kilobytes: Compiler(f"skerry-{kilobytes}-kb", f"{kilobytes:,} KB", "growth",
                   lambda wasm, scratch: [SKERRY, "compile", "--jobs", "1", wasm, scratch],
                   installed(SKERRY)) for kilobytes in (10, 100, 1000)}
