package saml_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/reference/saml"
)

// lenient is a policy that takes the first or last child that looks like an assertion,
// however many there are.
func lenient(t *testing.T, choice string) saml.Policy {
	t.Helper()
	policy := saml.Standard()
	policy.Replace("one-assertion", func(_ context.Context, m *saml.Message) error {
		for _, el := range m.Response.ChildElements() {
			if el.Tag == "Assertion" && (m.Unverified == nil || choice == "last") {
				m.Unverified = el
			}
		}
		if m.Unverified == nil {
			return saml.Refuse("no assertion")
		}
		return nil
	})
	return policy
}

func TestStandardIsNew(t *testing.T) {
	t.Parallel()
	names := func(p saml.Policy) string {
		var all []string
		for _, check := range p.Checks {
			all = append(all, check.Name)
		}
		return strings.Join(all, " ")
	}
	const want = "encoding document root status one-assertion issuer decryption signature signed-parts trusted-issuer version contents destination bearer " +
		"recipient confirmation-window confirmation-address audience conditions window issue-instant statements authn-statement name-id qualifiers asked-here authn-anew in-response-to once"
	spoiled := saml.Standard()
	original := spoiled.Checks
	spoiled.Without("audience")
	spoiled.Replace("encoding", func(context.Context, *saml.Message) error { return nil })
	if got := names(saml.Standard()); got != want {
		t.Errorf("checks:\n%s\nwant\n%s", got, want)
	}
	if got := names(spoiled); got != strings.Replace(want, " audience", "", 1) {
		t.Errorf("without audience: %s", got)
	}
	if len(original) != len(saml.Standard().Checks) || original[17].Name != "audience" {
		t.Error("a policy shares its slice with one that was changed")
	}
}

