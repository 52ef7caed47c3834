package products_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/kept"
	"rollcall.example/suites/target"
)

// metadataRead is what a product reads of an identity provider's metadata.
type metadataRead struct {
	Refused      string   `json:"refused"`
	Entity       string   `json:"entity"`
	SignIn       []string `json:"sign_in"` // by POST, by redirect
	Certificates []string `json:"certificates"`
}

// metadataSaid is what a product's program says of metadata, ours and its own.
type metadataSaid struct {
	Read      []metadataRead `json:"read"`
	Plain     string         `json:"plain"`
	Encrypted string         `json:"encrypted"`
}

// Libraries of others read our metadata as we meant it: plain, signed, and with two keys;
// and we read what they say of a service provider, with and without a key to encrypt for.
// Of these only pysaml2 looks at the signature of metadata, and only of what it fetched;
// @node-saml/node-saml reads none.
func TestMetadataOfProducts(t *testing.T) {
	now := time.Now()
	home := t.TempDir()
	identity := newIdentity(t, filepath.Join(home, "idp"), now)
	sp := newIdentity(t, filepath.Join(home, "sp"), now)

	write := func(name string, text []byte) (path string) {
		path = filepath.Join(home, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := write("plain.xml", identity.Metadata())
	signer := idp.Signer{Key: identity.Key, Certificate: identity.Certificate}
	text, err := identity.SignedMetadata(signer, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	signed := write("signed.xml", text)
	write("forged.xml", bytes.Replace(text, []byte(identity.SSOURL), []byte("https://elsewhere.test/"), 1))
	rotated, err := kept.Rotate(filepath.Join(home, "idp"), now)
	if err != nil {
		t.Fatal(err)
	}
	two := write("two.xml", rotated.Metadata())
	served := httptest.NewServer(http.FileServer(http.Dir(home)))
	t.Cleanup(served.Close)

	one := metadataRead{Entity: identity.EntityID, SignIn: []string{identity.SSOURL, identity.SSOURL}, Certificates: inMetadata(identity.Certificate)}
	both := one
	both.Certificates = inMetadata(identity.Certificate, rotated.Next)

	for name, c := range map[string]struct {
		program string
		sources []string
		want    []metadataRead
	}{
		"pysaml2": {"metadata.py",
			[]string{plain, signed, two, served.URL + "/signed.xml", served.URL + "/forged.xml"},
			[]metadataRead{one, one, both, one, {Refused: "SignatureError"}}},
		"samlify":   {"metadata.mjs", []string{plain, signed, two}, []metadataRead{one, one, both}},
		"node-saml": {"metadata.mjs", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			directory := filepath.Join("testdata", name)
			said := speak(t, directory, append([]string{c.program}, c.sources...),
				"METADATA_CERTIFICATE="+identity.CertificateFile,
				"ENCRYPTION_KEY="+filepath.Join(home, "sp", "key-1.pem"), "ENCRYPTION_CERTIFICATE="+sp.CertificateFile)
			if len(said.Read) != len(c.want) {
				t.Fatalf("it read %d documents, not %d", len(said.Read), len(c.want))
			}
			for i, read := range said.Read {
				if read.Refused != c.want[i].Refused || read.Entity != c.want[i].Entity ||
					!slices.Equal(read.SignIn, c.want[i].SignIn) || !slices.Equal(read.Certificates, c.want[i].Certificates) {
					t.Errorf("of %s it read %+v, not %+v", c.sources[i], read, c.want[i])
				}
			}
			describes(t, said.Plain, now)
			describes(t, said.Encrypted, now, sp.Certificate)
		})
	}
}

// describes fails unless the metadata is that of the product, with these certificates to
// encrypt for.
func describes(t *testing.T, text string, now time.Time, certificates ...*x509.Certificate) {
	t.Helper()
	read, err := target.ReadSPMetadata([]byte(text), "", now)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if read.EntityID != "http://127.0.0.1:8084/metadata" || read.PostACS() != "http://127.0.0.1:8084/acs" ||
		!slices.EqualFunc(read.Encryption, certificates, (*x509.Certificate).Equal) {
		t.Errorf("we read %+v of %s", read, text)
	}
}

// speak runs a product's program and reads what it says.
func speak(t *testing.T, directory string, program []string, environment ...string) metadataSaid {
	t.Helper()
	interpreter := node
	if strings.HasSuffix(program[0], ".py") {
		interpreter = python
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	running := exec.CommandContext(ctx, interpreter(t, directory), program...)
	running.Dir, running.Stderr = directory, os.Stderr
	running.Env = append(os.Environ(), append(environment, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")...)
	text, err := running.Output()
	if err != nil {
		t.Fatalf("%s: %v", directory, err)
	}
	var said metadataSaid
	if err := json.Unmarshal(text, &said); err != nil {
		t.Fatalf("%s says it in other words: %v: %s", directory, err, text)
	}
	return said
}

// newIdentity makes an identity provider in a directory.
func newIdentity(t *testing.T, directory string, now time.Time) kept.Identity {
	t.Helper()
	names := kept.Names{Subdomain: "acme", App: "Rollcall", BaseURL: "https://acme.okta.test"}
	made, err := kept.Init(directory, names, now)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// inMetadata are certificates as metadata has them, on one line.
func inMetadata(certificates ...*x509.Certificate) []string {
	var texts []string
	for _, certificate := range certificates {
		texts = append(texts, base64.StdEncoding.EncodeToString(certificate.Raw))
	}
	return texts
}
