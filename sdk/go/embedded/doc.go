// Package embedded carries the shared library inside a Go program, so that `go build -tags
// skerry_embed` makes one file that runs by itself. Package skerry imports it under that tag; nobody
// else needs to.
//
// The libraries, libskerry.so and skerry.dll, lie in this folder in releases; in a checkout `./dev
// sdk` builds them and puts them there. The optimising tier is not part of it.
package embedded
