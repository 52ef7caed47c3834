package target

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ledgerSuffix ends the names of ledgers in their directory.
const ledgerSuffix = ".jsonl"

// entries is what a ledger says.
type entries struct {
	tag     Tag
	target  string // name of the target
	places  []string
	process int
	things  []*Thing  // what is not done, in the order in which it was made
	written time.Time // when its last line was
	damaged []int     // numbers of lines that cannot be read
}

// Ledgers lists the ledgers in the directory where runs keep them, oldest first: of
// runs that are under way, or that left something behind.
func Ledgers() ([]string, error) {
	directory, err := LedgerDirectory()
	if err != nil {
		return nil, err
	}
	found, err := filepath.Glob(filepath.Join(directory, "[^.]*"+ledgerSuffix))
	slices.Sort(found) // a tag begins with the time
	return found, err
}

// readLedger reads a ledger. A last line that broke off is none: what it was about
// was never sent.
func readLedger(path string) (entries, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return entries{}, fmt.Errorf("reading a ledger: %w", err)
	}
	if end := bytes.LastIndexByte(text, '\n'); end >= 0 {
		text = text[:end]
	} else {
		text = nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return entries{}, fmt.Errorf("reading a ledger: %w", err)
	}
	read := entries{written: info.ModTime()}
	known := map[string]*Thing{}
	for i, one := range strings.Split(string(text), "\n") {
		var said line
		switch err := json.Unmarshal([]byte(one), &said); {
		case i == 0 && (err != nil || !said.Run.Valid()):
			return read, fmt.Errorf("%s is not a ledger", path)
		case i == 0 && said.Version != ledgerVersion:
			return read, fmt.Errorf("the ledger %s is of version %d; this program reads %d", path, said.Version, ledgerVersion)
		case i == 0:
			read.tag, read.target, read.places, read.process = said.Run, said.Target, said.Places, said.Process
		case err != nil || !read.note(known, said):
			read.damaged = append(read.damaged, i+1)
		}
	}
	read.things = slices.DeleteFunc(read.things, func(t *Thing) bool { return t.done })
	return read, nil
}

// note takes in one line and says whether it makes sense.
func (e *entries) note(known map[string]*Thing, said line) bool {
	thing := known[said.Entry]
	switch {
	case said.Entry == "":
		return false
	case said.Kind != "" && thing == nil:
		thing = &Thing{
			entry: said.Entry, Kind: said.Kind, Name: said.Name, Organization: said.Organization, SCIM: said.SCIM, At: said.At,
			People: said.People, Groups: said.Groups,
		}
		known[said.Entry] = thing
		e.things = append(e.things, thing)
	case thing == nil || said.Kind != "":
		return false
	}
	thing.learn(said)
	return true
}

// learn adds what a line says beyond what was about to be made.
func (t *Thing) learn(said line) {
	if said.ID != "" {
		t.ID = said.ID
	}
	if said.Record != "" && !slices.Contains(t.Records, said.Record) {
		t.Records = append(t.Records, said.Record)
	}
	if said.Account != "" && !slices.Contains(t.Accounts, said.Account) {
		t.Accounts = append(t.Accounts, said.Account)
	}
	t.SignedIn = t.SignedIn || said.SignedIn
	t.Refused = t.Refused || said.Refused
	t.done = t.done || said.Done
}
