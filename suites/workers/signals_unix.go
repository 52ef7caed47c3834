//go:build unix

package workers

import (
	"os/exec"
	"syscall"
)

// alone gives the worker a process group of its own: Ctrl-C at a terminal then
// reaches it once, through us, and not twice.
func alone(process *exec.Cmd) {
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
