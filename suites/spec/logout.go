package spec

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
)

// Parting is what came of somebody's way out. Whether they are out is not read off it
// but asked at the product: see [Product.WhoAmI].
type Parting struct {
	simulator.Parting
	crash string
}

// Crash says how the product fell over a logout message, as [Visit.Crash] does.
func (p Parting) Crash() string { return p.crash }

// SetUpLogout switches single logout on at Okta, as an administrator would who reads the
// product's metadata: where logout messages go, and what the product signs with. By the
// Redirect binding, where the product takes that. A product whose address is not known
// anywhere is untestable.
func (o *Okta) SetUpLogout(ctx context.Context) {
	first := o.logoutServices(ctx).First()
	if first.URL == "" {
		conclude(EntryUntestable, "the product's metadata has no SingleLogoutService with the binding HTTP-Redirect or HTTP-POST, and the target has no saml.slo", 1)
	}
	o.Configure(func(s *simulator.AppSettings) { s.SAML.Logout = first })
}

// LogoutBy is SetUpLogout by this binding. Where the product does not take it, the spec is
// unsupported.
func (o *Okta) LogoutBy(ctx context.Context, binding string) {
	wanted := o.logoutServices(ctx).By(binding)
	if wanted.URL == "" {
		conclude(EntryUnsupported, "the product takes no logout messages by "+binding, 1)
	}
	o.Configure(func(s *simulator.AppSettings) { s.SAML.Logout = wanted })
}

// logoutServices reads where the product takes logout messages and gives Okta the
// certificates of its metadata.
func (o *Okta) logoutServices(ctx context.Context) target.LogoutServices {
	services, err := o.live.LogoutServices(ctx, o.connection)
	broken(err, 2)
	if services.Signing != nil {
		o.Configure(func(s *simulator.AppSettings) { s.SAML.Certificates = services.Signing })
	}
	return services
}

// SigningCertificates are those of the product's metadata that it signs with. A product
// whose metadata has none is untestable.
func (o *Okta) SigningCertificates(ctx context.Context) []*x509.Certificate {
	var found []*x509.Certificate
	if o.connection.SAML.Metadata != "" {
		read, err := o.live.SPMetadata(ctx, o.connection)
		broken(err, 1)
		found = read.Signing
	}
	if len(found) == 0 {
		conclude(EntryUntestable, "the product's metadata has no key that it signs with", 1)
	}
	return found
}

// session is the one that the visit began, as Okta remembers it.
func (o *Okta) session(v Visit) simulator.AppSession {
	if v.Response == nil || v.Response.Name.Value == "" {
		conclude(EntryUntestable, "no session began that Okta could end", 2)
	}
	return simulator.AppSession{App: o.app, Person: v.person, Name: v.Response.Name, Index: v.Response.SessionIndex}
}

// End is Okta ending the session that the visit began, in the same browser: the way of
// an honest single logout. The changes are to what the request says.
func (o *Okta) End(ctx context.Context, v Visit, changes ...func(*idp.Logout)) Parting {
	return o.parted(v.browser.Leave(ctx, o.session(v), simulator.LogoutOptions{Alter: func(l *idp.Logout) {
		for _, change := range changes {
			change(l)
		}
	}}))
}

// EndBy is End with a free hand over how the message is made and sent.
func (o *Okta) EndBy(ctx context.Context, v Visit, options simulator.LogoutOptions) Parting {
	return o.parted(v.browser.Leave(ctx, o.session(v), options))
}

// Bring takes any message to the product in the visit's browser.
func (o *Okta) Bring(ctx context.Context, v Visit, carriage simulator.Carriage) Parting {
	return o.parted(v.browser.Carry(ctx, o.app, carriage))
}

// LogoutAnswer is an honest LogoutResponse to the request with this ID (empty: to none).
func (o *Okta) LogoutAnswer(to string, status idp.Status) simulator.Carriage {
	carriage, err := o.app.LogoutAnswer(to, status)
	broken(err, 1)
	return carriage
}

// SignInOnce signs the visit's person in once more, in the same browser.
func (o *Okta) SignInOnce(ctx context.Context, v Visit) Visit {
	visit, err := v.browser.SignIn(ctx, o.app, v.person, simulator.SignInOptions{
		StartURL: o.connection.SAML.SignIn, IdPInitiated: o.connection.SAML.SignIn == "",
	})
	broken(err, 1)
	return o.recognized(ctx, visit, v.browser, v.person)
}

// Withstood ends a spec that would pass as warned where the product did not refuse a
// logout message but fall over it.
func Withstood(p Parting) {
	if p.crash != "" {
		conclude(EntryWarned, "no session was ended, but the product fell over it: it "+p.crash, 1)
	}
}

// SignOut signs out at the product, in the visit's browser, and goes where that leads.
func (o *Okta) SignOut(ctx context.Context, v Visit) Parting {
	at := o.connection.SAML.SignOut
	if at == nil {
		conclude(EntryUntestable, "the target says nowhere how one signs out: name saml.sign_out", 1)
	}
	method := at.Method
	if method == "" {
		method = http.MethodGet
	}
	return o.parted(v.browser.SignOut(ctx, o.app, method, at.URL))
}

func (o *Okta) parted(parting simulator.Parting, err error) Parting {
	o.pace.Acted()
	crash := crashOf(simulator.Visit{Answered: parting.Answered, Posted: simulator.Posting{ACS: parting.Sent.Address}}, err)
	if crash == "" {
		broken(err, 2)
	}
	return Parting{parting, crash}
}

// Kept is the visit as it was before whatever comes now: another browser with the same
// cookies, as of somebody who copied them.
func (v Visit) Kept() Visit {
	v.browser = v.browser.Copy()
	return v
}

// String says how the way ended, for a message.
func (p Parting) String() string {
	switch {
	case p.crash != "":
		return "the product " + p.crash
	case p.Complaint != "":
		return "Okta refused what came back: " + p.Complaint
	}
	return fmt.Sprintf("the product answered %d, and the way ended at %d %s", p.Answered, p.Status, http.StatusText(p.Status))
}

// SignInFailing lets Okta answer the product's request, or nobody's, with a status and no
// assertion.
func (o *Okta) SignInFailing(ctx context.Context, p *Person, status idp.Status) Visit {
	return o.arrive(ctx, p, simulator.SignInOptions{Fail: &status})
}

// SignInAt is SignInClaiming from another address of the product's; empty is the usual
// one.
func (o *Okta) SignInAt(ctx context.Context, p *Person, address string, changes ...func(*Claims)) Visit {
	browser := o.tenant.Browser(nil)
	if address == "" {
		address = o.connection.SAML.SignIn
	}
	visit, err := browser.SignIn(ctx, o.app, p, simulator.SignInOptions{StartURL: address, Alter: func(c *Claims) {
		for _, change := range changes {
			change(c)
		}
	}})
	broken(err, 1)
	return o.recognized(ctx, visit, browser, p)
}
