package defect

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"os"
	"regexp"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Defects in what a signature is taken to refer to.
var _ = register(defects{
	"saml-reference-to-anything": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) { v.target = whateverIsReferredTo })
	},
	"saml-dangling-reference-skipped": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			refs := v.refs
			v.refs = func(info *etree.Element) ([]*etree.Element, error) {
				all, err := refs(info)
				var found []*etree.Element
				for _, reference := range all {
					if there(reference) {
						found = append(found, reference)
					}
				}
				return found, err
			}
			v.believe = func(m *saml.Message, _ []*etree.Element) (*etree.Element, error) { return m.Unverified, nil }
		})
	},
	"saml-no-reference-believed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.refs = func(info *etree.Element) ([]*etree.Element, error) { return info.SelectElements("Reference"), nil }
			v.believe = func(m *saml.Message, _ []*etree.Element) (*etree.Element, error) { return m.Unverified, nil }
		})
	},
	"saml-reference-fetched": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.target = func(m *saml.Message, signature, reference *etree.Element) (*etree.Element, error) {
				if outside(reference) {
					return m.Response, nil
				}
				return parentByID(m, signature, reference)
			}
			v.transform = func(signature, reference, target *etree.Element) ([]byte, error) {
				if outside(reference) {
					return fetched(reference.SelectAttrValue("URI", ""))
				}
				return byKnownTransforms(signature, reference, target)
			}
		})
	},
	"saml-first-reference-only": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.refs = func(info *etree.Element) ([]*etree.Element, error) {
				all, err := someReferences(info)
				return all[:min(1, len(all))], err
			}
		})
	},
	"saml-last-reference-captured": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.refs = func(info *etree.Element) ([]*etree.Element, error) {
				all, err := someReferences(info)
				// A loop looks for the reference to what was signed, and keeps its variable in
				// place of what it held: by then that is the last one.
				for _, reference := range all {
					if there(reference) {
						return all[len(all)-1:], nil
					}
				}
				return nil, errors.Join(err, saml.Refuse("the signature refers to something else"))
			}
			v.target = func(_ *saml.Message, signature, _ *etree.Element) (*etree.Element, error) {
				return signature.Parent(), nil
			}
		})
	},
	"saml-manifest-believed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.target = func(m *saml.Message, signature, reference *etree.Element) (*etree.Element, error) {
				if !strings.HasSuffix(reference.SelectAttrValue("Type", ""), "#Manifest") {
					return parentByID(m, signature, reference)
				}
				manifest := signature.FindElement("./Object/Manifest")
				if manifest == nil {
					return nil, saml.Refuse("there is no such manifest")
				}
				return manifest, nil
			}
			v.believe = func(m *saml.Message, _ []*etree.Element) (*etree.Element, error) { return m.Unverified, nil }
		})
	},
	"saml-ids-not-looked-at": func(p *reference.Parts) {
		withoutChecks(p, "root", "version")
		once := check(p, "once") // which an assertion without an ID could pass only once
		p.SAML.Replace("once", func(ctx context.Context, m *saml.Message) error {
			if m.Assertion.ID == "" {
				return nil
			}
			return once(ctx, m)
		})
		replaceVerifier(p, func(v *verifier) {
			v.target = func(m *saml.Message, signature, reference *etree.Element) (*etree.Element, error) {
				parent := signature.Parent()
				switch uri := reference.SelectAttrValue("URI", ""); uri {
				case "#" + parent.SelectAttrValue("ID", ""):
					return parent, nil
				case "":
					return m.Response, nil
				}
				return nil, saml.Refuse("the signature refers to something else than what it stands in")
			}
		})
	},
})

// there says whether a reference is about the element that its signature stands in.
func there(reference *etree.Element) bool {
	signature := reference.Parent().Parent()
	return reference.SelectAttrValue("URI", "") == "#"+signature.Parent().SelectAttrValue("ID", "")
}

// outside says whether a reference leads out of the document.
func outside(reference *etree.Element) bool {
	return strings.Contains(reference.SelectAttrValue("URI", ""), "://")
}

// fetched reads what a reference to outside names.
func fetched(address string) ([]byte, error) {
	if path, local := strings.CutPrefix(address, "file://"); local {
		return os.ReadFile(path)
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		return nil, saml.Refuse("the reference is no address")
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, saml.Refuse("the reference cannot be opened")
	}
	defer func() { _ = answer.Body.Close() }()
	var body bytes.Buffer
	_, err = body.ReadFrom(answer.Body)
	return body.Bytes(), err
}

var xpointer = regexp.MustCompile(`^#xpointer\(id\('(.*)'\)\)$`)

// whateverIsReferredTo follows a reference to wherever in the document it leads.
func whateverIsReferredTo(m *saml.Message, signature, reference *etree.Element) (*etree.Element, error) {
	uri := reference.SelectAttr("URI")
	switch {
	case uri == nil:
		return signature.Parent(), nil
	case uri.Value == "", uri.Value == "#xpointer(/)":
		return m.Response, nil
	}
	if named := xpointer.FindStringSubmatch(uri.Value); named != nil {
		uri.Value = "#" + named[1]
	}
	return anyByID(m, signature, reference)
}

// digestHolds is digestMatches for a value read otherwise than it should be.
func digestHolds(reference *etree.Element, octets []byte, written string) bool {
	hash, known := digestMethods[algorithmOf(reference, "DigestMethod")]
	want, err := base64.StdEncoding.DecodeString(strings.TrimSpace(written))
	return known && err == nil && bytes.Equal(sumOf(hash, octets), want)
}
