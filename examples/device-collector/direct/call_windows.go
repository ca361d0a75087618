package main

import "syscall"

const libraryName = "device.dll"

func open(path string) (find func(string) (uintptr, error), err error) {
	library := syscall.NewLazyDLL(path)
	if err := library.Load(); err != nil {
		return nil, err
	}
	return func(name string) (uintptr, error) {
		function := library.NewProc(name)
		if err := function.Find(); err != nil {
			return 0, err
		}
		return function.Addr(), nil
	}, nil
}

//go:uintptrescapes
func call(function uintptr, arguments ...uintptr) uintptr {
	result, _, _ := syscall.SyscallN(function, arguments...)
	return result
}
