// Package kept keeps a fake Okta's identity in a directory, so that a product is
// given its metadata once and trusts it from then on.
//
// The directory holds:
//
//	identity.json       names, addresses, and which key is in use
//	key-1.pem           the key that signs; for its owner's eyes only
//	certificate-1.pem   the certificate over its public half
//	metadata.xml        what to upload to the product
//
// A rollover takes two steps, as products need both certificates for a while:
// [Rotate] makes the next key and metadata that shows both, and [Finish] lets the
// next key sign and drops the one before. What counts is identity.json, which is
// replaced in one step: whatever breaks off leaves the identity as it was before
// or as it is after.
package kept

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"rollcall.example/simulator/idp"
)

const (
	stateFile    = "identity.json"
	metadataFile = "metadata.xml"
	keyBits      = 2048
)

// Names are what an identity is called and where it is said to answer.
type Names struct {
	Subdomain string `json:"subdomain"` // of the tenant, as acme in acme.okta.com
	App       string `json:"app"`       // the label of the app
	BaseURL   string `json:"base_url"`  // where the tenant is; a browser that is not ours may be sent there
	// SingleLogout says that single logout is on: the metadata says where logout messages go.
	// Okta's does only where an administrator switched it on.
	SingleLogout bool `json:"single_logout,omitempty"`
}

// state is identity.json.
type state struct {
	Version int `json:"version"`
	Names
	Created time.Time `json:"created"`
	InUse   int       `json:"in_use"`         // number of the key that signs
	Next    int       `json:"next,omitempty"` // number of the key that will; 0 where no rollover is under way
}

// Identity is an identity that was read from its directory.
type Identity struct {
	idp.Identity
	Names
	// Created is when the directory was made.
	Created time.Time
	// CertificateFile holds the certificate in use, as PEM.
	CertificateFile string
	// Next is the certificate of the key that will sign after the rollover; nil
	// where none is under way.
	Next *x509.Certificate
}

// Metadata is what to upload: the certificate in use, and the next one beside it
// while a rollover is under way.
func (i Identity) Metadata() []byte {
	if i.Next == nil {
		return i.Identity.Metadata()
	}
	return i.Identity.Metadata(i.Next)
}

// Init makes a key, a certificate for ten years and the metadata in a directory
// that does not exist yet or is empty. Nothing that is there is ever overwritten. Without
// a base URL the tenant is at https://SUBDOMAIN.okta.test, which is nobody's: a browser
// that is not ours and follows a product there must not come to a stranger's Okta.
func Init(directory string, names Names, now time.Time) (Identity, error) {
	if found, err := os.ReadDir(directory); err == nil && len(found) > 0 {
		if _, err := os.Stat(filepath.Join(directory, stateFile)); err == nil {
			return Identity{}, fmt.Errorf("%s keeps an identity already, and products may trust it: it is left as it is", directory)
		}
		return Identity{}, fmt.Errorf("%s is not empty", directory)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Identity{}, plainly(directory, err)
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(directory)), 0o755); err != nil {
		return Identity{}, plainly(directory, err)
	}
	made, err := os.MkdirTemp(filepath.Dir(filepath.Clean(directory)), ".rollcall-idp-*")
	if err != nil {
		return Identity{}, plainly(directory, err)
	}
	defer func() { _ = os.RemoveAll(made) }()
	if names.BaseURL == "" {
		names.BaseURL = "https://" + names.Subdomain + ".okta.test"
	}
	fresh := state{Version: 1, Names: names, Created: now.UTC().Truncate(time.Millisecond), InUse: 1}
	if err := fresh.newKey(made, 1, now); err != nil {
		return Identity{}, err
	}
	if _, err := fresh.settle(made, now); err != nil {
		return Identity{}, err
	}
	// Only an empty directory can be removed, so nothing is lost here.
	if err := os.Remove(directory); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Identity{}, plainly(directory, err)
	}
	if err := os.Rename(made, directory); err != nil {
		return Identity{}, plainly(directory, err)
	}
	return Open(directory, now)
}

// Open reads the identity of a directory. It fails, in one line, on files that are
// missing or damaged, on a key that others can read or that is not the
// certificate's, and on a certificate that is not valid now.
func Open(directory string, now time.Time) (Identity, error) {
	kept, err := readState(directory)
	if err != nil {
		return Identity{}, err
	}
	return kept.open(directory, now)
}

