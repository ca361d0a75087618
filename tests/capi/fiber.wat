;; What fiber.c calls.
(module
  (import "host" "inc" (func $inc (param i32) (result i32)))
  (import "host" "fail" (func $fail (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $start (drop (call $inc (i32.const 1))))
  (start $start)
  (func (export "loop") (param $count i32) (result i32)
    (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (call $inc (local.get $count))))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $sum))
  (func (export "fail") (param i32) (result i32) (call $fail (local.get 0)))
  (func (export "twice") (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1)))
  (func (export "forever") (loop $again (br $again)))
  ;; Waits a millisecond.
  (func (export "nap") (result i32)
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 1000000))
    (call $poll (i32.const 0) (i32.const 128) (i32.const 1) (i32.const 256))))
