package idp_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"

	"rollcall.example/fixtures/machine"
	"rollcall.example/simulator/idp"
)

// librarys is the canonical form as the library makes it of a detached copy.
func librarys(t *testing.T, element *etree.Element, prefixList string) []byte {
	t.Helper()
	context, err := etreeutils.NSBuildParentContext(element)
	if err != nil {
		t.Fatal(err)
	}
	detached, err := etreeutils.NSDetatch(context, element)
	if err != nil {
		t.Fatal(err)
	}
	form, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixList).Canonicalize(detached)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

// Ours and the library's canonical form are the same to the byte, for every element of
// what is issued and of a document that has everything in it that canonicalization
// heeds.
func TestCanonicalFormIsTheLibrarys(t *testing.T) {
	t.Parallel()
	hard := withAttributes(claims())
	hard.Attributes[0].Values = []string{"Łukasz O'Neil-周 <&\">\t\r\n ]]>"}
	documents := map[string][]byte{
		"plain": issue(t, claims()).XML, "attributes": issue(t, withAttributes(claims())).XML, "hard texts": issue(t, hard).XML,
		// Of a declaration that is taken back, and of attributes in several namespaces, the
		// library makes what no other verifier does: those stand in TestCanonicalFormIsXMLLints.
		"namespaces": []byte(`<a xmlns="urn:1" xmlns:p="urn:2" xmlns:xs="urn:3"><!-- one --><p:b z="1" p:a="2" b="&#9;&#10;&#13;&quot;&lt;">` +
			`<c xmlns:q="urn:z"><q:d q:x="" a="2">&#13;&gt;<![CDATA[<&>]]></q:d></c>` +
			`<c xmlns="urn:2" xmlns:p="urn:4"><p:e/><e xmlns:p="urn:4"/></c></p:b></a>`),
	}
	for name, text := range documents {
		document := etree.NewDocument()
		if err := document.ReadFromBytes(text); err != nil {
			t.Fatal(err)
		}
		for _, prefixes := range []string{"", "xs", "p xs", "absent q"} {
			for _, element := range document.FindElements("//*") {
				ours, err := idp.CanonicalForm(idp.Exclusive, prefixes, element, nil)
				if err != nil {
					t.Fatal(err)
				}
				if theirs := librarys(t, element, prefixes); !bytes.Equal(ours, theirs) {
					t.Errorf("%s, %s with %q:\n ours %s\nlibrary's %s", name, element.GetPath(), prefixes, ours, theirs)
				}
			}
		}
	}
}

// What is written is what the library writes in the same settings, whatever stands in the
// document.
func TestSerializedIsTheLibrarys(t *testing.T) {
	t.Parallel()
	hard := withAttributes(claims())
	hard.Attributes[0].Values = []string{"Łukasz O'Neil-周 <&\">\t\r\n ]]>"}
	for _, text := range []string{
		string(issue(t, claims()).XML), string(issue(t, hard).XML), string(identity(t).Metadata()),
		`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]><!-- before --><a b='"&#9;&#10;&#13;&lt;&gt;&amp;'>` +
			`<?p i?><!--c--><![CDATA[<&>]]>&#13;&gt;&lt;<d></d><e/></a><!-- after -->`,
	} {
		document := etree.NewDocument()
		document.ReadSettings.PreserveCData = true
		if err := document.ReadFromString(text); err != nil {
			t.Fatal(err)
		}
		document.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true}
		want, err := document.WriteToBytes()
		if err != nil {
			t.Fatal(err)
		}
		if got := idp.Serialize(document); !bytes.Equal(got, want) {
			t.Errorf("ours %s\nlibrary's %s", got, want)
		}
	}
}

// xmllint is the opinion of somebody else on a document that has everything in it.
func TestCanonicalFormIsXMLLints(t *testing.T) {
	t.Parallel()
	machine.Tool(t, "xmllint")
	const text = `<a xmlns="urn:1" xmlns:p="urn:2" xmlns:xs="urn:3"><!-- one --><p:b z="1" p:a="2" b="&#9;&#10;&#13;&quot;&lt;" xml:lang="en">` +
		`<c xmlns="" xmlns:q="urn:z"><q:d q:x="" xmlns:r="urn:y" r:x="1" a="2">&#13;&gt;<![CDATA[<&>]]></q:d></c>` +
		`<c xmlns="urn:2" xmlns:p="urn:4"><p:e/><e xmlns:p="urn:4"/></c></p:b></a>`
	document := etree.NewDocument()
	if err := document.ReadFromString(text); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "document.xml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for option, algorithm := range map[string]string{
		"--exc-c14n": idp.ExclusiveWithComments, "--c14n": idp.InclusiveWithComments, "--c14n11": idp.Inclusive11WithComments,
	} {
		theirs, err := exec.CommandContext(t.Context(), "xmllint", option, file).Output()
		if err != nil {
			t.Fatal(err)
		}
		ours, err := idp.CanonicalForm(algorithm, "", document.Root(), nil)
		if err != nil || !bytes.Equal(ours, bytes.TrimSuffix(theirs, []byte("\n"))) {
			t.Errorf("%s: %v\n   ours %s\ntheirs %s", option, err, ours, theirs)
		}
	}
}

// What one part of the form is made of shows where the library has no say.
func TestCanonicalFormByHand(t *testing.T) {
	t.Parallel()
	const text = `<o xmlns="urn:d" xmlns:p="urn:p" xmlns:u="urn:u"><p:a x="1"><!--c--><b/></p:a></o>`
	document := etree.NewDocument()
	if err := document.ReadFromString(text); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ algorithm, prefixes, want string }{
		{idp.Exclusive, "", `<p:a xmlns:p="urn:p" x="1"><b xmlns="urn:d"></b></p:a>`},
		{idp.Exclusive, "#default u", `<p:a xmlns="urn:d" xmlns:p="urn:p" xmlns:u="urn:u" x="1"><b></b></p:a>`},
		{idp.Exclusive, "#defaultu", `<p:a xmlns:p="urn:p" x="1"><b xmlns="urn:d"></b></p:a>`},
		{idp.ExclusiveWithComments, "", `<p:a xmlns:p="urn:p" x="1"><!--c--><b xmlns="urn:d"></b></p:a>`},
		{idp.Inclusive, "", `<p:a xmlns="urn:d" xmlns:p="urn:p" xmlns:u="urn:u" x="1"><b></b></p:a>`},
		{idp.Inclusive11WithComments, "", `<p:a xmlns="urn:d" xmlns:p="urn:p" xmlns:u="urn:u" x="1"><!--c--><b></b></p:a>`},
	} {
		form, err := idp.CanonicalForm(tc.algorithm, tc.prefixes, document.Root().SelectElement("a"), nil)
		if err != nil || string(form) != tc.want {
			t.Errorf("%s %q:\n got %s %v\nwant %s", tc.algorithm, tc.prefixes, form, err, tc.want)
		}
	}
	if _, err := idp.CanonicalForm("urn:none", "", document.Root(), nil); err == nil || !strings.Contains(err.Error(), "urn:none") {
		t.Errorf("an unknown canonicalization: %v", err)
	}
}
