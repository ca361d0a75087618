;; A parameter that stays in the register it came in loses what its caller left in the upper half,
;; before it is used as an address.
(module
  (memory 1)
  (func (param i32 i32 i32 i32 i32)
    (loop $l
      (br_if $l (i32.add (i32.load (local.get 4)) (i32.load offset=4 (local.get 4)))))))
;; machine code
;; func 0
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x000000000000003F
;;   11  mov r8d, r8d
;;   14  nop [rax+rax*1], ax
;;   1d  nop [rax], eax
;;   20  cmp rsp, [r13]
;;   24  jb 0x0000000000000048
;;   2a  mov eax, [r14+r8*1]
;;   2e  mov ecx, [r14+r8*1+0x04]
;;   33  add eax, ecx
;;   35  jnz 0x0000000000000020
;;   37  add rsp, 0x18
;;   3e  ret
;;   3f  mov r11, [r13+0x18]
;;   43  call [r11]
;;   46  jmp 0x0000000000000011
;;   48  mov r11, [r13+0x18]
;;   4c  call [r11]
;;   4f  jmp 0x000000000000002A
