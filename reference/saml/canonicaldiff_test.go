package saml

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/russellhaering/goxmldsig/etreeutils"

	"rollcall.example/fixtures"
	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/forge/dsig"
	"rollcall.example/simulator/idp"
)

// The canonical form decides what a signature covers, so four implementations are held
// against each other: the reference's, the simulator's, which was written apart from it,
// the library's (goxmldsig) and libxml2's, by xmllint and xmlsec1. Ours never differ from
// each other or from libxml2. Where the library differs from all of them, libraryErrs says
// so; ours keep to the standard there.

// libraryErrs says why the library's canonical form of this element is not that of the
// standard, or why it has none; empty where it is to be the same as ours.
func libraryErrs(el *etree.Element, prefixes string) string {
	if strings.Contains(prefixes, "#default") {
		return "it takes #default for a prefix (Exclusive XML Canonicalization, section 4)"
	}
	for at := el; at != nil; at = at.Parent() {
		if takesBack(at) {
			return emptyDefault
		}
	}
	for _, each := range all(el, nil) {
		if takesBack(each) {
			return emptyDefault
		}
		if prefixesOf(each) > 1 {
			return "it sorts attributes of several namespaces by their names first (Canonical XML, section 2.2)"
		}
	}
	return ""
}

const emptyDefault = `it writes xmlns="" where there is no default namespace to take back`

func takesBack(el *etree.Element) bool {
	for _, found := range declarations(nil, el) {
		if found.prefix == "" && found.name == "" {
			return true
		}
	}
	return false
}

// prefixesOf counts the prefixes that an element's attributes have.
func prefixesOf(el *etree.Element) int {
	found := make(map[string]bool)
	for _, attr := range el.Attr {
		if attr.Space != "" && attr.Space != "xmlns" {
			found[attr.Space] = true
		}
	}
	return len(found)
}

// all lists an element and those in it, in document order.
func all(el *etree.Element, found []*etree.Element) []*etree.Element {
	if el == nil {
		return found
	}
	found = append(found, el)
	for _, child := range el.ChildElements() {
		found = all(child, found)
	}
	return found
}

// agreed canonicalizes an element by every implementation in this process and reports
// where they differ. Those without comments and those with are each held to each other.
func agreed(t *testing.T, el, leave *etree.Element, prefixes string) {
	t.Helper()
	ours, err := canonical(el, prefixes, leave)
	if err != nil {
		t.Fatalf("a document in order has no canonical form: %v", err)
	}
	simulators, err := idp.CanonicalForm(idp.Exclusive, prefixes, el, leave)
	if err != nil || !bytes.Equal(ours, simulators) {
		t.Fatalf("with %q: %v\n      ours %s\nsimulator's %s", prefixes, err, ours, simulators)
	}
	commented, err := idp.CanonicalForm(idp.ExclusiveWithComments, prefixes, el, leave)
	if err != nil || bytes.Contains(commented, []byte("<!--")) != commentIn(el, leave) {
		t.Fatalf("comments are not as they were: %v\n%s", err, commented)
	}
	settled(t, ours, prefixes)
	settled(t, commented, prefixes)
	if leave != nil || libraryErrs(el, prefixes) != "" {
		return
	}
	for form, want := range map[string][]byte{dsig.Exclusive: ours, dsig.ExclusiveWithComments: commented} {
		librarys, err := dsig.Canonical(el, form, prefixes)
		if errors.Is(err, etreeutils.ErrTraversalLimit) {
			return // the document is too large for it
		}
		if err != nil || !bytes.Equal(librarys, want) {
			t.Fatalf("%s with %q: %v\n     ours %s\nlibrary's %s", form, prefixes, err, want, librarys)
		}
	}
}

// commentIn says whether there is a comment in an element that is not in leave.
func commentIn(el, leave *etree.Element) bool {
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.Comment:
			return true
		case *etree.Element:
			if token != leave && commentIn(token, leave) {
				return true
			}
		}
	}
	return false
}

// settled wants a canonical form to be a document of its own, whose canonical form it is.
func settled(t *testing.T, form []byte, prefixes string) {
	t.Helper()
	document, err := parse(form)
	if err != nil {
		t.Fatalf("a canonical form is not a document: %v\n%s", err, form)
	}
	again, err := idp.CanonicalForm(idp.ExclusiveWithComments, prefixes, document.Root(), nil)
	if err != nil || !bytes.Equal(again, form) {
		t.Fatalf("with %q: the canonical form of a canonical form is another: %v\nfirst %s\n then %s", prefixes, err, form, again)
	}
}

