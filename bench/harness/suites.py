"""The suites: which programs run on which engines, what is timed, and what must be equal.

Each suite returns a Suite: rows of programs, columns of engines, one value a round in each cell.
Lower values are better, but for suite `compile` (MB/s). Within a round the engines take turns on
a program, so that what disturbs the machine disturbs all of them; ratios are formed within rounds
(summary.py).
"""
import shutil
import statistics
from dataclasses import dataclass, field

from devtool import shell

from harness import OUT, callers, engines, guests, programs
from harness.growth import SHAPES, module_text
from harness.measure import progress, rotations

EMPTY_MODULE = b"\0asm\1\0\0\0"
NS_PER_MS = 1e6
QUICK_PERCENT = "25"
COMPILE_SAMPLES, ENOUGH_NS = 9, 500_000_000
DATA = OUT / "run/data"  # the folder that programs get


@dataclass
class Cell:
    runs: list = field(default_factory=list)  # every run's raw figures
    values: list = field(default_factory=list)  # what is compared: one a round
    failure: str | None = None  # why the values must not be used
    output: bytes | None = None

    def fail(self, why):
        self.failure, self.values = why, []


@dataclass
class Row:
    about: str
    cells: dict  # engine name -> Cell
    marks: set = field(default_factory=set)
    facts: dict = field(default_factory=dict)  # sizes and the like, for the JSON file


@dataclass
class Suite:
    name: str
    unit: str
    rounds: int
    rows: dict = field(default_factory=dict)  # program name -> Row
    whole: bool = True  # every program of the suite is in it


@dataclass
class Plan:
    """What the command line asked for."""

    stopwatch: object
    guests: dict  # Program -> Guest
    engines: list  # Engine
    compilers: list  # Compiler
    callers: dict  # suite name -> [callers.Ready]
    rounds: dict  # suite name -> rounds
    quick: bool
    wanted: object  # predicate on program names

    def jobs(self, table):
        """[(name, guest)] of a table of programs.py that are asked for and could be built."""
        return [(name, self.guests[program]) for name, program in table.items()
                if self.wanted(name) and program in self.guests]

    def engines_of(self, suite):
        return [engine for engine in self.engines if suite in engine.suites]


def new_row(guest, columns):
    program = guest.program
    return Row(program.about, {column.name: Cell() for column in columns}, set(program.marks),
               {"language": program.language, "wasm_bytes": guest.wasm_bytes,
                "code_bytes": guest.code_bytes, "vector_remarks": guest.vector_remarks})


# --- Running programs: c, go, cold, memory, warm-up -----------------------------------------------


def throughput(plan, name):
    """Suites `c`, `go` and `files`: the time a program measures around its own kernel."""
    table = programs.THROUGHPUT[name]
    return run_programs(plan, Suite(name, "ms in the kernel", plan.rounds[name]), table,
                        lambda run: run.kernel_ns and run.kernel_ns / NS_PER_MS,
                        arguments=[QUICK_PERCENT] if plan.quick else [], samples=False)


def network(plan, name):
    """The time that a native client measures while it talks to a program."""
    client = guests.build_client()
    percent = QUICK_PERCENT if plan.quick else "100"

    def command_of(engine, guest, words, _):
        return [client, guest.program.client, percent, *engine.serve(guest, words)]

    return run_programs(plan, Suite(name, "ms of a client", plan.rounds[name]),
                        programs.THROUGHPUT[name],
                        lambda run: run.kernel_ns and run.kernel_ns / NS_PER_MS,
                        arguments=[percent], samples=False, command_of=command_of)


def cold(plan, name):
    """Whole processes, nothing cached except where the engine's name says so."""
    suite = run_programs(plan, Suite(name, "ms from start to exit", plan.rounds[name]),
                         programs.STARTS, lambda run: run.wall_ns / NS_PER_MS)
    if plan.wanted("version"):
        suite.rows["version"] = version_row(plan, suite)
    return suite


def warm_up(plan, name):
    """Whole processes, nothing cached: what it costs that code is made while it runs."""
    return run_programs(plan, Suite(name, "ms from start to exit", plan.rounds[name]),
                        programs.WARM_UP, lambda run: run.wall_ns / NS_PER_MS)


def memory(plan, name):
    return run_programs(plan, Suite(name, "MiB at the peak", plan.rounds[name]), programs.STARTS,
                        lambda run: run.peak_kib / 1024, samples=False)


def plain_command(engine, guest, words, folder):
    return engine.command(guest, words, folder)


