;; Recursion that never ends has to become a trap, and a bounded one has to give its result.
(module
  (func $forever (param i64) (result i64)
    (i64.add (i64.const 1) (call $forever (local.get 0))))
  (func (export "_start") (drop (call $forever (i64.const 0))))
  (func $depth (export "depth") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 0))
      (else (i32.add (i32.const 1) (call $depth (i32.sub (local.get 0) (i32.const 1))))))))
