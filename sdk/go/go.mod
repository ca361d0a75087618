module skerry.dev/skerry

go 1.24

require (
	github.com/ebitengine/purego v0.10.0
	golang.org/x/sys v0.35.0
)
