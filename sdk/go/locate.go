package skerry

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// embeddedLibrary is set by a program that carries the library (package embedded): it answers a path
// to load it from.
var embeddedLibrary func() (string, error)

// libraryPath says where the library is. Never in the current folder, nor on the system's search
// path: what lies there may be anybody's.
func libraryPath(given string) (string, error) {
	if given != "" {
		return filepath.Abs(given)
	}
	if named := os.Getenv("SKERRY_LIBRARY"); named != "" {
		return filepath.Abs(named)
	}
	if embeddedLibrary != nil {
		return embeddedLibrary()
	}
	executable, err := os.Executable()
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(executable); err == nil {
		executable = real
	}
	beside := filepath.Dir(executable)
	var tried []string
	for _, folder := range []string{beside, filepath.Join(beside, "..", "lib")} {
		path := filepath.Join(folder, libraryName)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
		tried = append(tried, path)
	}
	return "", fmt.Errorf("skerry: %s was not found; looked for %s. Name it with WithLibrary or "+
		"SKERRY_LIBRARY, or build the program with -tags skerry_embed",
		libraryName, strings.Join(tried, " and "))
}
