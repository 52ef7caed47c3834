//go:build unix

package verify

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
)

// A signal that comes while Ginkgo lists the specs ends the process none the less, by
// the signal itself. The process is a real one: this test once more.
func TestASignalIsNotForgotten(t *testing.T) {
	const name = "ROLLCALL_TEST_SIGNALLED"
	if os.Getenv(name) == "1" {
		heedingSignals(func() {
			swallowed := make(chan os.Signal, 1)
			signal.Notify(swallowed, os.Interrupt)
			_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			<-swallowed
		})
		<-t.Context().Done()
	}
	t.Parallel()
	child := exec.Command(os.Args[0], "-test.run=^TestASignalIsNotForgotten$", "-test.timeout=30s")
	child.Env = append(os.Environ(), name+"=1")
	said, err := child.CombinedOutput()
	if ended, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || !ended.Signaled() || ended.Signal() != syscall.SIGINT {
		t.Errorf("%v: %s", err, said)
	}
}
