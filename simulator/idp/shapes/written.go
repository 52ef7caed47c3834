package shapes

import (
	"bytes"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// written are about prefixes, layout and what stands between the elements.
var written = []Shape{
	{Row: "POS-09", Proves: "prefixes", Name: "samlp-saml", Summary: "with the prefixes samlp and saml", Written: idp.Shape{Protocol: "samlp", Assertion: "saml"}},
	{Row: "POS-09", Proves: "prefixes", Name: "no-prefix", Summary: "without any prefixes",
		Written: idp.Shape{Protocol: idp.DefaultNamespace, Assertion: idp.DefaultNamespace, Style: idp.Style{Prefix: idp.DefaultNamespace}}},
	{Row: "POS-09", Proves: "prefixes", Name: "numbered", Summary: "with the prefixes ns0, ns1 and ns2",
		Written: idp.Shape{Protocol: "ns0", Assertion: "ns1", Style: idp.Style{Prefix: "ns2"}}},
	{Row: "POS-09", Proves: "prefixes", Name: "swapped", Summary: "in which samlp and saml mean each other",
		Written: idp.Shape{Protocol: "saml", Assertion: "samlp"}},
	{Row: "POS-09", Proves: "prefixes", Name: "signature-without-prefix", Summary: "whose signature has no prefix",
		Written: idp.Shape{Style: idp.Style{Prefix: idp.DefaultNamespace}}},

	{Row: "POS-11", Proves: "layout", Name: "indented", Summary: "in lines that are indented", Written: idp.Shape{Indent: "  "}},
	{Row: "POS-11", Proves: "layout", Name: "crlf", Summary: "in lines that end as on Windows",
		Written: idp.Shape{Indent: "\t", Style: idp.Style{Wrap: 64}, Sends: func(xml []byte) []byte { return bytes.ReplaceAll(xml, []byte("\n"), []byte("\r\n")) }}},
	{Row: "POS-11", Proves: "layout", Name: "wrapped-values", Summary: "with white space in and around digest, signature and certificate",
		Written: styled(idp.Style{Wrap: 60, Padded: true})},
	{Row: "POS-11", Proves: "layout", Name: "carriage-returns", Summary: "with carriage returns in digest, signature and certificate",
		Written: styled(idp.Style{Wrap: 76, Break: "\r\n"})},

	{Row: "POS-19", Proves: "ids", Name: "hex", Summary: "with IDs of an underscore and hex digits", Written: idp.Shape{ID: "_################################"}},
	{Row: "POS-19", Proves: "ids", Name: "uuid", Summary: "with IDs that are UUIDs", Written: idp.Shape{ID: "_########-####-4###-8###-############"}},
	{Row: "POS-19", Proves: "ids", Name: "dots", Summary: "with dots and dashes in its IDs", Written: idp.Shape{ID: "a.b-C_####.##.##-####.################"}},
	{Row: "POS-19", Proves: "ids", Name: "long", Summary: "with IDs of 160 characters",
		Written: idp.Shape{ID: "pfx" + string(bytes.Repeat([]byte("################"), 9)) + "-############"}},

	{Row: "POS-20", Proves: "instants", Name: "seconds", Summary: "whose times have no fraction", Written: idp.Shape{Instants: "2006-01-02T15:04:05Z"}},
	{Row: "POS-20", Proves: "instants", Name: "microseconds", Summary: "whose times have six digits of a second", Written: idp.Shape{Instants: "2006-01-02T15:04:05.000000Z"}},
	{Row: "POS-20", Proves: "instants", Name: "ticks", Summary: "whose times have seven digits of a second", Written: idp.Shape{Instants: "2006-01-02T15:04:05.0000000Z"}},
	{Row: "POS-20", Proves: "instants", Name: "nanoseconds", Summary: "whose times have nine digits of a second", Written: idp.Shape{Instants: "2006-01-02T15:04:05.000000000Z"}},

	{Row: "POS-33", Proves: "declarations", Name: "no-declaration", Summary: "without an XML declaration", Written: idp.Shape{Prolog: idp.NoProlog}},
	{Row: "POS-33", Proves: "declarations", Name: "standalone", Summary: "whose XML declaration says standalone", Written: idp.Shape{Prolog: `version="1.0" encoding="UTF-8" standalone="no"`}},
	{Row: "POS-33", Proves: "declarations", Name: "small-utf-8", Summary: "whose XML declaration has single quotes and small letters", Written: idp.Shape{Prolog: `version='1.0' encoding='utf-8'`}},
	{Row: "POS-33", Proves: "declarations", Name: "byte-order-mark", Summary: "that begins with a byte order mark",
		Written: idp.Shape{Sends: func(xml []byte) []byte { return append([]byte("\xEF\xBB\xBF"), xml...) }}},

	{Row: "POS-34", Proves: "comments", Name: "between-elements", Summary: "with comments between its elements", Written: idp.Shape{Writes: then(
		response(comment), assertion(comment), at("Subject", comment), at("AttributeStatement", comment))}},
	{Row: "POS-34", Proves: "comments", Name: "inside-a-value", Summary: "with a comment inside of a value, which counts for nothing", Written: idp.Shape{Writes: at("AttributeStatement/Attribute[@Name='name']/AttributeValue", broken)}},

	{Row: "POS-30", Proves: "extensions", Name: "unknown-extensions", Summary: "with extensions that nobody knows", Written: idp.Shape{Writes: response(before("Status",
		`<{p}Extensions xmlns:saml2p="`+protocolNamespace+`"><x:trace xmlns:x="urn:rollcall:unknown" id="t1"><x:hop>one</x:hop></x:trace></{p}Extensions>`))}},
	{Row: "POS-30", Proves: "extensions", Name: "consent", Summary: "that states a consent", Written: idp.Shape{Writes: response(with("Consent", "urn:oasis:names:tc:SAML:2.0:consent:unspecified"))}},
}

// comment puts a comment before the last child.
func comment(el *etree.Element) {
	el.InsertChildAt(len(el.Child)-1, etree.NewComment(" issued by rollcall "))
}

// broken puts a comment into the middle of a text.
func broken(el *etree.Element) {
	whole := []rune(el.Text())
	el.SetText(string(whole[:len(whole)/2]))
	el.AddChild(etree.NewComment("c"))
	el.AddChild(etree.NewText(string(whole[len(whole)/2:])))
}
