(module
  (import "host" "fail" (func $fail))
  (func $deep (call $fail))
  (func (export "callback") (call $deep))
  (func (export "divide") (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
  (func $recurse (export "recurse") (call $recurse)))
