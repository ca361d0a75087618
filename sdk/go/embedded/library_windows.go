//go:build skerry_embed

package embedded

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

//go:embed skerry.dll
var library []byte

// Path is where the library can be loaded from: a file of the user's own cache, named by what it
// holds, and compared with that each time.
var Path = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("skerry: no folder for the embedded library: %w", err)
	}
	digest := sha256.Sum256(library)
	folder := filepath.Join(cache, "skerry", "lib", hex.EncodeToString(digest[:16]))
	path := filepath.Join(folder, "skerry.dll")
	if found, err := os.ReadFile(path); err == nil && bytes.Equal(found, library) {
		return path, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("skerry: the embedded library: %w", err)
	}
	if err := write(folder, path); err != nil {
		// Another process may have been quicker, and has it loaded by now.
		if found, again := os.ReadFile(path); again == nil && bytes.Equal(found, library) {
			return path, nil
		}
		return "", fmt.Errorf("skerry: the embedded library: %w", err)
	}
	return path, nil
})

// write puts the library there whole or not at all.
func write(folder, path string) error {
	file, err := os.CreateTemp(folder, "new-*.dll")
	if err != nil {
		return err
	}
	_, err = file.Write(library)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}
