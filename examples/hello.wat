;; Hello in the text format: writes one line to standard output through WASI.
;;
;;   ./dev run examples/hello.wat
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $iovs i32) (param $count i32) (param $written i32)
      (result i32)))
  (memory (export "memory") 1)

  ;; One iovec at address 0: where the text is and how long it is.
  (data (i32.const 0) "\10\00\00\00" "\1e\00\00\00")
  (data (i32.const 16) "Hello from WebAssembly's text\n")

  (func (export "_start")
    (drop (call $fd_write
      (i32.const 1)     ;; standard output
      (i32.const 0)     ;; the iovec above
      (i32.const 1)
      (i32.const 8))))  ;; where to put the number of bytes written

  ;; Something for `skerry --invoke add examples/hello.wat 2 3`.
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))