def run_programs(plan, suite, table, value_of, arguments=(), samples=True,
                 command_of=plain_command):
    runners, jobs = plan.engines_of(suite.name), plan.jobs(table)
    suite.whole = len(jobs) == len(table)
    DATA.mkdir(parents=True, exist_ok=True)
    suite.rows = {name: new_row(guest, runners) for name, guest in jobs}
    for name, guest in jobs:
        for engine in runners:
            prepare(plan, suite.rows[name].cells[engine.name], engine, guest)
    for number, order in enumerate(rotations(runners, suite.rounds), 1):
        for name, guest in jobs:
            progress(f"{suite.name} {number}/{suite.rounds} {name}")
            words, folder = [*guest.program.arguments, *arguments], None
            if guest.program.needs_folder:
                folder = DATA
                words = [*(words or ["100"]), folder]
            count = guest.program.samples if samples and not plan.quick else 1
            for engine in order:
                cell = suite.rows[name].cells[engine.name]
                if cell.failure is None:
                    add_value(plan, cell, engine, command_of(engine, guest, words, folder), count,
                              value_of)
            compare_outputs(suite.rows[name])
    return suite


def prepare(plan, cell, engine, guest):
    """Fills caches and compiles ahead of time, untimed."""
    try:
        if engine.ahead_of_time:
            engines.compile_ahead(engine, guest)
    except shell.Failure as failure:
        cell.fail(str(failure))
        return
    if engine.cache == "warm":
        engines.cache_folder(engine).mkdir(parents=True, exist_ok=True)
        words = guest.program.arguments or ["1"]  # 1 %: what is cached does not depend on it
        run = plan.stopwatch.run(engine.command(guest, words), engines.run_environment(engine))
        if run.complaint:
            cell.fail(run.complaint)


def add_value(plan, cell, engine, command, samples, value_of):
    """One round's value of one cell: the median of its samples. A failure is final."""
    values = []
    for _ in range(samples):
        if engine.cache == "empty":
            engines.empty_cache(engine)
        run = plan.stopwatch.run(command, engines.run_environment(engine))
        if cell.output is None:
            cell.output = run.stdout
        if run.complaint:
            cell.fail(run.complaint)
            return
        if run.stdout != cell.output:
            cell.fail("its output changes from run to run")
            return
        if value_of(run) is None:
            cell.fail("it did not report kernel_ns")
            return
        cell.runs.append(run.figures())
        values.append(value_of(run))
    cell.values.append(statistics.median(values))


def compare_outputs(row):
    native = row.cells["native"]
    for cell in row.cells.values():
        if cell.failure is None and cell.output != native.output:
            cell.fail("its output differs from native's")


def version_row(plan, suite):
    """`ENGINE --version`, beside /bin/true in native's column."""
    row, by_program = Row("--version (native: /bin/true)", {}), {}
    for engine in plan.engines_of(suite.name):
        by_program.setdefault(engine.program(), engine)  # one column a program is enough
    runners = list(by_program.values())
    row.cells = {engine.name: Cell() for engine in runners}
    for order in rotations(runners, suite.rounds):
        for engine in order:
            add_value(plan, row.cells[engine.name], engine, engines.version_command(engine),
                      1 if plan.quick else 15, lambda run: run.wall_ns / NS_PER_MS)
    return row


# --- Compiling and validating ---------------------------------------------------------------------


def compile_speed(plan, name):
    """MB of code section a second of wall time, with the time for an empty module taken off."""
    empty = OUT / "wasm/empty.wasm"
    empty.parent.mkdir(parents=True, exist_ok=True)
    empty.write_bytes(EMPTY_MODULE)
    suite = Suite(name, "MB of code a second", plan.rounds[name])
    jobs = plan.jobs(programs.COMPILED)
    suite.whole = len(jobs) == len(programs.COMPILED)
    suite.rows = {job_name: new_row(guest, plan.compilers) for job_name, guest in jobs}
    for number, order in enumerate(rotations(plan.compilers, suite.rounds), 1):
        for job_name, guest in jobs:
            progress(f"{name} {number}/{suite.rounds} {job_name}")
            for compiler in order:
                cell = suite.rows[job_name].cells[compiler.name]
                if cell.failure is None:
                    add_compilation(plan, cell, compiler, guest, empty)
    return suite