// TestWithout shows that each check that may be left out is the one that refuses, and
// that without it the message is believed and still read right.
func TestWithout(t *testing.T) {
	t.Parallel()
	for check, b := range map[string]bad{
		"status":              {edit: in(responseBody, successStatus, "urn:x")},
		"destination":         {edit: in(responseHead, "app.example", "else.example")},
		"bearer":              {edit: in(subject, "cm:bearer", "cm:sender-vouches")},
		"recipient":           {edit: in(subject, "app.example", "else.example")},
		"confirmation-window": {edit: in(subject, stamp(5*time.Minute), stamp(-time.Hour))},
		"audience":            {edit: in(conditions, ourEntity, "urn:x")},
		"conditions":          {edit: in(conditions, "</saml2:Conditions>", "<saml2:Condition/></saml2:Conditions>")},
		"window":              {edit: in(conditions, stamp(5*time.Minute), stamp(-time.Hour))},
		"issue-instant":       {edit: in(assertionHead, stamp(0), stamp(-time.Hour))},
		"version":             {edit: in(assertionHead, `Version="2.0"`, `Version="1.1"`)},
		"authn-statement":     {edit: func(_ testing.TB, l *letter) { l.authn = "" }},
		"asked-here":          {arrival: func(_ testing.TB, a *saml.Arrival) { a.AskedHere = func(string) bool { return false } }},
		"in-response-to":      {arrival: func(_ testing.TB, a *saml.Arrival) { a.Requests = sent() }},
		"once": {arrival: func(t testing.TB, a *saml.Arrival) {
			if _, err := a.Uses.Use(t.Context(), idpEntity, "id1234567890654321", now); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(check, func(t *testing.T) {
			t.Parallel()
			refused(t, b.arrive(t, both), check)
			policy := saml.Standard()
			policy.Without(check)
			got, err := policy.Verify(t.Context(), b.arrive(t, both))
			if err != nil {
				t.Fatalf("refused although the check is out: %v", err)
			}
			isHonest(t, got)
		})
	}
}

func TestPolicyPanics(t *testing.T) {
	t.Parallel()
	panics := func(name, want string, act func(p *saml.Policy)) {
		t.Helper()
		defer func() {
			if got, _ := recover().(string); !strings.Contains(got, want) {
				t.Errorf("%s: panic %q lacks %q", name, got, want)
			}
		}()
		policy := saml.Standard()
		act(&policy)
	}
	panics("unknown", `no check named "signatur"; there are encoding`, func(p *saml.Policy) { p.Without("signatur") })
	panics("unknown", `no check named ""`, func(p *saml.Policy) { p.Replace("", nil) })
	for _, name := range []string{"encoding", "document", "one-assertion", "issuer", "decryption", "signature", "contents"} {
		panics(name, "replace it", func(p *saml.Policy) { p.Without(name) })
	}
}

// TestReplaceSignature is what a product does that never checks signatures.
func TestReplaceSignature(t *testing.T) {
	t.Parallel()
	policy := saml.Standard()
	policy.Replace("signature", func(_ context.Context, m *saml.Message) error {
		m.Trusted = m.Unverified
		return nil
	})
	a := arrival(t, strings.Replace(oktaLetter(requestID, true).xml(), honest, canary, 1))
	got, err := policy.Verify(t.Context(), a)
	if err != nil || got.NameID != canary {
		t.Fatalf("%v, %v", got, err)
	}
}

// TestTrustedIssuer needs a policy that picks the wrong provider: with the standard one
// the issuer is the provider's by construction.
func TestTrustedIssuer(t *testing.T) {
	t.Parallel()
	policy := saml.Standard()
	policy.Replace("issuer", func(_ context.Context, m *saml.Message) error {
		m.Provider = &m.Providers[0]
		return nil
	})
	// The other connection's key, speaking in our provider's name.
	_, err := policy.Verify(t.Context(), arrival(t, signXML(t, oktaLetter(requestID, true).xml(), both, signer{key: "other-tenant", prefixes: "xs"})))
	var refusal *saml.Refusal
	if !errors.As(err, &refusal) || refusal.Check != "trusted-issuer" {
		t.Fatalf("%v", err)
	}
}

// TestOtherConnection: a connection signs in its own people only, and answers its own
// requests only.
func TestOtherConnection(t *testing.T) {
	t.Parallel()
	l := oktaLetter("", true)
	for _, part := range []*string{&l.response, &l.assertion} {
		*part = strings.ReplaceAll(*part, idpEntity, "https://second.example/idp")
	}
	l.conditions = strings.ReplaceAll(l.conditions, ourEntity, ourEntity+"-2")
	s := signer{key: "other-tenant", prefixes: "xs"}
	got, err := saml.Standard().Verify(t.Context(), arrival(t, signXML(t, l.xml(), both, s)))
	if err != nil || got.ProviderID != "other" {
		t.Fatalf("the second connection does not work: %v", err)
	}
	answering := oktaLetter(requestID, true)
	l.responseAttributes, l.subject = answering.responseAttributes, answering.subject
	refused(t, arrival(t, signXML(t, l.xml(), both, s)), "in-response-to")
}

func TestReplay(t *testing.T) {
	t.Parallel()
	t.Run("unsolicited", func(t *testing.T) {
		t.Parallel()
		a := arrival(t, signXML(t, oktaLetter("", true).xml(), both, signer{prefixes: "xs"}))
		believed(t, a)
		refused(t, a, "once")
		for _, until := range a.Uses.(*uses).used {
			if until.Before(now.Add(10 * time.Minute)) {
				t.Errorf("remembered until %s only", until)
			}
		}
	})
	t.Run("solicited", func(t *testing.T) {
		t.Parallel()
		a := arrival(t, oktaXML(t, both))
		believed(t, a)
		refused(t, a, "in-response-to")
	})
	t.Run("another assertion for the same request", func(t *testing.T) {
		t.Parallel()
		a := arrival(t, oktaXML(t, assertion))
		believed(t, a)
		l := oktaLetter(requestID, true)
		l.assertion = strings.Replace(l.assertion, "id1234567890654321", "id777", 1)
		a.Encoded = encode(signXML(t, l.xml(), assertion, signer{prefixes: "xs"}))
		refused(t, a, "in-response-to")
	})
	t.Run("a bad message answers nothing", func(t *testing.T) {
		t.Parallel()
		a := arrival(t, strings.Replace(oktaXML(t, both), ">false<", ">true<", 1))
		refused(t, a, "signature")
		a.Encoded = encode(oktaXML(t, both))
		believed(t, a)
	})
}

// TestAtOnce: of many deliveries of one message at the same moment, one signs in.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]string{"solicited": requestID, "unsolicited": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := arrival(t, signXML(t, oktaLetter(request, true).xml(), both, signer{prefixes: "xs"}))
			var wait sync.WaitGroup
			var mu sync.Mutex
			var in int
			for range 16 {
				wait.Go(func() {
					_, err := saml.Standard().Verify(t.Context(), a)
					var refusal *saml.Refusal
					if err != nil && !errors.As(err, &refusal) {
						t.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						in++
					}
				})
			}
			wait.Wait()
			if in != 1 {
				t.Errorf("%d deliveries signed in", in)
			}
		})
	}
}

