module example.com/device-collector

go 1.24

require (
	github.com/ebitengine/purego v0.10.0
	skerry.dev/skerry v0.0.0
)

require golang.org/x/sys v0.35.0 // indirect

replace skerry.dev/skerry => ../../sdk/go
