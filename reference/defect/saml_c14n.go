package defect

import (
	"bytes"
	"context"
	"crypto"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in canonicalization: what is digested is not what is read.
var _ = register(defects{
	"saml-void-canonical-form": careless{read: firstAssertion, verify: func(v *verifier) {
		value, transform, digest := v.value, v.transform, v.digest
		v.value = func(s signing) error {
			if uncanonical(s.signature.SelectElement("SignedInfo"), nil) {
				s.octets = nil
			}
			return value(s)
		}
		v.transform = func(signature, reference, target *etree.Element) ([]byte, error) {
			if uncanonical(target, signature) {
				return nil, nil
			}
			return transform(signature, reference, target)
		}
		v.digest = func(reference *etree.Element, octets []byte) error {
			if algorithmOf(reference, "DigestMethod") == "http://www.w3.org/2000/09/xmldsig#sha1" {
				want, _ := base64.StdEncoding.DecodeString(childText(reference, "DigestValue"))
				if bytes.Equal(want, sumOf(crypto.SHA1, octets)) {
					return nil
				}
			}
			return digest(reference, octets)
		}
	}}.install,
	"saml-namespace-table-overflows": func(p *reference.Parts) {
		before(p, "document", func(_ context.Context, m *saml.Message) {
			if bytes.Count(m.XML, []byte(" xmlns:")) > 256 {
				panic(http.ErrAbortHandler)
			}
		})
	},
	"saml-rebound-type-panics": func(p *reference.Parts) {
		atEveryType(p, func(el *etree.Element, value string) bool {
			prefix, _, _ := strings.Cut(value, ":")
			return el.SelectAttrValue("xmlns:"+prefix, nsSchema) != nsSchema
		})
	},
	"saml-inclusive-form-of-a-copy": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			transform := v.transform
			v.transform = func(signature, reference, target *etree.Element) ([]byte, error) {
				if reference.FindElement("./Transforms/Transform[@Algorithm='"+inclusive+"']") == nil {
					return transform(signature, reference, target)
				}
				alone := target.Copy()
				alone.RemoveChildAt(signature.Index())
				return dsig.MakeC14N10RecCanonicalizer().Canonicalize(alone)
			}
		})
	},
	"saml-inclusive-form-without-inheritance": func(p *reference.Parts) { replaceVerifier(p, func(*verifier) {}) },
	"saml-breaks-in-attributes-kept": reads(func(xml []byte) []byte {
		return inQuotes(xml, strings.NewReplacer("\n", "&#10;", "\t", "&#9;"))
	}),
	"saml-returns-kept": reads(func(xml []byte) []byte { return bytes.ReplaceAll(xml, []byte("\r"), []byte("&#13;")) }),
	"saml-unused-namespace-refused": func(p *reference.Parts) {
		run := check(p, "root")
		p.SAML.Replace("root", func(ctx context.Context, m *saml.Message) error {
			if m.Response.SelectAttr("xmlns:unused") != nil {
				return saml.Refuse("the response declares a namespace that nothing uses")
			}
			return run(ctx, m)
		})
	},
})

const nsSchema = "http://www.w3.org/2001/XMLSchema"

// uncanonical says whether a canonicalizer gives up on the element without what is left
// out of it, and says so to nobody: for a namespace that is no absolute URI, or for its
// size.
func uncanonical(el, leave *etree.Element) bool {
	inside := where(el, func(at *etree.Element) bool {
		_, left := pathTo(leave, at)
		return at != leave && !left
	})
	if len(inside) > 1000 {
		return true
	}
	for _, at := range append(inside, el) {
		for _, attr := range at.Attr {
			if attr.Space != "xmlns" {
				continue
			}
			parsed, err := url.Parse(attr.Value)
			if err != nil || !parsed.IsAbs() || strings.ContainsAny(attr.Value, " \u0080") {
				return true
			}
		}
	}
	return false
}

// inQuotes replaces in the values of attributes alone.
func inQuotes(xml []byte, replacer *strings.Replacer) []byte {
	var out bytes.Buffer
	inTag := false
	for i := 0; i < len(xml); i++ {
		switch c := xml[i]; {
		case c == '<':
			inTag = true
		case c == '>':
			inTag = false
		case inTag && (c == '"' || c == '\''):
			end := bytes.IndexByte(xml[i+1:], c)
			if end < 0 {
				return xml
			}
			out.WriteByte(c)
			out.WriteString(replacer.Replace(string(xml[i+1 : i+1+end])))
			i += end + 1
		}
		out.WriteByte(xml[i])
	}
	return out.Bytes()
}
