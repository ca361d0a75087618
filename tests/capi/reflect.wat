(module
  (import "a" "f" (func (param i32 externref) (result f64)))
  (import "b" "g" (global (mut i64)))
  (func (export "func") (param f32 funcref))
  (table (export "table") 3 7 funcref)
  (memory (export "memory") 2)
  (global (export "global") f32 (f32.const 1)))
