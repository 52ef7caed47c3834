package forge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// idtName are answers about somebody whose name is nearly the victim's, or is not said
// clearly. They model people who choose their own name at the identity provider; it
// signs what they chose.
var idtName = slices.Concat([]Attack{
	{
		Name: "name-broken-by-comment", Row: "IDT-01", Rule: "name-read-whole", Summary: "breaks the name off with a comment", Expect: Harmless,
		Sources: commentCVEs, Modes: Everywhere,
		claims:   namedBeyond,
		document: inAssertion("Subject/NameID", brokenBehind(victimOf)),
	},
	{
		Name: "name-broken-by-comments", Row: "IDT-01", Rule: "name-read-whole", Summary: "has a comment before, inside and behind the name", Expect: Harmless,
		Sources: commentCVEs,
		claims:  namedBeyond,
		document: inAssertion("Subject/NameID", all(brokenBehind(victimOf), func(_ Donor, name *etree.Element) error {
			name.InsertChildAt(0, etree.NewComment(" a "))
			name.AddChild(etree.NewComment(" z "))
			return nil
		})),
	},
	{
		Name: "name-broken-by-signed-comment", Row: "IDT-04", Rule: "signed-comment-read-whole", Summary: "breaks the name off with a comment that is signed too", Expect: Harmless,
		Sources: commentCVEs, Modes: Alone,
		claims: namedBeyond,
		draft:  inAssertion("Subject/NameID", brokenBehind(victimOf)),
		sign:   signing(withComments),
	},
	{
		Name: "name-broken-by-digested-comment", Row: "IDT-04", Rule: "signed-comment-read-whole", Summary: "breaks the name off with a comment that is in the digest as well", Expect: Harmless,
		Precondition: "a library that digests comments of what is referred to by its ID",
		Sources:      commentCVEs, Modes: Alone,
		claims: namedBeyond,
		draft:  inAssertion("Subject/NameID", brokenBehind(victimOf)),
		sign:   signing(digestingComments),
	},
	{
		Name: "name-id-with-nul", Row: "IDT-08", Rule: "name-without-nul", Summary: "has a NUL behind the victim's name",
		Precondition: "a parser, or a store, that ends a text at a NUL",
		claims:       namedBeyond,
		bytes:        func(d Donor, xml []byte) ([]byte, error) { return swap(xml, d.Victim+beyond, d.Victim+"\x00"+beyond) },
	},
	{
		Name: "name-id-with-nul-reference", Row: "IDT-08", Rule: "name-without-nul", Summary: "has a reference to NUL behind the victim's name",
		Precondition: "a parser, or a store, that ends a text at a NUL",
		claims:       namedBeyond,
		bytes:        func(d Donor, xml []byte) ([]byte, error) { return swap(xml, d.Victim+beyond, d.Victim+"&#0;"+beyond) },
	},
	{
		Name: "two-names-victim-last", Row: "IDT-09", Rule: "one-name", Summary: "names two people, the victim last",
		Sources: []string{"GO-2026-6909"},
		draft:   inAssertion("Subject/NameID", copied(1, asTheVictim)),
	},
	{
		Name: "two-names-victim-first", Row: "IDT-09", Rule: "one-name", Summary: "names two people, the victim first",
		Sources: []string{"GO-2026-6909"},
		draft:   inAssertion("Subject/NameID", copied(0, asTheVictim)),
	},
	{
		Name: "two-subjects-victim-last", Row: "IDT-10", Rule: "one-subject", Summary: "has two subjects, the victim last",
		draft: inAssertion("Subject", copied(1, impersonate)),
	},
	{
		Name: "two-subjects-victim-first", Row: "IDT-10", Rule: "one-subject", Summary: "has two subjects, the victim first",
		draft: inAssertion("Subject", copied(0, impersonate)),
	},
	{
		Name: "name-and-encrypted-name", Row: "IDT-11", Rule: "name-or-encrypted-name", Summary: "has a name and an encrypted one",
		draft: inAssertion("Subject/NameID", func(_ Donor, name *etree.Element) error {
			behind(name, unreadableID())
			return nil
		}),
	},
	{
		Name: "name-transient", Row: "IDT-20", Rule: "transient-is-nobody-known", Summary: "gives somebody for one visit the victim's name", Expect: Harmless, Enrolled: true,
		claims: says(func(c *idp.Claims) { c.NameIDFormat = idp.FormatTransient }),
		draft:  inAssertion("Subject/NameID", asTheVictim),
	},
	{
		Name: "name-of-another-qualifier", Row: "IDT-21", Rule: "qualifiers-tell-apart", Summary: "has the victim's name as another identity provider gives it", Expect: Warn,
		claims: says(func(c *idp.Claims) { c.NameIDFormat = idp.FormatPersistent }),
		draft:  then(inAssertion("Subject/NameID", asTheVictim), inAssertion("Subject/NameID", with("NameQualifier", Elsewhere))),
	},
	{
		Name: "name-for-another-product", Row: "IDT-21", Rule: "qualifiers-tell-apart", Summary: "has the victim's name as it is given to another product", Expect: Warn,
		claims: says(func(c *idp.Claims) { c.NameIDFormat = idp.FormatPersistent }),
		draft:  then(inAssertion("Subject/NameID", asTheVictim), inAssertion("Subject/NameID", with("SPNameQualifier", Elsewhere))),
	},
	{
		Name: "name-empty", Row: "IDT-22", Rule: "name-not-empty", Summary: "has an empty name",
		draft: inAssertion("Subject/NameID", saying("")),
	},
	{
		Name: "name-blank", Row: "IDT-22", Rule: "name-not-empty", Summary: "has nothing but space for a name",
		draft: inAssertion("Subject/NameID", saying("  ")),
	},
	{
		Name: "name-missing", Row: "IDT-23", Rule: "name-needed", Summary: "has no name",
		draft: inAssertion("Subject/NameID", remove),
	},
}, nearlyNamed(spaces), nearlyNamed(confusables), nearlyNamed(overlong), localNames())

