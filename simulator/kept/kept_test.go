package kept_test

import (
	"bytes"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/kept"
)

var (
	made  = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	later = made.AddDate(1, 0, 0)
	names = kept.Names{Subdomain: "acme", App: "Acme CI", BaseURL: "https://acme.okta.test"}
)

// first is an identity that all tests begin with a copy of: a key takes its time.
var first = sync.OnceValues(func() (fs.FS, error) {
	parent, err := os.MkdirTemp("", "kept")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(parent) }()
	directory := filepath.Join(parent, "deep", "idp")
	if _, err := kept.Init(directory, names, made); err != nil {
		return nil, err
	}
	files := fstest.MapFS{}
	found, err := os.ReadDir(directory)
	for _, f := range found {
		text, readErr := os.ReadFile(filepath.Join(directory, f.Name()))
		info, infoErr := f.Info()
		if err = errors.Join(err, readErr, infoErr); err == nil {
			files[f.Name()] = &fstest.MapFile{Data: text, Mode: info.Mode()}
		}
	}
	return files, err
})

func initiated(t *testing.T) string {
	t.Helper()
	files, err := first()
	if err != nil {
		t.Fatal(err)
	}
	directory := filepath.Join(t.TempDir(), "idp")
	if err := os.CopyFS(directory, files); err != nil {
		t.Fatal(err)
	}
	// Copying adds to the modes what the process allows.
	if err := os.Chmod(filepath.Join(directory, "key-1.pem"), 0o600); err != nil {
		t.Fatal(err)
	}
	return directory
}

func open(t *testing.T, directory string, at time.Time) kept.Identity {
	t.Helper()
	identity, err := kept.Open(directory, at)
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

// shown tells which of the certificates the file to upload holds.
func shown(t *testing.T, directory string, identities ...kept.Identity) (which []bool) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(directory, "metadata.xml"))
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.ReplaceAll(string(text), "\n", "")
	for _, identity := range identities {
		which = append(which, strings.Contains(flat, base64.StdEncoding.EncodeToString(identity.Certificate.Raw)))
	}
	return which
}

func files(t *testing.T, directory string) string {
	t.Helper()
	found, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range found {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Name()+" "+info.Mode().String())
	}
	return strings.Join(all, "\n")
}

const settled = "certificate-1.pem -rw-r--r--\nidentity.json -rw-r--r--\nkey-1.pem -rw-------\nmetadata.xml -rw-r--r--"

func TestAnIdentityIsKept(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(t.TempDir(), "deep", "idp")
	if _, err := kept.Init(directory, names, made); err != nil {
		t.Fatal(err)
	}
	first, again := open(t, directory, made), open(t, directory, later)
	if !first.Key.Equal(again.Key) || !first.Certificate.Equal(again.Certificate) || first.EntityID != again.EntityID || first.SSOURL != again.SSOURL {
		t.Errorf("first %+v, then %+v", first, again)
	}
	if first.Key.Public().(*rsa.PublicKey).N.BitLen() != 2048 || first.Certificate.NotAfter.Year() != 2036 || first.Certificate.Subject.CommonName != "acme" || !first.Created.Equal(made) {
		t.Errorf("identity %+v", first)
	}
	if first.SSOURL != "https://acme.okta.test/app/acme_acmeci_1/"+first.ExternalKey+"/sso/saml" || first.Names != names {
		t.Errorf("SSO URL %s, names %+v", first.SSOURL, first.Names)
	}
	text, err := os.ReadFile(filepath.Join(directory, "metadata.xml"))
	if err != nil || !bytes.Equal(text, first.Metadata()) {
		t.Errorf("metadata %s, %v", text, err)
	}
	if got := files(t, directory); got != settled {
		t.Errorf("files\n%s", got)
	}
	if beside, err := os.ReadDir(filepath.Dir(directory)); err != nil || len(beside) != 1 {
		t.Errorf("beside it: %v, %v", beside, err)
	}
	if found, err := os.Stat(directory); err != nil || found.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", found.Mode(), err)
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	directory := initiated(t)
	before := open(t, directory, made)
	if _, err := kept.Init(directory, names, later); err == nil || !strings.Contains(err.Error(), "keeps an identity already") {
		t.Errorf("made again: %v", err)
	}
	if !open(t, directory, made).Key.Equal(before.Key) {
		t.Error("the key is another one")
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := kept.Init(other, names, made); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("beside a file: %v", err)
	}
	if _, err := kept.Init(filepath.Join(other, "notes.txt"), names, made); err == nil {
		t.Error("a file became a directory")
	}
	if _, err := kept.Init(filepath.Join(other, "new"), kept.Names{Subdomain: "Not One", App: "x"}, made); err == nil || !strings.Contains(err.Error(), "is not a subdomain") {
		t.Errorf("a wrong name: %v", err)
	}
	if found, _ := os.ReadDir(other); len(found) != 1 {
		t.Errorf("what went wrong left %v", found)
	}
	if _, err := kept.Init(t.TempDir(), names, made); err != nil {
		t.Errorf("an empty directory: %v", err)
	}
}