// FuzzCanonical holds the implementations to each other on one element of a document, which
// and leave being the numbers of the element and of one in it that is left out; 0 leaves
// out nothing.
func FuzzCanonical(f *testing.F) {
	for _, c := range canonicalTable {
		f.Add(c.xml, c.prefixes, uint8(0), uint8(0))
		f.Add(c.xml, c.prefixes, uint8(1), uint8(1))
	}
	for number := range uint64(60) {
		c := someDocument(number, "")
		f.Add(c.xml, c.prefixes, uint8(number), uint8(number/4))
	}
	f.Fuzz(func(t *testing.T, xml, prefixes string, which, leave uint8) {
		_, root, _, err := readDocument([]byte(xml))
		if err != nil || len(strings.Fields(prefixes)) > maxNamespaces {
			return
		}
		elements := all(root, nil)
		el := elements[int(which)%len(elements)]
		within := all(el, nil)
		var left *etree.Element
		if n := int(leave) % len(within); n > 0 {
			left = within[n]
		}
		agreed(t, el, left, prefixes)
	})
}

// The generated documents, every element of each, with and without an element left out.
func TestCanonicalFormsAgree(t *testing.T) {
	t.Parallel()
	cases := canonicalTable
	for number := range uint64(400) {
		cases = append(cases, someDocument(number, ""))
	}
	good, librarys := 0, 0
	for _, c := range cases {
		_, root, _, err := readDocument([]byte(c.xml))
		if err != nil {
			continue
		}
		good++
		for _, el := range all(root, nil) {
			if libraryErrs(el, c.prefixes) == "" {
				librarys++
			}
			agreed(t, el, nil, c.prefixes)
			if within := all(el, nil); len(within) > 1 {
				agreed(t, el, within[len(within)/2], c.prefixes)
			}
		}
	}
	if good < 200 || librarys < 200 {
		t.Errorf("of %d documents %d were in order, and of their elements %d comparable with the library's: too few to show anything", len(cases), good, librarys)
	}
}

// The library's faults are as they are said to be: on each of these documents it differs,
// and it alone.
func TestLibrarysCanonicalFaults(t *testing.T) {
	t.Parallel()
	for fault, c := range map[string]canonicalCase{
		"#default":    {`<p:a xmlns:p="urn:1" xmlns="urn:2"/>`, "#default"},
		"above":       {`<a xmlns=""><b/></a>`, ""},
		"xmlns=\"\"":  {`<a xmlns="urn:1"><b xmlns=""/></a>`, ""},
		"names first": {`<a xmlns:p="urn:2" xmlns:q="urn:1" p:a="1" q:b="2"/>`, ""},
	} {
		_, root, _, err := readDocument([]byte(c.xml))
		if err != nil {
			t.Fatal(err)
		}
		elements := all(root, nil)
		el := elements[len(elements)-1]
		if said := libraryErrs(el, c.prefixes); said == "" {
			t.Errorf("%s: nothing is said of it", fault)
		}
		ours, err := canonical(el, c.prefixes, nil)
		if err != nil {
			t.Fatal(err)
		}
		librarys, err := dsig.Canonical(el, dsig.Exclusive, c.prefixes)
		if err == nil && bytes.Equal(librarys, ours) {
			t.Errorf("%s: the library is right about %s: take the fault off the list", fault, c.xml)
		}
	}
}

