package skerry

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func cutVariable(variable string) (name, value string, ok bool) {
	// Windows has variables whose names begin with '='.
	if at := strings.IndexByte(variable[min(1, len(variable)):], '='); at >= 0 {
		return variable[:at+1], variable[at+2:], true
	}
	return "", "", false
}

// copyFiles makes a folder with the files of from. The folder is answered with an error as well, to
// be removed.
func copyFiles(from fs.FS) (folder string, err error) {
	if folder, err = os.MkdirTemp("", "skerry-"); err != nil {
		return "", err
	}
	return folder, fs.WalkDir(from, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		to := filepath.Join(folder, filepath.FromSlash(path))
		if entry.IsDir() {
			return os.Mkdir(to, 0o700)
		}
		// Links and devices of an fs.FS have no meaning there.
		if !entry.Type().IsRegular() {
			return nil
		}
		return copyFile(from, path, to)
	})
}

func copyFile(from fs.FS, path, to string) error {
	in, err := from.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

func removeFolders(folders []string) error {
	var failed error
	for _, folder := range folders {
		if os.RemoveAll(folder) != nil {
			failed = errors.Join(failed, removeOneByOne(folder))
		}
	}
	return failed
}

// removeOneByOne works where the system lacks what os.RemoveAll uses, as wine does.
func removeOneByOne(path string) error {
	if entries, err := os.ReadDir(path); err == nil {
		for _, entry := range entries {
			if err := removeOneByOne(filepath.Join(path, entry.Name())); err != nil {
				return err
			}
		}
	}
	return os.Remove(path)
}
