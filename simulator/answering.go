package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"rollcall.example/simulator/idp"
)

// admit checks a request that was read, or not, and passes it on. The complaint
// is what Okta's error page says; empty if there is none.
func (a *App) admit(request idp.AuthnRequest, relayState string, err error) (_ idp.AuthnRequest, _, complaint string) {
	if err == nil {
		err = a.accepts(request)
	}
	if err != nil {
		return idp.AuthnRequest{}, "", "Bad SAML request: " + err.Error()
	}
	return request, relayState, ""
}

// accepts says what is wrong with a request, by the app's settings.
func (a *App) accepts(request idp.AuthnRequest) error {
	settings := a.Settings().SAML
	on := []string{settings.ACS}
	for _, address := range settings.OtherACS {
		on = append(on, address)
	}
	if err := request.Check(a.Identity().SSOURL, on...); err != nil {
		return err
	}
	if index := request.ACSIndex; index != nil && request.ACS == "" {
		if _, known := settings.OtherACS[*index]; !known {
			return fmt.Errorf("the AuthnRequest asks for the answer at AssertionConsumerServiceIndex %d, which the app is not set up with", *index)
		}
	}
	if !settings.SignedRequests {
		return nil
	}
	if err := request.Signature.Verify(settings.Certificates); err != nil {
		return fmt.Errorf("the AuthnRequest has to be signed: %w", err)
	}
	return nil
}

// answering is Okta about to answer one request, or to start a sign-in by itself
// (request nil).
type answering struct {
	app     *App
	request *idp.AuthnRequest
	// signedIn says that the browser's person is signed in to Okta already.
	signedIn bool
}

// acs is where the answer goes: where the request asks for it, or the app's address.
func (a answering) acs() string {
	settings := a.app.Settings().SAML
	switch {
	case a.request == nil:
	case a.request.ACS != "":
		return a.request.ACS
	case a.request.ACSIndex != nil:
		return settings.OtherACS[*a.request.ACSIndex]
	}
	return settings.ACS
}

// response is what Okta answers: what claims say, unless fail or the request itself
// asks for a failure. Claims are only made where they are wanted.
func (a answering) response(fail *idp.Status, claims func() idp.Claims) (*idp.Response, error) {
	if fail == nil {
		fail = a.declined()
	}
	if fail == nil {
		return a.app.Identity().Issue(claims())
	}
	settings := a.app.Settings().SAML
	dispatch := idp.Dispatch{Destination: orElse(settings.Destination, a.acs()), Now: a.app.tenant.clock.Now()}
	if a.request != nil {
		dispatch.InResponseTo = a.request.ID
	}
	return a.app.Identity().Failure(dispatch, *fail, settings.Sign)
}

// declined is the status by which Okta says that it cannot do what was asked: show
// nothing to somebody who is not signed in, or give a name of a kind that it has not.
func (a answering) declined() *idp.Status {
	switch {
	case a.request == nil:
		return nil
	case a.request.IsPassive && (!a.signedIn || a.request.ForceAuthn):
		return &idp.Status{Code: idp.StatusResponder, Below: idp.StatusNoPassive, Message: "The user is not signed in"}
	case !a.offers(a.request.NameIDFormat):
		return &idp.Status{Code: idp.StatusRequester, Below: idp.StatusInvalidNameID, Message: "The requested NameID format is not supported"}
	}
	return nil
}

// offers says whether Okta gives names of the format; every one, where it does not look.
func (a answering) offers(format string) bool {
	if a.app.Settings().SAML.Names == IgnoreNamePolicy {
		return true
	}
	switch format {
	case "", idp.FormatUnspecified, idp.FormatPersistent, idp.FormatTransient, a.app.Identity().NameIDFormat:
		return true
	}
	return false
}

// claims is what Okta says of the person in this answer.
func (a answering) claims(person *Person) idp.Claims {
	claims := a.app.Claims(person)
	settings := a.app.Settings().SAML
	claims.Destination = orElse(settings.Destination, a.acs())
	claims.Recipient = orElse(settings.Recipient, a.acs())
	if a.request == nil {
		return claims
	}
	claims.InResponseTo = a.request.ID
	if settings.Names == HonourNamePolicy {
		a.name(&claims, person)
	}
	return claims
}

// name gives the person the kind of name that was asked for. A persistent one is the
// same at every sign-in to this app and tells nothing; a transient one is new each time.
func (a answering) name(claims *idp.Claims, person *Person) {
	var parts string
	switch a.request.NameIDFormat {
	case idp.FormatPersistent:
		parts = a.app.ID + "\x00" + person.ID
	case idp.FormatTransient:
		parts = a.app.ID + "\x00" + person.ID + "\x00" + a.request.ID
	default:
		return
	}
	sum := sha256.Sum256([]byte(parts))
	claims.NameID, claims.NameIDFormat = "_"+hex.EncodeToString(sum[:20]), a.request.NameIDFormat
}
