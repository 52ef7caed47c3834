//go:build !unix

package target

import "os/exec"

// ownGroup does nothing: only the command itself can be killed here.
func ownGroup(*exec.Cmd) {}

// killGroup does nothing: the command has ended.
func killGroup(*exec.Cmd) {}
