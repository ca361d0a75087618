(module
  (type $unary (func (param i32) (result i32)))
  (table (export "table") 2 6 funcref)
  (elem (i32.const 0) $double)
  (func $double (export "double") (type $unary) (i32.shl (local.get 0) (i32.const 1)))
  (func (export "call") (param i32 i32) (result i32)
    (call_indirect (type $unary) (local.get 0) (local.get 1))))
