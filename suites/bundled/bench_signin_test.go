//go:build unix

package bundled_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/bundled"
)

// BenchmarkSignIn is how many sign-ins a core has time for, beside how many it would
// have by the RSA operations alone, in one run and in processor time of both sides. A
// sign-in is what the fake Okta and the whole reference do for somebody who is a member
// already: a response is issued and posted, and a session begins. Each signature in it
// takes one operation with the private key and one with the public: one of each where
// the response or the assertion is signed, two of each where both are, as is Okta's
// default. "of-raw-rsa" is to be at least 0.60. Several come at a time, as they do where
// it matters how many a core has time for.
//
// A first sign-in is one that makes account, membership and seat too.
func BenchmarkSignIn(b *testing.B) {
	const crowd = 8
	for _, way := range []struct {
		name    string
		signing idp.Signing
		first   bool
	}{{"both", idp.SignBoth, false}, {"assertion", idp.SignAssertion, false}, {"response", idp.SignResponse, false}, {"first", idp.SignBoth, true}} {
		b.Run(way.name, func(b *testing.B) {
			door := newDoor(b)
			signatures := crowd
			if way.signing == idp.SignBoth {
				signatures = 2 * crowd
			}
			var whole, raw time.Duration
			round := 0
			comes := func() {
				var people sync.WaitGroup
				for number := range crowd {
					email := fmt.Sprintf("han.%d@rollcall.test", number)
					if way.first {
						email = fmt.Sprintf("han.%d.%d@rollcall.test", round, number)
					}
					people.Go(func() { door.comeIn(b, email, way.signing) })
				}
				people.Wait()
			}
			comes()
			for b.Loop() {
				round++
				begun := machine.ProcessorTime(b)
				comes()
				middle := machine.ProcessorTime(b)
				for range signatures {
					door.signAndVerify(b)
				}
				whole, raw = whole+middle-begun, raw+machine.ProcessorTime(b)-middle
			}
			b.ReportMetric(float64(raw)/float64(whole), "of-raw-rsa")
			b.ReportMetric(float64(crowd*round)/whole.Seconds(), "sign-ins/core-s")
			b.ReportMetric(float64(crowd*round)/raw.Seconds(), "raw-rsa/core-s")
		})
	}
}

// door is where people sign in, with what is needed to do so.
type door struct {
	identity      idp.Identity
	acs, audience string
	client        *http.Client
}

func newDoor(b *testing.B) door {
	b.Helper()
	running := start(b, bundled.Options{})
	b.Cleanup(func() { closeIt(b, running) })
	connection := running.Target.Connection()
	identity, err := connection.Okta.Identity()
	if err != nil {
		b.Fatal(err)
	}
	wire := &http.Transport{MaxIdleConnsPerHost: 16}
	b.Cleanup(wire.CloseIdleConnections)
	client := &http.Client{Transport: wire, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return door{identity, connection.SAML.ACS, connection.SAML.EntityID, client}
}

// comeIn signs somebody in: Okta starts it, and the answer is a session's cookie.
func (d door) comeIn(b *testing.B, email string, signing idp.Signing) {
	b.Helper()
	response, err := d.identity.Issue(idp.Claims{
		Destination: d.acs, Recipient: d.acs, Audience: d.audience, NameID: email, Now: time.Now(), Sign: signing,
		Attributes: []idp.Attribute{{Name: "name", Values: []string{"Han Solo"}}, {Name: "admin"}, {Name: "teams"}},
	})
	if err != nil {
		b.Error(err)
		return
	}
	status, cookies, err := d.post(b.Context(), url.Values{"SAMLResponse": {response.Encoded()}, "RelayState": {""}})
	if err != nil || status != http.StatusSeeOther || cookies != 1 {
		b.Errorf("the sign-in was answered with %d and %d cookies: %v", status, cookies, err)
	}
}

// post posts a form to the assertion consumer service and reads the answer to its end.
func (d door) post(ctx context.Context, form url.Values) (status, cookies int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.acs, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, 0, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := d.client.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, len(answer.Cookies()), err
}

// signAndVerify is what one signature takes, and nothing else.
func (d door) signAndVerify(b *testing.B) {
	b.Helper()
	sum := sha256.Sum256([]byte("a message"))
	key := d.identity.Key.(*rsa.PrivateKey)
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err == nil {
		err = rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature)
	}
	if err != nil {
		b.Fatal(err)
	}
}
