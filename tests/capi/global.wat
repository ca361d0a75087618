(module
  (import "host" "fixed" (global $fixed f64))
  (import "host" "shared" (global $shared (mut i32)))
  (global $ref (export "ref") (mut externref) (ref.null extern))
  (func (export "fixed") (result f64) (global.get $fixed))
  (func (export "add") (param i32) (result i32)
    (global.set $shared (i32.add (global.get $shared) (local.get 0))) (global.get $shared)))
