//go:build !linux

package main

import "runtime/debug"

// giveBack returns the free part of the heap, which only the start needed.
func giveBack() { debug.FreeOSMemory() }