// slowLog says that everything is pending, and then that another was faster.
type slowLog struct{}

func (slowLog) Pending(context.Context, string, string, time.Time) (bool, error) { return true, nil }

func (slowLog) Answer(context.Context, string, string) error {
	return errors.Join(errors.New("row is gone"), saml.ErrAnswered)
}

func TestAnsweredMeanwhile(t *testing.T) {
	t.Parallel()
	a := arrival(t, oktaXML(t, both))
	a.Requests = slowLog{}
	refused(t, a, "in-response-to")
}

// TestFailuresAreNoRefusals: when our own memory fails, nothing is known of the response.
func TestFailuresAreNoRefusals(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk is gone")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tc := range map[string]struct {
		spoil func(a *saml.Arrival)
		ctx   context.Context
		want  error
	}{
		"request log": {spoil: func(a *saml.Arrival) { a.Requests = &requests{failure: broken} }, want: broken},
		"use log":     {spoil: func(a *saml.Arrival) { a.Uses = &uses{failure: broken} }, want: broken},
		"context":     {ctx: ended, spoil: func(*saml.Arrival) {}, want: context.Canceled},
		"no ACS":      {spoil: func(a *saml.Arrival) { a.ACS = "" }},
		"no time":     {spoil: func(a *saml.Arrival) { a.Now = time.Time{} }},
		"no logs":     {spoil: func(a *saml.Arrival) { a.Requests, a.Uses = nil, nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := arrival(t, oktaXML(t, both))
			tc.spoil(&a)
			ctx := tc.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			got, err := saml.Standard().Verify(ctx, a)
			var refusal *saml.Refusal
			if err == nil || errors.As(err, &refusal) || got != nil {
				t.Fatalf("%v, %v", got, err)
			}
			if tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("%v does not wrap %v", err, tc.want)
			}
		})
	}
}

// TestEmptyPolicy: a policy that verifies nothing believes nothing.
func TestEmptyPolicy(t *testing.T) {
	t.Parallel()
	if got, err := (saml.Policy{}).Verify(t.Context(), arrival(t, oktaXML(t, both))); err == nil {
		t.Errorf("believed: %v", got)
	}
}

// TestTrustedHoldsOnlyWhatWasSigned: no comment, no outer part, no parent with more in it
// is left in what the checks read.
func TestTrustedHoldsOnlyWhatWasSigned(t *testing.T) {
	t.Parallel()
	for name, m := range modes {
		t.Run(name, func(t *testing.T) {
			policy := saml.Standard()
			var trusted *etree.Element
			policy.Replace("trusted-issuer", func(_ context.Context, m *saml.Message) error {
				trusted = m.Trusted
				if m.Trusted == m.Unverified || m.Trusted.FindElement("//Signature") != nil && m.AssertionSigned {
					return saml.Refuse("Trusted is not made of the verified bytes")
				}
				return nil
			})
			xml := strings.Replace(oktaXML(t, m), "<saml2:Subject ", "<!--"+canary+"--><saml2:Subject ", 1)
			got, err := policy.Verify(t.Context(), arrival(t, xml))
			if err != nil {
				t.Fatal(err)
			}
			isHonest(t, got)
			for _, token := range trusted.Child {
				if _, comment := token.(*etree.Comment); comment {
					t.Error("a comment is trusted")
				}
			}
		})
	}
}
