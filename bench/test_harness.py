#!/usr/bin/env python3
"""Tests of the harness's arithmetic, its reading of modules, its reports and its stopwatch.

Run with `python3 bench/test_harness.py`. They run no engine and assert no speed.
"""
import json
import pathlib
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import (BENCH, c_libraries, callers, chart, engines, guests, measure,  # noqa: E402
                     programs, suites, summary, table, wasmfile)
from harness.suites import Cell, Row, Suite  # noqa: E402
from devtool import shell  # noqa: E402


def cell(*values, failure=None):
    return Cell(values=list(values), failure=failure,
                runs=[{"wall_ns": v * 2e6, "net_cpu_ns": 1} for v in values])


def c_suite(**rows):
    """Rows given as {engine: cell}."""
    facts = {"vector_remarks": 1, "code_bytes": 1}
    return Suite("c", "ms", 3, {name: Row(name, cells, set(), dict(facts))
                                for name, cells in rows.items()})


class Servers(unittest.TestCase):
    def test_every_engine_of_the_network_serves_before_the_module(self):
        """Options come first; only native code has no word for its port, and inherits a socket."""
        guest = guests.Guest(programs.SERVERS[0], pathlib.Path("g.wasm"), pathlib.Path("g"), None,
                             0, 0, 0)
        for engine in engines.ENGINES:
            self.assertEqual("network" in engine.suites, engine.serve is not None, engine.name)
            if engine.serve:
                words = [str(word) for word in engine.serve(guest, ["25"])]
                ports = [i for i, word in enumerate(words) if "PORT" in word]
                self.assertEqual(len(ports), 0 if engine.name == "native" else 1, words)
                self.assertEqual(words[-1], "25")
                self.assertLess(max(ports, default=-1), len(words) - 2)


class Arithmetic(unittest.TestCase):
    def test_ratio_is_the_median_of_the_rounds_ratios(self):
        # The second round was slow for both: the ratio of medians would be 30 / 10.
        row = Row("", {"native": cell(10, 100, 10), "skerry": cell(20, 200, 30)})
        self.assertEqual(summary.ratio(row, "skerry", "native"), 2)

    def test_ratio_to_an_engine_that_is_not_there(self):
        self.assertIsNone(summary.ratio(Row("", {"native": cell(1)}), "skerry", "native"))
        self.assertIsNone(summary.ratio(Row("", {"native": cell(1), "x": cell()}), "x", "native"))

    def test_geometric_mean_counts_its_programs(self):
        suite = c_suite(a={"native": cell(1), "skerry": cell(2)},
                        b={"native": cell(1), "skerry": cell(8)},
                        c={"native": cell(1), "skerry": cell()})
        mean = summary.geometric_mean(suite, "skerry", "native")
        self.assertAlmostEqual(mean.value, 4)
        self.assertEqual(mean.programs, 2)

    def test_vectorised_needs_remarks_and_a_gain(self):
        suite = c_suite(gains={"native": cell(1), "native-scalar": cell(2)},
                        does_not={"native": cell(1), "native-scalar": cell(1.05)})
        summary.mark_vectorised(suite)
        self.assertEqual(suite.rows["gains"].marks, {"vectorised"})
        self.assertEqual(suite.rows["does_not"].marks, set())
        suite = c_suite(silent={"native": cell(1), "native-scalar": cell(2)})
        suite.rows["silent"].facts["vector_remarks"] = 0
        summary.mark_vectorised(suite)
        self.assertEqual(suite.rows["silent"].marks, set())

    def test_whole_process_uses_wall_time(self):
        suite = summary.whole_process(c_suite(a={"native": cell(1), "skerry": cell(3)}))
        self.assertEqual(suite.rows["a"].cells["skerry"].values, [6])


