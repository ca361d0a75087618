(module
  (import "host" "turn" (func $turn (param i32 i64 f32 f64) (result f64 f32 i64 i32)))
  (func (export "turn") (param f64 f32 i64 i32) (result f64 f32 i64 i32)
    (call $turn (local.get 3) (local.get 2) (local.get 1) (local.get 0)))
  (func (export "ten") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (result i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (local.get 9) (local.get 8) (local.get 7) (local.get 6) (local.get 5)
    (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0)))
