package defect

import (
	"bytes"
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// Defects in how a logout request is verified.
var _ = register(defects{
	"logout-unsigned-believed": func(p *reference.Parts) {
		believeLogout(p, func(m *saml.LogoutMessage) bool {
			return !strings.Contains(m.RawQuery, "Signature=") && !signedInside(m)
		})
	},
	"logout-signature-unread": func(p *reference.Parts) {
		believeLogout(p, func(m *saml.LogoutMessage) bool { return strings.Contains(m.RawQuery, "Signature=") || signedInside(m) })
	},
	"logout-signature-anywhere": func(p *reference.Parts) {
		verified := logoutCheck(p, "signature")
		p.Logout.Replace("signature", func(ctx context.Context, m *saml.LogoutMessage) error {
			root := m.Root
			if signature := root.FindElement(".//Signature"); signature != nil && m.Form != nil {
				m.Root = signature.Parent()
			}
			err := verified(ctx, m)
			m.Root = root
			if m.Form != nil {
				m.Trusted = root
			}
			return err
		})
	},
	"logout-signature-of-another": func(p *reference.Parts) {
		verified := logoutCheck(p, "signature")
		p.Logout.Replace("signature", func(ctx context.Context, m *saml.LogoutMessage) error {
			root, signed := m.Root, heldBySignature(m.Root)
			if signed == nil {
				return verified(ctx, m)
			}
			m.Root = signed
			err := verified(ctx, m)
			m.Root, m.Trusted = root, root
			return err
		})
	},
	"logout-query-unsigned": func(p *reference.Parts) {
		verified := logoutCheck(p, "signature")
		p.Logout.Replace("signature", func(ctx context.Context, m *saml.LogoutMessage) error {
			if m.Form == nil && signedInside(m) {
				m.Form = url.Values{} // as if it had been posted
			}
			return verified(ctx, m)
		})
	},
	"logout-of-any-identity-provider": logoutOfAny,
	"logout-destination-unread":       func(p *reference.Parts) { p.Logout.Without("destination") },
	"logout-window-unread":            func(p *reference.Parts) { p.Logout.Without("window") },
	"logout-age-unread":               func(p *reference.Parts) { p.Logout.Without("issue-instant") },
	"logout-replayed":                 func(p *reference.Parts) { p.Logout.Without("once") },
	"logout-by-any-message":           logoutByAnything,
	"sign-in-by-logout-request":       signInByLogout,
	"logout-entities-opened": func(p *reference.Parts) {
		read := logoutCheck(p, "document")
		p.Logout.Replace("document", func(ctx context.Context, m *saml.LogoutMessage) error {
			if outside := systemID.FindSubmatch(m.XML); outside != nil {
				open(ctx, string(outside[1]))
			}
			m.XML = docType.ReplaceAll(m.XML, nil)
			return read(ctx, m)
		})
	},
	"logout-inflated-whole": func(p *reference.Parts) { p.Logout.MaxBytes = 64 << 20 },
})

// heldBySignature is the element that the root's signature holds, with the signature in it as
// when it was signed; nil where it holds none.
func heldBySignature(root *etree.Element) *etree.Element {
	held := root.FindElement("./Signature/Object/*")
	if held == nil {
		return nil
	}
	signature, issuer := root.SelectElement("Signature"), held.SelectElement("Issuer")
	if issuer == nil {
		return nil
	}
	signature.RemoveChild(held.Parent())
	held.InsertChildAt(issuer.Index()+1, signature)
	return held
}

func logoutCheck(p *reference.Parts, name string) func(context.Context, *saml.LogoutMessage) error {
	for _, c := range p.Logout.Checks {
		if c.Name == name {
			return c.Run
		}
	}
	panic("defect: no logout check named " + name)
}

// believeLogout believes messages whose signature was refused where the condition holds.
func believeLogout(p *reference.Parts, where func(*saml.LogoutMessage) bool) {
	verified := logoutCheck(p, "signature")
	p.Logout.Replace("signature", func(ctx context.Context, m *saml.LogoutMessage) error {
		err := verified(ctx, m)
		if err != nil && where(m) {
			m.Trusted, err = m.Root, nil
		}
		return err
	})
}

func signedInside(m *saml.LogoutMessage) bool { return m.Root.FindElement(".//Signature") != nil }

// logoutOfAny believes every identity provider that any customer has.
func logoutOfAny(p *reference.Parts) {
	var mu sync.Mutex
	var known []org.Provider
	throughTx(p, func(tx org.Tx) org.Tx {
		return noticing{tx, func(added org.Provider) {
			mu.Lock()
			defer mu.Unlock()
			known = append(known, added)
		}}
	})
	own := logoutCheck(p, "issuer")
	p.Logout.Replace("issuer", func(ctx context.Context, m *saml.LogoutMessage) error {
		mu.Lock()
		defer mu.Unlock()
		for _, provider := range known {
			if issuer := m.Root.SelectElement("Issuer"); issuer != nil && issuer.Text() == provider.IdPEntityID {
				trustToo(m, provider)
			}
		}
		return own(ctx, m)
	})
}

// trustToo takes another provider, and its keys, for that of the message.
func trustToo(m *saml.LogoutMessage, provider org.Provider) {
	m.Provider.IdP.EntityID = provider.IdPEntityID
	for _, der := range provider.IdPCerts {
		if certificate, err := x509.ParseCertificate(der); err == nil {
			m.Provider.IdP.Certificates = append(slices.Clone(m.Provider.IdP.Certificates), certificate)
		}
	}
}

// noticing tells of every provider that is added.
type noticing struct {
	org.Tx
	tell func(org.Provider)
}

func (n noticing) AddProvider(ctx context.Context, p org.Provider) error {
	n.tell(p)
	return n.Tx.AddProvider(ctx, p)
}

// logoutByAnything takes whatever names somebody for a request to sign them out.
func logoutByAnything(p *reference.Parts) {
	foreign := func(m *saml.LogoutMessage) bool { return m.Root.Tag == "Response" }
	p.Logout.Replace("root", func(context.Context, *saml.LogoutMessage) error { return nil })
	believeLogout(p, foreign)
	read := logoutCheck(p, "contents")
	p.Logout.Replace("contents", func(ctx context.Context, m *saml.LogoutMessage) error {
		name := m.Root.FindElement(".//NameID")
		if !foreign(m) || name == nil {
			return read(ctx, m)
		}
		m.Answer = false
		m.Logout = &saml.Logout{ID: m.Root.SelectAttrValue("ID", ""), Name: saml.Name{Value: name.Text(), Format: name.SelectAttrValue("Format", "")}}
		return nil
	})
	kept := logoutCheck(p, "destination")
	p.Logout.Replace("destination", func(ctx context.Context, m *saml.LogoutMessage) error {
		if foreign(m) {
			return nil
		}
		return kept(ctx, m)
	})
}

var (
	systemID = regexp.MustCompile(`SYSTEM "(http[^"]*)"`)
	docType  = regexp.MustCompile(`(?s)<!DOCTYPE [^\[>]*(\[.*?\])?>`)
)

// open asks for an address and does not care what comes.
func open(ctx context.Context, address string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return
	}
	if answer, err := http.DefaultClient.Do(request); err == nil {
		_ = answer.Body.Close()
	}
}

