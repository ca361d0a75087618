//go:build skerry_embed

package skerry

import "skerry.dev/skerry/embedded"

func init() { embeddedLibrary = embedded.Path }
