package target_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/target"
)

var readAt = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const (
	postBinding     = `Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"`
	artifactBinding = `Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"`
	spRole          = `<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"`
	oneACS          = `<md:AssertionConsumerService ` + postBinding + ` Location="https://acme.test/acs" index="0"/>`
	namespaces      = `xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`
)

// described is an entity with this id and these things in its role.
func described(id, roleAttributes, inRole string) string {
	return `<md:EntityDescriptor ` + namespaces + ` entityID="` + id + `">` + spRole + roleAttributes + `>` + inRole + `</md:SPSSODescriptor></md:EntityDescriptor>`
}

func together(attributes string, entities ...string) string {
	return `<md:EntitiesDescriptor ` + namespaces + attributes + `>` + strings.Join(entities, "\n") + `</md:EntitiesDescriptor>`
}

func certificateText(t *testing.T) string {
	t.Helper()
	identity, err := target.Okta{Subdomain: "sp", App: "SP", Key: "service-provider", Created: readAt}.Identity()
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(identity.Certificate.Raw)
}

func keyFor(use, certificate string) string {
	return `<md:KeyDescriptor` + use + `><ds:KeyInfo><ds:X509Data><ds:X509Certificate>` + certificate + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
}

func TestSPMetadata(t *testing.T) {
	t.Parallel()
	text := certificateText(t)
	document := `<?xml version="1.0" encoding="UTF-8"?>` + described(" urn:acme ", ` validUntil="2026-11-23T00:00:00+01:00" WantAssertionsSigned="1" AuthnRequestsSigned="true"`,
		keyFor(` use="signing"`, text[:64]+"\n"+text[64:])+keyFor(` use="encryption"`, text)+keyFor("", text)+
			`<md:NameIDFormat> urn:oasis:names:tc:SAML:2.0:nameid-format:persistent </md:NameIDFormat>`+
			`<md:AssertionConsumerService `+artifactBinding+` Location="urn:artifact" index="0" isDefault="true"/>`+
			`<md:AssertionConsumerService `+postBinding+` Location="https://acme.test/three" index="3"/>`+
			`<md:AssertionConsumerService `+postBinding+` Location="https://acme.test/two" index="2"/>`)
	read, err := target.ReadSPMetadata([]byte(document), "", readAt)
	if err != nil {
		t.Fatal(err)
	}
	if read.EntityID != "urn:acme" || !read.WantAssertionsSigned || !read.AuthnRequestsSigned || len(read.ACS) != 3 {
		t.Errorf("%+v", read)
	}
	if says, fix := read.Contradiction(); says != "" || fix != "" {
		t.Errorf("%s; %s", says, fix)
	}
	if len(read.Signing) != 2 || len(read.Encryption) != 2 || !slices.Equal(read.NameIDFormats, []string{"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}) {
		t.Errorf("%d signing, %d encryption, %q", len(read.Signing), len(read.Encryption), read.NameIDFormats)
	}
	if want := time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC); !read.ValidUntil.Equal(want) {
		t.Errorf("valid until %v", read.ValidUntil)
	}
	if got := read.PostACS(); got != "https://acme.test/two" {
		t.Errorf("without a default one posts to %s", got)
	}
	read.ACS[1].Default = true
	if got := read.PostACS(); got != "https://acme.test/three" {
		t.Errorf("with a default one posts to %s", got)
	}
}

