module example.com/go-embed/skerry

go 1.24

require skerry.dev/skerry v0.0.0

require (
	github.com/ebitengine/purego v0.10.0 // indirect
	golang.org/x/sys v0.35.0 // indirect
)

replace skerry.dev/skerry => ../../../sdk/go
