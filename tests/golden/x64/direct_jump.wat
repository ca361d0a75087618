;; A dispatch loop as Go's compiler writes it: jumps with a constant go straight to their block, the
;; store to the dispatch local is dropped, and only a backward goal polls.
(module
  (func $f (param $pc i32) (param $n i32) (result i32)
    (local $i i32) (local $sum i32)
    (loop $dispatch
      (block $b2
        (block $b1
          (block $b0
            (local.get $pc)
            (br_table $b0 $b1 $b2))
          ;; block 0
          (local.set $i (i32.const 0)))
        ;; block 1: the loop
        (local.set $sum (i32.add (local.get $sum) (local.get $i)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (i32.lt_s (local.get $i) (local.get $n))
        (if (then (local.set $pc (i32.const 1)) (br $dispatch)))
        (local.set $pc (i32.const 2))
        (br $dispatch))
      ;; block 2
      (return (local.get $sum)))
    (unreachable)))
;; machine code
;; func 0
;;    0  sub rsp, 0x28
;;    7  cmp rsp, [r13]
;;    b  jb 0x000000000000007B
;;   11  mov [rsp+0x18], rbx
;;   16  mov r9d, edi
;;   19  mov ebx, esi
;;   1b  xor r8d, r8d
;;   1e  xor r10d, r10d
;;   21  cmp rsp, [r13]
;;   25  jb 0x0000000000000084
;;   2b  mov r11d, r9d
;;   2e  test r11d, r11d
;;   31  jz 0x000000000000004F
;;   37  test r11d, r11d
;;   3a  jz 0x000000000000004F
;;   40  cmp r11d, 0x01
;;   44  jz 0x0000000000000055
;;   4a  jmp 0x000000000000006B
;;   4f  mov r8d, 0x00
;;   55  cmp rsp, [r13]
;;   59  jb 0x000000000000008D
;;   5f  add r10d, r8d
;;   62  add r8d, 0x01
;;   66  cmp r8d, ebx
;;   69  jl 0x0000000000000055
;;   6b  mov eax, r10d
;;   6e  mov rbx, [rsp+0x18]
;;   73  add rsp, 0x28
;;   7a  ret
;;   7b  mov r11, [r13+0x18]
;;   7f  call [r11]
;;   82  jmp 0x0000000000000011
;;   84  mov r11, [r13+0x18]
;;   88  call [r11]
;;   8b  jmp 0x000000000000002B
;;   8d  mov r11, [r13+0x18]
;;   91  call [r11]
;;   94  jmp 0x000000000000005F
