package saml_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rollcall.example/fixtures/machine"
)

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestXmlsecAgrees has an independent implementation verify what the other tests sign:
// where the package refuses one of these messages, the fault is the package's.
func TestXmlsecAgrees(t *testing.T) {
	t.Parallel()
	xmlsec := machine.Tool(t, "xmlsec1")
	trusted := writeFile(t, "okta.pem", string(pemOf(t, "okta")))
	verify := func(xml string) (string, error) {
		out, err := exec.CommandContext(t.Context(), xmlsec, "--verify", "--enabled-key-data", "x509", "--trusted-pem", trusted,
			"--verification-gmt-time", now.Format("2006-01-02 15:04:05"),
			"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response",
			"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
			writeFile(t, "message.xml", xml)).CombinedOutput()
		return string(out), err
	}
	inherited := oktaLetter(requestID, true)
	inherited.assertion = strings.Replace(inherited.assertion, ` xmlns:xs="http://www.w3.org/2001/XMLSchema"`, "", 1)
	for name, xml := range map[string]string{
		"response":                    oktaXML(t, response),
		"assertion":                   oktaXML(t, assertion),
		"both":                        oktaXML(t, both),
		"without attributes":          signXML(t, oktaLetter(requestID, false).xml(), both, signer{}),
		"prefix declared on response": signXML(t, inherited.xml(), assertion, signer{prefixes: "xs"}),
	} {
		if out, err := verify(xml); err != nil {
			t.Errorf("%s: xmlsec1 refuses: %v\n%s", name, err, out)
		}
		believed(t, arrival(t, xml))
	}
	if _, err := verify(strings.Replace(oktaXML(t, assertion), ">"+honest+"<", ">"+canary+"<", 1)); err == nil {
		t.Error("xmlsec1 takes a tampered message: this test shows nothing")
	}
}

// TestSchemas holds what we write, and what the tests' issuer writes, against the schemas
// of the standard.
func TestSchemas(t *testing.T) {
	t.Parallel()
	xmllint := machine.Tool(t, "xmllint")
	for _, directory := range []string{"/usr/share/xml/opensaml", "/usr/share/xml/xmltooling"} {
		if _, err := os.Stat(directory); err != nil {
			machine.Lacks(t, directory+" (Debian opensaml-schemas, xmltooling-schemas)")
		}
	}
	// The schemas import others by addresses in the web; the catalog says where they are here.
	catalog := writeFile(t, "catalog.xml", `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
<system systemId="http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd" uri="file:///usr/share/xml/xmltooling/xmldsig-core-schema.xsd"/>
<system systemId="http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/xenc-schema.xsd" uri="file:///usr/share/xml/xmltooling/xenc-schema.xsd"/>
<system systemId="http://www.w3.org/2001/xml.xsd" uri="file:///usr/share/xml/xmltooling/xml.xsd"/>
</catalog>`)
	p := provider(t, "okta")
	p.EntityID = `https://app.example/sso/~/a&b"<c>/metadata`
	secretive := p
	secretive.Decryption = ourKey(t)
	for name, tc := range map[string]struct {
		schema, xml string
		valid       bool
	}{
		"metadata":                {"saml-schema-metadata-2.0.xsd", string(p.Metadata()), true},
		"metadata with a key":     {"saml-schema-metadata-2.0.xsd", string(secretive.Metadata()), true},
		"AuthnRequest":            {"saml-schema-protocol-2.0.xsd", string(p.AuthnRequest("_1", now).XML), true},
		"the tests' own response": {"saml-schema-protocol-2.0.xsd", oktaXML(t, both), true},
		"metadata without ACS":    {"saml-schema-metadata-2.0.xsd", strings.ReplaceAll(string(p.Metadata()), "AssertionConsumerService", "Nothing"), false},
	} {
		check := exec.CommandContext(t.Context(), xmllint, "--noout", "--nonet", "--schema", filepath.Join("/usr/share/xml/opensaml", tc.schema), writeFile(t, "x.xml", tc.xml))
		check.Env = append(os.Environ(), "XML_CATALOG_FILES="+catalog)
		if out, err := check.CombinedOutput(); (err == nil) != tc.valid {
			t.Errorf("%s: valid: %t: %v\n%s\n%s", name, !tc.valid, err, out, tc.xml)
		}
	}
}
