package simulator

import (
	"crypto/rand"
	"io"
)

// Prefixes by which Okta's ids tell what they are of.
const (
	personID     = "00u"
	groupID      = "00g"
	appID        = "0oa"
	assignmentID = "0ua"
	taskID       = "puj"
	linkID       = "aln"
	pushID       = "gPm"
)

// cell ends every id of one tenant, as in Okta.
const cell = "1d7"

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// newID returns an id of 20 characters. The tenant's lock is held.
func (t *Tenant) newID(prefix string) string {
	return prefix + t.draw(20-len(prefix)-len(cell)) + cell
}

// draw returns n letters of the alphabet. A source that runs dry is a mistake in
// the caller's test, not something to go on from.
func (t *Tenant) draw(n int) string {
	raw := make([]byte, n)
	source := t.options.Random
	if source == nil {
		source = rand.Reader
	}
	if _, err := io.ReadFull(source, raw); err != nil {
		panic("simulator: Options.Random gave no more bytes: " + err.Error())
	}
	for i, b := range raw {
		raw[i] = alphabet[int(b)%len(alphabet)]
	}
	return string(raw)
}
