package defect

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in what is verified of a logout request's query.
var _ = register(defects{
	"logout-half-signed-believed": logoutHalfSigned,
	"logout-relay-state-unsigned": func(p *reference.Parts) {
		readsQuery(p, func(m *saml.LogoutMessage, read func() error) error {
			_, signed, _ := strings.Cut(m.RawQuery, "&SigAlg=")
			if strings.Contains(signed, "RelayState=") {
				m.RawQuery = withoutParameters("?"+m.RawQuery, "RelayState")[1:]
			}
			return read()
		})
	},
	"logout-request-read-response-verified": func(p *reference.Parts) {
		readsQuery(p, func(m *saml.LogoutMessage, read func() error) error {
			query := m.RawQuery
			if !strings.Contains(query, "SAMLRequest=") || !strings.Contains(query, "SAMLResponse=") {
				return read()
			}
			m.RawQuery = withoutParameters("?"+query, "SAMLResponse", "SigAlg", "Signature")[1:]
			if err := read(); err != nil {
				return err
			}
			asked := m.XML
			m.RawQuery = withoutParameters("?"+query, "SAMLRequest")[1:]
			err := read() // which leaves its signature to be verified
			m.XML, m.Answer = asked, false
			return err
		})
	},
	"logout-response-read-request-verified": func(p *reference.Parts) {
		hasBoth := func(r *http.Request) bool {
			return r.Method == http.MethodGet && isLogout(r, "SAMLRequest") && isLogout(r, "SAMLResponse")
		}
		around(p, hasBoth, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			r.URL.RawQuery = withoutParameters("?"+r.URL.RawQuery, "SAMLResponse")[1:]
			rewriteAnswer(w, r, next, func(status int, body []byte) (int, []byte) {
				if status != http.StatusFound {
					return status, body
				}
				for _, cookie := range r.Cookies() {
					http.SetCookie(w, &http.Cookie{Name: cookie.Name, Path: "/", MaxAge: -1})
				}
				return http.StatusOK, []byte("signed out")
			})
		})
	},
	"logout-query-reencoded": func(p *reference.Parts) {
		readsQuery(p, func(m *saml.LogoutMessage, read func() error) error {
			pairs := strings.Split(m.RawQuery, "&")
			for i, pair := range pairs {
				name, escaped, _ := strings.Cut(pair, "=")
				if value, err := url.QueryUnescape(escaped); err == nil {
					pairs[i] = name + "=" + url.QueryEscape(value)
				}
			}
			m.RawQuery = strings.Join(pairs, "&")
			return read()
		})
	},
	"logout-query-as-it-stands": logoutQueryAsItStands,
})

// readsQuery reads the query of a logout message in another way; read is how the
// reference does.
func readsQuery(p *reference.Parts, as func(m *saml.LogoutMessage, read func() error) error) {
	standard := logoutCheck(p, "encoding")
	p.Logout.Replace("encoding", func(ctx context.Context, m *saml.LogoutMessage) error {
		read := func() error { return standard(ctx, m) }
		if m.Form != nil {
			return read()
		}
		query := m.RawQuery
		err := as(m, read)
		m.RawQuery = query
		return err
	})
}

// logoutHalfSigned tells by either name that a query is signed, and verifies it where
// both have a value.
func logoutHalfSigned(p *reference.Parts) {
	half := func(m *saml.LogoutMessage) bool {
		query, err := url.ParseQuery(m.RawQuery)
		return err == nil && (query.Has("SigAlg") || query.Has("Signature")) && (query.Get("SigAlg") == "" || query.Get("Signature") == "")
	}
	readsQuery(p, func(m *saml.LogoutMessage, read func() error) error {
		if half(m) {
			m.RawQuery = withoutParameters("?"+m.RawQuery, "SigAlg", "Signature")[1:]
		}
		return read()
	})
	believeLogout(p, half)
}

// logoutQueryAsItStands takes all that stands before the signature, in the order in which
// it stands there, for what was signed.
func logoutQueryAsItStands(p *reference.Parts) {
	verified := logoutCheck(p, "signature")
	p.Logout.Replace("signature", func(ctx context.Context, m *saml.LogoutMessage) error {
		if err := verified(ctx, m); err != nil || m.Form != nil {
			return err
		}
		octets, rest, _ := strings.Cut(m.RawQuery, "&Signature=")
		escaped, _, _ := strings.Cut(rest, "&")
		encoded, err := url.QueryUnescape(escaped)
		if err != nil {
			return saml.Refuse("the signature cannot be read")
		}
		value, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return saml.Refuse("the signature cannot be read")
		}
		digest := sha256.Sum256([]byte(octets))
		for _, certificate := range m.Provider.IdP.Certificates {
			if key, fits := certificate.PublicKey.(*rsa.PublicKey); fits && rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], value) == nil {
				return nil
			}
		}
		return saml.Refuse("the query's signature does not verify")
	})
}