func TestSPMetadataOfSeveral(t *testing.T) {
	t.Parallel()
	idp := `<md:EntityDescriptor entityID="urn:idp"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></md:EntityDescriptor>`
	one, two := described("urn:one", "", oneACS), described("urn:two", "", oneACS)
	inside := together("", one, together("", two), idp)
	for name, c := range map[string]struct{ document, id, want, wrong string }{
		"the one that is meant":  {inside, "urn:two", "urn:two", ""},
		"none that is meant":     {inside, "", "", "2 service providers: say which by entity_id: urn:one, urn:two"},
		"one that is not there":  {inside, "urn:three", "", "does not describe urn:three, but urn:one, urn:two"},
		"one with lines around":  {"\n" + two + "\n\n", "", "urn:two", ""},
		"one service provider":   {together("", idp, two), "", "urn:two", ""},
		"one that is there":      {one, "urn:one", "urn:one", ""},
		"one, and another meant": {one, "urn:two", "", "does not describe urn:two, but urn:one"},
		"twice":                  {together("", one, one), "urn:one", "", "describes urn:one 2 times"},
		"an identity provider":   {inside, "urn:idp", "", "no SPSSODescriptor"},
		"only that":              {together("", idp, strings.Replace(idp, "urn:idp", "urn:other", 1)), "", "", "describes no service provider"},
		"nobody":                 {together(""), "", "", "describes no entity"},
		"many":                   {together("", one, two, described("3", "", ""), described("4", "", ""), described("5", "", ""), described("6", "", ""), described("7", "", "")), "", "", "5 and 2 more"},
		"all of it expired":      {together(` validUntil="2026-01-01T00:00:00Z"`, one), "urn:one", "", "was valid until 2026-01-01T00:00:00Z"},
	} {
		read, err := target.ReadSPMetadata([]byte(c.document), c.id, readAt)
		if read.EntityID != c.want && c.wrong == "" || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %q, %v, want %q %q", name, read.EntityID, err, c.want, c.wrong)
		}
	}
}

func TestSPMetadataThatIsNone(t *testing.T) {
	t.Parallel()
	for want, document := range map[string]string{
		"well-formed XML: it has no element": "",
		"not well-formed":                    described("urn:acme", "", oneACS)[:80],
		"has a DOCTYPE":                      `<!DOCTYPE x [<!ENTITY e "e">]>` + described("urn:acme", "", oneACS),
		"is a html, not SAML metadata":       `<html><body/></html>`,
		"is a EntityDescriptor, not SAML":    `<EntityDescriptor entityID="urn:acme"/>`,
		"longer than 1048576 bytes":          described("urn:acme", "", oneACS) + strings.Repeat(" ", 1<<20),
		"has no entityID":                    described("", "", oneACS),
		"no SPSSODescriptor for SAML 2.0":    strings.ReplaceAll(described("urn:acme", "", oneACS), "SAML:2.0:protocol", "SAML:1.1:protocol"),
		"validUntil \"soon\"":                described("urn:acme", ` validUntil="soon"`, oneACS),
		"was valid until 2026-11-22T11:59:5": described("urn:acme", ` validUntil="2026-11-22T11:59:59Z"`, oneACS),
		`WantAssertionsSigned "yes"`:         described("urn:acme", ` WantAssertionsSigned="yes"`, oneACS),
		"no AssertionConsumerService":        described("urn:acme", "", `<md:AssertionConsumerService `+artifactBinding+` Location="https://acme.test/a" index="0"/>`),
		`Location "/acs"`:                    described("urn:acme", "", strings.Replace(oneACS, "https://acme.test", "", 1)),
		`index "-1"`:                         described("urn:acme", "", strings.Replace(oneACS, `"0"`, `"-1"`, 1)),
		`isDefault "maybe"`:                  described("urn:acme", "", strings.Replace(oneACS, `index`, `isDefault="maybe" index`, 1)),
		"is not base64":                      described("urn:acme", "", keyFor("", "!")+oneACS),
		"cannot be read":                     described("urn:acme", "", keyFor("", "AAAA")+oneACS),
		"XML":                                strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100),
	} {
		if _, err := target.ReadSPMetadata([]byte(document), "", readAt); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("want %q: %v", want, err)
		}
	}
}

