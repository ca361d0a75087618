"""The results as text: a table for each suite, then the bars. All figures come from summary.py."""
from harness import callers, engines, programs, summary

LABELS = {column.name: column.label for column in [*callers.everybody(), *engines.ENGINES,
                                                    *engines.COMPILERS, *engines.GROWTH.values()]}


def columns_of(suite):
    """Engines in the order of their table, as far as the suite has them."""
    present = {name for row in suite.rows.values() for name in row.cells}
    return [name for name in LABELS if name in present]


def render(rows):
    """Left-aligned first column, the rest right-aligned; a row that is None becomes a rule."""
    cells = [row for row in rows if row is not None]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = []
    for row in rows:
        if row is None:
            lines.append("-" * (sum(widths) + 2 * (len(widths) - 1)))
        else:
            lines.append("  ".join([row[0].ljust(widths[0])] + [
                text.rjust(width) for text, width in zip(row[1:], widths[1:])]).rstrip())
    return "\n".join(lines)


def figure(value):
    if value is None:
        return "-"
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def marks_text(row):
    return "".join(letter for mark, (letter, _) in programs.MARKS.items() if mark in row.marks)


def cell_text(row, name, value):
    if name not in row.cells:
        return "-"
    return "FAILED" if row.cells[name].failure else figure(value)


def mean_text(mean, of_native):
    """A mean that some programs are missing from says of how many it is."""
    if mean is None:
        return "-"
    short = of_native is None or mean.programs < of_native.programs
    return figure(mean.value) + (f" ({mean.programs})" if short else "")


def throughput_table(suite):
    names = [name for name in columns_of(suite) if name != "native"]
    rows = [["program", "", "native ms", *(LABELS[name] for name in names)], None]
    for program, row in suite.rows.items():
        native = summary.median(row.cells["native"])
        rows.append([program, marks_text(row), cell_text(row, "native", native), *(
            cell_text(row, name, summary.ratio(row, name, "native")) for name in names)])
    rows.append(None)
    rows += [[title, "", "", *(mean_text(mean(name), mean("native")) for name in names)]
             for title, mean in throughput_means(suite)]
    used = {mark for row in suite.rows.values() for mark in row.marks}
    notes = [f"{letter}: {text}" for mark, (letter, text) in programs.MARKS.items() if mark in used]
    heading = "times native code's; kernel time, whole process in the last row"
    return "\n".join([heading, render(rows), *notes])


def throughput_means(suite):
    """[(row title, engine -> mean)]"""
    means = [("geomean to native", lambda name: summary.geometric_mean(suite, name, "native"))]
    for mark, (letter, _) in programs.MARKS.items():
        if any(mark in row.marks for row in suite.rows.values()):
            means.append((f"  without those marked {letter}", lambda name, mark=mark:
                          summary.geometric_mean(suite, name, "native", [mark])))
    means.append(("geomean to wasmtime AOT",
                  lambda name: summary.geometric_mean(suite, name, "wasmtime-aot")))
    whole = summary.whole_process(suite)
    means.append(("whole process to native",
                  lambda name: summary.geometric_mean(whole, name, "native")))
    return means


def plain_table(suite):
    names = columns_of(suite)
    rows = [["program", *(LABELS[name] for name in names)], None]
    rows += [[program, *(cell_text(row, name, summary.median(row.cells[name]) if name in row.cells
                                   else None) for name in names)]
             for program, row in suite.rows.items()]
    return suite.unit + "\n" + render(rows)


def calls_table(suite):
    """Nanoseconds of each, and ours to the others'."""
    names = columns_of(suite)
    ours = next((name for name in names if name in ("skerry", "skerry-go")), None)
    others = [name for name in names if ours and name != ours]
    rows = [["call", *(LABELS[name] for name in names), *(f"to {LABELS[name]}" for name in others)],
            None]
    for call, row in suite.rows.items():
        rows.append([call, *(cell_text(row, name, summary.median(row.cells[name])
                                       if name in row.cells else None) for name in names),
                     *(figure(summary.ratio(row, ours, name)) for name in others)])
    return suite.unit + "\n" + render(rows)


def compile_table(suite):
    """Validators and compilers apart; MB/s of wall time, and of CPU time in brackets."""
    parts = []
    for work in ("validate", "compile"):
        present = columns_of(suite)
        names = [c.name for c in engines.COMPILERS if c.work == work and c.name in present]
        if not names:
            continue
        rows = [[work, "code MB", *(LABELS[name] for name in names)], None]
        for program, row in suite.rows.items():
            rows.append([program, figure(row.facts["code_bytes"] / 1e6), *(
                speed_text(row, name) for name in names)])
        parts.append(render(rows))
    return suite.unit + " (in brackets: a second of CPU time, all threads)\n" + "\n\n".join(parts)


def speed_text(row, name):
    cell = row.cells[name]
    if cell.failure or not cell.values:
        return cell_text(row, name, None)
    cpu = [row.facts["code_bytes"] * 1000 / run["net_cpu_ns"] for run in cell.runs]
    return f"{figure(summary.median(cell))} ({figure(sorted(cpu)[len(cpu) // 2])})"


TABLES = {"c": throughput_table, "go": throughput_table, "compile": compile_table,
          **{name: calls_table for name in callers.CALLERS}}


def suite_text(suite):
    if not suite.rows:
        return f"== {suite.name}: nothing to measure"
    return f"== {suite.name}: {TABLES.get(suite.name, plain_table)(suite)}"


def bars_text(verdicts):
    rows = [["bar", "at most", "measured", "", ""], None]
    rows += [[("(aim) " if v.aim else "") + v.text, figure(v.limit), figure(v.value), v.state,
              v.why] for v in verdicts]
    return "== bars\n" + render(rows)


def failures_text(failed):
    return "\n".join(f"FAILED: {suite} {program} on {LABELS.get(engine, engine)}: {why}"
                     for suite, program, engine, why in failed)
