package saml_test

import (
	"context"
	"crypto/x509"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/reference/saml"
)

// requests and uses are logs in memory; failure makes them fail as a store would.
type requests struct {
	mu      sync.Mutex
	pending map[string]bool // provider + " " + id
	failure error
}

func sent(ids ...string) *requests {
	r := &requests{pending: map[string]bool{}}
	for _, id := range ids {
		r.pending[providerID+" "+id] = true
	}
	return r
}

func (r *requests) Pending(_ context.Context, provider, id string, _ time.Time) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pending[provider+" "+id], r.failure
}

func (r *requests) Answer(_ context.Context, provider, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.pending[provider+" "+id] {
		return saml.ErrAnswered
	}
	delete(r.pending, provider+" "+id)
	return r.failure
}

type uses struct {
	mu      sync.Mutex
	used    map[string]time.Time
	failure error
}

func (u *uses) Use(_ context.Context, issuer, id string, until time.Time) (bool, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, used := u.used[issuer+" "+id]; used {
		return false, u.failure
	}
	if u.used == nil {
		u.used = map[string]time.Time{}
	}
	u.used[issuer+" "+id] = until
	return true, u.failure
}

func provider(t testing.TB, keys ...string) saml.Provider {
	t.Helper()
	p := saml.Provider{ID: providerID, EntityID: ourEntity, ACS: ourACS, IdP: saml.IdP{EntityID: idpEntity, SSOURL: "https://acme.okta.com/app/x/sso/saml"}}
	for _, name := range keys {
		p.IdP.Certificates = append(p.IdP.Certificates, certificate(t, name))
	}
	return p
}

// arrival is the message as it would reach us a second later, with everything in place
// for it to be believed.
func arrival(t testing.TB, xml string) saml.Arrival {
	t.Helper()
	return saml.Arrival{
		Encoded: encode(xml), ACS: ourACS, Now: now.Add(time.Second),
		Providers: []saml.Provider{otherProvider(t), provider(t, "okta")},
		Requests:  sent(requestID), Uses: &uses{}, AllowUnsolicited: true,
	}
}

// otherProvider is the same organization's second connection.
func otherProvider(t testing.TB) saml.Provider {
	return saml.Provider{ID: "other", EntityID: ourEntity + "-2", ACS: ourACS, IdP: saml.IdP{
		EntityID: "https://second.example/idp", Certificates: []*x509.Certificate{certificate(t, "other-tenant")},
	}}
}

// believed verifies and wants the honest identity.
func believed(t *testing.T, a saml.Arrival) *saml.Assertion {
	t.Helper()
	got, err := saml.Standard().Verify(t.Context(), a)
	if err != nil {
		t.Fatalf("a good response is not believed: %v", err)
	}
	isHonest(t, got)
	return got
}

// isHonest is the invariant of all tests: whatever is returned is the person that was
// signed for, whole.
func isHonest(t testing.TB, got *saml.Assertion) {
	t.Helper()
	if got.NameID != honest || got.ID != "id1234567890654321" || got.Issuer != idpEntity || got.ProviderID != providerID {
		t.Errorf("identity: %q, assertion %q of %q for %q", got.NameID, got.ID, got.Issuer, got.ProviderID)
	}
	for name, want := range map[string][]string{"admin": {"false"}, "groups": {"Pilots", "Smugglers"}, "email": {honest}} {
		if values, present := got.Attribute(name); present && !reflect.DeepEqual(values, want) {
			t.Errorf("attribute %s is %q, not %q", name, values, want)
		}
	}
}

// refused verifies and wants the named check to refuse.
func refused(t *testing.T, a saml.Arrival, check string) {
	t.Helper()
	refusedFor(t, a, check, "")
}

// refusedFor wants the reason to contain some words, too.
func refusedFor(t *testing.T, a saml.Arrival, check, reason string) {
	t.Helper()
	got, err := saml.Standard().Verify(t.Context(), a)
	if err == nil {
		isHonest(t, got)
		t.Fatalf("believed, as %q; check %s should have refused", got.NameID, check)
	}
	var refusal *saml.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("not a refusal: %v", err)
	}
	if refusal.Check != check {
		t.Errorf("refused by %s (%s), not by %s", refusal.Check, refusal.Reason, check)
	}
	t.Log(refusal.Reason)
	if !strings.Contains(refusal.Reason, reason) {
		t.Errorf("reason %q lacks %q", refusal.Reason, reason)
	}
	wantOneLine(t, refusal.Reason)
	if want := "saml: refused by check " + check + ": " + refusal.Reason; err.Error() != want {
		t.Errorf("error %q, not %q", err, want)
	}
}

func wantOneLine(t testing.TB, reason string) {
	t.Helper()
	if reason == "" || len(reason) > 700 {
		t.Errorf("a reason of %d bytes", len(reason))
	}
	for _, r := range reason {
		if r < ' ' || r == 0x7f {
			t.Errorf("the reason has a control character: %q", reason)
		}
	}
}
