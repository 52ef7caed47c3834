//go:build unix

package target

import (
	"os/exec"
	"syscall"
)

// ownGroup puts the command into a process group of its own, and has all of it
// killed where the command is.
func ownGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error {
		killGroup(command)
		return nil
	}
}

// killGroup kills whatever is left of the command's process group.
func killGroup(command *exec.Cmd) {
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
}
