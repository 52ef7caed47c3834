package main

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the list of profile keys anew")

// The list of keys that stands beside the profiles is what the program prints.
func TestListOfProfileKeysIsUpToDate(t *testing.T) {
	const file = "../../fixtures/profile/KEYS.md"
	var now bytes.Buffer
	if err := profileKeysMarkdown(&now); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, now.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	there, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(there, now.Bytes()) {
		t.Error("fixtures/profile/KEYS.md is not what the keys are; if they are meant so: go test ./cmd/rollcall -run ProfileKeys -update")
	}
}
