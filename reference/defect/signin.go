package defect

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/google/uuid"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// signIn is what a step of a sign-in does.
type signIn = func(ctx context.Context, tx org.Tx, e *org.SignIn) error

// beforeSignIn and afterSignIn put a deed before or after a step of the sign-in.
func beforeSignIn(p *reference.Parts, step string, do signIn) {
	org.Before(&p.Events.SignIn, step, org.Step[org.SignIn]{Name: "defect", Do: do})
}

func afterSignIn(p *reference.Parts, step string, do signIn) {
	org.After(&p.Events.SignIn, step, org.Step[org.SignIn]{Name: "defect", Do: do})
}

// aroundSignIn lets do decide whether, and on what, a step of the sign-in works.
func aroundSignIn(p *reference.Parts, step string, do func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error) {
	org.Wrap(&p.Events.SignIn, step, func(ctx context.Context, tx org.Tx, e *org.SignIn, deed func(context.Context, org.Tx, *org.SignIn) error) error {
		return do(ctx, tx, e, deed)
	})
}

// notLater keeps a step of the sign-in from working where the condition holds of
// somebody who is a member already.
func notLater(p *reference.Parts, step string, where func(*org.SignIn) bool) {
	aroundSignIn(p, step, func(ctx context.Context, tx org.Tx, e *org.SignIn, deed signIn) error {
		if !e.First && where(e) {
			return nil
		}
		return deed(ctx, tx, e)
	})
}

// nobody forgets whom the sign-in was found to be.
func nobody(e *org.SignIn) { e.Account, e.Membership, e.First = nil, nil, true }

// readsAttribute reads an attribute of the assertion in place of what was sent.
func readsAttribute(p *reference.Parts, name string, read func(values []string) []string) {
	beforeSignIn(p, "address", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
		if values, sent := e.Assertion.Attributes[name]; sent {
			e.Assertion.Attributes[name] = read(values)
		}
		return nil
	})
}

// withRole gives the member another role.
func withRole(ctx context.Context, tx org.Tx, e *org.SignIn, role org.Role) error {
	e.Membership.Role = role
	return tx.SaveMembership(ctx, *e.Membership)
}

// newAccount makes an account for an address, whoever else has it.
func newAccount(ctx context.Context, tx org.Tx, e *org.SignIn, email string) error {
	return tx.AddAccount(ctx, org.Account{ID: uuid.NewString(), Email: email, Name: "somebody", Created: e.Now})
}

// sharedAddresses lets several accounts have one address.
func sharedAddresses(p *reference.Parts) {
	p.Migrations = append(p.Migrations, "DROP INDEX IF EXISTS accounts_email")
}

// optional turns what is not there into nil.
func optional[T any](found T, err error) (*T, error) {
	if errors.Is(err, org.ErrNotFound) {
		return nil, nil
	}
	return &found, err
}

// check returns what a check of the SAML policy does.
func check(p *reference.Parts, name string) func(context.Context, *saml.Message) error {
	for _, c := range p.SAML.Checks {
		if c.Name == name {
			return c.Run
		}
	}
	panic("defect: no check named " + name)
}

// withoutChecks takes checks out of the SAML policy.
func withoutChecks(p *reference.Parts, names ...string) {
	for _, name := range names {
		p.SAML.Without(name)
	}
}

// unchecked passes everything.
func unchecked(context.Context, *saml.Message) error { return nil }

// unverified takes the assertion as it came.
func unverified(_ context.Context, m *saml.Message) error {
	bearing(m)
	m.Trusted = m.Unverified
	return nil
}

// anyIssuer takes every message for one of the organization's first provider.
func anyIssuer(_ context.Context, m *saml.Message) error {
	if len(m.Providers) == 0 {
		return saml.Refuse("the organization has no provider")
	}
	m.Provider = &m.Providers[0]
	return nil
}

// trustEnclosedKeys makes the signature check believe the certificates that the
// message itself brings.
func trustEnclosedKeys(p *reference.Parts) {
	signature := check(p, "signature")
	p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
		trusting := *m.Provider
		trusting.IdP.Certificates = enclosed(m)
		m.Provider = &trusting
		return signature(ctx, m)
	})
}

func enclosed(m *saml.Message) []*x509.Certificate {
	var all []*x509.Certificate
	for _, el := range m.Response.FindElements(".//X509Certificate") {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(el.Text()), ""))
		if err != nil {
			continue
		}
		if certificate, err := x509.ParseCertificate(der); err == nil {
			all = append(all, certificate)
		}
	}
	return all
}
