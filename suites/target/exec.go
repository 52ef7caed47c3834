package target

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ExecConfig is a probe that is a command: see [ProbeConfig] for what it is given
// and what it answers.
type ExecConfig struct {
	// Command is the program and its arguments. No shell reads them. A program with
	// a slash in its name is looked for from Dir, any other one in the PATH.
	Command []string `json:"command" yaml:"command" read:"required"`
	// Timeout is how long one call may take, from start to end; 10 seconds where it
	// is zero. Then the command and everything that it started is killed.
	Timeout time.Duration `json:"timeout,omitempty" yaml:"timeout"`
	// Env names the environment variables that the command sees, and it sees no others:
	// not even PATH, unless it stands here.
	Env []string `json:"env,omitempty" yaml:"env"`
	// Dir is the directory that the command runs in; where it is empty, that of the
	// target file, or else the current one.
	Dir string `json:"dir,omitempty" yaml:"dir" read:"path"`
}

const (
	execTimeout = 10 * time.Second
	// execGrace is how long pipes may stay open after the command ended: somebody
	// whom it left behind holds them.
	execGrace = time.Second
)

// wrong says what is wrong with the command before it is run.
func (c ExecConfig) wrong() error {
	switch {
	case len(c.Command) == 0 || c.Command[0] == "":
		return &ConfigError{"probe.exec.command", "no command: say the program and its arguments, as [./probe, --tenant, acme]"}
	case c.Timeout < 0:
		return &ConfigError{"probe.exec.timeout", "a time limit is greater than zero, as 10s"}
	}
	for _, name := range c.Env {
		if _, ok := os.LookupEnv(name); !ok {
			return &ConfigError{"probe.exec.env", "the environment variable " + name + " is not set"}
		}
	}
	return nil
}

// overExec carries the contract to a command: a fresh process for every request.
type overExec struct{ config ExecConfig }

// NewExecProbe returns the probe that the command is.
func NewExecProbe(config ExecConfig) *ContractProbe { return &ContractProbe{overExec{config}} }

// execRequest is what the command reads from its standard input, and execReply what
// it writes to its standard output.
type execRequest struct {
	Version int             `json:"version"`
	Method  string          `json:"method"`
	Path    string          `json:"path"`
	Body    json.RawMessage `json:"body,omitempty"`
}

type execReply struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

func (o overExec) at(r request) string {
	return filepath.Base(o.config.Command[0]) + ": " + r.method + " " + r.path
}

func (o overExec) carry(ctx context.Context, r request) (reply, error) {
	asked, err := json.Marshal(execRequest{Version: 1, Method: r.method, Path: r.path, Body: r.body})
	if err != nil {
		return reply{}, err
	}
	said, err := o.run(ctx, asked)
	if err != nil {
		return reply{}, fmt.Errorf("%s: %w", o.at(r), err)
	}
	var answer execReply
	if err := json.Unmarshal(said, &answer); err != nil {
		return reply{}, fmt.Errorf("%s: its standard output is not one JSON answer, as {\"status\": 200, \"body\": {}}: %s", o.at(r), outputInWords(o.blank(string(said))))
	}
	if answer.Status < 100 || answer.Status > 599 {
		return reply{}, fmt.Errorf("%s: its answer has the status %d, and an HTTP status belongs there, as 200", o.at(r), answer.Status)
	}
	return reply{answer.Status, answer.Body}, nil
}

func outputInWords(said string) string {
	if text := firstOf(said); text != "" {
		return text
	}
	return "it is empty"
}

// run runs the command once and returns what it wrote.
func (o overExec) run(ctx context.Context, input []byte) ([]byte, error) {
	limit := o.config.Timeout
	if limit == 0 {
		limit = execTimeout
	}
	limited, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it took more than %s and was killed", limit))
	defer cancel()
	limited, kill := context.WithCancelCause(limited)
	defer kill(nil)
	stdout := &bounded{limit: maxAnswer, over: func() {
		kill(fmt.Errorf("it wrote more than %d MiB and was killed", maxAnswer>>20))
	}}
	stderr := &bounded{limit: 4 << 10}
	command := exec.CommandContext(limited, o.config.Command[0], o.config.Command[1:]...)
	command.Dir, command.Env = o.config.Dir, o.environment()
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(input), stdout, stderr
	command.WaitDelay = execGrace
	ownGroup(command)
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("it could not be started: %w", startError(err))
	}
	err := command.Wait()
	killGroup(command)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, o.withComplaint(context.Cause(limited), stderr)
	case errors.Is(err, exec.ErrWaitDelay):
		return nil, errors.New("it ended and left somebody behind who holds its output open")
	case err != nil:
		return nil, o.withComplaint(fmt.Errorf("it ended with %w", err), stderr)
	}
	return stdout.text.Bytes(), nil
}

// withComplaint adds the first line that the command wrote to standard error.
func (o overExec) withComplaint(err error, stderr *bounded) error {
	for line := range strings.Lines(o.blank(stderr.text.String())) {
		if line = firstOf(line); line != "" {
			return fmt.Errorf("%w: %s", err, line)
		}
	}
	return err
}

// environment is what the command sees. It is never nil, which would mean everything.
func (o overExec) environment() []string {
	seen := []string{}
	for _, name := range o.config.Env {
		if value, ok := os.LookupEnv(name); ok {
			seen = append(seen, name+"="+value)
		}
	}
	return seen
}

// shortestValue is how long the value of a variable has to be to be taken for more
// than a word that may stand anywhere.
const shortestValue = 8

// blank replaces what the command was told in confidence by the variable's name.
func (o overExec) blank(text string) string {
	for _, name := range o.config.Env {
		if value := os.Getenv(name); len(value) >= shortestValue {
			text = strings.ReplaceAll(text, value, "["+name+"]")
		}
	}
	return text
}

// startError is why a command did not start, without the path that stands there twice.
func startError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var missing *exec.Error
	if errors.As(err, &missing) {
		return missing.Err
	}
	return err
}

// bounded keeps the beginning of what is written to it and calls over, if there is
// one, at the first byte too many. The rest is read and dropped, so that the writer
// does not hang.
type bounded struct {
	text  bytes.Buffer
	limit int
	over  func()
}

func (b *bounded) Write(p []byte) (int, error) {
	kept := min(len(p), b.limit-b.text.Len())
	b.text.Write(p[:kept])
	if kept < len(p) && b.over != nil {
		b.over()
	}
	return len(p), nil
}
