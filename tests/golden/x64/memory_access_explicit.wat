;; explicit bounds: every access is compared with the size.
(module
  (memory 1)
  (func (param i32) (result i32) (i32.load offset=8 (local.get 0))))
;; machine code
;; func 0
;;    0  sub rsp, 0x18
;;    7  cmp rsp, [r13]
;;    b  jb 0x0000000000000035
;;   11  mov r8d, edi
;;   14  mov rcx, [r13+0x50]
;;   18  lea r11, [r8+0x0C]
;;   1c  cmp r11, [rcx+0x08]
;;   20  jnbe 0x0000000000000033
;;   26  mov eax, [r14+r11*1-0x04]
;;   2b  add rsp, 0x18
;;   32  ret
;;   33  ud2
;;   35  mov r11, [r13+0x18]
;;   39  call [r11]
;;   3c  jmp 0x0000000000000011
