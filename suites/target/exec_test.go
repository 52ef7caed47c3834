package target_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rollcall.example/suites/target"
)

// beAProbe as the first argument makes the test binary a probe that is a command.
const beAProbe = "be-a-probe"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == beAProbe {
		os.Exit(acts[os.Args[2]](os.Args[3:]))
	}
	os.Exit(m.Run())
}

// act is a command that does this.
func act(t *testing.T, name string, arguments ...string) target.ExecConfig {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if acts[name] == nil {
		t.Fatalf("there is no act %q", name)
	}
	return target.ExecConfig{Command: append([]string{self, beAProbe, name}, arguments...)}
}

// acts are the ways in which a command answers, or does not.
var acts = map[string]func(arguments []string) int{
	// answer says what it was told to, and keeps what it was asked in a file.
	"answer": func(arguments []string) int {
		asked, err := io.ReadAll(os.Stdin)
		if err == nil {
			err = os.WriteFile(arguments[1], asked, 0o600)
		}
		fmt.Println(arguments[0])
		if err != nil {
			return 1
		}
		return 0
	},
	"say": func(arguments []string) int {
		fmt.Print(arguments[0])
		return 0
	},
	"fail": func(arguments []string) int {
		fmt.Fprintln(os.Stderr, "\n"+arguments[0]+"\nand a long story")
		return 3
	},
	"flood": func([]string) int {
		for {
			if _, err := os.Stdout.WriteString(strings.Repeat("x", 1<<20)); err != nil {
				return 1
			}
		}
	},
	"hang": func([]string) int {
		fmt.Fprintln(os.Stderr, "waiting for a lock")
		select {}
	},
	// breed hangs, and has a child that hangs too.
	"breed": func(arguments []string) int {
		child := exec.Command(os.Args[0], beAProbe, "hang")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			return 1
		}
		if err := os.WriteFile(arguments[0], []byte(strconv.Itoa(child.Process.Pid)), 0o600); err != nil {
			return 1
		}
		if len(arguments) > 1 {
			return 0
		}
		select {}
	},
	"env": func([]string) int {
		answer, err := json.Marshal(map[string]any{"status": 500, "body": map[string]string{"error": strings.Join(os.Environ(), " ")}})
		if err != nil {
			return 1
		}
		fmt.Println(string(answer))
		return 0
	},
	"pwd": func([]string) int {
		at, err := os.Getwd()
		fmt.Printf("{\"status\": 409, \"body\": {\"error\": %q}}", at)
		if err != nil {
			return 1
		}
		return 0
	},
}

// Whatever carries it, the contract says the same.
func TestEveryCallReachesTheCommandAsTheContractSays(t *testing.T) {
	t.Parallel()
	for name, d := range deeds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := `{"status": 204}`
			if d.answer != "" {
				answer = `{"status": 200, "body": ` + d.answer + `}`
			}
			kept := filepath.Join(t.TempDir(), "asked")
			got, err := d.do(t.Context(), target.NewExecProbe(act(t, "answer", answer, kept)))
			if err != nil || !reflect.DeepEqual(got, d.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, d.want)
			}
			text, err := os.ReadFile(kept)
			if err != nil {
				t.Fatal(err)
			}
			path := d.path
			if path == "" {
				path = "/"
			}
			want := fmt.Sprintf(`{"version": 1, "method": %q, "path": %q}`, d.method, path)
			if d.body != "" {
				want = fmt.Sprintf(`{"version": 1, "method": %q, "path": %q, "body": %s}`, d.method, path, d.body)
			}
			sameJSON(t, string(text), want)
		})
	}
}

