package defect

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/beevik/etree"
	"github.com/google/uuid"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

const success = "urn:oasis:names:tc:SAML:2.0:status:Success"

// Defects in what is read of a response's status and of what every message states:
// version, ID and time.
var _ = register(defects{
	"saml-status-not-checked": func(p *reference.Parts) { withoutChecks(p, "status") },
	"saml-status-searched": func(p *reference.Parts) {
		statusIs(p, func(codes []*etree.Element) bool {
			for _, code := range codes {
				if code.SelectAttrValue("Value", "") == success {
					return true
				}
			}
			return false
		})
	},
	"saml-first-status-only": func(p *reference.Parts) {
		statusIs(p, func(codes []*etree.Element) bool {
			return len(codes) > 0 && codes[0].SelectAttrValue("Value", "") == success
		})
	},
	"saml-last-status-only": func(p *reference.Parts) {
		statusIs(p, func(codes []*etree.Element) bool {
			return len(codes) > 0 && codes[len(codes)-1].SelectAttrValue("Value", "") == success
		})
	},
	"saml-status-presumed": func(p *reference.Parts) {
		statusIs(p, func(codes []*etree.Element) bool {
			for _, code := range codes {
				if value := code.SelectAttrValue("Value", ""); value != "" && value != success {
					return false
				}
			}
			return true
		})
	},
	"saml-failure-starts-over": func(p *reference.Parts) {
		atEdge(p, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if strings.HasPrefix(r.URL.Path, "/login/sso/saml/consume") && r.ParseForm() == nil {
				posted, err := base64.StdEncoding.DecodeString(r.PostForm.Get("SAMLResponse"))
				if err == nil && !strings.Contains(string(posted), "Assertion>") {
					http.Redirect(w, r, "/sso/"+r.URL.Query().Get("organization"), http.StatusSeeOther)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	},
	"saml-response-version-not-checked": func(p *reference.Parts) {
		pretending(p, "root", ofResponse, "Version", func(string) string { return "2.0" })
	},
	"saml-response-version-by-beginning": func(p *reference.Parts) {
		pretending(p, "root", ofResponse, "Version", func(stated string) string {
			if strings.HasPrefix(stated, "2.") {
				return "2.0"
			}
			return stated
		})
	},
	"saml-assertion-version-not-checked": func(p *reference.Parts) {
		pretending(p, "version", ofTrusted, "Version", func(string) string { return "2.0" })
	},
	"saml-response-id-not-checked": func(p *reference.Parts) {
		pretending(p, "root", ofResponse, "ID", func(string) string { return "any" })
	},
	"saml-assertion-id-not-checked": func(p *reference.Parts) {
		pretending(p, "version", ofTrusted, "ID", func(string) string { return "any" })
		presuming(p, func(m *saml.Message) {
			if m.Assertion.ID == "" {
				m.Assertion.ID = uuid.NewString()
			}
		})
	},
	"saml-issue-instant-not-checked": func(p *reference.Parts) {
		issuedAt(p, func(m *saml.Message, _ string) string { return m.Now.UTC().Format(time.RFC3339) })
	},
	"saml-issue-instant-in-any-zone": func(p *reference.Parts) {
		issuedAt(p, func(_ *saml.Message, stated string) string {
			at, err := time.Parse(time.RFC3339, stated)
			if err != nil {
				return stated
			}
			return at.UTC().Format(time.RFC3339Nano)
		})
	},
	"saml-response-age-not-checked": func(p *reference.Parts) {
		pretendingIn(p, "issue-instant", ofResponse, "IssueInstant", func(m *saml.Message, _ string) string {
			return m.Now.UTC().Format(time.RFC3339)
		})
	},
	"saml-consent-refused": func(p *reference.Parts) {
		root := check(p, "root")
		p.SAML.Replace("root", func(ctx context.Context, m *saml.Message) error {
			if m.Response.SelectAttr("Consent") != nil {
				return saml.Refuse("the response has an attribute that is not understood")
			}
			return root(ctx, m)
		})
	},
	"saml-unsolicited-believed": func(p *reference.Parts) { p.Rules.Unsolicited = "accept" },
})

// statusIs makes the status good where this holds of the codes in it, as they stand in
// the document.
func statusIs(p *reference.Parts, good func(codes []*etree.Element) bool) {
	p.SAML.Replace("status", func(_ context.Context, m *saml.Message) error {
		if !good(inOrder(m.Response, "StatusCode")) {
			return saml.Refuse("the identity provider reports a failure")
		}
		return nil
	})
}

func ofResponse(m *saml.Message) *etree.Element { return m.Response }
func ofTrusted(m *saml.Message) *etree.Element  { return m.Trusted }

// pretending lets a check see an attribute of the message as something else than what
// is stated.
func pretending(p *reference.Parts, name string, of func(*saml.Message) *etree.Element, attribute string, seen func(stated string) string) {
	pretendingIn(p, name, of, attribute, func(_ *saml.Message, stated string) string { return seen(stated) })
}

func pretendingIn(p *reference.Parts, name string, of func(*saml.Message) *etree.Element, attribute string, seen func(m *saml.Message, stated string) string) {
	original := check(p, name)
	p.SAML.Replace(name, func(ctx context.Context, m *saml.Message) error {
		el := of(m)
		was := append([]etree.Attr(nil), el.Attr...)
		el.CreateAttr(attribute, seen(m, el.SelectAttrValue(attribute, "")))
		defer func() { el.Attr = was }()
		return original(ctx, m)
	})
}

// issuedAt lets every check see other times of issue.
func issuedAt(p *reference.Parts, seen func(m *saml.Message, stated string) string) {
	pretendingIn(p, "root", ofResponse, "IssueInstant", seen)
	pretendingIn(p, "version", ofTrusted, "IssueInstant", seen)
	pretendingIn(p, "issue-instant", ofResponse, "IssueInstant", seen)
	pretendingIn(p, "issue-instant", ofTrusted, "IssueInstant", seen)
}
