package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"

	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
	"rollcall.example/reference/web/wire"
)

// maxPosting bounds the form that carries a response. A response of the largest
// permitted size, in base64 and then escaped for the form, stays below it.
const maxPosting = 4 << 20

// malformed are the checks that find a message unreadable, rather than find it
// untrue: the sender made a mistake, nobody was turned away.
var malformed = map[string]bool{"encoding": true, "document": true}

// posting is what the identity provider had the browser post to us.
type posting struct {
	response   string
	relayState string
}

// consume takes a response in (SAML 2.0 bindings, section 3.5; profiles, section
// 4.1.4), and the person with it.
func (s *Server) consume(w http.ResponseWriter, r *http.Request) {
	posted, err := readPosting(w, r)
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	organization, providers, err := s.org.Entrance(r.Context(), r.URL.Query().Get("organization"))
	if err != nil {
		s.failPage(w, r, err)
		return
	}
	providers = slices.DeleteFunc(providers, closed)
	examined, err := s.examine(r, organization, providers, posted)
	if err != nil {
		s.turnAway(w, r, organization, providers, err)
		return
	}
	signedIn, unbelieved, err := s.arrive(r, chosen(providers, examined.ProviderID()), examined)
	switch {
	case unbelieved != nil:
		s.turnAway(w, r, organization, providers, unbelieved)
	case err != nil:
		s.denied(w, r, err)
	case signedIn.Tested:
		s.showTested(w, r, organization)
	default:
		s.welcome(w, r, organization, signedIn, posted.relayState)
	}
}

// arrive holds the response against what is remembered and lets the person in, all in
// one. It says apart whether the response was not believed and whether the domain
// refused.
func (s *Server) arrive(r *http.Request, provider org.Provider, examined *saml.Examined) (in org.SignedIn, unbelieved, err error) {
	in, err = s.org.Arrive(r.Context(), provider, func(ctx context.Context, memory *org.Memory) (org.Assertion, error) {
		assertion, err := examined.Believe(ctx, memory, memory)
		if err != nil {
			unbelieved = err
			return org.Assertion{}, err
		}
		return statement(assertion), nil
	})
	return in, unbelieved, err
}

func readPosting(w http.ResponseWriter, r *http.Request) (posting, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxPosting)
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return posting{}, unusable(http.StatusRequestEntityTooLarge, "the response is too large")
		}
		return posting{}, unusable(http.StatusBadRequest, "the posted form cannot be read")
	}
	responses := r.PostForm["SAMLResponse"]
	if len(responses) != 1 || responses[0] == "" {
		return posting{}, unusable(http.StatusBadRequest, "the posted form must hold one SAMLResponse")
	}
	return posting{responses[0], r.PostForm.Get("RelayState")}, nil
}

func unusable(status int, message string) error {
	return &wire.Problem{Status: status, Message: message}
}

// closed says whether no response may come from a provider: one that is enabled signs
// people in, and one that is new is still to be tested.
func closed(provider org.Provider) bool { return provider.State == org.Disabled }

// examine makes every check of the response that needs no memory.
func (s *Server) examine(r *http.Request, organization org.Organization, providers []org.Provider, posted posting) (*saml.Examined, error) {
	at := s.site(r)
	var parties []saml.Provider
	for _, provider := range providers {
		party, err := s.serviceProvider(at, organization, provider)
		if err != nil {
			return nil, err
		}
		parties = append(parties, party)
	}
	return s.policy.Examine(r.Context(), saml.Arrival{
		Encoded:          posted.response,
		Providers:        parties,
		ACS:              at.ACS(organization.Slug),
		Now:              s.org.Now(organization),
		Client:           s.client(r),
		AllowUnsolicited: s.org.Rules().Unsolicited != "refuse",
		SignedParts:      s.signedParts(),
		AskedHere:        asked(r),
	})
}

// signedParts are those that have to be signed.
func (s *Server) signedParts() saml.Parts {
	part := s.org.Rules().SignedPart
	return saml.Parts{Response: part == "response" || part == "both", Assertion: part == "assertion" || part == "both"}
}

// client is the address that the browser has for us, where it matters.
func (s *Server) client(r *http.Request) string {
	if s.org.Rules().ConfirmationAddress != "enforce" {
		return ""
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// statement is what the domain wants to know of an assertion.
func statement(a *saml.Assertion) org.Assertion {
	said := org.Assertion{
		ID:           a.ID,
		NameID:       a.NameID,
		Transient:    a.Transient(),
		NameKind:     org.NameKind{Format: a.NameIDFormat, Qualifier: a.NameQualifier, SPQualifier: a.SPNameQualifier},
		SessionIndex: a.SessionIndex,
		SessionEnds:  a.SessionNotOnOrAfter,
		Attributes:   map[string][]string{},
	}
	for _, attribute := range a.Attributes {
		values := said.Attributes[attribute.Name]
		if values == nil {
			values = []string{}
		}
		said.Attributes[attribute.Name] = append(values, attribute.Values...)
	}
	return said
}

func chosen(providers []org.Provider, id string) org.Provider {
	for _, provider := range providers {
		if provider.ID == id {
			return provider
		}
	}
	return org.Provider{}
}

// turnAway tells a person that they are not let in. Which check refused, and why,
// is for the audit log: it would help an attacker more than the person.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, organization org.Organization, providers []org.Provider, cause error) {
	var refusal *saml.Refusal
	switch {
	case !errors.As(cause, &refusal):
		s.failPage(w, r, cause)
	case malformed[refusal.Check]:
		s.showProblem(w, r, http.StatusBadRequest, "this is not a SAML response that can be read")
	default:
		err := s.org.DenySignIn(r.Context(), organization.ID, only(providers), "", refusal.Check+": "+refusal.Reason)
		if err != nil {
			s.failPage(w, r, err)
			return
		}
		s.showProblem(w, r, http.StatusForbidden, "the sign-in could not be verified")
	}
}

// only names the provider that a refused response must have been meant for. With
// several, none is named: what the response itself says is not to be believed.
func only(providers []org.Provider) string {
	if len(providers) != 1 {
		return ""
	}
	return providers[0].ID
}

// denied is for what the domain refused: it has written that down already.
func (s *Server) denied(w http.ResponseWriter, r *http.Request, cause error) {
	status, message := Explain(cause)
	s.logFault(r, status, cause)
	if status < http.StatusInternalServerError {
		status = http.StatusForbidden
	}
	s.showProblem(w, r, status, message)
}

// welcome gives the browser its session and sends it on.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request, organization org.Organization, in org.SignedIn, relayState string) {
	lifetime := in.Session.Expires.Sub(in.Session.Started)
	http.SetCookie(w, s.cookie(r, in.Secret, int(lifetime.Seconds())))
	w.Header().Set("Cache-Control", "no-store")
	target, ok := saml.SameSite(relayState, string(s.site(r)))
	if !ok || target == "" {
		target = home(organization.Slug)
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// cookie holds a session's secret: out of reach of scripts, sent along when
// somebody follows a link to us but not when another site posts to us.
func (s *Server) cookie(r *http.Request, secret string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name:     sessionCookie,
		Value:    secret,
		Path:     "/",
		MaxAge:   maxAge,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
		Secure:   strings.HasPrefix(string(s.site(r)), "https://"),
	}
}