func TestACommandThatIsNoProbe(t *testing.T) {
	t.Setenv("ROLLCALL_TEST_TOKEN", probeToken)
	long := strings.Repeat("a very long line ", 100)
	for name, c := range map[string]struct {
		config target.ExecConfig
		says   string
	}{
		"not there":               {target.ExecConfig{Command: []string{"rollcall-no-such-program"}}, "POST /look: it could not be started: executable file not found in $PATH"},
		"not there by path":       {target.ExecConfig{Command: []string{"./no-such-program"}}, "it could not be started: no such file or directory"},
		"no directory":            {target.ExecConfig{Command: []string{"true"}, Dir: "no-such-dir"}, "it could not be started: no such file or directory"},
		"it fails":                {act(t, "fail", "no tenant named acme"), "it ended with exit status 3: no tenant named acme"},
		"it fails at length":      {act(t, "fail", long), "it ended with exit status 3: a very long line"},
		"it tells a secret":       {act(t, "fail", "wrong token "+probeToken), "wrong token [ROLLCALL_TEST_TOKEN]"},
		"garbage":                 {act(t, "say", "hello\nworld"), "is not one JSON answer, as {\"status\": 200, \"body\": {}}: hello world"},
		"garbage with a secret":   {act(t, "say", strings.Repeat("x ", 95)+probeToken), "is not one JSON answer"},
		"nothing":                 {act(t, "say", ""), "is not one JSON answer, as {\"status\": 200, \"body\": {}}: it is empty"},
		"an answer and a log":     {act(t, "say", `{"status": 200, "body": {}} done`), "is not one JSON answer"},
		"no status":               {act(t, "say", `{"records": []}`), "its answer has the status 0"},
		"no such status":          {act(t, "say", `{"status": 2000}`), "its answer has the status 2000"},
		"another shape":           {act(t, "say", `{"status": 200, "body": [1]}`), "did not answer what the contract says"},
		"no body":                 {act(t, "say", `{"status": 200}`), "did not answer what the contract says"},
		"an error of its own":     {act(t, "say", `{"status": 500, "body": {"error": "token `+probeToken+` expired"}}`), "POST /look answered 500: token [ROLLCALL_TEST_TOKEN] expired"},
		"more than can be read":   {act(t, "flood"), "it wrote more than 16 MiB and was killed"},
		"it hangs":                {act(t, "hang"), "it took more than 300ms and was killed: waiting for a lock"},
		"it hangs with offspring": {act(t, "breed", filepath.Join(t.TempDir(), "pid")), "it took more than 300ms and was killed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.config.Env = []string{"ROLLCALL_TEST_TOKEN"}
			if strings.HasPrefix(name, "it hangs") {
				c.config.Timeout = 300 * time.Millisecond
			}
			_, err := target.NewExecProbe(c.config).Look(t.Context(), "o1", target.Identifiers{})
			var refusal *target.Refusal
			if err == nil || errors.As(err, &refusal) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			wellPut(t, err)
			if strings.Contains(err.Error(), probeToken[:10]) {
				t.Errorf("half a secret: %v", err)
			}
		})
	}
}

// Nobody outlives the call: neither a child of a command that is killed nor one of a
// command that ended in time.
func TestWhatACommandStartedEndsWithIt(t *testing.T) {
	t.Parallel()
	for name, more := range map[string][]string{"killed": nil, "ended": {"and end"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := filepath.Join(t.TempDir(), "pid")
			config := act(t, "breed", append([]string{kept}, more...)...)
			config.Timeout = 3 * time.Second
			_, err := target.NewExecProbe(config).Look(t.Context(), "o1", target.Identifiers{})
			if err == nil {
				t.Fatal("that was no answer")
			}
			text, err := os.ReadFile(kept)
			if err != nil {
				t.Fatal(err)
			}
			child, err := strconv.Atoi(string(text))
			if err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(5 * time.Second); alive(child); {
				if time.Now().After(deadline) {
					t.Fatalf("process %d is still there", child)
				}
				<-time.After(10 * time.Millisecond)
			}
		})
	}
}

// alive says whether a process runs. One that has ended and that nobody has waited
// for is not alive.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, state, found := strings.Cut(string(status), ") ")
	return err != nil || !found || !strings.HasPrefix(state, "Z")
}

func TestACommandSeesOnlyWhatItIsGiven(t *testing.T) {
	t.Setenv("ROLLCALL_TEST_SEEN", "yes")
	t.Setenv("ROLLCALL_TEST_HIDDEN", "no")
	config := act(t, "env")
	for want, env := range map[string][]string{
		`GET / answered 500: {"error":""}`:           nil,
		"GET / answered 500: ROLLCALL_TEST_SEEN=yes": {"ROLLCALL_TEST_SEEN"},
	} {
		config.Env = env
		_, err := target.NewExecProbe(config).Features(t.Context())
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v: %v, want %s", env, err, want)
		}
	}
}

func TestACommandRunsWhereItIsTold(t *testing.T) {
	t.Parallel()
	config := act(t, "pwd")
	at, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	config.Dir = at
	err = target.NewExecProbe(config).SetPlan(t.Context(), "o1", "pro")
	var refusal *target.Refusal
	if !errors.As(err, &refusal) || refusal.Status != 409 || refusal.Message != at {
		t.Errorf("%v, want %s", err, at)
	}
}

func TestACancelledCommandEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := target.NewExecProbe(act(t, "hang")).Look(ctx, "o1", target.Identifiers{})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

func TestWhatIsWrongWithACommand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config target.ExecConfig
		key    string
		says   string
	}{
		"nothing":       {target.ExecConfig{}, "probe.exec.command", "no command"},
		"an empty name": {target.ExecConfig{Command: []string{""}}, "probe.exec.command", "no command"},
		"before time":   {target.ExecConfig{Command: []string{"true"}, Timeout: -1}, "probe.exec.timeout", "greater than zero"},
		"unset":         {target.ExecConfig{Command: []string{"true"}, Env: []string{"ROLLCALL_NO_SUCH"}}, "probe.exec.env", "ROLLCALL_NO_SUCH is not set"},
	} {
		checked := whole()
		checked.Probe = &target.ProbeConfig{Exec: &c.config}
		var wrong *target.ConfigError
		if err := checked.Check(); !errors.As(err, &wrong) || wrong.Key != c.key || !strings.Contains(wrong.Message, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