def add_compilation(plan, cell, compiler, guest, empty):
    start, whole = (compile_samples(plan, compiler, wasm) for wasm in (empty, guest.wasm))
    complaint = start[-1].complaint or whole[-1].complaint
    if complaint:
        cell.fail(complaint)
        return
    # V8 reports the time inside its process; for the others start-up is taken off.
    wall_ns = median_of(whole, "kernel_ns") if whole[0].kernel_ns else (
        median_of(whole, "wall_ns") - median_of(start, "wall_ns"))
    cpu_ns = median_of(whole, "cpu_ns") - median_of(start, "cpu_ns")
    if wall_ns <= 0 or cpu_ns <= 0:
        cell.fail("too quick to be told from start-up")
        return
    cell.runs.append({"net_wall_ns": wall_ns, "net_cpu_ns": cpu_ns,
                      "start_wall_ns": median_of(start, "wall_ns"), "samples": len(whole)})
    cell.values.append(guest.code_bytes * 1000 / wall_ns)


def growth(plan, name):
    """Milliseconds of CPU time for one function of each size."""
    suite = Suite(name, "ms of CPU time for one function", plan.rounds[name])
    columns = {size: column for size, column in engines.GROWTH.items() if column.program()}
    suite.rows = {shape: Row("generated", {column.name: Cell() for column in columns.values()})
                  for shape in SHAPES}
    folder = OUT / "growth"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, suite.rounds + 1):
        for shape, row in suite.rows.items():
            progress(f"{name} {number}/{suite.rounds} {shape}")
            for kilobytes, column in columns.items():
                module = folder / f"{shape}-{kilobytes}.wat"
                module.write_text(module_text(shape, kilobytes))
                add_growth(plan, row.cells[column.name], column, module)
    return suite


def add_growth(plan, cell, column, module):
    runs = compile_samples(plan, column, module)
    if runs[-1].complaint:
        cell.fail(runs[-1].complaint)
    elif cell.failure is None:
        cell.values.append(median_of(runs, "cpu_ns") / NS_PER_MS)


def compile_samples(plan, compiler, wasm):
    """Several runs where one is short, one where it is long; stops at the first that fails."""
    scratch, runs = OUT / "run/scratch", []
    while len(runs) < COMPILE_SAMPLES and sum(run.wall_ns for run in runs) < ENOUGH_NS:
        remove(scratch)
        runs.append(plan.stopwatch.run(compiler.command(wasm, scratch)))
        if runs[-1].complaint:
            break
    remove(scratch)
    return runs


def median_of(runs, name):
    return statistics.median(getattr(run, name) for run in runs)


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


# --- Calls ----------------------------------------------------------------------------------------

def calls(plan, name):
    """Nanoseconds of one call: the quickest of many short rounds within a run of its program."""
    suite, ready = Suite(name, callers.UNITS[name], plan.rounds[name]), plan.callers[name]
    rows = {row: what for row, what in callers.ROWS[name].items() if plan.wanted(row)}
    suite.whole = len(rows) == len(callers.ROWS[name])
    suite.rows = {row: Row(what.about, {one.caller.name: Cell() for one in ready
                                        if one.caller.name in what.callers})
                  for row, what in rows.items()}
    for number, order in enumerate(rotations(ready, suite.rounds), 1):
        for row_name, row in suite.rows.items():
            progress(f"{name} {number}/{suite.rounds} {row_name}")
            for one in order:
                cell = row.cells.get(one.caller.name)
                if cell is not None and cell.failure is None:
                    add_call(plan, cell, one, row_name)
    return suite


def add_call(plan, cell, one, row_name):
    run = plan.stopwatch.run(one.command(row_name), engines.run_environment(one.caller))
    if run.complaint or run.kernel_ns is None:
        cell.fail(run.complaint or "it told no time")
    else:
        cell.runs.append(run.figures())
        cell.values.append(run.kernel_ns / callers.TOLD)


# --- Sizes ----------------------------------------------------------------------------------------


def size(plan, name):
    """The library's size without symbols, in MB of 10^6 bytes."""
    suite = Suite(name, "MB stripped", 1)
    if callers.LIBRARY.exists():
        stripped = OUT / "run/libskerry.stripped"
        shell.run(["strip", "-o", stripped, callers.LIBRARY.resolve()], to_stderr=True)
        suite.rows["libskerry"] = Row("the library", {"skerry": Cell(
            values=[stripped.stat().st_size / 1e6])})
    return suite


# Suite -> what runs it, and how many rounds it usually has.
SUITES = {
    "c": (throughput, 5),
    "go": (throughput, 5),
    "files": (throughput, 5),
    "network": (network, 5),
    "cold": (cold, 5),
    "memory": (memory, 3),
    "warm-up": (warm_up, 3),
    "compile": (compile_speed, 3),
    "growth": (growth, 1),
    "calls": (calls, 5),
    "go-calls": (calls, 5),
    "libraries": (calls, 5),
    "size": (size, 1),
}
