;; Locals of a loop live in registers; the back edge is one compare and one jump, the poll another.
(module
  (memory 1)
  (func (param $p i32) (param $n i32) (result i32)
    (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load offset=16 (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
;; machine code
;; func 0
;;    0  sub rsp, 0x28
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000047
;;   11  mov r8d, edi
;;   14  mov r10d, esi
;;   17  xor r9d, r9d
;;   1a  nop [rax+rax*1], ax
;;   20  cmp rsp, [r13]
;;   24  jb 0x0000000000000050
;;   2a  mov eax, [r14+r8*1+0x10]
;;   2f  add r9d, eax
;;   32  add r8d, 0x04
;;   36  sub r10d, 0x01
;;   3a  jnz 0x0000000000000020
;;   3c  mov eax, r9d
;;   3f  add rsp, 0x28
;;   46  ret
;;   47  mov r11, [r13+0x18]
;;   4b  call [r11]
;;   4e  jmp 0x0000000000000011
;;   50  mov r11, [r13+0x18]
;;   54  call [r11]
;;   57  jmp 0x000000000000002A