class Bars(unittest.TestCase):
    BAR = {"text": "t", "suite": "c", "kind": "geomean", "engine": "skerry", "against": "native",
           "limit": 2.0}

    def judge(self, suite, **changes):
        return summary.judge([dict(self.BAR, **changes)], {"c": suite} if suite else {})[0]

    def test_pass_and_fail(self):
        suite = c_suite(a={"native": cell(1), "skerry": cell(2)})
        self.assertEqual(self.judge(suite).state, "pass")
        self.assertEqual(self.judge(suite, limit=1.9).state, "fail")

    def test_a_program_that_failed_fails_the_bar(self):
        suite = c_suite(a={"native": cell(1), "skerry": cell(1)},
                        b={"native": cell(1), "skerry": cell(failure="crashed")})
        self.assertEqual(self.judge(suite).state, "fail")
        self.assertIn("b on skerry", self.judge(suite).why)

    def test_not_run_is_not_measured(self):
        self.assertEqual(self.judge(None).state, "not measured")
        self.assertEqual(self.judge(c_suite(a={"native": cell(1)})).state, "not measured")

    def test_part_of_a_suite_cannot_pass(self):
        suite = c_suite(a={"native": cell(1), "skerry": cell(1)})
        suite.whole = False
        self.assertEqual(self.judge(suite).state, "not measured")

    def test_worst_leaves_marked_rows_out_and_names_the_program(self):
        suite = c_suite(a={"native": cell(1), "skerry": cell(9)},
                        b={"native": cell(1), "skerry": cell(2)})
        suite.rows["a"].marks.add("vectorised")
        verdict = self.judge(suite, kind="worst", except_mark="vectorised")
        self.assertEqual((verdict.value, verdict.state, verdict.why), (2, "pass", "b"))

    def test_difference(self):
        suite = c_suite(version={"native": cell(1, 1, 1), "skerry": cell(3, 9, 4)})
        verdict = self.judge(suite, kind="difference_ms", program="version")
        self.assertEqual(verdict.value, 3)


    def test_each_bar_is_about_a_suite_and_callers_that_there_are(self):
        for bar in json.loads((BENCH / "bars.json").read_text()):
            self.assertIn(bar["suite"], suites.SUITES, bar["id"])
            rows = callers.ROWS.get(bar["suite"])
            if rows:
                can = rows[bar["program"]].callers
                self.assertIn(bar["engine"], can, bar["id"])
                self.assertIn(bar.get("against", can[0]), can, bar["id"])


class Calling(unittest.TestCase):
    """Suites whose programs time calls. A stand-in for the stopwatch answers."""

    def run_calls(self, answers, rounds=2, suite="go-calls", wanted=lambda row: row in ("go-add", "go-stop")):
        """answers: (caller's name, row) -> nanoseconds of TOLD calls, or a complaint."""
        asked = []

        class Stopwatch:
            def run(self, command, environment):
                asked.append(tuple(command))
                answer = answers[tuple(command)]
                failed = isinstance(answer, str)
                return measure.Run(1, 1, 1, None if failed else answer, 0, b"", answer if failed else "")

        ready = [callers.Ready(caller, lambda row, name=caller.name: [name, row])
                 for caller in callers.CALLERS[suite]]
        plan = suites.Plan(Stopwatch(), {}, [], [], {suite: ready}, {suite: rounds}, True, wanted)
        with unittest.mock.patch.object(suites, "progress"):
            return suites.calls(plan, suite), asked

    GOOD = {("cgo", "go-add"): 40e6, ("skerry-go", "go-add"): 10e6, ("wazero", "go-add"): 20e6,
            ("skerry-go", "go-stop"): 1000e6}

    def test_callers_take_turns_on_the_rows_that_they_can(self):
        suite, asked = self.run_calls(self.GOOD)
        self.assertEqual(asked, [
            ("cgo", "go-add"), ("skerry-go", "go-add"), ("wazero", "go-add"), ("skerry-go", "go-stop"),
            ("skerry-go", "go-add"), ("wazero", "go-add"), ("cgo", "go-add"), ("skerry-go", "go-stop")])
        self.assertEqual(suite.rows["go-add"].cells["skerry-go"].values, [10, 10])
        self.assertEqual(list(suite.rows["go-stop"].cells), ["skerry-go"])
        self.assertFalse(suite.whole)

    def test_table_has_ratios_and_room_for_what_is_not_there(self):
        lines = table.suite_text(self.run_calls(self.GOOD)[0]).splitlines()
        self.assertEqual(lines[3].split(), ["go-add", "40.00", "10.00", "20.00", "0.25", "0.50"])
        self.assertEqual(lines[4].split(), ["go-stop", "-", "1000", "-", "-", "-"])

    def test_a_caller_that_failed_is_not_asked_again(self):
        suite, asked = self.run_calls(self.GOOD | {("wazero", "go-add"): "crashed"})
        self.assertEqual(asked.count(("wazero", "go-add")), 1)
        self.assertEqual(summary.failures({"go-calls": suite}), [("go-calls", "go-add", "wazero", "crashed")])
        self.assertIn("FAILED", table.suite_text(suite))

    def test_bars_against_cgo(self):
        bar = {"text": "t", "suite": "go-calls", "kind": "ratio", "program": "go-add", "engine": "skerry-go",
               "against": "cgo", "limit": 0.3}
        suite, _ = self.run_calls(self.GOOD)
        self.assertEqual(summary.judge([bar], {"go-calls": suite})[0].value, 0.25)
        del suite.rows["go-add"].cells["cgo"]
        self.assertEqual(summary.judge([bar], {"go-calls": suite})[0].state, "not measured")

    def test_page_shows_the_suites(self):
        results = {"machine": {"cpu": "", "cpus": 1}, "made_at": "", "quick": False, "versions": {}}
        page = chart.page(results, {"go-calls": self.run_calls(self.GOOD)[0]}, [])
        self.assertIn("Calls from Go", page)

    def test_what_cannot_be_built_is_left_out_with_a_note(self):
        def fails():
            raise shell.Failure("there is no compiler")
        some = {"go-calls": (callers.Caller("cgo", "cgo", "#000", fails),
                             callers.Caller("wazero", "wazero", "#000", lambda: str))}
        with unittest.mock.patch.object(callers, "CALLERS", some):
            ready, notes = callers.prepare(["c", "go-calls"])
        self.assertEqual([one.caller.name for one in ready["go-calls"]], ["wazero"])
        self.assertEqual(ready["c"], [])
        self.assertEqual(notes, ["cgo is left out of go-calls: there is no compiler"])

    def test_rows_name_callers_of_their_suite(self):
        for suite, rows in callers.ROWS.items():
            self.assertIn(suite, suites.SUITES)
            self.assertIn(suite, callers.UNITS)
            names = {caller.name for caller in callers.CALLERS[suite]}
            for row, what in rows.items():
                self.assertLessEqual(set(what.callers), names, row)

    def test_the_same_sources_but_for_the_modules_files(self):
        files = [pathlib.Path("sqlite3.c"), pathlib.Path("wasm32-wasi-vfs.c")]
        with unittest.mock.patch.object(c_libraries, "sources", lambda name: (pathlib.Path("."), files)):
            module, native = (words("sqlite") for words in (c_libraries.module_words, c_libraries.native_words))
        self.assertIn(files[1], module)
        self.assertIn("-DSQLITE_OS_OTHER=1", module)
        self.assertNotIn(files[1], native)
        self.assertNotIn("-DSQLITE_OS_OTHER=1", native)
        self.assertIn("-DSQLITE_THREADSAFE=0", native)


