;; A comparison and the branch, `if` or select that uses it share the flags.
(module
  (func (param i32 i32) (result i32)
    (block $out
      (br_if $out (i32.lt_s (local.get 0) (local.get 1)))
      (return (i32.const 1)))
    (i32.const 2))
  (func (param i64 i64) (result i64)
    (select (local.get 0) (local.get 1) (i64.gt_u (local.get 0) (local.get 1))))
  (func (param f64 f64) (result i32)
    (if (result i32) (i32.eqz (f64.lt (local.get 0) (local.get 1)))
      (then (i32.const 1)) (else (i32.const 2)))))
;; machine code
;; func 0
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000037
;;   11  mov r8d, edi
;;   14  mov r9d, esi
;;   17  cmp r8d, r9d
;;   1a  jl 0x000000000000002A
;;   20  mov eax, 0x01
;;   25  jmp 0x000000000000002F
;;   2a  mov eax, 0x02
;;   2f  add rsp, 0x18
;;   36  ret
;;   37  mov r11, [r13+0x18]
;;   3b  call [r11]
;;   3e  jmp 0x0000000000000011
;; func 1
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000029
;;   11  mov r8, rdi
;;   14  mov r9, rsi
;;   17  cmp r8, r9
;;   1a  mov rax, r9
;;   1d  cmovnbe rax, r8
;;   21  add rsp, 0x18
;;   28  ret
;;   29  mov r11, [r13+0x18]
;;   2d  call [r11]
;;   30  jmp 0x0000000000000011
;; func 2
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000038
;;   11  movaps xmm6, xmm0
;;   14  movaps xmm7, xmm1
;;   17  ucomisd xmm7, xmm6
;;   1b  jnbe 0x000000000000002B
;;   21  mov eax, 0x01
;;   26  jmp 0x0000000000000030
;;   2b  mov eax, 0x02
;;   30  add rsp, 0x18
;;   37  ret
;;   38  mov r11, [r13+0x18]
;;   3c  call [r11]
;;   3f  jmp 0x0000000000000011
