#!/usr/bin/env python3
"""Tests of the harness's arithmetic, its reading of modules, its reports and its stopwatch.

Run with `python3 bench/test_harness.py`. They run no engine and assert no speed.
"""
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import (chart, engines, guests, measure, programs, summary, table,  # noqa: E402
                     wasmfile)
from harness.suites import Cell, Row, Suite  # noqa: E402


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
        for column in [*engines.ENGINES, *engines.COMPILERS, *engines.GROWTH.values()]:
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
