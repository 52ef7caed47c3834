package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"rollcall.example/suites/verify"
)

// What a product says steers no terminal, wherever it is told.
func TestNothingSteersTheTerminal(t *testing.T) {
	t.Parallel()
	const said = "no such\x1b[2J\x1b]0;pwned\x07 person\u202e\r\nrollcall: conformant\u009b31m"
	var told bytes.Buffer
	if status := statusOf(hinted(errors.New(said), said), &told); status != 2 {
		t.Errorf("status %d", status)
	}
	found := verify.Diagnosis{Target: "Acme", Checks: []verify.Check{{Name: "SCIM", State: verify.Wrong, Says: said, Fix: said}}}
	if err := (doctorFlags{}).print(&told, found); err != nil {
		t.Fatal(err)
	}
	draft := verify.Draft{SCIMURL: "https://acme.test/scim", TokenEnv: "TOKEN", Learned: verify.Learned{Asked: []string{said}, EntityID: said}}
	text, err := draft.Text()
	if err != nil {
		t.Fatal(err)
	}
	told.Write(text)
	if at := strings.IndexAny(told.String(), "\x1b\x07\r\u202e\u009b"); at >= 0 {
		t.Errorf("it gets through: %q", told.String()[at:min(at+60, told.Len())])
	}
	if strings.Contains(told.String(), "\nrollcall: conformant") {
		t.Error("a product begins a line of ours")
	}
	if !strings.Contains(told.String(), "no such") {
		t.Error("what it said is not told at all")
	}
}
