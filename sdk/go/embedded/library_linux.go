//go:build skerry_embed

package embedded

import (
	_ "embed"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

//go:embed libskerry.so
var library []byte

// Path is where the library can be loaded from: a file in memory, which nobody else can change. It
// stays open as long as the process.
var Path = sync.OnceValues(func() (string, error) {
	fd, err := unix.MemfdCreate("libskerry.so", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return "", fmt.Errorf("skerry: no file in memory for the embedded library: %w", err)
	}
	file := os.NewFile(uintptr(fd), "libskerry.so")
	if _, err := file.Write(library); err != nil {
		file.Close()
		return "", fmt.Errorf("skerry: the embedded library: %w", err)
	}
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(file.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		file.Close()
		return "", fmt.Errorf("skerry: the embedded library: %w", err)
	}
	keep = file
	return fmt.Sprintf("/proc/self/fd/%d", file.Fd()), nil
})

var keep *os.File
