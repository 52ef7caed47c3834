package defect

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in which text is taken for a document, and in whose eyes.
var _ = register(defects{
	"saml-doctype-skipped":   reads(withoutDoctype),
	"saml-entities-expanded": reads(func(xml []byte) []byte { return withoutDoctype(expanded(xml)) }),
	"saml-declared-encoding-ignored": reads(func(xml []byte) []byte {
		return statedEncoding.ReplaceAll(xml, []byte(`encoding="UTF-8"`))
	}),
	"saml-version-ignored": reads(func(xml []byte) []byte {
		return bytes.Replace(xml, []byte(`version="1.1"`), []byte(`version="1.0"`), 1)
	}),
	"saml-invalid-bytes-dropped":      reads(func(xml []byte) []byte { return bytes.ToValidUTF8(xml, nil) }),
	"saml-control-characters-dropped": reads(func(xml []byte) []byte { return controls.ReplaceAll(xml, nil) }),
	"saml-junk-around-skipped": reads(func(xml []byte) []byte {
		const end = "</saml2p:Response>"
		if start := bytes.Index(xml, []byte("<?xml")); start > 0 {
			xml = xml[start:]
		}
		if stop := bytes.Index(xml, []byte(end)); stop > 0 {
			xml = xml[:stop+len(end)]
		}
		return xml
	}),
	"saml-namespaces-not-checked": careless{
		parse: func(xml []byte) (*etree.Document, error) { return parsed(colons.ReplaceAll(xml, []byte("${1}_$2"))) },
		read:  firstAssertion,
	}.install,
	"saml-names-without-namespaces": func(p *reference.Parts) {
		careless{read: looseAssertion}.install(p)
		before(p, "contents", func(_ context.Context, m *saml.Message) {
			first := m.Trusted.FindElement(".//NameID").Text()
			for _, known := range all(m.Trusted, nsAssertion, "NameID") {
				known.SetText(first)
			}
		})
	},
	"saml-two-parsers": func(p *reference.Parts) {
		careless{read: firstAssertion, verify: func(v *verifier) {
			v.find = func(m *saml.Message) ([]*etree.Element, error) {
				other, err := parsed(doctypeToQuote.ReplaceAll(m.XML, nil))
				if err != nil {
					return nil, err
				}
				return all(&other.Element, nsSignature, "Signature"), nil
			}
			v.target = parentByID
		}}.install(p)
	},
	"saml-ids-without-namespaces": careless{read: byLooseID}.install,
	"saml-root-not-checked":       func(p *reference.Parts) { withoutChecks(p, "root") },
	"saml-bare-assertion-taken": func(p *reference.Parts) {
		careless{}.install(p)
		p.SAML.Replace("one-assertion", func(_ context.Context, m *saml.Message) error {
			if m.Unverified = firstOf(all(&m.Document.Element, nsAssertion, "Assertion")); m.Unverified == nil {
				return saml.Refuse("there is no assertion")
			}
			return nil
		})
		for _, name := range []string{"root", "status", "in-response-to"} {
			run := check(p, name)
			p.SAML.Replace(name, func(ctx context.Context, m *saml.Message) error {
				if isA(m.Response, nsAssertion, "Assertion") {
					return nil
				}
				return run(ctx, m)
			})
		}
	},
	"saml-name-up-to-first-node": func(p *reference.Parts) {
		careless{}.install(p)
		before(p, "contents", func(_ context.Context, m *saml.Message) {
			name := m.Trusted.FindElement("./Subject/NameID")
			if text, ok := name.Child[0].(*etree.CharData); ok {
				data := text.Data
				name.Child = nil
				name.SetText(data)
			}
		})
	},
	"saml-foreign-elements-ignored": func(p *reference.Parts) {
		before(p, "contents", func(_ context.Context, m *saml.Message) { dropUnknown(m.Trusted) })
	},
	"saml-cdata-refused": func(p *reference.Parts) {
		run := check(p, "document")
		p.SAML.Replace("document", func(ctx context.Context, m *saml.Message) error {
			if bytes.Contains(m.XML, []byte("<![CDATA[")) {
				return saml.Refuse("the document has a CDATA section")
			}
			return run(ctx, m)
		})
	},
	"saml-wide-letters-panic": func(p *reference.Parts) {
		beforeCheck(p, "document", func(m *saml.Message) {
			if bytes.HasPrefix(m.XML, []byte{0xFF, 0xFE}) || bytes.HasPrefix(m.XML, []byte{0xFE, 0xFF}) {
				panic("a letter of more than one byte")
			}
		})
	},
	"saml-signature-sought-in-bytes": func(p *reference.Parts) {
		readingAs(p, narrowed)
		signature := check(p, "signature")
		encoded := check(p, "encoding")
		p.SAML.Replace("signature", func(ctx context.Context, m *saml.Message) error {
			if err := encoded(ctx, m); err != nil {
				return err
			}
			if !bytes.Contains(m.XML, []byte("Signature")) {
				return unverified(ctx, m)
			}
			return signature(ctx, m)
		})
	},
})

