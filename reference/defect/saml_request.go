package defect

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// Defects in the requests that the product makes.
var _ = register(defects{
	"request-acs-from-link": func(p *reference.Parts) {
		rewriteRequests(p, func(r *http.Request, request *etree.Element, _ url.Values) {
			for _, name := range []string{"acs", "acs_url", "AssertionConsumerServiceURL", "callback", "redirect_uri"} {
				if wanted := r.URL.Query().Get(name); wanted != "" {
					request.CreateAttr("AssertionConsumerServiceURL", wanted)
				}
			}
		})
	},
	"request-carelessly-made": func(p *reference.Parts) {
		rewriteRequests(p, func(_ *http.Request, request *etree.Element, query url.Values) {
			request.RemoveAttr("Destination")
			request.CreateAttr("IssueInstant", time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339))
			request.SelectElement("Issuer").SetText("service-provider")
			query.Set("RelayState", strings.Repeat("state ", 20))
		})
	},
	"request-ids-counted": requestIDsCounted,
})

// rewriteRequests changes requests on their way to the identity provider, and the query
// in which they stand.
func rewriteRequests(p *reference.Parts, change func(r *http.Request, request *etree.Element, query url.Values)) {
	starts := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/sso/") }
	around(p, starts, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(&redirecting{w, func(address *url.URL) {
			query := address.Query()
			packed, _ := base64.StdEncoding.DecodeString(query.Get("SAMLRequest"))
			document := etree.NewDocument()
			if document.ReadFromBytes(inflated(packed)) != nil || document.Root() == nil {
				return
			}
			change(r, document.Root(), query)
			text, _ := document.WriteToBytes()
			query.Set("SAMLRequest", base64.StdEncoding.EncodeToString(deflated(text)))
			address.RawQuery = query.Encode()
		}}, r)
	})
}

// redirecting changes where an answer leads.
type redirecting struct {
	http.ResponseWriter
	change func(*url.URL)
}

func (w *redirecting) WriteHeader(status int) {
	if address, err := url.Parse(w.Header().Get("Location")); err == nil && address.Query().Has("SAMLRequest") {
		w.change(address)
		w.Header().Set("Location", address.String())
	}
	w.ResponseWriter.WriteHeader(status)
}

func deflated(content []byte) []byte {
	var out bytes.Buffer
	writer, _ := flate.NewWriter(&out, flate.DefaultCompression)
	_, _ = writer.Write(content)
	_ = writer.Close()
	return out.Bytes()
}

// requestIDsCounted numbers requests, so that the next ID is known to whoever saw one.
func requestIDsCounted(p *reference.Parts) {
	var count atomic.Int64
	var ids sync.Map // of a number to the ID that is remembered
	known := func(id string) string {
		if own, ok := ids.Load(id); ok {
			return own.(string)
		}
		return id
	}
	rewriteRequests(p, func(_ *http.Request, request *etree.Element, _ url.Values) {
		number := fmt.Sprintf("_%d", count.Add(1))
		ids.Store(number, request.SelectAttrValue("ID", ""))
		request.CreateAttr("ID", number)
	})
	askedHere := check(p, "asked-here")
	p.SAML.Replace("asked-here", func(ctx context.Context, m *saml.Message) error {
		here := m.AskedHere
		m.AskedHere = func(id string) bool { return here(known(id)) }
		return askedHere(ctx, m)
	})
	requestsThrough(p, func(log saml.RequestLog) saml.RequestLog { return renumbered{log, known} })
}

// renumbered knows requests by other IDs than they went out with.
type renumbered struct {
	saml.RequestLog
	known func(string) string
}

func (l renumbered) Pending(ctx context.Context, provider, id string, now time.Time) (bool, error) {
	return l.RequestLog.Pending(ctx, provider, l.known(id), now)
}

func (l renumbered) Answer(ctx context.Context, provider, id string) error {
	return l.RequestLog.Answer(ctx, provider, l.known(id))
}

// slugOfIssuer is the organization whose identity provider a response names.
func slugOfIssuer(ctx context.Context, store org.Store, response []byte) (slug string) {
	_ = store.View(ctx, func(tx org.Tx) error {
		organizations, err := tx.Organizations(ctx)
		for _, o := range organizations {
			providers, _ := tx.Providers(ctx, o.ID)
			for _, provider := range providers {
				if bytes.Contains(response, []byte(">"+provider.IdPEntityID+"<")) {
					slug = o.Slug
				}
			}
		}
		return err
	})
	return slug
}
