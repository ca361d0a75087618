"""The results as one HTML page with SVG bars, readable without network or scripts."""
import html

from harness import callers, engines, summary, table

WIDTH, LABEL_WIDTH, BAR_HEIGHT, GROUP_GAP = 860, 190, 13, 10
COMPILER_COLORS = {"skerry-validate": "#c8102e", "skerry-compile": "#c8102e",
                   "wasm-tools-validate": "#1f5fa8", "node-validate": "#3c873a",
                   "wasmtime-compile": "#7fb8ee",
                   "winch-compile": "#b7d7f3", "node-compile": "#3c873a",
                   "wazero-compile": "#d9a300", "skerry-10-kb": "#e8a0ae",
                   "skerry-100-kb": "#d9486a", "skerry-1000-kb": "#7a0019"}
COLORS = {column.name: column.color for column in [*callers.everybody(), *engines.ENGINES]
          } | COMPILER_COLORS
UNSEEN = {"native-scalar"}  # there for a mark, not for show

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 900px; margin: 2em auto; padding: 0 1em;
       color: #222; background: #fff }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em }
svg { width: 100%; height: auto } svg text { fill: currentColor }
table { border-collapse: collapse } td, th { padding: .15em .8em .15em 0; text-align: left }
td.n { text-align: right } .pass { color: #1a7f37 } .fail { color: #c8102e; font-weight: 600 }
.key { display: inline-block; margin-right: 1.2em } .key i { display: inline-block; width: .8em;
       height: .8em; margin-right: .4em } pre { overflow-x: auto; font-size: 12px }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } }
"""


def page(results, suites, verdicts):
    parts = [f"<h1>Skerry benchmarks</h1><p>{escape(results['machine']['cpu'])}, "
             f"{results['machine']['cpus']} CPUs, {escape(results['made_at'])}. "
             f"{'Quick run: one short round, only indicative.' if results['quick'] else ''}</p>",
             bars_table(verdicts)]
    for suite in suites.values():
        if suite.rows and suite.name != "size":
            parts.append(suite_section(suite))
    versions = "".join(f"<tr><td>{escape(name)}</td><td>{escape(version)}</td></tr>"
                       for name, version in results["versions"].items())
    parts.append(f"<h2>Versions</h2><table>{versions}</table>")
    return ("<!doctype html>\n<html lang=en><meta charset=utf-8>"
            "<meta name=viewport content='width=device-width'>"
            f"<title>Skerry benchmarks</title><style>{STYLE}</style>\n"
            + "\n".join(parts) + "</html>\n")


def escape(text):
    return html.escape(str(text))


def bars_table(verdicts):
    rows = "".join(
        f"<tr><td>{'(aim) ' if v.aim else ''}{escape(v.text)}</td>"
        f"<td class=n>{table.figure(v.limit)}</td>"
        f"<td class=n>{table.figure(v.value)}</td>"
        f"<td class={v.state.split()[0]}>{escape(v.state)} {escape(v.why)}</td></tr>"
        for v in verdicts)
    return f"<h2>Bars</h2><table><tr><th>bar<th>at most<th>measured<th></tr>{rows}</table>"


def suite_section(suite):
    titles = {"c": "C kernels: times native code's time (lower is better)",
              "go": "Go programs: times native code's time (lower is better)",
              "files": "Files: milliseconds in the program's loop (lower is better)",
              "network": "TCP servers: milliseconds of their client (lower is better)",
              "cold": "Cold start: milliseconds from start to exit (lower is better)",
              "memory": "Peak memory: MiB (lower is better)",
              "warm-up": "From a cold start: milliseconds from start to exit (lower is better)",
              "growth": "Compiling one generated function: ms (lower is better)",
              "calls": "Calls between C and Wasm: nanoseconds of one (lower is better)",
              "go-calls": "Calls from Go and of Go: nanoseconds of one (lower is better)",
              "libraries": "C libraries in Go: nanoseconds of a call or row (lower is better)",
              "compile": "Validating and compiling: MB of code a second (higher is better)"}
    relative = suite.name in ("c", "go")
    names = [name for name in table.columns_of(suite) if name not in UNSEEN
             and not (relative and name == "native")]
    groups = []
    if relative:
        means = {name: summary.geometric_mean(suite, name, "native") for name in names}
        groups.append(("geometric mean", {n: m.value if m else None for n, m in means.items()}))
    for program, row in suite.rows.items():
        groups.append((f"{program} {table.marks_text(row)}".strip(), {
            name: (summary.ratio(row, name, "native") if relative
                   else summary.median(row.cells[name]))
            for name in names if name in row.cells}))
    keys = "".join(f"<span class=key><i style='background:{COLORS[name]}'></i>"
                   f"{escape(table.LABELS[name])}</span>" for name in names)
    return (f"<h2>{titles[suite.name]}</h2><p>{keys}</p>{bar_chart(groups, relative)}"
            "<details><summary>Table</summary>"
            f"<pre>{escape(table.suite_text(suite))}</pre></details>")


def bar_chart(groups, relative):
    """Ratios share one scale, with a line at 1; other figures are scaled group by group."""
    seen = sorted(value for _, values in groups for value in values.values() if value)
    if not seen:
        return "<p>Nothing was measured.</p>"
    # One slow engine on one program must not flatten everything else: the scale ends at the 95th
    # percentile, and longer bars are cut there (their figure stands beside them).
    shared = seen[int(len(seen) * 0.95) - 1] * 1.1 if relative and len(seen) > 4 else seen[-1]
    shapes, y = [], 4
    room = WIDTH - LABEL_WIDTH - 60
    for label, values in groups:
        scale = shared if relative else max([v for v in values.values() if v] or [1])
        top = y
        for name, value in values.items():
            length = room * min(value, scale) / scale if value else 0
            said = table.figure(value) if value else "failed"
            shapes.append(
                f'<rect x="{LABEL_WIDTH}" y="{y}" width="{length:.1f}" height="{BAR_HEIGHT - 2}" '
                f'fill="{COLORS[name]}"><title>{escape(label)}, {escape(table.LABELS[name])}: '
                f'{said}</title></rect>'
                f'<text x="{LABEL_WIDTH + length + 4:.1f}" y="{y + BAR_HEIGHT - 3}">{said}</text>')
            y += BAR_HEIGHT
        middle = (top + y) / 2 + 4
        shapes.append(f'<text x="{LABEL_WIDTH - 8}" y="{middle:.0f}" text-anchor="end">'
                      f'{escape(label)}</text>')
        y += GROUP_GAP
    if relative and shared > 1:
        x = LABEL_WIDTH + room / shared
        shapes.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{y}" stroke="currentColor" '
                      'stroke-dasharray="3 3"><title>native</title></line>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img" '
            'font-family="system-ui, sans-serif" font-size="11">'
            f'{"".join(shapes)}</svg>')
