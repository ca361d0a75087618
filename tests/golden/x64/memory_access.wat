;; Guarded accesses are one instruction; an offset beyond the displacement costs two more.
(module
  (memory 1)
  (func (param i32) (result i64) (i64.load offset=8 (local.get 0)))
  (func (param i32) (i32.store8 (local.get 0) (i32.const 255)))
  (func (param i32) (result i32) (i32.load offset=4294967295 (local.get 0)))
  (func (param i64) (result i32) (i32.load (i32.wrap_i64 (local.get 0)))))
;; machine code
;; func 0
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000021
;;   11  mov r8d, edi
;;   14  mov rax, [r14+r8*1+0x08]
;;   19  add rsp, 0x18
;;   20  ret
;;   21  mov r11, [r13+0x18]
;;   25  call [r11]
;;   28  jmp 0x0000000000000011
;; func 1
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000021
;;   11  mov r8d, edi
;;   14  mov byte ptr [r14+r8*1], 0xFF
;;   19  add rsp, 0x18
;;   20  ret
;;   21  mov r11, [r13+0x18]
;;   25  call [r11]
;;   28  jmp 0x0000000000000011
;; func 2
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000029
;;   11  mov r8d, edi
;;   14  mov r11d, 0xFFFFFFFF
;;   1a  add r11, r8
;;   1d  mov eax, [r14+r11*1]
;;   21  add rsp, 0x18
;;   28  ret
;;   29  mov r11, [r13+0x18]
;;   2d  call [r11]
;;   30  jmp 0x0000000000000011
;; func 3
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000023
;;   11  mov r8, rdi
;;   14  mov ecx, r8d
;;   17  mov eax, [r14+rcx*1]
;;   1b  add rsp, 0x18
;;   22  ret
;;   23  mov r11, [r13+0x18]
;;   27  call [r11]
;;   2a  jmp 0x0000000000000011
