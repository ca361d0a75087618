module skerry/bench/calls

go 1.25.0

require (
	github.com/tetratelabs/wazero v1.12.0
	skerry.dev/skerry v0.0.0
)

require (
	github.com/ebitengine/purego v0.11.3 // indirect
	golang.org/x/sys v0.44.0 // indirect
)

replace skerry.dev/skerry => ../../sdk/go
