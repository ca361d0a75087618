(module
  (import "host" "square" (func $square (param i32) (result i32)))
  (import "host" "next" (func $next (result i32)))
  (func (export "run") (param i32) (result i32)
    (i32.add (call $square (local.get 0)) (call $next))))
