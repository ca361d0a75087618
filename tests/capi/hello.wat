(module
  (import "host" "hello" (func $hello))
  (func (export "run") (call $hello)))
