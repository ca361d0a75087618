"""Ratios, geometric means and the bars: pure arithmetic over suites, no I/O.

A ratio is formed within each round and its median over the rounds is taken, so that a slow minute
of the machine does not count for one side only. A mean is over the programs that both sides ran;
where some failed, the bar that needs the mean fails too.
"""
import math
import statistics
from dataclasses import dataclass, replace

VECTORISED_GAIN = 1.10


def median(cell):
    return statistics.median(cell.values) if cell.values else None


def ratio(row, engine, against):
    """Median over the rounds of engine / against; None when either is missing."""
    if engine not in row.cells or against not in row.cells:
        return None
    ours, theirs = row.cells[engine].values, row.cells[against].values
    rounds = list(zip(ours, theirs))
    return statistics.median(a / b for a, b in rounds) if rounds else None


@dataclass(frozen=True)
class Mean:
    value: float
    programs: int  # how many programs are in it


def geometric_mean(suite, engine, against, leave_out=()):
    """Mean of the rows' ratios, without rows that bear one of the marks in leave_out."""
    ratios = [ratio(row, engine, against) for row in suite.rows.values()
              if not row.marks & set(leave_out)]
    ratios = [r for r in ratios if r]
    if not ratios:
        return None
    return Mean(math.exp(statistics.fmean(math.log(r) for r in ratios)), len(ratios))


def whole_process(suite):
    """The same suite with the time from start to exit as its values (one run a round)."""
    rows = {program: replace(row, cells={name: replace(cell, values=[
        run["wall_ns"] / 1e6 for run in cell.runs] if cell.values else [])
        for name, cell in row.cells.items()}) for program, row in suite.rows.items()}
    return replace(suite, unit="ms from start to exit", rows=rows)


def mark_vectorised(suite):
    """Marks the rows where the native compiler used vectors and gained from them."""
    for row in suite.rows.values():
        gain = ratio(row, "native-scalar", "native")
        if gain and gain >= VECTORISED_GAIN and row.facts.get("vector_remarks"):
            row.marks.add("vectorised")


def failures(suites):
    """[(suite, program, engine, why)]"""
    return [(suite.name, program, engine, cell.failure)
            for suite in suites.values() for program, row in suite.rows.items()
            for engine, cell in row.cells.items() if cell.failure]


# --- Bars -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    text: str
    limit: float
    value: float | None
    state: str  # "pass", "fail" or "not measured"
    why: str = ""
    aim: bool = False  # shown, but nobody is held to it


def judge(bars, suites):
    return [judge_one(bar, suites.get(bar["suite"])) for bar in bars]


def judge_one(bar, suite):
    def verdict(value, state, why=""):
        return Verdict(bar["text"], bar["limit"], value, state, why, bar.get("aim", False))

    if suite is None:
        return verdict(None, "not measured", f"suite {bar['suite']} was not run")
    columns = {engine for row in suite.rows.values() for engine in row.cells}
    for engine in (bar["engine"], bar.get("against", bar["engine"])):
        if engine not in columns:
            return verdict(None, "not measured", f"{engine} was not run")
    broken = broken_cells(bar, suite)
    if broken:
        return verdict(None, "fail", "failed: " + ", ".join(broken))
    value, why = KINDS[bar["kind"]](bar, suite)
    if value is None:
        return verdict(None, "not measured", why)
    if bar["kind"] in ("geomean", "worst") and not suite.whole:
        return verdict(value, "not measured", "only part of the suite was run")
    return verdict(value, "pass" if value <= bar["limit"] else "fail", why)


def broken_cells(bar, suite):
    sides = {bar["engine"], bar.get("against")}
    return [f"{program} on {engine}" for program, row in suite.rows.items()
            if program == bar.get("program", program)
            for engine, cell in row.cells.items() if engine in sides and cell.failure]


def geomean_value(bar, suite):
    mean = geometric_mean(suite, bar["engine"], bar["against"])
    return (mean.value, f"{mean.programs} programs") if mean else (None, "no program ran on both")


def worst_value(bar, suite):
    ratios = [(ratio(row, bar["engine"], bar["against"]), program)
              for program, row in suite.rows.items() if bar.get("except_mark") not in row.marks]
    ratios = [pair for pair in ratios if pair[0]]
    return max(ratios) if ratios else (None, "no program ran on both")


def ratio_value(bar, suite):
    row = suite.rows.get(bar["program"])
    return (ratio(row, bar["engine"], bar["against"]) if row else None), "" if row else "not run"


def difference_value(bar, suite):
    row = suite.rows.get(bar["program"])
    if not row:
        return None, "not run"
    rounds = zip(row.cells[bar["engine"]].values, row.cells[bar["against"]].values)
    return statistics.median(a - b for a, b in rounds), ""


def plain_value(bar, suite):
    row = suite.rows.get(bar["program"])
    return (median(row.cells[bar["engine"]]) if row else None), "" if row else "not run"


KINDS = {"geomean": geomean_value, "worst": worst_value, "ratio": ratio_value,
         "difference_ms": difference_value, "value": plain_value}