func init() { register("idt", idtName...) }

// near makes a name that is not the victim's.
type near struct {
	row, rule     string
	name, summary string
	alike         func(victim string) (string, error)
}

var spaces = []near{
	{"IDT-06", "name-not-trimmed", "leading-space", "has the victim's name after a space", joining(" ", "")},
	{"IDT-06", "name-not-trimmed", "newlines", "has the victim's name on a line of its own", joining("\n", "\n")},
	{"IDT-06", "name-not-trimmed", "trailing-tab", "has the victim's name before a tab", joining("", "\t")},
	{"IDT-06", "name-not-trimmed", "no-break-space", "has the victim's name before a space that does not break", joining("", "\u00a0")},
	{"IDT-06", "name-not-trimmed", "ideographic-space", "has the victim's name after an ideographic space", joining("\u3000", "")},
}

var confusables = []near{
	{"IDT-07", "name-not-folded", "dotless-i", "writes the victim's name with a dotless i", replacing("i", "\u0131")},
	{"IDT-07", "name-not-folded", "long-s", "writes the victim's name with a long s", replacing("s", "\u017f")},
	{"IDT-07", "name-not-folded", "full-width", "writes the victim's name with a letter of full width", atFirst(func(r rune) string {
		return string(r - 'a' + '\uff41')
	})},
	{"IDT-07", "name-not-folded", "zero-width-space", "has a space of no width in the victim's name", atFirst(func(r rune) string { return string(r) + "\u200b" })},
	{"IDT-07", "name-not-folded", "soft-hyphen", "has a soft hyphen in the victim's name", atFirst(func(r rune) string { return string(r) + "\u00ad" })},
	{"IDT-07", "name-not-folded", "combining", "has a mark over a letter of the victim's name", atFirst(func(r rune) string { return string(r) + "\u0301" })},
	{"IDT-07", "name-not-folded", "cyrillic", "writes the victim's name with a Cyrillic letter", replacing("e", "\u0435")},
}

var overlong = []near{
	{"IDT-27", "name-not-cut", "padded", "has the victim's name, spaces up to where a column ends, and more", padded(300)},
	{"IDT-27", "name-not-cut", "padded-far", "has the victim's name, a thousand spaces, and more", padded(1024)},
	{"IDT-27", "name-not-cut", "of-many-letters", "has the victim's name, sixty thousand letters before it", func(v string) (string, error) {
		return strings.Repeat("x", 64<<10) + v, nil
	}},
}

