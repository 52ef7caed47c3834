package forge

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/beevik/etree"

	"rollcall.example/simulator/idp"
)

// Attacks that wear a product out, or find what it takes for granted before it knows who
// is speaking. In most the signature no longer holds, so that each is to be refused
// whatever a product bounds; what counts is that it is still there afterwards.
func init() {
	register("dos",
		Attack{
			Row: "DOS-01", Name: "huge-response", Rule: "size-bounded", Expect: Warn, NoCrash: true,
			Summary: "is honest and megabytes long",
			Sources: []string{"CVE-2025-25293"},
			bytes: func(d Donor, xml []byte) ([]byte, error) {
				return spaced(xml, d.sized(2<<20, 100<<20)), nil
			},
		},
		Attack{
			Row: "DOS-02", Name: "deep-nesting", NoCrash: true,
			Summary: "is nested thousands of elements deep",
			Sources: []string{"CVE-2022-28131", "CVE-2022-30633"},
			bytes: stuffed(func(d Donor) string {
				deep := d.sized(10_000, 100_000)
				return strings.Repeat("<x>", deep) + strings.Repeat("</x>", deep)
			}),
		},
		Attack{
			Row: "DOS-03", Name: "many-attributes", NoCrash: true,
			Summary: "has an element with thousands of attributes",
			bytes:   stuffed(func(d Donor) string { return "<x" + counted(d.sized(10_000, 100_000), ` a%d="1"`) + "/>" }),
		},
		Attack{
			Row: "DOS-04", Name: "many-namespaces", NoCrash: true,
			Summary: "has an element with thousands of namespaces",
			bytes: stuffed(func(d Donor) string {
				return "<x" + counted(d.sized(10_000, 100_000), ` xmlns:n%d="urn:n"`) + "><y/></x>"
			}),
		},
		Attack{
			Row: "DOS-05", Name: "many-assertions", Rule: "many-copies", NoCrash: true,
			Summary:  "holds its assertion hundreds of times",
			document: repeated("Assertion"),
		},
		Attack{
			Row: "DOS-05", Name: "many-signatures", Rule: "many-copies", NoCrash: true,
			Summary:  "holds its signature hundreds of times",
			document: repeated("Signature"),
		},
		Attack{
			Row: "DOS-06", Name: "huge-key", NoCrash: true, Expect: Harmless,
			Summary:  "encloses a key of 64 kilobits",
			Sources:  []string{"CVE-2023-29409"},
			document: onSignatures(encloseHugeKey),
		},
	)
	for _, missing := range []struct{ name, path string }{
		{"issuer", "Issuer"},
		{"subject", "Subject"},
		{"name-id", "Subject/NameID"},
		{"confirmation-data", "Subject/SubjectConfirmation/SubjectConfirmationData"},
		{"conditions", "Conditions"},
		{"authn-statement", "AuthnStatement"},
	} {
		register("dos", Attack{
			Row: "DOS-07", Name: "crash-no-" + missing.name, Rule: "nothing-taken-for-granted", NoCrash: true,
			Summary: "is honestly signed and its assertion has no " + missing.path,
			Sources: []string{"GO-2026-6909"},
			draft:   func(_ Donor, draft *idp.Draft) error { return drop(draft.Assertion, missing.path) },
		})
	}
	for _, missing := range []string{"SignedInfo", "SignatureValue", "SignedInfo/Reference", "SignedInfo/Reference/DigestValue", "SignedInfo/SignatureMethod"} {
		register("dos", Attack{
			Row: "DOS-07", Name: "crash-no-" + words(missing), Rule: "nothing-taken-for-granted", NoCrash: true,
			Summary:  "has a signature without its " + missing,
			Sources:  []string{"GO-2026-6909"},
			document: onSignatures(func(_ Donor, s *etree.Element) error { return drop(s, missing) }),
		})
	}
	register("dos",
		Attack{
			Row: "DOS-07", Name: "crash-no-key-info", Rule: "key-info-optional", NoCrash: true, Expect: Harmless,
			Summary:  "has signatures without a KeyInfo",
			document: onSignatures(func(_ Donor, s *etree.Element) error { return drop(s, "KeyInfo") }),
		},
		Attack{
			Row: "DOS-07", Name: "thousands-of-elements", Rule: "nothing-taken-for-granted", NoCrash: true,
			Summary: "has thousands of elements beside its assertion",
			bytes:   stuffed(func(Donor) string { return strings.Repeat("<x/>", 3000) }),
		},
		Attack{
			Row: "DOS-07", Name: "nothing-but-a-root", Rule: "nothing-taken-for-granted", NoCrash: true,
			Summary: "is an empty element",
			bytes:   func(Donor, []byte) ([]byte, error) { return []byte(`<Response xmlns="` + nsProtocol + `"/>`), nil },
		},
		Attack{
			Row: "DOS-07", Name: "nothing-at-all", Rule: "nothing-taken-for-granted", NoCrash: true,
			Summary: "is white space",
			bytes:   func(Donor, []byte) ([]byte, error) { return []byte(" "), nil },
		},
	)
}