func FuzzSPMetadata(f *testing.F) {
	f.Add(described("urn:acme", ` validUntil="2026-11-23T00:00:00Z"`, oneACS), "")
	f.Add(together("", described("urn:one", "", oneACS), described("urn:two", "", keyFor("", "AAAA"))), "urn:two")
	f.Add(`<!DOCTYPE x>`+described("urn:acme", "", oneACS), "urn:acme")
	f.Fuzz(func(t *testing.T, document, id string) {
		read, err := target.ReadSPMetadata([]byte(document), id, readAt)
		if err != nil {
			return
		}
		if read.EntityID == "" || read.PostACS() == "" || strings.Contains(document, "<!DOCTYPE") && !strings.Contains(document, "<!--") && !strings.Contains(document, "<![CDATA[") && !strings.Contains(document, "<?") {
			t.Errorf("accepted: %+v", read)
		}
		if id != "" && read.EntityID != strings.TrimSpace(id) && read.EntityID != id {
			t.Errorf("asked for %q, got %q", id, read.EntityID)
		}
	})
}

// published is a target that leaves everything to the metadata at this place.
func published(from string) target.Target {
	given := whole()
	given.Connections = given.Connections[:1]
	given.Connections[0].SAML = target.SAML{Metadata: from, SignIn: "https://acme.test/sso"}
	given.Probe = nil
	return given
}

func TestResolve(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sp.xml")
	if err := os.WriteFile(file, []byte(described("urn:acme", "", oneACS)), 0o600); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	serve := func(path string, status int, kind, text string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text)
		})
	}
	serve("/metadata", 200, "application/samlmetadata+xml", described("urn:acme", "", oneACS))
	serve("/several", 200, "text/xml", together("", described("urn:one", "", oneACS), described("urn:two", "", strings.Replace(oneACS, "/acs", "/two", 1))))
	serve("/gone", 404, "text/html", "gone")
	serve("/script", 200, "text/html; charset=UTF-8", described("urn:acme", "", oneACS))
	serve("/json", 200, "application/json", "{}")
	serve("/login", 200, "text/html; charset=utf-8", "<html></html>")
	serve("/long", 200, "text/xml", strings.Repeat("x", 1<<20+1))
	server := httptest.NewServer(mux)
	defer server.Close()

	for name, c := range map[string]struct {
		change           func(*target.SAML)
		from             string
		entity, acs, bad string
	}{
		"no key":              {func(s *target.SAML) { s.WantsEncryption = true }, file, "", "", "it has no KeyDescriptor for encryption"},
		"an address":          {nil, server.URL + "/metadata", "urn:acme", "https://acme.test/acs", ""},
		"a file":              {nil, file, "urn:acme", "https://acme.test/acs", ""},
		"its own ACS":         {func(s *target.SAML) { s.ACS = "https://acme.test/own" }, file, "urn:acme", "https://acme.test/own", ""},
		"one of several":      {func(s *target.SAML) { s.EntityID = "urn:two" }, server.URL + "/several", "urn:two", "https://acme.test/two", ""},
		"nothing left":        {func(s *target.SAML) { s.EntityID, s.ACS = "x", "https://acme.test/y" }, "nowhere", "x", "https://acme.test/y", ""},
		"which of several":    {nil, server.URL + "/several?token=s3cret", "", "", "say which by entity_id: urn:one, urn:two"},
		"no such file":        {nil, "nowhere.xml", "", "", "nowhere.xml cannot be used: no such file or directory"},
		"no such page":        {nil, server.URL + "/gone?token=s3cret", "", "", "it answered 404 Not Found"},
		"a page for people":   {nil, server.URL + "/login", "", "", "it answered an HTML page, not metadata"},
		"a script's":          {nil, server.URL + "/script", "urn:acme", "https://acme.test/acs", ""},
		"JSON":                {nil, server.URL + "/json", "", "", "it is not well-formed XML: it has no element"},
		"no end":              {nil, server.URL + "/long", "", "", "longer than"},
		"nobody answers":      {nil, "http://127.0.0.1:1/metadata?token=s3cret", "", "", "nothing listens at "},
		"not an address":      {nil, "http://[::1/metadata", "", "", "is not an http or https address"},
		"another one's ID":    {func(s *target.SAML) { s.EntityID = "urn:other" }, file, "", "", "does not describe urn:other, but urn:acme"},
		"no sign-in, no need": {func(s *target.SAML) { s.SignIn = "" }, "nowhere.xml", "", "", ""},
	} {
		given := published(c.from)
		if c.change != nil {
			c.change(&given.Connections[0].SAML)
		}
		before := fmt.Sprint(given)
		got, err := given.Resolve(t.Context())
		if name == "JSON" && errors.Is(err, io.EOF) {
			t.Error("the end of a document passes for the end of a connection")
		}
		if (err == nil) != (c.bad == "") || err != nil && (!strings.Contains(err.Error(), c.bad) || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v, want %q", name, err, c.bad)
		}
		if saml := got.Connections[0].SAML; err == nil && (saml.EntityID != c.entity || saml.ACS != c.acs) {
			t.Errorf("%s: %+v", name, saml)
		}
		if fmt.Sprint(given) != before {
			t.Errorf("%s: the target that was given has changed", name)
		}
	}
}

