// Package journal records what goes over the wire.
//
// A provisioning bug is nearly always an argument about who sent what. The
// journal settles it: its Transport sits under an HTTP client and keeps every
// request with its answer, in order, with secrets taken out before they are
// stored. A report can therefore print any exchange, and a person can replay one
// with the command that Curl gives.
//
// Two things travel by context, so that no signature carries them: whom an
// exchange is about (About) and which verb caused it (Trace).
package journal

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Message is one half of an exchange as it may be shown: headers and body are
// redacted, the body is text and no longer than 64 KiB.
type Message struct {
	// Method is the request's method; empty in a response.
	Method string
	// URL is the request's absolute URL with secret query values blanked; empty in a response.
	URL string
	// Header is what was sent or answered, credentials and cookie values blanked.
	Header http.Header
	// Body is the decoded body; a note at its end tells how much was cut.
	Body string
}

// Exchange is a request and what came of it.
type Exchange struct {
	// Seq numbers the exchanges of one journal from 1.
	Seq int
	// At is when the request was sent, by the clock given to Transport.
	At time.Time
	// Actor is who sent it: "scim" or "browser".
	Actor string
	// Subject is the e-mail address of the person it is about; empty if about nobody.
	Subject string
	// Request and Response are the two messages.
	Request  Message
	Response Message
	// Status is the answer's HTTP status; 0 when no answer came.
	Status int
	// Duration is the time on the wire in real time, whatever the clock says.
	Duration time.Duration
	// Error says why no answer came; empty when one did.
	Error string
}

// maxExchanges is how many exchanges a journal keeps; the oldest go first.
const maxExchanges = 10_000

// Journal keeps the newest 10,000 exchanges. The zero value is not ready; use New.
// It is safe for concurrent use.
type Journal struct {
	mu      sync.Mutex
	entries []entry
	seq     int
	secrets secrets
	heard   []string // secrets that were told or that answers gave, and that are not among the others yet
}

// entry is an exchange as it happened or, where it is too large to keep so,
// already as it may be shown.
type entry struct {
	Exchange
	shown bool
	// unread is how many bytes of the two bodies were not kept.
	unreadRequest, unreadResponse int
}

// New returns an empty journal.
func New() *Journal { return &Journal{} }

// Exchanges returns what was recorded, oldest first, as it may be shown.
func (j *Journal) Exchanges() []Exchange { return j.Since(0) }

// Since returns the exchanges with a Seq greater than seq, oldest first.
func (j *Journal) Since(seq int) []Exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.learn()
	found := make([]Exchange, 0, len(j.entries))
	for _, e := range j.entries[j.place(seq+1):] {
		found = append(found, j.show(e))
	}
	return found
}

// Last returns the Seq of the newest exchange, 0 when there is none.
func (j *Journal) Last() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) == 0 {
		return 0
	}
	return j.entries[len(j.entries)-1].Seq
}

// Secret registers values that must not be shown: they are blanked wherever they
// appear, also URL-encoded, in base64 or escaped for JSON, in what was recorded
// before as in what comes, and also where only their first sixteen bytes or more are
// there, be it in other letters, capital or small. A value shorter than four bytes is
// ignored, since blanking it would blank innocent text.
func (j *Journal) Secret(values ...string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.heard = append(j.heard, values...)
}

// Redact blanks in any text what the journal would blank in a message: the secrets
// that it knows, and those that [Redact] knows by name or form. The values of long
// cookies that answers have set are among the first.
func (j *Journal) Redact(text string) string {
	j.mu.Lock()
	j.learn()
	text = j.secrets.blank(text)
	j.mu.Unlock()
	return Redact(text)
}

// learn takes up what was heard. It waits until something is shown, since it costs
// more than to listen.
func (j *Journal) learn() {
	j.secrets.add(j.heard...)
	j.heard = nil
}

// begin reserves the next sequence number, so that numbers follow the order of
// sending and not of answering.
func (j *Journal) begin() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	return j.seq
}

// record stores a finished exchange in its place by Seq.
func (j *Journal) record(e Exchange) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.heard = append(j.heard, given(e.Response.Header)...)
	kept := entry{Exchange: e}
	kept.unreadRequest, kept.unreadResponse = clip(&kept.Request), clip(&kept.Response)
	if max(len(kept.Request.Body), len(kept.Response.Body)) > maxBody+margin {
		j.learn()
		kept = entry{Exchange: j.show(kept), shown: true}
	}
	j.entries = slices.Insert(j.entries, j.place(e.Seq), kept)
	if len(j.entries) > maxExchanges {
		j.entries = slices.Delete(j.entries, 0, len(j.entries)-maxExchanges)
	}
}

// place is where the exchange with that Seq stands or would stand.
func (j *Journal) place(seq int) int {
	at, _ := slices.BinarySearchFunc(j.entries, seq, func(e entry, n int) int { return e.Seq - n })
	return at
}

// show returns a copy without secrets and with bodies of a bounded length. What
// was shown before is only held against the secrets that came since.
func (j *Journal) show(kept entry) Exchange {
	e := kept.Exchange
	e.Request.Header = e.Request.Header.Clone()
	e.Response.Header = e.Response.Header.Clone()
	if kept.shown {
		j.secrets.blankExchange(&e)
		return e
	}
	redact(&e)
	j.secrets.blankExchange(&e)
	halved := max(margin, j.secrets.longest())
	bound(&e.Request, kept.unreadRequest, halved)
	bound(&e.Response, kept.unreadResponse, halved)
	return e
}
