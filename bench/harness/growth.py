"""Generated functions of given sizes, for the question whether compile time grows with size alone.

Everything depends on the parameters and on memory, so that no compiler can drop it: what is left
out would make small functions look cheap.
"""
import random

LOCALS = [f"$l{i}" for i in range(20)]


class Writer:
    """Statements of one shape; `size_bytes` is about what they take in the binary format."""

    def __init__(self):
        self.random = random.Random(7)
        self.parts, self.size_bytes = [], 0

    def any_local(self):
        return f"(local.get {self.random.choice(LOCALS)})"

    def address(self):
        return f"(i32.and {self.any_local()} (i32.const 0xfffc))"

    def add(self, text, size_bytes):
        self.parts.append(text)
        self.size_bytes += size_bytes

    def straight(self):
        self.add(f"(local.set {self.random.choice(LOCALS)} (i32.add (i32.mul {self.any_local()} "
                 f"{self.any_local()}) (i32.load {self.address()}))) "
                 f"(i32.store {self.address()} {self.any_local()})", 33)

    def branches(self):
        self.add(f"(if (i32.lt_u {self.any_local()} {self.any_local()}) (then (local.set "
                 f"{self.random.choice(LOCALS)} (i32.xor {self.any_local()} {self.any_local()}))) "
                 f"(else (i32.store {self.address()} {self.any_local()})))", 29)

    def calls(self):
        # Two different ones: a return that is always taken would end the function there.
        one, other = self.random.sample(LOCALS, 2)
        self.add(f"(local.set {self.random.choice(LOCALS)} (call $other {self.any_local()} "
                 f"(i32.load {self.address()}))) (if (i32.eq (local.get {one}) "
                 f"(local.get {other})) (then (return {self.any_local()})))", 28)

    def loops(self):
        self.add("(local.set $n (i32.const 9)) (loop $again (local.set "
                 f"{self.random.choice(LOCALS)} (i32.add {self.any_local()} (i32.load "
                 f"{self.address()}))) (i32.store {self.address()} {self.any_local()}) "
                 "(br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))", 43)


SHAPES = {"straight": Writer.straight, "branches": Writer.branches, "calls": Writer.calls,
          "loops": Writer.loops}


def module_text(shape, kilobytes):
    writer = Writer()
    while writer.size_bytes < kilobytes * 1000:
        SHAPES[shape](writer)
    declared = " ".join(f"(param {name} i32)" for name in LOCALS)
    return (f"(module (memory 1)\n(func $other (export \"other\") (param i32 i32) (result i32) "
            "(i32.sub (local.get 1) (local.get 0)))\n"
            f"(func (export \"f\") {declared} (result i32) (local $n i32)\n"
            + "\n".join(writer.parts) + "\n(local.get $l0)))\n")
