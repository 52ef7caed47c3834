package scim_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"rollcall.example/fixtures/machine"
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
	node, modules := machine.Tool(t, "node"), filepath.Join(directory, "node_modules")
	if _, err := os.Stat(modules); err != nil {
		machine.Lacks(t, "reference/scim/"+modules)
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
