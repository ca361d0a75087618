#!/usr/bin/env python3
"""Tests of ./dev that need no build. Not here: whether the commands it runs work."""
import pathlib
import re
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from devtool import run  # noqa: E402 (the path above has to be set first)


class RunWords(unittest.TestCase):
    def test_values_are_no_files(self):
        options = ["--dir", ".", "--fuel=5", "-W", "fuel=1", "--gas-limit", "9"]
        self.assertEqual(run.split([*options, "main.go", "--dir", "x"]),
                         (options, ["main.go", "--dir", "x"]))

    def test_flags_take_no_value(self):
        self.assertEqual(run.split(["--reactor", "lib.wat", "add", "1"]),
                         (["--reactor"], ["lib.wat", "add", "1"]))

    def test_every_row_of_the_table_is_read(self):
        rows = re.findall(r"^OPTION\(", run.OPTIONS.read_text(), re.M)
        self.assertEqual(len(run.ROW.findall(run.OPTIONS.read_text())), len(rows))

    def test_options_of_other_commands_are_left_alone(self):
        self.assertNotIn("--expected-failures", run.options_with_value())


if __name__ == "__main__":
    unittest.main()