// nearlyNamed are honest answers about somebody of nearly the victim's name.
func nearlyNamed(all []near) []Attack {
	var attacks []Attack
	for _, n := range all {
		attacks = append(attacks, Attack{
			Name: "name-" + n.name, Row: n.row, Rule: n.rule, Summary: n.summary, Expect: Harmless, NoCrash: true, Enrolled: true,
			claims: func(d *Donor) (err error) {
				d.Claims.NameID, err = n.alike(d.Victim)
				return err
			},
		})
	}
	return attacks
}

func joining(before, behind string) func(string) (string, error) {
	return func(victim string) (string, error) { return before + victim + behind, nil }
}

func padded(spaces int) func(string) (string, error) {
	return joining("", strings.Repeat(" ", spaces)+"x")
}

func replacing(letter, alike string) func(string) (string, error) {
	return func(victim string) (string, error) {
		if !strings.Contains(victim, letter) {
			return "", fmt.Errorf("the victim's name has no %q in it", letter)
		}
		return strings.Replace(victim, letter, alike, 1), nil
	}
}

// atFirst changes the first letter, which is a small one of ASCII.
func atFirst(change func(rune) string) func(string) (string, error) {
	return func(victim string) (string, error) {
		if victim == "" || victim[0] < 'a' || victim[0] > 'z' {
			return "", fmt.Errorf("the victim's name does not begin with a small letter")
		}
		return change(rune(victim[0])) + victim[1:], nil
	}
}

// localNames are those of accounts that many products have before anybody signs in.
func localNames() []Attack {
	var attacks []Attack
	for _, name := range []string{"root", "admin", "administrator"} {
		attacks = append(attacks, Attack{
			Name: "name-of-" + name, Row: "IDT-31", Rule: "local-account-out-of-reach", Summary: "names " + name,
			Sources: []string{"CVE-2025-59718"},
			claims:  says(func(c *idp.Claims) { c.NameID, c.NameIDFormat = name, idp.FormatUnspecified }),
		})
	}
	return attacks
}

// namedBeyond names somebody of the attacker's own whose address begins with the victim's.
func namedBeyond(d *Donor) error {
	d.Claims.NameID = d.Victim + beyond
	return nil
}

// withComments says that what the signature covers is canonicalized with comments.
func withComments(_ Donor, s *dsig.Signature) error {
	for _, reference := range s.References {
		for at := range reference.Transforms {
			if reference.Transforms[at].Algorithm == dsig.Exclusive {
				reference.Transforms[at].Algorithm = dsig.ExclusiveWithComments
			}
		}
	}
	return nil
}

// digestingComments does so as many libraries do, which overlook that a reference to an
// ID leaves comments out before any transform could keep them (XML Signature, section
// 4.4.3.3).
func digestingComments(d Donor, s *dsig.Signature) error {
	for at := range s.References {
		r := &s.References[at]
		octets, err := dsig.Canonical(r.Over, dsig.ExclusiveWithComments, r.Transforms[len(r.Transforms)-1].Prefixes)
		if err != nil {
			return err
		}
		r.Octets = octets
	}
	return withComments(d, s)
}

func victimOf(d Donor) string { return d.Victim }

// asTheVictim names the victim.
func asTheVictim(d Donor, name *etree.Element) error {
	name.SetText(d.Victim)
	return nil
}

// unreadableID is an encrypted name that nobody can read.
func unreadableID() *etree.Element {
	el := etree.NewElement("saml2:EncryptedID")
	data := el.CreateElement("xenc:EncryptedData")
	data.CreateAttr("xmlns:xenc", "http://www.w3.org/2001/04/xmlenc#")
	data.CreateAttr("Type", "http://www.w3.org/2001/04/xmlenc#Element")
	data.CreateElement("xenc:EncryptionMethod").CreateAttr("Algorithm", "http://www.w3.org/2001/04/xmlenc#aes256-cbc")
	data.CreateElement("xenc:CipherData").CreateElement("xenc:CipherValue").SetText("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	return el
}
