;; Traps two calls deep, so that a backtrace has something to show.
(module
  (func $inner unreachable)
  (func $outer (call $inner))
  (func (export "_start") (call $outer)))
