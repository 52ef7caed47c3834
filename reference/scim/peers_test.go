package scim_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// peers are readers of filters and of PATCH that others made for Node.js, in a process
// of their own. What a test asks them they are asked one at a time.
type peers struct {
	questions *json.Encoder
	answers   *bufio.Reader
}

// opinion is what a peer says: of each resource whether a filter matches it, or what
// operations make of a resource. Refused says why it says nothing of the kind.
type opinion struct {
	Matches  []bool
	Resource map[string]any
	Refused  string
}

// startPeers starts the process, which ends with the test.
func startPeers(t *testing.T) *peers {
	t.Helper()
	if testing.Short() {
		t.Skip("what others answer shows no race of ours")
	}
	directory := filepath.Join("testdata", "peers")
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node is not installed")
	}
	if _, err := os.Stat(filepath.Join(directory, "node_modules")); err != nil {
		missing(t, "the modules of reference/scim/"+directory+" are not installed")
	}
	running := exec.CommandContext(t.Context(), node, "peers.mjs")
	running.Dir, running.Stderr = directory, os.Stderr
	questions, err := running.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := running.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = questions.Close()
		_, _ = io.Copy(io.Discard, answers)
		_ = running.Wait()
	})
	asked := json.NewEncoder(questions)
	asked.SetEscapeHTML(false)
	return &peers{asked, bufio.NewReader(answers)}
}

// missing skips for want of a tool, or fails where nothing may be skipped.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("ROLLCALL_NO_SKIP") == "1" {
		t.Fatal(what + ": make setup installs it")
	}
	t.Skip(what + ": make setup installs it")
}

// ask puts a question to a peer.
func (p *peers) ask(t tester, peer string, question map[string]any) opinion {
	t.Helper()
	question["peer"] = peer
	if err := p.questions.Encode(question); err != nil {
		t.Fatalf("asking %s: %v", peer, err)
	}
	line, err := p.answers.ReadBytes('\n')
	if err != nil {
		t.Fatalf("%s does not answer %v: %v", peer, question, err)
	}
	var said opinion
	if err := json.Unmarshal(line, &said); err != nil {
		t.Fatalf("%s answers %v with %s: %v", peer, question, line, err)
	}
	return said
}