// isLogout says whether a request carries this kind of logout message.
func isLogout(r *http.Request, field string) bool {
	if !strings.HasSuffix(r.URL.Path, "/saml/logout") {
		return false
	}
	if r.Method == http.MethodGet {
		return r.URL.Query().Has(field)
	}
	found := false
	rewriteBody(r, func(body []byte) []byte {
		found = bytes.Contains(body, []byte(field+"="))
		return body
	})
	return found
}

// withoutParameters takes parameters out of an address, and leaves the octets of the
// others.
func withoutParameters(address string, names ...string) string {
	before, query, _ := strings.Cut(address, "?")
	pairs := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return slices.Contains(names, name)
	})
	return before + "?" + strings.Join(pairs, "&")
}

// bendsLocation lets change have the address to which the product sends the browser.
func bendsLocation(w http.ResponseWriter, r *http.Request, next http.Handler, change func(string) string) {
	next.ServeHTTP(locating{w, change}, r)
}

type locating struct {
	http.ResponseWriter
	change func(string) string
}

func (l locating) WriteHeader(status int) {
	if location := l.Header().Get("Location"); location != "" {
		l.Header().Set("Location", l.change(location))
	}
	l.ResponseWriter.WriteHeader(status)
}

// signInByLogout takes a logout request at the address for responses for a statement
// about whom it names.
func signInByLogout(p *reference.Parts) {
	for _, c := range slices.Clone(p.SAML.Checks) {
		if c.Name == "encoding" || c.Name == "document" {
			continue
		}
		p.SAML.Replace(c.Name, func(ctx context.Context, m *saml.Message) error {
			if m.Response.Tag != "LogoutRequest" {
				return c.Run(ctx, m)
			}
			if name := m.Response.FindElement("./NameID"); c.Name == "contents" && name != nil && len(m.Providers) > 0 {
				m.Provider, m.Trusted = &m.Providers[0], m.Response
				m.Assertion = &saml.Assertion{
					ID: m.Response.SelectAttrValue("ID", ""), ProviderID: m.Provider.ID, NameID: name.Text(), NameIDFormat: name.SelectAttrValue("Format", ""),
				}
			}
			return nil
		})
	}
}