var (
	statedEncoding = regexp.MustCompile(`encoding="[^"]*"`)
	controls       = regexp.MustCompile(`&#(?:x0*1|0+);|[\x00-\x08]`)
	colons         = regexp.MustCompile(`(</?\w+:\w+):(\w+)`)
	doctype        = regexp.MustCompile(`(?s)<!DOCTYPE(?:[^\[>"']|"[^"]*"|'[^']*')*(?:\[.*?\]\s*)?>`)
	// doctypeToQuote is where a parser sees the end that takes any quotation mark for
	// the end of any quotation.
	doctypeToQuote = regexp.MustCompile(`(?s)<!DOCTYPE[^>]*?["']>`)
	entityText     = regexp.MustCompile(`<!ENTITY\s+(\w+)\s+"([^"]*)">`)
)

// reads registers a product that changes a text before it reads it.
func reads(change func(xml []byte) []byte) install {
	return func(p *reference.Parts) { readingAs(p, change) }
}

func readingAs(p *reference.Parts, change func(xml []byte) []byte) {
	before(p, "document", func(_ context.Context, m *saml.Message) { m.XML = change(m.XML) })
}

// withoutDoctype drops the document type, or what is taken for one.
func withoutDoctype(xml []byte) []byte {
	if end := bytes.Index(xml, []byte("]>")); bytes.Contains(xml, []byte("<!DOCTYPE saml2p:Response [")) && end > 0 {
		start := bytes.Index(xml, []byte("<!DOCTYPE"))
		head, _, _ := bytes.Cut(xml, []byte("<saml2p:Response"))
		last := bytes.LastIndex(head, []byte("]>"))
		return append(append([]byte{}, xml[:start]...), xml[last+2:]...)
	}
	return doctype.ReplaceAll(xml, nil)
}

// expanded puts entities in their places, and those in them, as long as there are any.
func expanded(xml []byte) []byte {
	text := string(xml)
	declared := entityText.FindAllStringSubmatch(text, -1)
	start := strings.Index(text, "<saml2p:Response")
	if start < 0 {
		return xml
	}
	body := text[start:]
	for again := true; again; {
		again = false
		for _, e := range declared {
			if reference := "&" + e[1] + ";"; strings.Contains(body, reference) {
				body, again = strings.ReplaceAll(body, reference, e[2]), true
			}
		}
	}
	return []byte(text[:start] + body)
}

// byLooseID is what has the ID of the covered element in any attribute of that name.
func byLooseID(response, covered *etree.Element) *etree.Element {
	id := covered.SelectAttrValue("ID", "")
	bears := func(el *etree.Element) bool {
		for _, attr := range el.Attr {
			if attr.Key == "ID" && attr.Value == id {
				return true
			}
		}
		return false
	}
	for _, assertion := range assertionsOf(response) {
		if bears(response) || bears(assertion) {
			return assertion
		}
	}
	return nil
}

// narrowed turns UTF-16 and UTF-32 into UTF-8.
func narrowed(xml []byte) []byte {
	var runes []rune
	switch {
	case bytes.HasPrefix(xml, []byte{0, 0, 0xFE, 0xFF}):
		for i := 4; i+3 < len(xml); i += 4 {
			runes = append(runes, rune(xml[i])<<24|rune(xml[i+1])<<16|rune(xml[i+2])<<8|rune(xml[i+3]))
		}
	case bytes.HasPrefix(xml, []byte{0xFF, 0xFE}), bytes.HasPrefix(xml, []byte{0xFE, 0xFF}):
		high, low := 0, 1
		if xml[0] == 0xFF {
			high, low = 1, 0
		}
		var units []uint16
		for i := 2; i+1 < len(xml); i += 2 {
			units = append(units, uint16(xml[i+high])<<8|uint16(xml[i+low]))
		}
		runes = utf16.Decode(units)
	default:
		return xml
	}
	return statedEncoding.ReplaceAll([]byte(string(runes)), []byte(`encoding="UTF-8"`))
}