// xmllint writes comments, and takes no PrefixList: whole documents with comments are its
// part, and of namespaces such as names have without escapes. It is started once for all.
func TestCanonicalFormsAreXmllints(t *testing.T) {
	t.Parallel()
	xmllint := machine.Tool(t, "xmllint")
	cases := canonicalTable
	for number := range uint64(400) {
		cases = append(cases, someDocument(number, ""))
	}
	directory := t.TempDir()
	arguments := []string{"--exc-c14n"}
	var names, ours []string
	for n, c := range cases {
		_, root, _, err := readDocument([]byte(c.xml))
		if err != nil || c.xml == escapedName {
			continue
		}
		form, err := idp.CanonicalForm(idp.ExclusiveWithComments, "", root, nil)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(directory, fmt.Sprint(n, ".xml"))
		if err := os.WriteFile(file, []byte(c.xml), 0o600); err != nil {
			t.Fatal(err)
		}
		arguments, names, ours = append(arguments, file), append(names, c.xml), append(ours, string(form))
	}
	output, err := exec.CommandContext(t.Context(), xmllint, arguments...).Output()
	if err != nil {
		t.Fatalf("xmllint: %v: %s", err, complaint(err))
	}
	rest := string(output)
	for n, form := range ours {
		var found bool
		if rest, found = strings.CutPrefix(rest, form); !found {
			t.Fatalf("of %s\n     ours %s\nxmllint's %.*s", names[n], form, len(form)+20, rest)
		}
		rest = strings.TrimPrefix(rest, "\n")
	}
	if rest != "" || len(ours) < 200 {
		t.Errorf("of %d documents xmllint wrote in the end %.200s", len(ours), rest)
	}
}

func complaint(err error) string {
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return string(failed.Stderr)
	}
	return ""
}

// xmlsec1 canonicalizes elements in their place, with a PrefixList. Each message has one
// signature with a reference for each of its elements, with the digest of our form: that
// it verifies says that all the forms are xmlsec1's too.
func TestCanonicalFormsAreXmlsecs(t *testing.T) {
	t.Parallel()
	xmlsec := machine.Tool(t, "xmlsec1")
	key, err := fixtures.Key("okta")
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	trusted := filepath.Join(directory, "key.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), 0o600); err != nil {
		t.Fatal(err)
	}
	verify := func(signed string) error {
		message := filepath.Join(directory, "message.xml")
		if err := os.WriteFile(message, []byte(signed), 0o600); err != nil {
			t.Fatal(err)
		}
		output, err := exec.CommandContext(t.Context(), xmlsec, "--verify", "--pubkey-pem", trusted, message).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w\n%.2000s", err, output)
		}
		return err
	}
	elements := 0
	for batch := range uint64(12) {
		signed, count := referredTo(t, dsig.RSA{Key: key}, 10*batch, 10*batch+10)
		if err := verify(signed); err != nil {
			t.Errorf("xmlsec1 has another form of one of %d elements: %v\n%s", count, err, signed)
		}
		if changed := strings.Replace(signed, ">text<", ">Text<", 1); changed != signed && verify(changed) == nil {
			t.Errorf("xmlsec1 takes a document that was changed: this test shows nothing\n%s", changed)
		}
		elements += count
	}
	if elements < 200 {
		t.Errorf("only %d elements: too few to show anything", elements)
	}
}

// referredTo is a message of some of the generated documents, and the number of elements
// that its signature refers to.
func referredTo(t *testing.T, key dsig.Key, from, to uint64) (signed string, elements int) {
	t.Helper()
	var text strings.Builder
	prefixes := make(map[string]string)
	text.WriteString(`<all xmlns="urn:all" xmlns:xs="urn:xs" xmlns:q="urn:q">`)
	for number := from; number < to; number++ {
		id := fmt.Sprint("d", number)
		c := someDocument(number, id)
		if _, _, _, err := readDocument([]byte(c.xml)); err == nil {
			text.WriteString(c.xml)
			prefixes[id] = c.prefixes
		}
	}
	_, root, _, err := readDocument([]byte(text.String() + "</all>"))
	if err != nil {
		t.Fatal(err)
	}
	signature := dsig.Signature{Key: key}
	for _, el := range all(root, nil)[1:] {
		id := el.SelectAttrValue("xml:id", "")
		family, _, _ := strings.Cut(id, "-")
		form, err := canonical(el, prefixes[family], nil)
		if err != nil {
			t.Fatal(err)
		}
		signature.References = append(signature.References, dsig.Reference{
			URI: dsig.To("#" + id), Octets: form, Over: el,
			Transforms: []dsig.Transform{{Algorithm: dsig.Exclusive, Prefixes: prefixes[family]}},
		})
	}
	placed, err := signature.Place(root, len(root.Child))
	if err != nil {
		t.Fatal(err)
	}
	alone := etree.NewDocument()
	alone.SetRoot(placed.Copy())
	written, err := alone.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return text.String() + written + "</all>", len(signature.References)
}
