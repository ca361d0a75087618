// What Go programs do with files, through os and io/fs: names, links, listing, renaming, times,
// errors as Go sees them. It checks itself and says what is wrong on standard error.
// @args one "two words"
// @env NAME=value
// @dir
// @file given text
// @stdin a line
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

var failed bool

func check(ok bool, what string, details ...any) {
	if !ok {
		failed = true
		fmt.Fprintln(os.Stderr, append([]any{"not so:", what}, details...)...)
	}
}

func must(err error, what string) { check(err == nil, what, err) }

func fails(err error, want error, what string) {
	check(errors.Is(err, want), what, "gave", err, "instead of", want)
}

func given() {
	check(slices.Equal(os.Args[1:], []string{"one", "two words"}), "arguments", os.Args)
	check(os.Getenv("NAME") == "value", "the variable")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	check(line == "a line\n" && err == nil, "the line of standard input", line, err)
	text, err := os.ReadFile("/given")
	check(string(text) == "text" && err == nil, "the file", string(text), err)
}

func readingAndWriting() {
	must(os.WriteFile("/file", []byte("0123456789"), 0o644), "writing")
	file, err := os.OpenFile("/file", os.O_RDWR, 0)
	must(err, "opening")
	part := make([]byte, 4)
	_, err = file.ReadAt(part, 3)
	check(string(part) == "3456" && err == nil, "ReadAt", string(part), err)
	_, err = file.ReadAt(part, 8)
	fails(err, io.EOF, "ReadAt over the end")
	_, err = file.WriteAt([]byte("AB"), 9)
	must(err, "WriteAt over the end")
	position, err := file.Seek(-2, io.SeekEnd)
	check(position == 9 && err == nil, "Seek", position, err)
	_, err = file.Seek(-1, io.SeekStart)
	fails(err, syscall.EINVAL, "Seek before the start")
	must(file.Truncate(3), "Truncate")
	must(file.Sync(), "Sync")
	must(file.Close(), "Close")
	fails(file.Close(), os.ErrClosed, "Close again")
	file, err = os.OpenFile("/file", os.O_WRONLY|os.O_APPEND, 0)
	must(err, "opening for appending")
	fmt.Fprint(file, "end")
	file.Close()
	text, _ := os.ReadFile("/file")
	check(string(text) == "012end", "what is there now", string(text))
}

func openErrors() {
	must(os.Mkdir("/dir", 0o755), "Mkdir")
	_, err := os.Open("/none")
	fails(err, fs.ErrNotExist, "opening nothing")
	_, err = os.OpenFile("/given", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	fails(err, fs.ErrExist, "exclusively what is there")
	_, err = os.OpenFile("/dir", os.O_WRONLY, 0)
	fails(err, syscall.EISDIR, "a folder for writing")
	_, err = os.Open("/given/x")
	fails(err, syscall.ENOTDIR, "below a file")
	fails(os.Mkdir("/dir", 0o755), fs.ErrExist, "Mkdir again")
	fails(os.Mkdir("/none/dir", 0o755), fs.ErrNotExist, "Mkdir below nothing")
	fails(os.Remove("/none"), fs.ErrNotExist, "removing nothing")
	must(os.WriteFile("/dir/file", nil, 0o644), "a file in the folder")
	fails(os.Remove("/dir"), syscall.ENOTEMPTY, "removing a full folder")
	must(os.RemoveAll("/dir"), "RemoveAll")
}

func links() {
	must(os.Symlink("given", "/link"), "Symlink")
	target, err := os.Readlink("/link")
	check(target == "given" && err == nil, "Readlink", target, err)
	text, err := os.ReadFile("/link")
	check(string(text) == "text" && err == nil, "through the link", err)
	info, err := os.Lstat("/link")
	check(err == nil && info.Mode()&fs.ModeSymlink != 0, "Lstat", err)
	info, err = os.Stat("/link")
	check(err == nil && info.Mode().IsRegular() && info.Size() == 4, "Stat", err)
	must(os.Symlink("nowhere", "/dangling"), "a link to nothing")
	_, err = os.Stat("/dangling")
	fails(err, fs.ErrNotExist, "Stat of a link to nothing")
	must(os.Symlink("loop", "/loop"), "a link to itself")
	_, err = os.Open("/loop")
	fails(err, syscall.ELOOP, "opening a link to itself")
	_, err = os.Readlink("/given")
	fails(err, syscall.EINVAL, "Readlink of a file")
	must(os.Link("/given", "/hard"), "Link")
	fails(os.Link("/given", "/hard"), fs.ErrExist, "Link again")
	a, _ := os.Stat("/given")
	b, _ := os.Stat("/hard")
	check(os.SameFile(a, b), "two names of one file")
	for _, name := range []string{"/link", "/dangling", "/loop", "/hard"} {
		must(os.Remove(name), "removing "+name)
	}
}

func renames() {
	must(os.MkdirAll("/a/b/c", 0o755), "MkdirAll")
	must(os.WriteFile("/plain", []byte("x"), 0o644), "a file")
	must(os.Rename("/a", "/moved"), "renaming a folder")
	fails(os.Rename("/moved", "/moved/b/new"), syscall.EINVAL, "a folder into itself")
	fails(os.Rename("/moved", "/plain"), syscall.ENOTDIR, "a folder over a file")
	must(os.Rename("/plain", "/moved/b/c/plain"), "a file into a folder")
	fails(os.Rename("/plain", "/other"), fs.ErrNotExist, "what has gone")
	must(os.RemoveAll("/moved"), "RemoveAll")
}

func listing() {
	const count = 500
	must(os.Mkdir("/many", 0o755), "Mkdir")
	for i := range count {
		must(os.WriteFile(fmt.Sprintf("/many/%04d", i), nil, 0o644), "a file")
	}
	entries, err := os.ReadDir("/many")
	check(len(entries) == count && err == nil, "ReadDir", len(entries), err)
	for i, entry := range entries {
		check(entry.Name() == fmt.Sprintf("%04d", i) && entry.Type().IsRegular(), "an entry", entry)
	}
	dir, err := os.Open("/many")
	must(err, "opening the folder")
	total := 0
	for {
		some, err := dir.Readdirnames(7)
		total += len(some)
		if err == io.EOF {
			break
		}
		must(err, "Readdirnames")
	}
	check(total == count, "piece by piece", total)
	dir.Close()
	var walked []string
	must(filepath.WalkDir("/", func(path string, _ fs.DirEntry, err error) error {
		if !strings.HasPrefix(path, "/many/") {
			walked = append(walked, path)
		}
		return err
	}), "WalkDir")
	check(slices.Equal(walked, []string{"/", "/file", "/given", "/many"}), "what is there", walked)
	must(os.RemoveAll("/many"), "RemoveAll")
}

func times() {
	at := time.Unix(1234567890, 123456000)
	must(os.Chtimes("/file", at.Add(-time.Hour), at), "Chtimes")
	info, err := os.Stat("/file")
	check(err == nil && info.ModTime().Equal(at), "ModTime", info, err)
}

func outside() {
	for _, name := range []string{"/..", "/../..", "/../etc/passwd", "../../etc/passwd"} {
		_, err := os.ReadFile(name)
		check(err != nil, "reading "+name)
	}
	_, err := os.Stat("/etc/passwd")
	fails(err, fs.ErrNotExist, "/ is the given folder")
	_, err = os.OpenInRoot("/", "../etc/passwd")
	check(err != nil, "OpenInRoot")
}

func main() {
	given()
	readingAndWriting()
	openErrors()
	links()
	renames()
	listing()
	times()
	outside()
	if failed {
		os.Exit(1)
	}
}
