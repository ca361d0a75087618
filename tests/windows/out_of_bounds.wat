;; Accesses at and past the end of memory. Each but `last_byte` has to trap:
;; on Windows that is a fault which the vectored handler turns into a trap.
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (i32.load8_u (i32.const 65536))))
  (func (export "last_byte") (result i32)
    (i32.load8_u (i32.const 65535)))
  (func (export "far") (result i32)
    (i32.load offset=0xfffffff0 (i32.const -4)))
  (func (export "write_past_end")
    (i64.store (i32.const 65529) (i64.const -1))))
