package defect

import (
	"bytes"
	"context"
	"encoding/base64"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in how much a product bears.
var _ = register(defects{
	"responses-of-any-size": func(p *reference.Parts) { p.SAML.MaxBytes = 64 << 20 },
	"large-responses-fall-over": func(p *reference.Parts) {
		unreadable(p, func(m *saml.Message) bool { return len(m.Encoded) > 1<<20 })
	},
	"crowded-documents-fall-over": func(p *reference.Parts) {
		// Everything has a place in a table of a thousand.
		const places = 1000
		unreadable(p, func(m *saml.Message) bool {
			document, _ := base64.StdEncoding.DecodeString(m.Encoded)
			return bytes.Count(document, []byte("<")) > places || bytes.Count(document, []byte(`="`)) > places
		})
	},
	"huge-keys-fall-over": func(p *reference.Parts) {
		verify := check(p, "signature")
		p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
			for _, modulus := range m.Response.FindElements(".//Modulus") {
				key, _ := base64.StdEncoding.DecodeString(modulus.Text())
				if new(big.Int).SetBytes(key).BitLen() > 1<<14 {
					panic("a key that is too large")
				}
			}
			return verify(ctx, m)
		})
	},
	"everything-taken-for-granted": func(p *reference.Parts) {
		document := check(p, "document")
		p.SAML.Replace("document", func(ctx context.Context, m *saml.Message) error {
			parsed := etree.NewDocument()
			_ = parsed.ReadFromBytes(m.XML)
			for _, path := range takenForGranted {
				_ = parsed.Root().FindElement(path).Text()
			}
			return document(ctx, m)
		})
	},
	"slow-senders-hold-workers": func(p *reference.Parts) {
		workers := make(chan struct{}, 10)
		around(p, isAnswer, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			select {
			case workers <- struct{}{}:
				defer func() { <-workers }()
				next.ServeHTTP(w, r)
			default:
				http.Error(w, "too busy", http.StatusServiceUnavailable)
			}
		})
	},
	"few-sign-ins-begun": fewSignInsBegun,
})

// takenForGranted is what every honest response holds.
var takenForGranted = []string{
	"./Issuer", "./Assertion/Issuer", "./Assertion/Subject/NameID", "./Assertion/Subject/SubjectConfirmation/SubjectConfirmationData",
	"./Assertion/Conditions", "./Assertion/AuthnStatement", "./Signature/KeyInfo", "./Signature/SignatureValue",
	"./Signature/SignedInfo/SignatureMethod", "./Signature/SignedInfo/Reference/DigestValue",
}

// unreadable makes the product fall over what is too much for it.
func unreadable(p *reference.Parts, tooMuch func(*saml.Message) bool) {
	encoding := check(p, "encoding")
	p.SAML.Replace("encoding", func(ctx context.Context, m *saml.Message) error {
		if tooMuch(m) {
			panic("this is too much")
		}
		return encoding(ctx, m)
	})
}

// fewSignInsBegun remembers the last hundred requests and no more.
func fewSignInsBegun(p *reference.Parts) {
	const most = 100
	last := &lately{most: most}
	rewriteRequests(p, func(_ *http.Request, request *etree.Element, _ url.Values) {
		last.add(strings.Clone(request.SelectAttrValue("ID", "")))
	})
	requestsThrough(p, func(log saml.RequestLog) saml.RequestLog { return shortLived{log, last} })
}

// lately holds the last few texts.
type lately struct {
	most int
	mu   sync.Mutex
	held []string
}

func (l *lately) add(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = append(l.held, text)
	l.held = l.held[max(0, len(l.held)-l.most):]
}

func (l *lately) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, held := range l.held {
		if held == text {
			return true
		}
	}
	return false
}

// shortLived knows the last few requests only.
type shortLived struct {
	saml.RequestLog
	last *lately
}

func (f shortLived) Pending(ctx context.Context, provider, id string, now time.Time) (bool, error) {
	if !f.last.has(id) {
		return false, nil
	}
	return f.RequestLog.Pending(ctx, provider, id, now)
}