func TestARollover(t *testing.T) {
	t.Parallel()
	directory := initiated(t)
	before := open(t, directory, made)
	if _, err := kept.Finish(directory, later); err == nil || !strings.Contains(err.Error(), "no rollover is under way") {
		t.Errorf("finished before it began: %v", err)
	}
	during, err := kept.Rotate(directory, later)
	if err != nil {
		t.Fatal(err)
	}
	if !during.Key.Equal(before.Key) || during.Next == nil || during.Next.Equal(before.Certificate) || during.EntityID != before.EntityID {
		t.Errorf("during: %+v", during)
	}
	next := during
	next.Certificate = during.Next
	if which := shown(t, directory, before, next); !which[0] || !which[1] {
		t.Errorf("during, the metadata shows %v", which)
	}
	if _, err := kept.Rotate(directory, later); err == nil || !strings.Contains(err.Error(), "is under way already") {
		t.Errorf("rotated twice: %v", err)
	}
	after, err := kept.Finish(directory, later)
	if err != nil {
		t.Fatal(err)
	}
	if !after.Certificate.Equal(during.Next) || after.Key.Equal(before.Key) || after.Next != nil || after.EntityID != before.EntityID || after.SSOURL != before.SSOURL {
		t.Errorf("after: %+v", after)
	}
	if which := shown(t, directory, before, next); which[0] || !which[1] {
		t.Errorf("after, the metadata shows %v", which)
	}
	if got := files(t, directory); got != strings.ReplaceAll(settled, "-1.pem", "-2.pem") {
		t.Errorf("files\n%s", got)
	}
	if _, err := kept.Rotate(directory, later); err != nil {
		t.Errorf("a second rollover: %v", err)
	}
}

// Where logout messages go stands in the metadata once logout is on, by both bindings,
// and stays there through a rollover.
func TestLogoutInTheMetadata(t *testing.T) {
	t.Parallel()
	directory := initiated(t)
	services := func() int {
		text, err := os.ReadFile(filepath.Join(directory, "metadata.xml"))
		if err != nil || !bytes.Equal(text, open(t, directory, later).Metadata()) {
			t.Errorf("metadata %s, %v", text, err)
		}
		at := `Location="` + open(t, directory, later).SLOURL + `"`
		found := 0
		for _, binding := range []string{idp.BindingPOST, idp.BindingRedirect} {
			found += strings.Count(string(text), `<md:SingleLogoutService Binding="`+binding+`" `+at)
		}
		return found
	}
	if services() != 0 {
		t.Error("it is on from the start")
	}
	before := open(t, directory, made)
	if on, err := kept.SetLogout(directory, true, later); err != nil || !on.Logout || !on.SingleLogout || !on.Key.Equal(before.Key) || services() != 2 {
		t.Errorf("on: %+v, %v, %d services", on, err, services())
	}
	if _, err := kept.Rotate(directory, later); err != nil || services() != 2 {
		t.Errorf("in a rollover: %v, %d services", err, services())
	}
	if off, err := kept.SetLogout(directory, false, later); err != nil || off.Next == nil || services() != 0 {
		t.Errorf("off: %+v, %v, %d services", off, err, services())
	}
	if _, err := kept.SetLogout("nowhere", true, later); err == nil {
		t.Error("nowhere took it")
	}
}

