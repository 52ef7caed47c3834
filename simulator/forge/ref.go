package forge

import (
	"github.com/beevik/etree"

	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Attacks on a product that does not mind what a signature refers to: genuine
// signatures of the trusted key whose references are other than SAML allows.
func init() {
	register("ref",
		Attack{
			Row: "REF-01", Name: "reference-whole-document", Modes: Alone, Expect: Warn,
			Summary: "refers to the whole document and not to what it stands in",
			sign: building(func(_ Donor, draft *idp.Draft, r *dsig.Reference) error {
				r.URI, r.Over = dsig.To(""), draft.Response
				return nil
			}),
		},
		Attack{
			Row: "REF-02", Name: "reference-without-uri", Modes: Alone, Summary: "does not say what its signature refers to",
			sign: building(func(_ Donor, _ *idp.Draft, r *dsig.Reference) error {
				r.URI = nil
				return nil
			}),
		},
		Attack{
			Row: "REF-03", Name: "reference-elsewhere", Modes: OnAssertion, Expect: Warn,
			Only:    "a signature of the response would change what the assertion's refers to",
			Summary: "is signed as a whole by a signature that stands in its assertion",
			sign: building(func(_ Donor, draft *idp.Draft, r *dsig.Reference) error {
				r.URI, r.Over = to(draft.Response), draft.Response
				return nil
			}),
		},
		Attack{
			Row: "REF-04", Name: "reference-dangling", Modes: Alone, Summary: "is signed by a reference to what is not there",
			Sources: []string{"CVE-2026-18568"},
			forged:  true,
			sign: building(func(_ Donor, _ *idp.Draft, r *dsig.Reference) error {
				r.URI = dsig.To("#id-of-nothing")
				return nil
			}),
		},
		Attack{
			Row: "REF-05", Name: "reference-to-address", Modes: Alone, Lure: true, Summary: "is signed by a reference to a web address",
			forged: true,
			sign: building(func(d Donor, _ *idp.Draft, r *dsig.Reference) error {
				*r = dsig.Reference{URI: dsig.To(d.Collector + "/reference"), Octets: []byte("404 page not found\n")}
				return nil
			}),
		},
		Attack{
			Row: "REF-06", Name: "reference-to-file", Modes: Alone, Summary: "is signed by a reference to a file",
			forged: true,
			sign: building(func(_ Donor, _ *idp.Draft, r *dsig.Reference) error {
				*r = dsig.Reference{URI: dsig.To("file:///dev/null"), Octets: []byte{}}
				return nil
			}),
		},
		Attack{
			Row: "REF-07", Name: "reference-by-xpointer", Modes: Alone, Expect: Warn, Summary: "refers to what it signs in the XPointer language",
			sign: building(func(_ Donor, _ *idp.Draft, r *dsig.Reference) error {
				r.URI = dsig.To("#xpointer(id('" + r.Over.SelectAttrValue("ID", "") + "'))")
				return nil
			}),
		},
		Attack{
			Row: "REF-07", Name: "reference-by-xpointer-root", Rule: "reference-by-xpointer", Modes: OnResponse, Expect: Warn,
			Summary: "refers to the root of the document in the XPointer language",
			sign: building(func(_ Donor, _ *idp.Draft, r *dsig.Reference) error {
				r.URI = dsig.To("#xpointer(/)")
				return nil
			}),
		},
		Attack{
			Row: "REF-08", Name: "second-reference-dangling", Rule: "one-reference", Modes: Alone, Expect: Warn,
			Summary: "has a second reference, to what is not there",
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				second := s.References[0]
				second.URI = dsig.To("#id-of-nothing")
				s.References = append(s.References, second)
				return nil
			}),
		},
		Attack{
			Row: "REF-08", Name: "second-reference-elsewhere", Rule: "one-reference", Modes: OnAssertion, Expect: Warn,
			Only:    "a signature of the response would change what the assertion's refers to",
			Summary: "has a second reference, to the response around",
			sign: buildingAll(func(_ Donor, draft *idp.Draft, s *dsig.Signature) error {
				second := s.References[0]
				second.URI, second.Over = to(draft.Response), draft.Response
				s.References = append(s.References, second)
				return nil
			}),
		},
		Attack{
			Row: "REF-09", Name: "reference-none", Modes: Alone, Summary: "is signed by a signature that refers to nothing",
			forged: true,
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.References = nil
				return nil
			}),
		},
		Attack{
			Row: "REF-24", Name: "reference-captured", Modes: Alone, Summary: "has two references, of which the last one fits what was changed and is to nothing",
			Sources: []string{"CVE-2026-33487"},
			sign: signing(func(d Donor, s *dsig.Signature) error {
				second := s.References[0]
				second.URI = dsig.To("#id-of-nothing")
				second.View = func(el *etree.Element) error { return impersonate(d, el) }
				s.References = append(s.References, second)
				return nil
			}),
			document: onVictim,
		},
		Attack{
			Row: "REF-25", Name: "reference-to-manifest", Modes: Alone, Summary: "is signed by way of a manifest whose digests do not fit",
			sign:     signing(byManifest),
			document: onVictim,
		},
	)
}

// to refers to an element by its ID.
func to(el *etree.Element) *string { return dsig.To("#" + el.SelectAttrValue("ID", "")) }

// building is signing for what is about the one reference, and needs the draft too.
func building(bend func(d Donor, draft *idp.Draft, r *dsig.Reference) error) func(Donor, *idp.Draft) error {
	return buildingAll(func(d Donor, draft *idp.Draft, s *dsig.Signature) error { return bend(d, draft, &s.References[0]) })
}

// buildingAll is signing for what needs the draft too.
func buildingAll(bend func(d Donor, draft *idp.Draft, s *dsig.Signature) error) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		return signing(func(d Donor, s *dsig.Signature) error { return bend(d, draft, s) })(d, draft)
	}
}

// byManifest puts the reference into a manifest, and signs that one.
func byManifest(_ Donor, s *dsig.Signature) error {
	inner := s.References[0]
	written, err := inner.Element()
	if err != nil {
		return err
	}
	manifest := dsig.Element("Manifest")
	manifest.CreateAttr("xmlns:ds", nsSignature)
	id := "id-of-the-manifest-of-" + inner.Over.SelectAttrValue("ID", "")
	manifest.CreateAttr("Id", id)
	manifest.AddChild(written)
	holder := object()
	holder.AddChild(manifest)
	s.Objects = append(s.Objects, holder)
	s.References = []dsig.Reference{{
		URI: dsig.To("#" + id), Type: nsSignature + "Manifest",
		Transforms: []dsig.Transform{{Algorithm: dsig.Exclusive}}, Over: manifest,
	}}
	return nil
}