// TestUnusableMetadataIsToldFromSilence: a product that answers something else than its
// metadata has answered; one that nobody reaches has not.
func TestUnusableMetadataIsToldFromSilence(t *testing.T) {
	t.Parallel()
	says := func(status int, kind, text string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text)
		}))
		t.Cleanup(server.Close)
		return server.URL + "/metadata?token=s3cret"
	}
	for address, unusable := range map[string]bool{
		says(404, "text/plain", "s3cret"):             true,
		says(200, "text/html", "<p>Sign in"):          true,
		says(200, "application/json", "{}"):           true,
		says(200, "application/xml", "<s3cret/>"):     true,
		"http://127.0.0.1:1/metadata?token=s3cret":    false,
		filepath.Join(t.TempDir(), "there-is-no.xml"): false,
	} {
		given := published(address)
		live, err := target.Open(given)
		if err != nil {
			t.Fatal(err)
		}
		defer live.Close()
		if _, err := live.SPMetadata(t.Context(), given.Connection()); err == nil || errors.Is(err, target.ErrUnusableMetadata) != unusable {
			t.Errorf("%s: %v; unusable: %t", address, err, unusable)
		}
	}
}

// TestEncryptionKeyIsLeftToMetadata: who wants encryption says with which key in the
// metadata, and what is signed in is then encrypted for it.
func TestEncryptionKeyIsLeftToMetadata(t *testing.T) {
	t.Parallel()
	identity, err := target.Okta{Subdomain: "sp", App: "SP", Key: "service-provider", Created: readAt}.Identity()
	if err != nil {
		t.Fatal(err)
	}
	text := base64.StdEncoding.EncodeToString(identity.Certificate.Raw)
	file := filepath.Join(t.TempDir(), "sp.xml")
	if err := os.WriteFile(file, []byte(described("urn:acme", "", keyFor(` use="encryption"`, text)+oneACS)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, wants := range []bool{false, true} {
		given := published(file)
		given.Connections[0].SAML.WantsEncryption = wants
		got, err := given.Resolve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		encryption, err := got.Connections[0].SAML.Encryption()
		if err != nil || (encryption != nil) != wants || wants && !encryption.Recipients[0].Certificate.Equal(identity.Certificate) {
			t.Errorf("wanted: %t: %+v, %v", wants, encryption, err)
		}
		if got.Has(target.SAMLEncrypted) != wants {
			t.Errorf("wanted: %t: the feature follows: %t", wants, got.Has(target.SAMLEncrypted))
		}
	}
	for _, broken := range []string{"!", "AAAA"} {
		if _, err := (target.SAML{EncryptionCertificate: broken}).Encryption(); err == nil {
			t.Errorf("%q was read", broken)
		}
	}
}