// A rollover that breaks off before its state was written leaves files that count
// for nothing, and can be begun again.
func TestARolloverThatBrokeOff(t *testing.T) {
	t.Parallel()
	directory := initiated(t)
	before := open(t, directory, made)
	for _, name := range []string{"key-2.pem", "certificate-2.pem"} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte("half a k"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if after := open(t, directory, made); !after.Key.Equal(before.Key) || after.Next != nil {
		t.Errorf("identity %+v", after)
	}
	if during, err := kept.Rotate(directory, later); err != nil || during.Next == nil {
		t.Errorf("begun again: %v", err)
	}
}

func TestIdentitiesThatAreBroken(t *testing.T) {
	t.Parallel()
	other, err := fixtures.Key("attacker")
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := idp.NewIdentity("acme", "x", other, made, "")
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) func(string) error {
		return func(d string) error { return os.WriteFile(filepath.Join(d, name), []byte(text), 0o600) }
	}
	for name, c := range map[string]struct {
		breaks func(directory string) error
		at     time.Time
		want   string
	}{
		"nothing there":         {os.RemoveAll, made, "keeps no identity"},
		"no key":                {func(d string) error { return os.Remove(filepath.Join(d, "key-1.pem")) }, made, "key-1.pem: no such file"},
		"no certificate":        {func(d string) error { return os.Remove(filepath.Join(d, "certificate-1.pem")) }, made, "certificate-1.pem: no such file"},
		"a key for everybody":   {func(d string) error { return os.Chmod(filepath.Join(d, "key-1.pem"), 0o644) }, made, "chmod 600"},
		"no PEM":                {write("key-1.pem", "a key"), made, `key-1.pem is damaged: it should hold one PEM block "PRIVATE KEY"`},
		"PEM of nothing":        {write("key-1.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), made, "holds no key"},
		"another's certificate": {write("certificate-1.pem", pemOf(foreign.Certificate.Raw)), made, "do not belong together"},
		"half a certificate":    {write("certificate-1.pem", pemOf(foreign.Certificate.Raw[:100])), made, "holds no certificate"},
		"no JSON":               {write("identity.json", "{"), made, "identity.json is damaged"},
		"another version":       {write("identity.json", `{"version": 2, "in_use": 1}`), made, "of another version"},
		"a wrong name":          {write("identity.json", `{"version": 1, "in_use": 1, "subdomain": "A B", "app": "x"}`), made, "is not a subdomain"},
		"no next key":           {write("identity.json", `{"version": 1, "in_use": 1, "next": 2, "subdomain": "a", "app": "x"}`), made, "key-2.pem: no such file"},
		"expired":               {func(string) error { return nil }, made.AddDate(10, 0, 1), "certificate-1.pem expired on 2036-11-22"},
		"too early":             {func(string) error { return nil }, made.AddDate(-1, 0, 0), "is the clock right?"},
	} {
		directory := initiated(t)
		if err := c.breaks(directory); err != nil {
			t.Fatal(err)
		}
		_, err := kept.Open(directory, c.at)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "BEGIN") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if _, err := kept.Rotate(directory, c.at); err == nil {
			t.Errorf("%s: it was rotated", name)
		}
	}
	var missing *kept.Missing
	if _, err := kept.Open("nowhere", made); !errors.As(err, &missing) || missing.Hint() != "make one with rollcall idp init nowhere" {
		t.Errorf("nowhere: %v", err)
	}
}

func pemOf(der []byte) string {
	return "-----BEGIN CERTIFICATE-----\n" + base64.StdEncoding.EncodeToString(der) + "\n-----END CERTIFICATE-----\n"
}
