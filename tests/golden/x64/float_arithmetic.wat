;; Float operands stay in registers; constants come from the pool behind the code.
(module
  (func (param f64 f64) (result f64)
    (f64.add (f64.mul (local.get 0) (local.get 1)) (f64.const 0.5)))
  (func (param f64) (result f64) (f64.neg (f64.sqrt (local.get 0)))))
;; machine code
;; func 0
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x000000000000002B
;;   11  movaps xmm6, xmm0
;;   14  movaps xmm7, xmm1
;;   17  vmulsd xmm0, xmm6, xmm7
;;   1b  vaddsd xmm0, xmm0, qword ptr [0x0000000000000040]
;;   23  add rsp, 0x18
;;   2a  ret
;;   2b  mov r11, [r13+0x18]
;;   2f  call [r11]
;;   32  jmp 0x0000000000000011
;;   34  int3
;;   35  int3
;;   36  int3
;;   37  int3
;;   38  int3
;;   39  int3
;;   3a  int3
;;   3b  int3
;;   3c  int3
;;   3d  int3
;;   3e  int3
;;   3f  int3
;;   40  add [rax], al
;;   42  add [rax], al
;;   44  add [rax], al
;;   46  loopne 0x0000000000000087
;;   48  add [rax], al
;;   4a  add [rax], al
;;   4c  add [rax], al
;;   4e  add [rax], al
;; func 1
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x000000000000002A
;;   11  movaps xmm6, xmm0
;;   14  xorps xmm0, xmm0
;;   17  sqrtsd xmm0, xmm6
;;   1b  xorps xmm0, [0x0000000000000040]
;;   22  add rsp, 0x18
;;   29  ret
;;   2a  mov r11, [r13+0x18]
;;   2e  call [r11]
;;   31  jmp 0x0000000000000011
;;   33  int3
;;   34  int3
;;   35  int3
;;   36  int3
;;   37  int3
;;   38  int3
;;   39  int3
;;   3a  int3
;;   3b  int3
;;   3c  int3
;;   3d  int3
;;   3e  int3
;;   3f  int3
;;   40  add [rax], al
;;   42  add [rax], al
;;   44  add [rax], al
;;   46  add [rax], al
;;   4c  add [rax], al
;;   4e  add [rax], al
