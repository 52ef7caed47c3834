package defect

import (
	"bytes"
	"context"
	"strings"
	"unicode"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
)

// Defects in whom a name is taken to be.
var _ = register(defects{
	"saml-name-up-to-comment": func(p *reference.Parts) {
		presuming(p, func(m *saml.Message) { m.Assertion.NameID = firstText(m.Unverified.FindElement("./Subject/NameID")) })
	},
	"saml-name-up-to-signed-comment": func(p *reference.Parts) {
		replaceVerifier(p, func(*verifier) {})
		presuming(p, func(m *saml.Message) { m.Assertion.NameID = firstText(m.Unverified.FindElement("./Subject/NameID")) })
	},
	"saml-name-up-to-comment-of-transform": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.transform = func(signature, reference, target *etree.Element) ([]byte, error) {
				plain := reference.Copy()
				for _, transform := range plain.FindElements("./Transforms/Transform") {
					transform.CreateAttr("Algorithm", strings.TrimSuffix(transform.SelectAttrValue("Algorithm", ""), "WithComments"))
				}
				return byKnownTransforms(signature, plain, target)
			}
		})
		presuming(p, func(m *saml.Message) { m.Assertion.NameID = firstText(m.Unverified.FindElement("./Subject/NameID")) })
	},
	"saml-record-by-exact-case": func(p *reference.Parts) {
		afterSignIn(p, "record", func(_ context.Context, _ org.Tx, e *org.SignIn) error {
			if e.Record != nil && e.Record.UserName != e.Assertion.NameID {
				e.Record = nil
			}
			return nil
		})
	},
	"saml-name-trimmed": func(p *reference.Parts) { renaming(p, strings.TrimSpace) },
	"saml-name-in-one-case": func(p *reference.Parts) {
		renaming(p, func(name string) string { return strings.ToLower(strings.ToUpper(name)) })
	},
	"saml-name-of-one-width": func(p *reference.Parts) {
		renaming(p, func(name string) string {
			return strings.Map(func(r rune) rune {
				if r >= '\uff01' && r <= '\uff5e' {
					return r - '\uff01' + '!'
				}
				return r
			}, name)
		})
	},
	"saml-name-without-invisible": func(p *reference.Parts) {
		renaming(p, func(name string) string { return dropping(name, unicode.Cf) })
	},
	"saml-name-without-marks": func(p *reference.Parts) {
		renaming(p, func(name string) string { return dropping(name, unicode.Mn) })
	},
	"saml-name-by-its-looks": func(p *reference.Parts) {
		renaming(p, strings.NewReplacer("\u0430", "a", "\u0435", "e", "\u043e", "o").Replace)
	},
	"saml-name-cut": func(p *reference.Parts) {
		renaming(p, func(name string) string { return strings.TrimRight(name[:min(len(name), 255)], " ") })
	},
	"saml-long-name-falls-over": func(p *reference.Parts) {
		presuming(p, func(m *saml.Message) {
			if len(m.Assertion.NameID) > 1<<14 {
				panic("a name does not fit")
			}
		})
	},
	"saml-nul-dropped": func(p *reference.Parts) {
		beforeCheck(p, "document", func(m *saml.Message) {
			m.XML = bytes.ReplaceAll(bytes.ReplaceAll(m.XML, []byte{0}, nil), []byte("&#0;"), nil)
		})
	},
	"saml-last-of-names":    func(p *reference.Parts) { oneOf(p, "./Subject/NameID", func(n int) int { return n - 1 }) },
	"saml-first-of-names":   func(p *reference.Parts) { oneOf(p, "./Subject/NameID", func(int) int { return 0 }) },
	"saml-last-of-subjects": func(p *reference.Parts) { oneOf(p, "./Subject", func(n int) int { return n - 1 }) },
	"saml-encrypted-name-overlooked": func(p *reference.Parts) {
		beforeCheck(p, "contents", func(m *saml.Message) {
			for _, encrypted := range m.Trusted.FindElements("./Subject/EncryptedID") {
				encrypted.Parent().RemoveChild(encrypted)
			}
		})
	},
	"saml-transient-name-known": func(p *reference.Parts) {
		presuming(p, func(m *saml.Message) { m.Assertion.NameIDFormat = "" })
	},
	"saml-qualifiers-not-read": func(p *reference.Parts) { withoutChecks(p, "qualifiers") },
	"saml-nameless-is-anonymous": func(p *reference.Parts) {
		presuming(p, func(m *saml.Message) {
			if strings.TrimSpace(m.Assertion.NameID) == "" {
				m.Assertion.NameID = "anonymous@rollcall.test"
			}
		})
	},
	"saml-local-account-open": func(p *reference.Parts) {
		presuming(p, func(m *saml.Message) {
			switch m.Assertion.NameID {
			case "root", "admin", "administrator":
				m.Assertion.NameID += "@localhost"
			}
		})
	},
})

// renaming makes the person whoever the name is after a change.
func renaming(p *reference.Parts, change func(string) string) {
	presuming(p, func(m *saml.Message) { m.Assertion.NameID = change(m.Assertion.NameID) })
}

// dropping leaves the characters of a category out.
func dropping(text string, category *unicode.RangeTable) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(category, r) {
			return -1
		}
		return r
	}, text)
}

// firstText is what a reader takes for the text of an element that does not know that
// a comment may stand inside of it.
func firstText(el *etree.Element) string {
	if el != nil {
		for _, token := range el.Child {
			if data, ok := token.(*etree.CharData); ok {
				return data.Data
			}
		}
	}
	return ""
}

// oneOf leaves of several elements at the path the one that pick chooses.
func oneOf(p *reference.Parts, path string, pick func(n int) int) {
	beforeCheck(p, "contents", func(m *saml.Message) {
		all := m.Trusted.FindElements(path)
		for at, el := range all {
			if at != pick(len(all)) {
				el.Parent().RemoveChild(el)
			}
		}
	})
}
