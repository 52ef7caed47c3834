package saml

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/beevik/etree"
)

// Name is somebody's name as the identity provider gave it, with all that belongs to it
// (Core 2.2.2). Two names are the same where all of it is.
type Name struct {
	Value           string
	Format          string // a URI; empty when absent, as are the qualifiers
	NameQualifier   string
	SPNameQualifier string
}

// LogoutLog remembers the logout requests that we sent.
type LogoutLog interface {
	// AnswerLogout marks the request as answered, for good, and reports whether it was
	// one of ours for this provider that waited for an answer at now.
	AnswerLogout(ctx context.Context, providerID, id string, now time.Time) (waited bool, err error)
}

// LogoutArrival is a logout message as it reached our single logout service.
type LogoutArrival struct {
	// RawQuery is the query as it came, by the Redirect binding.
	RawQuery string
	// Form is what was posted, by the POST binding; nil by Redirect.
	Form url.Values
	// Provider is the connection at whose address the message arrived: who may speak here.
	Provider Provider
	// Now is the time by which everything is judged.
	Now time.Time
}

// LogoutMessage is an arrival on its way through the checks.
type LogoutMessage struct {
	LogoutArrival
	// Limits are the policy's.
	Limits

	// Answer says that the message came as a SAMLResponse. Check "encoding" fills it,
	// with XML, RelayState and the query's signature.
	Answer     bool
	XML        []byte
	RelayState string
	// Root is the document's root, nothing of it trusted. Check "document" fills it.
	Root *etree.Element
	// Trusted is the message, parsed from the bytes that the signature covers. Check
	// "signature" fills it, and the checks after it read nothing else.
	Trusted *etree.Element
	// Logout is what the caller gets. Check "contents" fills it from Trusted.
	Logout *Logout
	// Logouts and Uses are the caller's memory.
	Logouts LogoutLog
	Uses    UseLog

	query  querySignature
	census census
}

// querySignature is how a query is signed; octets empty where it is not.
type querySignature struct {
	octets string
	method method
	value  []byte
}

// Logout is what a believed logout message says.
type Logout struct {
	ID         string
	Answer     bool // a LogoutResponse, otherwise a LogoutRequest
	RelayState string

	// Name and SessionIndexes are a request's: who, and which sessions of theirs. No
	// index means all of them (Core 3.7.1).
	Name           Name
	SessionIndexes []string

	// InResponseTo and Status are an answer's: the request of ours, and the code, with
	// the one below it, by which it ended.
	InResponseTo  string
	Status, Below string
}

// Succeeded says whether an answer reports that everybody was signed out everywhere.
func (l Logout) Succeeded() bool { return l.Status == statusSuccess && l.Below != statusPartialLogout }

// LogoutPolicy decides which logout messages are believed: checks in order, the first
// refusal ends it.
type LogoutPolicy struct {
	Limits
	Checks []CheckOf[LogoutMessage]
}

// StandardLogout returns the strict policy, in slices of its own every time. As with
// responses, "signature" is the watershed: before it checks can only refuse, after it
// they read what was verified.
func StandardLogout() LogoutPolicy {
	return LogoutPolicy{
		Limits: Limits{Skew: 90 * time.Second, MaxBytes: 64 << 10, MaxAge: 10 * time.Minute},
		Checks: []CheckOf[LogoutMessage]{
			{"encoding", checkLogoutEncoding},
			{"document", checkLogoutDocument},
			{"root", checkLogoutRoot},
			{"issuer", checkLogoutIssuer},
			{"signature", checkLogoutSignature},
			{"contents", checkLogoutContents},
			{"destination", checkLogoutDestination},
			{"issue-instant", checkLogoutIssueInstant},
			{"window", checkLogoutWindow},
			{"name", checkLogoutName},
			{"once", checkLogoutOnce},
			{"in-response-to", checkLogoutInResponseTo},
		},
	}
}

// logoutProducers fill in what later checks read.
var logoutProducers = []string{"encoding", "document", "signature", "contents"}

// Without takes the named check out, under the conditions of [Policy.Without].
func (p *LogoutPolicy) Without(name string) { p.Checks = without(p.Checks, logoutProducers, name) }

// Replace puts another function in the place of the named check.
func (p *LogoutPolicy) Replace(name string, do func(ctx context.Context, m *LogoutMessage) error) {
	p.Checks = replaced(p.Checks, name, do)
}

// ExaminedLogout is a message that passed every check that needs no memory.
type ExaminedLogout struct {
	message *LogoutMessage
	rest    []CheckOf[LogoutMessage]
}

// Examine runs the checks that need no memory. Errors are those of [Policy.Verify].
func (p LogoutPolicy) Examine(ctx context.Context, arrival LogoutArrival) (*ExaminedLogout, error) {
	if arrival.Provider.SLO == "" || arrival.Now.IsZero() {
		return nil, errors.New("saml: a logout needs our address and a time")
	}
	split := len(p.Checks)
	for i, check := range p.Checks {
		if check.Name == "once" || check.Name == "in-response-to" {
			split = i
			break
		}
	}
	e := &ExaminedLogout{&LogoutMessage{LogoutArrival: arrival, Limits: p.Limits}, p.Checks[split:]}
	if err := run(ctx, e.message, p.Checks[:split]); err != nil {
		return nil, err
	}
	if e.message.Trusted == nil || e.message.Logout == nil {
		return nil, errors.New("saml: the policy verified no logout message: it lacks the checks signature and contents")
	}
	return e, nil
}

// Believe runs the checks that are left, by this memory, and returns what the message
// says. It may be called once.
func (e *ExaminedLogout) Believe(ctx context.Context, logouts LogoutLog, uses UseLog) (*Logout, error) {
	e.message.Logouts, e.message.Uses = logouts, uses
	if err := run(ctx, e.message, e.rest); err != nil {
		return nil, err
	}
	return e.message.Logout, nil
}
