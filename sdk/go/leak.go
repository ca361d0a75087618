package skerry

import (
	"runtime"
	"sync/atomic"
)

// leakReport, where it is set, is told what was dropped without Close. Nothing is given back then:
// tests set it to find what forgets to.
var leakReport atomic.Pointer[func(what string)]

// ReportLeaks lets report be called, by a goroutine of the collector's, for each Runtime, Module and
// Instance made from now on that becomes garbage without Close. It is for tests: a leak is only
// reported, never mended. nil: no more.
func ReportLeaks(report func(what string)) {
	if report == nil {
		leakReport.Store(nil)
		return
	}
	leakReport.Store(&report)
}

func watchForLeak[T any](object *T, what string) {
	if leakReport.Load() == nil {
		return
	}
	runtime.SetFinalizer(object, func(*T) {
		if report := leakReport.Load(); report != nil {
			(*report)(what)
		}
	})
}

func noLeak[T any](object *T) { runtime.SetFinalizer(object, nil) }
