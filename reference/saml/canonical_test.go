package saml

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/beevik/etree"
	"github.com/russellhaering/goxmldsig/etreeutils"

	"rollcall.example/fixtures/machine"
)

// awkward has everything in it that canonicalization heeds.
const awkward = `<a xmlns="urn:1" xmlns:p="urn:2" xmlns:xs="urn:3"><!-- one --><p:b z="1" p:a="2" b="&#9;&#10;&#13;&quot;&lt;" xml:lang="en">` +
	`<c xmlns="" xmlns:q="urn:z"><q:d q:x="" xmlns:r="urn:y" r:x="1" a="2">&#13;&gt;<![CDATA[<&>]]></q:d></c>` +
	`<c xmlns="urn:2" xmlns:p="urn:4"><p:e/><e xmlns:p="urn:4"/></c></p:b></a>`

func parsed(t *testing.T, text string) *etree.Element {
	t.Helper()
	_, root, _, err := readDocument([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestCanonicalIsTheLibrarys(t *testing.T) {
	t.Parallel()
	// What the library writes of a declaration that is taken back, and how it sorts
	// attributes in several namespaces, is its own; see TestCanonicalIsXmllints.
	const text = `<a xmlns="urn:1" xmlns:p="urn:2" xmlns:xs="urn:3" xmlns:u="urn:9"><!-- one --><p:b z="1" p:a="2" b="&#9;&#10;&#13;&quot;&lt;">` +
		`<c xmlns:q="urn:z"><q:d q:x="" a="2">&#13;&gt;<![CDATA[<&>]]></q:d></c><c xmlns="urn:2" xmlns:p="urn:4"><p:e/><e xmlns:p="urn:4"/></c></p:b></a>`
	for _, prefixes := range []string{"", "xs", "p xs", "absent u"} {
		theirs := parsed(t, text).Copy()
		if err := etreeutils.TransformExcC14n(theirs, prefixes, false); err != nil {
			t.Fatal(err)
		}
		document := etree.NewDocument()
		document.WriteSettings = etree.WriteSettings{CanonicalAttrVal: true, CanonicalEndTags: true, CanonicalText: true}
		document.SetRoot(theirs)
		want, err := document.WriteToBytes()
		if err != nil {
			t.Fatal(err)
		}
		if ours, err := canonical(parsed(t, text), prefixes, nil); err != nil || !bytes.Equal(ours, want) {
			t.Errorf("with %q: %v\n ours %s\ntheirs %s", prefixes, err, ours, want)
		}
	}
}

func TestCanonicalIsXmllints(t *testing.T) {
	t.Parallel()
	xmllint := machine.Tool(t, "xmllint")
	file := filepath.Join(t.TempDir(), "document.xml")
	if err := os.WriteFile(file, bytes.ReplaceAll([]byte(awkward), []byte("<!-- one -->"), nil), 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := exec.CommandContext(t.Context(), xmllint, "--exc-c14n", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	if ours, err := canonical(parsed(t, awkward), "", nil); err != nil || !bytes.Equal(ours, bytes.TrimSuffix(want, []byte("\n"))) {
		t.Errorf("%v\n ours %s\ntheirs %s", err, ours, want)
	}
}

func TestCanonicalByHand(t *testing.T) {
	t.Parallel()
	const text = `<o xmlns="urn:d" xmlns:p="urn:p" xmlns:u="urn:u"><p:a x="1"><!--c--><b/><s/></p:a></o>`
	element := parsed(t, text).SelectElement("a")
	for prefixes, want := range map[string]string{
		"":           `<p:a xmlns:p="urn:p" x="1"><b xmlns="urn:d"></b></p:a>`,
		"#default u": `<p:a xmlns="urn:d" xmlns:p="urn:p" xmlns:u="urn:u" x="1"><b></b></p:a>`,
	} {
		if got, err := canonical(element, prefixes, element.SelectElement("s")); err != nil || string(got) != want {
			t.Errorf("with %q: %v\n got %s\nwant %s", prefixes, err, got, want)
		}
	}
	stray := etree.NewElement("nobody:x")
	if _, err := canonical(stray, "", nil); err == nil {
		t.Error("a prefix that nobody declared was written")
	}
}
