;; A constant operand becomes an immediate; a new destination is reached with lea.
(module (func (param i32) (result i32) (i32.add (local.get 0) (i32.const 42))))
;; machine code
;; func 0
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000020
;;   11  mov r8d, edi
;;   14  lea eax, [r8+0x2A]
;;   18  add rsp, 0x18
;;   1f  ret
;;   20  mov r11, [r13+0x18]
;;   24  call [r11]
;;   27  jmp 0x0000000000000011
