;; A tail call leaves the frame and jumps.
(module
  (func $odd (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 0))
      (else (return_call $even (i32.sub (local.get 0) (i32.const 1))))))
  (func $even (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 1))
      (else (return_call $odd (i32.sub (local.get 0) (i32.const 1)))))))
;; machine code
;; func 0
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000044
;;   11  mov r8d, edi
;;   14  test r8d, r8d
;;   17  jnz 0x0000000000000027
;;   1d  mov eax, 0x00
;;   22  jmp 0x000000000000003C
;;   27  lea eax, [r8-0x01]
;;   2b  mov [rsp], r8d
;;   2f  mov edi, eax
;;   31  add rsp, 0x18
;;   38  jmp [r13+0x68]
;;   3c  add rsp, 0x18
;;   43  ret
;;   44  mov r11, [r13+0x18]
;;   48  call [r11]
;;   4b  jmp 0x0000000000000011
;; func 1
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000044
;;   11  mov r8d, edi
;;   14  test r8d, r8d
;;   17  jnz 0x0000000000000027
;;   1d  mov eax, 0x01
;;   22  jmp 0x000000000000003C
;;   27  lea eax, [r8-0x01]
;;   2b  mov [rsp], r8d
;;   2f  mov edi, eax
;;   31  add rsp, 0x18
;;   38  jmp [r13+0x60]
;;   3c  add rsp, 0x18
;;   43  ret
;;   44  mov r11, [r13+0x18]
;;   48  call [r11]
;;   4b  jmp 0x0000000000000011
