;; Division by a variable checks for zero and overflow; by a power of two it is a shift.
(module
  (func (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 8)))
  (func (param i64) (result i64) (i64.rem_u (local.get 0) (i64.const 16))))
;; machine code
;; func 0
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x000000000000004A
;;   11  mov r8d, edi
;;   14  mov r9d, esi
;;   17  mov r11d, r9d
;;   1a  mov eax, r8d
;;   1d  test r11d, r11d
;;   20  jz 0x0000000000000046
;;   26  cmp r11d, 0xFFFFFFFF
;;   2a  jnz 0x000000000000003A
;;   30  mov edx, eax
;;   32  neg edx
;;   34  jo 0x0000000000000048
;;   3a  cdq
;;   3b  idiv r11d
;;   3e  add rsp, 0x18
;;   45  ret
;;   46  ud2
;;   48  ud2
;;   4a  mov r11, [r13+0x18]
;;   4e  call [r11]
;;   51  jmp 0x0000000000000011
;; func 1
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000022
;;   11  mov r8d, edi
;;   14  mov eax, r8d
;;   17  shr eax, 0x03
;;   1a  add rsp, 0x18
;;   21  ret
;;   22  mov r11, [r13+0x18]
;;   26  call [r11]
;;   29  jmp 0x0000000000000011
;; func 2
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000023
;;   11  mov r8, rdi
;;   14  mov rax, r8
;;   17  and rax, 0x0F
;;   1b  add rsp, 0x18
;;   22  ret
;;   23  mov r11, [r13+0x18]
;;   27  call [r11]
;;   2a  jmp 0x0000000000000011