// Rotate makes the next key, and metadata that shows both certificates. The key
// in use signs until [Finish].
func Rotate(directory string, now time.Time) (Identity, error) {
	kept, err := readState(directory)
	if err != nil {
		return Identity{}, err
	}
	if kept.Next != 0 {
		return Identity{}, fmt.Errorf("%s: a rollover is under way already", directory)
	}
	if _, err := kept.open(directory, now); err != nil {
		return Identity{}, err
	}
	kept.Next = kept.InUse + 1
	if err := kept.newKey(directory, kept.Next, now); err != nil {
		return Identity{}, err
	}
	return kept.settle(directory, now)
}

// Finish lets the next key sign, and drops the one before and its certificate.
func Finish(directory string, now time.Time) (Identity, error) {
	kept, err := readState(directory)
	if err != nil {
		return Identity{}, err
	}
	if kept.Next == 0 {
		return Identity{}, fmt.Errorf("%s: no rollover is under way", directory)
	}
	before := kept.InUse
	kept.InUse, kept.Next = kept.Next, 0
	if _, err := kept.open(directory, now); err != nil {
		return Identity{}, err
	}
	identity, err := kept.settle(directory, now)
	if err != nil {
		return Identity{}, err
	}
	for _, name := range []string{keyFile(before), certificateFile(before)} {
		if err := os.Remove(filepath.Join(directory, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Identity{}, plainly(filepath.Join(directory, name), err)
		}
	}
	return identity, nil
}

// SetLogout switches single logout on or off in what the metadata says. The keys stay,
// and a rollover that is under way stays under way.
func SetLogout(directory string, on bool, now time.Time) (Identity, error) {
	kept, err := readState(directory)
	if err != nil {
		return Identity{}, err
	}
	kept.SingleLogout = on
	if _, err := kept.open(directory, now); err != nil {
		return Identity{}, err
	}
	return kept.settle(directory, now)
}

// settle makes the state the one that counts, and the metadata the one that it
// stands for. In between the metadata on file may be old, never half; reading it
// with Open gives the one that counts.
func (s state) settle(directory string, now time.Time) (Identity, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return Identity{}, err
	}
	if err := replace(filepath.Join(directory, stateFile), append(text, '\n'), 0o644); err != nil {
		return Identity{}, err
	}
	identity, err := s.open(directory, now)
	if err != nil {
		return Identity{}, err
	}
	return identity, replace(filepath.Join(directory, metadataFile), identity.Metadata(), 0o644)
}

// newKey makes a key and its certificate. Files of that number that are there
// already are left over from a step that broke off: nothing counts on them.
func (s state) newKey(directory string, number int, now time.Time) error {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return fmt.Errorf("making a key: %w", err)
	}
	identity, err := idp.NewIdentity(s.Subdomain, s.App, key, now, s.BaseURL)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("writing a key: %w", err)
	}
	for _, file := range []struct {
		name string
		of   pem.Block
		mode fs.FileMode
	}{
		{keyFile(number), pem.Block{Type: "PRIVATE KEY", Bytes: private}, 0o600},
		{certificateFile(number), pem.Block{Type: "CERTIFICATE", Bytes: identity.Certificate.Raw}, 0o644},
	} {
		if err := replace(filepath.Join(directory, file.name), pem.EncodeToMemory(&file.of), file.mode); err != nil {
			return err
		}
	}
	return nil
}

func readState(directory string) (state, error) {
	path := filepath.Join(directory, stateFile)
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return state{}, &Missing{directory}
	case err != nil:
		return state{}, plainly(path, err)
	}
	var s state
	if err := json.Unmarshal(text, &s); err != nil {
		return state{}, fmt.Errorf("%s is damaged: %w", path, err)
	}
	if s.Version != 1 || s.InUse < 1 || s.Next < 0 || s.Next != 0 && s.Next == s.InUse {
		return state{}, fmt.Errorf("%s is damaged, or of another version", path)
	}
	return s, nil
}

func (s state) open(directory string, now time.Time) (Identity, error) {
	base, err := idp.Identity{NameIDFormat: idp.FormatEmailAddress, Logout: s.SingleLogout}.Named(s.Subdomain, s.App, s.BaseURL)
	if err != nil {
		return Identity{}, fmt.Errorf("%s: %w", filepath.Join(directory, stateFile), err)
	}
	opened := Identity{Identity: base, Names: s.Names, Created: s.Created, CertificateFile: filepath.Join(directory, certificateFile(s.InUse))}
	opened.Key, opened.Certificate, err = readPair(directory, s.InUse, now)
	if err != nil || s.Next == 0 {
		return opened, err
	}
	_, opened.Next, err = readPair(directory, s.Next, now)
	return opened, err
}

// Missing says that a directory keeps no identity.
type Missing struct{ Directory string }

func (m *Missing) Error() string { return m.Directory + " keeps no identity" }

// Hint is what to do about it.
func (m *Missing) Hint() string { return "make one with rollcall idp init " + m.Directory }
