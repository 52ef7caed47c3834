package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// terminal opens a terminal: what is written to the second shows at the first.
func terminal(t *testing.T) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	number, unlock := uint32(0), int32(0)
	control := func(request uintptr, argument unsafe.Pointer) {
		if _, _, failed := syscall.Syscall(syscall.SYS_IOCTL, screen.Fd(), request, uintptr(argument)); failed != 0 {
			t.Fatal(failed)
		}
	}
	control(syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	control(syscall.TIOCGPTN, unsafe.Pointer(&number))
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return screen, tty
}

// On a terminal a run counts its specs and prints in colours, and a secret does not
// show between them.
func TestTerminalShowsNoSecret(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.target(t, "bearer.yaml", "{bearer: {env: ACME_BEARER}}", "")
	screen, tty := terminal(t)
	command := exec.Command("rollcall", "verify", "--target", filepath.Join(s.dir, "bearer.yaml"), "--label-filter", "area: containsAny {tracking, jit}")
	command.Dir, command.Env = s.dir, s.env
	command.Stdin, command.Stdout, command.Stderr = tty, tty, tty
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	_ = tty.Close()
	var shown bytes.Buffer
	_, _ = io.Copy(&shown, screen) // ends with an error when nobody holds the terminal any more
	_ = command.Wait()
	if status := command.ProcessState.ExitCode(); status == 0 || !strings.Contains(shown.String(), "\x1b[31m") {
		t.Errorf("exit status %d:\n%.2000s", status, shown.String())
	}
	s.outputs["the terminal"] = shown.String()
	s.leaks(t)
}
