package defect

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/reference"
	"rollcall.example/reference/saml"
)

// Transforms that SAML does not allow.
const (
	transformBase64 = "http://www.w3.org/2000/09/xmldsig#base64"
	transformXPath  = "http://www.w3.org/TR/1999/REC-xpath-19991116"
	transformFilter = "http://www.w3.org/2002/06/xmldsig-filter2"
	transformXSLT   = "http://www.w3.org/TR/1999/REC-xslt-19991116"
)

// Defects in the transforms that are run.
var _ = register(defects{
	"saml-transforms-run": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) { v.transform = runTransforms })
	},
	"saml-stylesheet-opens-addresses": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.transform = func(signature, reference, target *etree.Element) ([]byte, error) {
				if opened := documentFunction.FindStringSubmatch(stylesheetOf(reference)); opened != nil {
					return fetched(opened[1])
				}
				return byKnownTransforms(signature, reference, target)
			}
		})
	},
	"saml-stylesheet-runs-out": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.transform = func(signature, reference, target *etree.Element) ([]byte, error) {
				if called := calledTemplate.FindStringSubmatch(stylesheetOf(reference)); called != nil {
					callTemplate(stylesheetOf(reference), called[1], 0)
				}
				return byKnownTransforms(signature, reference, target)
			}
		})
	},
	"saml-unknown-transform-skipped": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.transform = func(signature, reference, target *etree.Element) ([]byte, error) {
				return byKnownTransforms(signature, knownTransforms(reference), target)
			}
		})
	},
	"saml-transforms-in-any-number": func(p *reference.Parts) { replaceVerifier(p, func(*verifier) {}) },
	"saml-no-transforms-needed": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) { v.target = anyByID })
	},
	"saml-signature-always-left-out": func(p *reference.Parts) {
		replaceVerifier(p, func(v *verifier) {
			v.transform = func(signature, reference, target *etree.Element) ([]byte, error) {
				whole := reference.Copy()
				if transforms := whole.SelectElement("Transforms"); transforms != nil {
					transforms.CreateElement("ds:Transform").CreateAttr("Algorithm", envelopedSignature)
				}
				return byKnownTransforms(signature, whole, target)
			}
		})
	},
})

var (
	documentFunction = regexp.MustCompile(`document\((?:'|&apos;)([^'&]*)`)
	calledTemplate   = regexp.MustCompile(`call-template name="([^"]*)"`)
	subtracted       = regexp.MustCompile(`local-name\(\)='(\w+)'`)
)

// runTransforms runs what the standard for signatures knows and that of SAML forbids.
func runTransforms(signature, reference, target *etree.Element) ([]byte, error) {
	view := target
	for _, transform := range reference.FindElements("./Transforms/Transform") {
		expression := transform.FindElement("./XPath")
		switch algorithm := transform.SelectAttrValue("Algorithm", ""); {
		case algorithm == transformBase64:
			return decodedTexts(target), nil
		case expression == nil:
		case strings.TrimSpace(expression.Text()) == "false()":
			return []byte{}, nil
		case algorithm == transformXPath, algorithm == transformFilter:
			if named := subtracted.FindStringSubmatch(expression.Text()); named != nil {
				view = lacking(target, signature, named[1])
			}
		}
	}
	if view != target {
		return byKnownTransforms(nil, knownTransforms(reference), view)
	}
	return byKnownTransforms(signature, knownTransforms(reference), target)
}

// lacking is a copy of an element in a copy of its document, without its signature and
// without the elements of this name.
func lacking(target, signature *etree.Element, name string) *etree.Element {
	root := target
	for root.Parent() != nil && root.Parent().Tag != "" {
		root = root.Parent()
	}
	found := root.Copy()
	at := func(el *etree.Element) *etree.Element {
		path, _ := pathTo(root, el)
		copied := found
		for _, number := range path {
			copied = copied.Child[number].(*etree.Element)
		}
		return copied
	}
	view, bare := at(target), at(signature)
	bare.Parent().RemoveChild(bare)
	for _, el := range view.FindElements(".//" + name) {
		el.Parent().RemoveChild(el)
	}
	return view
}

// decodedTexts is what the texts below an element are in base64, as far as they are.
func decodedTexts(el *etree.Element) []byte {
	var text strings.Builder
	for _, inner := range append([]*etree.Element{el}, el.FindElements(".//*")...) {
		for at := inner; at != nil && at != el; at = at.Parent() {
			if at.Tag == "Signature" {
				inner = nil
				break
			}
		}
		if inner != nil {
			text.WriteString(inner.Text())
		}
	}
	kept := strings.Map(func(r rune) rune {
		if strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", r) {
			return r
		}
		return -1
	}, text.String())
	octets, err := base64.RawStdEncoding.DecodeString(kept[:len(kept)/4*4])
	if err != nil {
		return nil
	}
	return octets
}

// knownTransforms is a copy of a reference with those transforms that need no engine.
func knownTransforms(reference *etree.Element) *etree.Element {
	known := reference.Copy()
	for _, transform := range known.FindElements("./Transforms/Transform") {
		algorithm := transform.SelectAttrValue("Algorithm", "")
		if algorithm != envelopedSignature && canonicalizers[algorithm] == nil {
			transform.Parent().RemoveChild(transform)
		}
	}
	return known
}

// stylesheetOf is the text of the style sheet in a reference's transforms.
func stylesheetOf(reference *etree.Element) string {
	for _, transform := range reference.FindElements("./Transforms/Transform") {
		if transform.SelectAttrValue("Algorithm", "") == transformXSLT {
			document := etree.NewDocument()
			document.SetRoot(transform.Copy())
			text, _ := document.WriteToString()
			return text
		}
	}
	return ""
}

// callTemplate calls a template, and those that it calls, until there is no room left.
func callTemplate(stylesheet, name string, depth int) {
	if depth > 10_000 {
		panic(saml.Refuse("the style sheet needs more room than there is"))
	}
	_, body, _ := strings.Cut(stylesheet, `template name="`+name+`"`)
	if called := calledTemplate.FindStringSubmatch(body); called != nil {
		callTemplate(stylesheet, called[1], depth+1)
	}
}
