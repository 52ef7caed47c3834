package idp_test

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/idp"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

var (
	created = time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC)
	issued  = time.Date(2026, 11, 22, 9, 30, 0, 120e6, time.UTC)
)

// identity is the same in every run, certificate included.
func identity(tb testing.TB) idp.Identity {
	tb.Helper()
	key, err := fixtures.Key("okta")
	if err != nil {
		tb.Fatal(err)
	}
	made, err := idp.NewIdentity("acme", "Rollcall CI", key, created, "")
	if err != nil {
		tb.Fatal(err)
	}
	return made
}

// withKey is the identity with another of the test keys.
func withKey(tb testing.TB, name string) idp.Identity {
	tb.Helper()
	key, err := fixtures.AnyKey(name)
	if err != nil {
		tb.Fatal(err)
	}
	made, err := identity(tb).WithKey(key, created)
	if err != nil {
		tb.Fatal(err)
	}
	return made
}

// stream is an endless source that gives the same bytes in every run.
type stream struct{ block uint64 }

func (s *stream) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		s.block++
		var seed [8]byte
		binary.BigEndian.PutUint64(seed[:], s.block)
		sum := sha256.Sum256(seed[:])
		n += copy(p[n:], sum[:])
	}
	return len(p), nil
}

// claims are those of a sign-in that the product started, without attributes.
func claims() idp.Claims {
	return idp.Claims{
		Destination:  "https://ci.acme.test/saml/acs?organization=acme",
		Recipient:    "https://ci.acme.test/saml/acs?organization=acme",
		Audience:     "https://ci.acme.test",
		InResponseTo: "_4f1f2a0c9e",
		NameID:       "leia@acme.test",
		Now:          issued,
		AuthnInstant: issued.Add(-90 * time.Second),
		Random:       io.Reader(&stream{}),
	}
}

func withAttributes(c idp.Claims) idp.Claims {
	c.Attributes = []idp.Attribute{
		{Name: "name", Values: []string{"Leia Organa"}},
		{Name: "admin", Values: []string{"true"}},
		{Name: "teams", Values: []string{"one/maintainer", "two"}},
	}
	return c
}

func issue(tb testing.TB, c idp.Claims) *idp.Response {
	tb.Helper()
	response, err := identity(tb).Issue(c)
	if err != nil {
		tb.Fatal(err)
	}
	return response
}

// golden compares with a file in testdata, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s differs; run with -update if that is meant\n got: %s\nwant: %s", name, got, want)
	}
}
