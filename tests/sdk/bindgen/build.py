"""C libraries from crates as modules, and Go packages of them by `skerry bindgen`: what the tests and
the benchmark beside them use. Libraries are rows of LIBRARIES."""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]
import needs
from devtool import crates

COMPILER = ["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "-mexec-model=reactor", "-O2"]

LIBRARIES = {
    "zlib": dict(
        crate=("libz-sys", "1.1.31"), folder="src/zlib", header="zlib.h", flags=["-DHAVE_UNISTD_H"],
        sources=["adler32.c", "compress.c", "crc32.c", "deflate.c", "inffast.c", "inflate.c", "inftrees.c",
                 "trees.c", "uncompr.c", "zutil.c"],
        exports=["compress2", "uncompress", "compressBound", "crc32", "zlibVersion", "zError", "inflateEnd"]),
    "zstd": dict(
        crate=("zstd-sys", "2.1.3"), folder="zstd/lib", header="zstd.h", flags=["-DZSTD_DISABLE_ASM"],
        sources=["common/*.c", "compress/*.c", "decompress/*.c"],
        exports=["ZSTD_compress", "ZSTD_decompress", "ZSTD_compressBound", "ZSTD_isError", "ZSTD_getErrorName",
                 "ZSTD_createCCtx", "ZSTD_freeCCtx", "ZSTD_compressCCtx", "ZSTD_getFrameContentSize",
                 "ZSTD_versionString"]),
    "sqlite": dict(
        crate=("libsqlite3-sys", "0.40.0"), folder="sqlite3", header="sqlite3.h",
        flags=["-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION", "-DSQLITE_OS_OTHER=1",
               "-DLONGDOUBLE_TYPE=double"],
        linking=["-Wl,--export-table,--growable-table"],  # for functions of Go
        only_modules={"-DSQLITE_OS_OTHER=1", "wasm32-wasi-vfs.c"},  # the module's files; elsewhere it has its own
        sources=["sqlite3.c", "wasm32-wasi-vfs.c"],
        exports=["sqlite3_open", "sqlite3_close_v2", "sqlite3_exec", "sqlite3_prepare_v2", "sqlite3_finalize",
                 "sqlite3_bind_text", "sqlite3_bind_int64", "sqlite3_bind_double", "sqlite3_step",
                 "sqlite3_reset", "sqlite3_column_text", "sqlite3_column_int64", "sqlite3_column_double",
                 "sqlite3_column_count", "sqlite3_column_name", "sqlite3_errmsg", "sqlite3_errstr",
                 "sqlite3_changes", "sqlite3_libversion", "sqlite3_create_function_v2",
                 "sqlite3_value_text", "sqlite3_value_int64", "sqlite3_value_type", "sqlite3_result_text",
                 "sqlite3_result_int64", "sqlite3_result_error"]),
}


def missing(skerry):
    """What is not here that they need, as a sentence; None if all is."""
    for program, package in (("clang-22", "clang-22"), ("wasm-ld-22", "lld-22"), ("cargo", "cargo")):
        if shutil.which(program) is None:
            return f"there is no {program} (apt-get install {package})"
    if not pathlib.Path("/usr/include/wasm32-wasi").is_dir():
        return "there is no wasi-libc (apt-get install wasi-libc libclang-rt-22-dev-wasm32)"
    return needs.libclang([skerry])


def run(*command, folder=HERE, **options):
    print("+", *command, flush=True)
    return subprocess.run([str(word) for word in command], cwd=folder, check=True, **options)


def sources(name):
    """The library's folder, and its C files."""
    row = LIBRARIES[name]
    folder = crates.fetch(*row["crate"]) / row["folder"]
    return folder, [file for glob in row["sources"] for file in sorted(folder.glob(glob))]


def module_words(name):
    """What makes the module, after the compiler's name."""
    row = LIBRARIES[name]
    folder, files = sources(name)
    exports = [f"-Wl,--export={symbol}" for symbol in ("malloc", "free", *row["exports"])]
    return [*COMPILER[1:], "-w", *row["flags"], "-I", folder, *files, *exports, *row.get("linking", [])]


def native_words(name):
    """What makes one object for this machine of the same sources, after the compiler's name."""
    row = LIBRARIES[name]
    folder, files = sources(name)
    left_out = row.get("only_modules", set())
    return ["-O2", "-w", "-fPIC", *(flag for flag in row["flags"] if flag not in left_out), "-I", folder,
            *(file for file in files if file.name not in left_out), "-r", "-nostdlib"]


def package_words(name, file):
    """What makes the Go package of the module, after `skerry bindgen`; its header and its rules."""
    folder, _ = sources(name)
    header, rules = folder / LIBRARIES[name]["header"], HERE / f"{name}.toml"
    return ["--go", file, "--header", header, "--rules", rules], [header, rules]


def module(name, target):
    """Compiles the library to the file `target`."""
    run(COMPILER[0], *module_words(name), "-o", target)


def package(skerry, name, target):
    """The module and its Go package in the folder `target`."""
    target.mkdir(parents=True, exist_ok=True)
    file = target / f"{name}.wasm"
    if not file.exists():
        module(name, file)
    words, _ = package_words(name, file)
    run(skerry, "bindgen", *words, "-o", target)
