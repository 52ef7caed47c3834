package saml

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits are the tolerances of a policy.
type Limits struct {
	// Skew is how far the identity provider's clock may be from ours, both ways.
	Skew time.Duration
	// MaxBytes is the size of the largest response, decoded.
	MaxBytes int
	// MaxAge is how long ago a response may have been issued.
	MaxAge time.Duration
	// MaxKeys is how many encrypted keys one message may bring. Each can cost us an
	// operation with our private key.
	MaxKeys int
}

// Policy decides which responses are believed: checks in order, the first refusal
// ends it.
type Policy struct {
	Limits
	Ciphers Ciphers
	Checks  []Check
}

// Check is one question asked of a response.
type Check = CheckOf[Message]

// CheckOf is one question asked of a message of kind M. Run returns nil, a refusal
// (see Refuse), or, when our own memory fails, any other error.
type CheckOf[M any] struct {
	Name string
	Run  func(ctx context.Context, m *M) error
}

// Standard returns the strict policy, in slices of its own every time: whoever
// changes one changes nobody else's.
//
// The checks before "signature" judge the document as it came and can only refuse;
// those after it read the verified assertion. What costs memory or cannot be taken
// back (answering the request, using up the assertion) comes last.
func Standard() Policy {
	return Policy{
		Limits:  Limits{Skew: 90 * time.Second, MaxBytes: 1 << 20, MaxAge: 10 * time.Minute, MaxKeys: 4},
		Ciphers: standardCiphers(),
		Checks: []Check{
			{"encoding", checkEncoding},
			{"document", checkDocument},
			{"root", checkRoot},
			{"status", checkStatus},
			{"one-assertion", checkOneAssertion},
			{"issuer", checkIssuer},
			{"decryption", checkDecryption},
			{"signature", checkSignature},
			{"signed-parts", checkSignedParts},
			{"trusted-issuer", checkTrustedIssuer},
			{"version", checkVersion},
			{"contents", checkContents},
			{"destination", checkDestination},
			{"bearer", checkBearer},
			{"recipient", checkRecipient},
			{"confirmation-window", checkConfirmationWindow},
			{"confirmation-address", checkConfirmationAddress},
			{"audience", checkAudience},
			{"conditions", checkConditions},
			{"window", checkWindow},
			{"issue-instant", checkIssueInstant},
			{"statements", checkStatements},
			{"authn-statement", checkAuthnStatement},
			{"name-id", checkNameID},
			{"qualifiers", checkQualifiers},
			{"asked-here", checkAskedHere},
			{"authn-anew", checkAuthnAnew},
			{"in-response-to", checkInResponseTo},
			{"once", checkOnce},
		},
	}
}

// producers are the checks that fill in what later ones read. They may be replaced
// but not left out.
var producers = []string{"encoding", "document", "one-assertion", "issuer", "decryption", "signature", "contents"}

// Without takes the named check out. It panics when there is none of this name, and
// when others read what it produces: such a check can only be replaced.
func (p *Policy) Without(name string) {
	p.Checks = without(p.Checks, producers, name)
}

// Replace puts another function in the place of the named check. It panics when
// there is none of this name.
func (p *Policy) Replace(name string, run func(ctx context.Context, m *Message) error) {
	p.Checks = replaced(p.Checks, name, run)
}

func without[M any](checks []CheckOf[M], producers []string, name string) []CheckOf[M] {
	at := index(checks, name)
	if slices.Contains(producers, name) {
		panic(fmt.Sprintf("saml: check %q produces what later checks read: replace it instead", name))
	}
	return slices.Delete(slices.Clone(checks), at, at+1)
}

func replaced[M any](checks []CheckOf[M], name string, run func(ctx context.Context, m *M) error) []CheckOf[M] {
	at := index(checks, name)
	checks = slices.Clone(checks)
	checks[at].Run = run
	return checks
}

func index[M any](checks []CheckOf[M], name string) int {
	at := slices.IndexFunc(checks, func(c CheckOf[M]) bool { return c.Name == name })
	if at < 0 {
		names := make([]string, len(checks))
		for i, check := range checks {
			names[i] = check.Name
		}
		panic(fmt.Sprintf("saml: no check named %q; there are %s", name, strings.Join(names, ", ")))
	}
	return at
}

// Verify runs the checks over an arrival. It returns what the assertion says, or a
// *Refusal when the response is not to be believed, or any other error when a log
// failed or the context ended: then nothing is known about the response.
func (p Policy) Verify(ctx context.Context, arrival Arrival) (*Assertion, error) {
	if arrival.Requests == nil || arrival.Uses == nil {
		return nil, errors.New("saml: an arrival needs a request log and a use log")
	}
	examined, err := p.Examine(ctx, arrival)
	if err != nil {
		return nil, err
	}
	return examined.Believe(ctx, arrival.Requests, arrival.Uses)
}

// run takes a message through some of the checks.
func run[M any](ctx context.Context, m *M, checks []CheckOf[M]) error {
	for _, check := range checks {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("saml: stopped before check %s: %w", check.Name, err)
		}
		if err := check.Run(ctx, m); err != nil {
			var refusal *Refusal
			if errors.As(err, &refusal) {
				return &Refusal{Check: check.Name, Reason: refusal.Reason}
			}
			return fmt.Errorf("saml: check %s could not be made: %w", check.Name, err)
		}
	}
	return nil
}

// Refusal says that a response was not believed. Both fields are for the audit log
// and the administrator, never for the person who signs in: to an attacker they
// would be a guide.
type Refusal struct {
	// Check is the name of the check that refused.
	Check string
	// Reason is one line.
	Reason string
}

// Error joins the check and its reason.
func (r *Refusal) Error() string {
	return "saml: refused by check " + r.Check + ": " + r.Reason
}

// Refuse is how a check refuses: the reason as one line, lower case, untrusted text
// in it quoted. Verify adds the name of the check.
func Refuse(format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...)}
}
