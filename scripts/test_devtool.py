#!/usr/bin/env python3
"""Tests of ./dev that need no build. Not here: whether the commands it runs work."""
import contextlib
import io
import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from devtool import run, sdk, shell  # noqa: E402 (the path above has to be set first)


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


class EmbeddedLibraries(unittest.TestCase):
    def test_a_library_lies_where_the_go_source_embeds_it(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            library = folder / "libskerry.so.0.1.0"
            library.write_bytes(b"library")
            with contextlib.redirect_stderr(io.StringIO()):
                sdk.put(library, "linux", folder)
                sdk.put(library, "windows", folder)
            self.assertEqual({path.name: path.read_bytes() for path in folder.iterdir()},
                             {name: b"library" for name in
                              (library.name, "libskerry.so", "skerry.dll")})

    def test_git_ignores_what_is_put_there(self):
        for system in ("linux", "windows"):
            path = sdk.EMBEDDED / sdk.name_for(system)
            self.assertIsNotNone(shell.output(["git", "check-ignore", "-q", path]), path)

    def test_the_compiler_is_that_of_the_preset(self):
        toolchain = (shell.ROOT / "cmake/mingw-w64.cmake").read_text()
        self.assertIn(f" {sdk.WINDOWS_COMPILER})", toolchain)


if __name__ == "__main__":
    unittest.main()
