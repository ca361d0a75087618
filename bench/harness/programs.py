"""What is benchmarked: one row a program. The sources are bench/c/<name>.c and bench/go/<name>/.

A new program is a row here and its source; it must print the same text on every engine, and report
`kernel_ns` (bench/c/kernel.h, bench/go/kernel) when it is in the suites `c`, `go` or `files`; for
a server its client does (bench/client.c).
"""
from dataclasses import dataclass, replace

# Marks that a row may carry, and what they tell the reader of a table. `vectorised` is not written
# here: it is measured (summary.py).
MARKS = {
    "vectorised": (
        "v", "native code gains over 10 % from vector instructions, of which the module has none"),
    "native-assembly": ("a", "natively Go uses assembly with vector or crypto instructions here"),
}


@dataclass(frozen=True)
class Program:
    name: str
    language: str  # "c" or "go"
    about: str
    marks: frozenset = frozenset()
    arguments: tuple = ()
    package: str = ""  # Go import path, when it is not bench/go/<name>
    needs_folder: bool = False  # its arguments are a percentage and a folder
    samples: int = 1  # runs a round, where one run is too short to be steady
    client: str = ""  # it is a server: what bench/client.c does with it

    @property
    def key(self):
        """Unique name of its files."""
        return f"{self.language}-{self.name}"


def c_kernel(name, about):
    return Program(name, "c", about)


def go_program(name, about, *marks):
    return Program(name, "go", about, frozenset(marks))


C_KERNELS = [
    c_kernel("gemm", "dense matrix product"),
    c_kernel("atax", "matrix-vector product, then transposed"),
    c_kernel("jacobi2d", "five-point stencil"),
    c_kernel("seidel2d", "nine-point stencil in place"),
    c_kernel("floyd_warshall", "shortest paths, integers"),
    c_kernel("lu", "LU factorisation"),
    c_kernel("nbody", "gravity, scalar doubles"),
    c_kernel("mandelbrot", "escape times"),
    c_kernel("sha256", "SHA-256"),
    c_kernel("chacha20", "ChaCha20"),
    c_kernel("aes", "AES-128 with tables"),
    c_kernel("vm", "bytecode interpreter"),
    c_kernel("hashtable", "string hash table"),
    c_kernel("sort", "quicksort through a function pointer"),
    c_kernel("textparse", "JSON-like reader, substring search"),
    c_kernel("bintrees", "malloc, free, pointers"),
    c_kernel("fib", "recursion"),
    c_kernel("dot8", "dot products of signed bytes"),
    c_kernel("bytecount", "occurrences of a byte"),
    c_kernel("saxpy", "scaled vector added to another"),
    c_kernel("sqlite", "SQLite in memory"),
]

def file_program(name, about):
    return Program(name, "c", about, needs_folder=True)


FILE_PROGRAMS = [
    file_program("file_read", "64 MiB in blocks of 64 KiB"),
    file_program("file_write", "64 MiB in blocks of 64 KiB"),
    file_program("random_read", "4 KiB at random places"),
    file_program("random_write", "4 KiB at random places"),
    file_program("walk", "10,000 files in 100 folders"),
    c_kernel("wake_up", "sleeps of 100 microseconds"),
]

def server(client, about):
    return Program(f"tcp_{client}", "c", about, client=client)


SERVERS = [
    server("echo", "50,000 round trips of 64 bytes"),
    server("receive", "512 MiB in blocks of 64 KiB"),
    server("send", "512 MiB in blocks of 64 KiB"),
]

GO_PROGRAMS = [
    go_program("json", "encoding/json both ways"),
    go_program("regexp", "package regexp"),
    go_program("sort", "slices.Sort, sort.Sort, sort.Slice"),
    go_program("maps", "integer and string keys"),
    go_program("sprintf", "package fmt"),
    go_program("flate", "compress/flate"),
    go_program("sha256", "crypto/sha256", "native-assembly"),
    go_program("channels", "goroutines, select, mutex"),
    go_program("goparser", "go/parser and go/format"),
    go_program("matmul", "matrix product of slices"),
    go_program("nbody", "gravity, scalar float64"),
    go_program("bintrees", "allocator and collector"),
    go_program("strings", "packages strings and bytes", "native-assembly"),
    go_program("routes", "container/heap, interfaces, boxed values"),
]

C_HELLO = Program("hello", "c", "small C program", samples=7)
GO_HELLO = Program("hello", "go", "small Go program", samples=3)
ESBUILD = Program("esbuild", "go", "20 MB Go program printing its version",
                  arguments=("--version",), package="github.com/evanw/esbuild/cmd/esbuild")

# Suite -> {name in the suite: program}.
THROUGHPUT = {
    "c": {program.name: program for program in C_KERNELS},
    "go": {program.name: program for program in GO_PROGRAMS},
    "files": {program.name: program for program in FILE_PROGRAMS},
    "network": {program.name: program for program in SERVERS},
}
STARTS = {"c-hello": C_HELLO, "go-hello": GO_HELLO, "esbuild": ESBUILD}
# Programs of about three seconds from ahead-of-time code.
WARM_UP = {
    "c-vm": replace(THROUGHPUT["c"]["vm"], arguments=("840",)),
    "c-hashtable": replace(THROUGHPUT["c"]["hashtable"], arguments=("800",)),
    "go-json": replace(THROUGHPUT["go"]["json"], arguments=("500",)),
    "go-maps": replace(THROUGHPUT["go"]["maps"], arguments=("450",)),
    "go-sort": replace(THROUGHPUT["go"]["sort"], arguments=("230",)),
}
COMPILED = {
    "sqlite": THROUGHPUT["c"]["sqlite"],
    "go-json": THROUGHPUT["go"]["json"],
    "go-goparser": THROUGHPUT["go"]["goparser"],
    "esbuild": ESBUILD,
}
# Suite -> its programs, all of them.
TABLES = {**THROUGHPUT, "cold": STARTS, "memory": STARTS, "warm-up": WARM_UP, "compile": COMPILED}