class Modules(unittest.TestCase):
    MODULE = (b"\0asm\1\0\0\0" + b"\x0a\x04\x01\x02\x00\x0b"
              + b"\x00\x1f\x0ftarget_features\x02+\x07simd128-\x03old")

    def setUp(self):
        self.file = tempfile.NamedTemporaryFile(suffix=".wasm")
        self.addCleanup(self.file.close)
        self.file.write(self.MODULE)
        self.file.flush()

    def test_code_section_size(self):
        self.assertEqual(wasmfile.code_bytes(self.file.name), 4)

    def test_only_used_features_are_listed(self):
        self.assertEqual(wasmfile.target_features(self.file.name), {"simd128"})


class Reports(unittest.TestCase):
    SUITE = c_suite(a={"native": cell(1), "skerry": cell(2), "node": cell(failure="crashed")})

    def test_table_shows_ratios_and_failures(self):
        lines = table.suite_text(self.SUITE).splitlines()
        line = next(line for line in lines if line.startswith("a "))
        self.assertEqual(line.split(), ["a", "1.00", "2.00", "FAILED"])

    def test_every_column_has_a_color_and_a_label(self):
        for column in [*callers.everybody(), *engines.ENGINES, *engines.COMPILERS, *engines.GROWTH.values()]:
            self.assertIn(column.name, chart.COLORS)
            self.assertIn(column.name, table.LABELS)

    def test_chart_is_well_formed(self):
        svg = chart.bar_chart([("a & b", {"skerry": 2.0, "node": None})], True)
        root = xml.etree.ElementTree.fromstring(svg)
        self.assertTrue(root.tag.endswith("svg"))


class Rounds(unittest.TestCase):
    def test_every_engine_goes_first(self):
        self.assertEqual(list(measure.rotations(["a", "b"], 3)),
                         [["a", "b"], ["b", "a"], ["a", "b"]])


class Launcher(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stopwatch = measure.Stopwatch(guests.build_launcher(), 1)

    def test_reports_output_status_and_kernel_time(self):
        run = self.stopwatch.run(["sh", "-c", "echo out; echo kernel_ns 42 >&2; exit 3"])
        self.assertEqual((run.stdout, run.kernel_ns, run.status), (b"out\n", 42, 3))
        self.assertIn("exit status 3", run.complaint)

    def test_a_signal_counts_as_128_and_its_number(self):
        self.assertEqual(self.stopwatch.run(["sh", "-c", "kill -SEGV $$"]).status, 128 + 11)

    def test_a_run_that_hangs_is_ended(self):
        self.assertIn("not done", self.stopwatch.run(["sleep", "60"]).complaint)

    def test_peak_memory_has_no_share_of_python_in_it(self):
        held = bytearray(64 << 20)
        run = self.stopwatch.run(["true"])
        self.assertLess(run.peak_kib, len(held) // 1024 // 4)


if __name__ == "__main__":
    unittest.main()
