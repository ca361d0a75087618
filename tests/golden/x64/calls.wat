;; A direct call goes through the context; an indirect one checks bounds, null, type and context.
(module
  (type $t (func (param i32) (result i32)))
  (table 4 funcref)
  (func $g (type $t) (local.get 0))
  (func (param i32) (result i32)
    (i32.add (call $g (local.get 0)) (call_indirect (type $t) (local.get 0) (i32.const 2)))))
;; machine code
;; func 0
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x000000000000001F
;;   11  mov r8d, edi
;;   14  mov eax, r8d
;;   17  add rsp, 0x18
;;   1e  ret
;;   1f  mov r11, [r13+0x18]
;;   23  call [r11]
;;   26  jmp 0x0000000000000011
;; func 1
;;    0  sub rsp, 0x28
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000076
;;   11  mov [rsp], edi
;;   14  mov edi, [rsp]
;;   17  call [r13+0x60]
;;   1b  mov r11d, 0x02
;;   21  mov ecx, eax
;;   23  mov rax, [r13+0x50]
;;   27  cmp r11, [rax+0x08]
;;   2b  jnb 0x0000000000000070
;;   31  mov rax, [rax]
;;   34  mov rax, [rax+r11*8]
;;   38  test rax, rax
;;   3b  jz 0x0000000000000072
;;   41  mov r11d, [r13+0x58]
;;   45  cmp [rax+0x10], r11d
;;   49  jnz 0x0000000000000074
;;   4f  mov [rsp+0x08], ecx
;;   53  mov edi, [rsp]
;;   56  cmp r13, [rax+0x08]
;;   5a  jnz 0x000000000000007F
;;   60  call [rax]
;;   62  mov ecx, [rsp+0x08]
;;   66  add eax, ecx
;;   68  add rsp, 0x28
;;   6f  ret
;;   70  ud2
;;   72  ud2
;;   74  ud2
;;   76  mov r11, [r13+0x18]
;;   7a  call [r11]
;;   7d  jmp 0x0000000000000011
;;   7f  mov [rsp+0x10], r13
;;   84  mov r11, [rax+0x08]
;;   88  mov rax, [rax]
;;   8b  mov r10, r13
;;   8e  mov r13, r11
;;   91  mov r11, [r10]
;;   94  mov [r13], r11
;;   98  mov r14, [r13+0x08]
;;   9c  call rax
;;   9e  mov r13, [rsp+0x10]
;;   a3  mov r14, [r13+0x08]
;;   a7  jmp 0x0000000000000062