// spaced is a document with so much white space behind it.
func spaced(xml []byte, much int) []byte {
	long := make([]byte, len(xml)+much)
	for i := copy(long, xml); i < len(long); i++ {
		long[i] = ' '
	}
	return long
}

// sized is the full size where that is asked for.
func (d Donor) sized(small, full int) int {
	if d.Heavy {
		return full
	}
	return small
}

// counted writes a text so many times, each with its number.
func counted(many int, format string) string {
	var out strings.Builder
	for n := range many {
		fmt.Fprintf(&out, format, n)
	}
	return out.String()
}

// words is a path as a name has it.
func words(path string) string {
	var out strings.Builder
	for _, r := range path[strings.LastIndexByte(path, '/')+1:] {
		if r >= 'A' && r <= 'Z' && out.Len() > 0 {
			out.WriteByte('-')
		}
		out.WriteRune(r)
	}
	return strings.ToLower(out.String())
}

// stuffed puts a text behind the start tag of the response, after it was signed.
func stuffed(with func(Donor) string) func(Donor, []byte) ([]byte, error) {
	return func(d Donor, xml []byte) ([]byte, error) {
		at := bytes.Index(xml, []byte("Response "))
		end := bytes.IndexByte(xml[max(0, at):], '>')
		if at < 0 || end < 0 {
			return nil, errors.New("the donor has no start tag of a Response")
		}
		at += end + 1
		return append(append(append([]byte{}, xml[:at]...), with(d)...), xml[at:]...), nil
	}
}

// repeated puts copies of a child of the response behind it.
func repeated(child string) func(Donor, *idp.Draft) error {
	return func(d Donor, draft *idp.Draft) error {
		one, err := find(draft.Response, child)
		if err != nil {
			return err
		}
		for range d.sized(100, 10_000) {
			behind(one, one.Copy())
		}
		return nil
	}
}

// encloseHugeKey puts a key of 64 kilobits where the certificate was.
func encloseHugeKey(_ Donor, signature *etree.Element) error {
	info, err := find(signature, "KeyInfo")
	if err != nil {
		return err
	}
	info.Child = nil
	const bits = 64 << 10
	modulus := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(1))
	value := etree.NewElement("ds:RSAKeyValue")
	value.CreateElement("ds:Modulus").SetText(base64.StdEncoding.EncodeToString(modulus.Bytes()))
	value.CreateElement("ds:Exponent").SetText(base64.StdEncoding.EncodeToString(modulus.Bytes()))
	holder := etree.NewElement("ds:KeyValue")
	holder.CreateAttr("xmlns:ds", nsSignature)
	holder.AddChild(value)
	info.AddChild(holder)
	return nil
}
