package saml_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/saml"
	"rollcall.example/simulator/idp"
)

const ourSLO = "https://app.example/sso/~/p/saml/logout"

// logouts is a log of logout requests in memory.
type logouts map[string]bool

func (l logouts) AnswerLogout(_ context.Context, provider, id string, _ time.Time) (bool, error) {
	waited := l[provider+" "+id]
	delete(l, provider+" "+id)
	return waited, nil
}

// parted is the fake Okta, and us as it knows us, with single logout switched on.
func parted(t *testing.T) (idp.Identity, saml.Provider) {
	t.Helper()
	identity := fakeOkta(t)
	identity.Logout = true
	p := registered(t, identity)
	p.SLO = ourSLO
	pair, err := saml.NewKeyPair(key(t, "service-provider"), ourEntity, now.AddDate(-1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	p.Signing = pair
	return identity, p
}

var somebody = idp.Name{Value: honest, Format: idp.FormatEmailAddress, NameQualifier: "q", SPNameQualifier: ourEntity}

// ends is an honest logout request of the fake Okta's, changed before it is signed.
func ends(t *testing.T, by idp.Identity, changes ...func(*idp.Logout)) idp.Envelope {
	t.Helper()
	says := idp.Logout{Dispatch: idp.Dispatch{Destination: ourSLO, Now: now}, Name: somebody, SessionIndexes: []string{"one"}}
	for _, change := range changes {
		change(&says)
	}
	made, err := by.LogoutRequest(says)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func byPost(t *testing.T, p saml.Provider, e idp.Envelope) saml.LogoutArrival {
	t.Helper()
	if e.Signer.Key != nil {
		if err := e.Sign(); err != nil {
			t.Fatal(err)
		}
	}
	return saml.LogoutArrival{Form: url.Values{e.Parameter: {e.Encoded()}, "RelayState": {"rs"}}, Provider: p, Now: now.Add(time.Second)}
}

func byRedirect(t *testing.T, p saml.Provider, e idp.Envelope) saml.LogoutArrival {
	t.Helper()
	address, err := e.Redirect(ourSLO, "rs")
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(address, "?")
	return saml.LogoutArrival{RawQuery: query, Provider: p, Now: now.Add(time.Second)}
}

func believe(t *testing.T, a saml.LogoutArrival, log logouts, used *uses) (*saml.Logout, error) {
	t.Helper()
	examined, err := saml.StandardLogout().Examine(t.Context(), a)
	if err != nil {
		return nil, err
	}
	return examined.Believe(t.Context(), log, used)
}

func TestLogoutRequestsAreBelieved(t *testing.T) {
	t.Parallel()
	okta, p := parted(t)
	for name, arrive := range map[string]func(*testing.T, saml.Provider, idp.Envelope) saml.LogoutArrival{"post": byPost, "redirect": byRedirect} {
		used := &uses{}
		a := arrive(t, p, ends(t, okta))
		got, err := believe(t, a, nil, used)
		if err != nil {
			t.Fatal(name, err)
		}
		if got.Answer || got.Name != (saml.Name{Value: honest, Format: idp.FormatEmailAddress, NameQualifier: "q", SPNameQualifier: ourEntity}) ||
			!slices.Equal(got.SessionIndexes, []string{"one"}) || got.RelayState != "rs" || got.ID == "" {
			t.Errorf("%s: %+v", name, got)
		}
		if _, err := believe(t, a, nil, used); refusedBy(err) != "once" {
			t.Errorf("%s, again: %v", name, err)
		}
	}
}

func refusedBy(err error) string {
	var refusal *saml.Refusal
	if errors.As(err, &refusal) && !strings.Contains(err.Error(), "\n") {
		return refusal.Check
	}
	return ""
}

func TestLogoutMessagesAreRefused(t *testing.T) {
	t.Parallel()
	okta, p := parted(t)
	stranger, err := okta.WithKey(key(t, "attacker"), now)
	if err != nil {
		t.Fatal(err)
	}
	unsigned := ends(t, okta)
	unsigned.Signer.Key = nil
	inside := ends(t, okta)
	if err := inside.Sign(); err != nil {
		t.Fatal(err)
	}
	elsewhere := okta
	elsewhere.EntityID = "http://www.okta.com/exkother"
	form := func(a saml.LogoutArrival, change func(url.Values)) saml.LogoutArrival {
		change(a.Form)
		return a
	}
	query := func(a saml.LogoutArrival, old, new string) saml.LogoutArrival {
		if !strings.Contains(a.RawQuery, old) {
			t.Fatalf("no %q in the query", old)
		}
		a.RawQuery = strings.Replace(a.RawQuery, old, new, 1)
		return a
	}
	raw := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for _, c := range []struct {
		name, check string
		arrival     saml.LogoutArrival
	}{
		{"nothing", "encoding", saml.LogoutArrival{Form: url.Values{}, Provider: p, Now: now}},
		{"both", "encoding", form(byPost(t, p, ends(t, okta)), func(f url.Values) { f["SAMLResponse"] = f["SAMLRequest"] })},
		{"twice", "encoding", form(byPost(t, p, ends(t, okta)), func(f url.Values) { f["SAMLRequest"] = append(f["SAMLRequest"], "x") })},
		{"twice in the query", "encoding", query(byRedirect(t, p, ends(t, okta)), "SAMLRequest=", "SAMLRequest=x&SAMLRequest=")},
		{"not base64", "encoding", form(byPost(t, p, ends(t, okta)), func(f url.Values) { f.Set("SAMLRequest", "%") })},
		{"too long", "encoding", form(byPost(t, p, ends(t, okta)), func(f url.Values) { f.Set("SAMLRequest", strings.Repeat("AAAA", 40_000)) })},
		{"a bomb", "encoding", byRedirect(t, p, ends(t, okta, func(l *idp.Logout) { l.Reason = strings.Repeat("a", 100_000) }))},
		{"a doctype", "document", form(byPost(t, p, ends(t, okta)), func(f url.Values) { f.Set("SAMLRequest", raw(`<!DOCTYPE x><x/>`)) })},
		{"another message", "root", form(byPost(t, p, ends(t, okta)), func(f url.Values) {
			f["SAMLResponse"], f["SAMLRequest"] = f["SAMLRequest"], nil
			delete(f, "SAMLRequest")
		})},
		{"another issuer", "issuer", byPost(t, p, ends(t, elsewhere))},
		{"unsigned", "signature", byPost(t, p, unsigned)},
		{"unsigned in the query", "signature", byRedirect(t, p, unsigned)},
		{"signed by a stranger", "signature", byPost(t, p, ends(t, stranger))},
		{"signed by a stranger in the query", "signature", byRedirect(t, p, ends(t, stranger))},
		{"signed inside, by redirect", "signature", byRedirect(t, p, inside)},
		{"another relay state", "signature", query(byRedirect(t, p, ends(t, okta)), "RelayState=rs", "RelayState=x")},
		{"SHA-1", "encoding", query(byRedirect(t, p, ends(t, okta)), url.QueryEscape(idp.RSASHA256), url.QueryEscape(idp.RSASHA1))},
		{"for elsewhere", "destination", byPost(t, p, ends(t, okta, func(l *idp.Logout) { l.Destination = ourSLO + "/" }))},
		{"old", "issue-instant", byPost(t, p, ends(t, okta, func(l *idp.Logout) { l.Now, l.NotOnOrAfter = now.Add(-time.Hour), now.Add(time.Hour) }))},
		{"of tomorrow", "issue-instant", byPost(t, p, ends(t, okta, func(l *idp.Logout) { l.Now = now.Add(24 * time.Hour) }))},
		{"ended", "window", byPost(t, p, ends(t, okta, func(l *idp.Logout) { l.NotOnOrAfter = now.Add(-5 * time.Minute) }))},
		{"nobody", "name", byPost(t, p, ends(t, okta, func(l *idp.Logout) { l.Name.Value = "" }))},
		{"white space", "name", byPost(t, p, ends(t, okta, func(l *idp.Logout) { l.Name.Value = " " + honest }))},
	} {
		if _, err := believe(t, c.arrival, nil, &uses{}); refusedBy(err) != c.check {
			t.Errorf("%s: %v, want a refusal by %s", c.name, err, c.check)
		}
	}
}

func TestLogoutAnswers(t *testing.T) {
	t.Parallel()
	okta, p := parted(t)
	answer := func(to string, status idp.Status) saml.LogoutArrival {
		made, err := okta.LogoutResponse(idp.Dispatch{Destination: ourSLO, InResponseTo: to, Now: now}, status)
		if err != nil {
			t.Fatal(err)
		}
		return byRedirect(t, p, made)
	}
	waiting := logouts{providerID + " _q1": true, providerID + " _q2": true}
	got, err := believe(t, answer("_q1", idp.Status{Code: idp.StatusSuccess}), waiting, nil)
	if err != nil || !got.Answer || !got.Succeeded() || got.InResponseTo != "_q1" {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = believe(t, answer("_q2", idp.Status{Code: idp.StatusSuccess, Below: idp.StatusPartialLogout}), waiting, nil)
	if err != nil || got.Succeeded() {
		t.Errorf("%+v, %v", got, err)
	}
	for _, unknown := range []string{"_q1", "_q9"} {
		if _, err := believe(t, answer(unknown, idp.Status{Code: idp.StatusSuccess}), waiting, nil); refusedBy(err) != "in-response-to" {
			t.Errorf("an answer to %s: %v", unknown, err)
		}
	}
}

// What we send, the fake Okta reads and believes, by either binding.
func TestFakeOktaBelievesOurLogout(t *testing.T) {
	t.Parallel()
	_, p := parted(t)
	if !p.Logout() {
		t.Fatal("single logout is off")
	}
	name := saml.Name{Value: honest, Format: idp.FormatEmailAddress, SPNameQualifier: ourEntity}
	for _, notice := range []saml.Notice{
		p.LogoutRequest("_l1", name, "one", now), p.LogoutResponse("_l2", "_r", true, now), p.LogoutResponse("_l3", "_r", false, now),
	} {
		for _, binding := range []string{"redirect", "post"} {
			through := p
			if binding == "post" {
				through.IdP.SLOURL = ""
			}
			leaving, err := through.Send(notice, "rs")
			if err != nil {
				t.Fatal(err)
			}
			var read idp.LogoutMessage
			if leaving.Form != nil {
				form := url.Values{}
				for field, value := range leaving.Form {
					form.Set(field, value)
				}
				read, err = idp.ParseLogoutPost(form)
			} else {
				_, query, _ := strings.Cut(leaving.Address, "?")
				read, err = idp.ParseLogoutRedirect(query)
			}
			if err == nil {
				err = read.Check(p.IdP.SLOURL, ourEntity, now)
			}
			if err == nil {
				err = read.Signature.Verify(own(t, p))
			}
			if err != nil || read.ID != notice.ID || read.RelayState != "rs" {
				t.Errorf("%s by %s: %+v, %v", notice.ID, binding, read, err)
			}
			switch {
			case notice.ID == "_l1" && (read.Name.Value != name.Value || read.Name.SPNameQualifier != ourEntity || read.SessionIndexes[0] != "one"):
				t.Errorf("read %+v", read)
			case notice.ID == "_l2" && read.Status.Code != idp.StatusSuccess, notice.ID == "_l3" && read.Status.Below != idp.StatusUnknownPrincipal:
				t.Errorf("read %+v", read.Status)
			}
		}
	}
}

// own is what our metadata says that we sign with.
func own(t *testing.T, p saml.Provider) []*x509.Certificate {
	t.Helper()
	certificate, err := x509.ParseCertificate(p.Signing.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	return []*x509.Certificate{certificate}
}

// A sign-in request that we sign is believed, by address and by form, and says what is
// wished for.
func TestFakeOktaBelievesOurSignedRequest(t *testing.T) {
	t.Parallel()
	_, p := parted(t)
	request := p.Ask(requestID, now, saml.Wish{ForceAuthn: true, IsPassive: true})
	address, err := request.SignedRedirect(p.IdP.SSOURL, "/a?b", p.Signing)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := request.Posted(p.Signing)
	if err != nil {
		t.Fatal(err)
	}
	byAddress, _, err := idp.ParseRedirect(parse(t, address).RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	byForm, _, err := idp.ParsePost(url.Values{"SAMLRequest": {encoded}})
	if err != nil {
		t.Fatal(err)
	}
	for _, read := range []idp.AuthnRequest{byAddress, byForm} {
		if err := read.Signature.Verify(own(t, p)); err != nil || !read.ForceAuthn || !read.IsPassive || read.ID != requestID {
			t.Errorf("%+v, %v", read, err)
		}
	}
	plain, err := request.Posted(nil)
	if err != nil {
		t.Fatal(err)
	}
	if read, _, err := idp.ParsePost(url.Values{"SAMLRequest": {plain}}); err != nil || read.Signature.There() {
		t.Errorf("without a key: %+v, %v", read, err)
	}
}

func TestMetadataSaysWhatIsOffered(t *testing.T) {
	t.Parallel()
	_, p := parted(t)
	p.SignsRequests = true
	for _, want := range []string{`AuthnRequestsSigned="true"`, `use="signing"`, `Location="` + ourSLO + `"`} {
		if !strings.Contains(string(p.Metadata()), want) {
			t.Errorf("the metadata lacks %s", want)
		}
	}
}

func TestLogoutChecksCanBeVaried(t *testing.T) {
	t.Parallel()
	okta, p := parted(t)
	policy := saml.StandardLogout()
	policy.Without("destination")
	policy.Replace("issuer", func(context.Context, *saml.LogoutMessage) error { return saml.Refuse("on purpose") })
	a := byPost(t, p, ends(t, okta))
	if _, err := policy.Examine(t.Context(), a); refusedBy(err) != "issuer" {
		t.Error(err)
	}
	if _, err := saml.StandardLogout().Examine(t.Context(), a); err != nil {
		t.Errorf("another policy was changed: %v", err)
	}
	a.Provider.SLO = ""
	if _, err := saml.StandardLogout().Examine(t.Context(), a); err == nil || refusedBy(err) != "" {
		t.Errorf("without an address of ours: %v", err)
	}
}
