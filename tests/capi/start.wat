(module
  (import "host" "check" (func $check (param i32)))
  (start $start)
  (func $start (call $check (i32.const 1)) unreachable))
