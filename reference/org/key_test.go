package org_test

import (
	"testing"

	"rollcall.example/reference/org"
)

func TestKey(t *testing.T) {
	t.Parallel()
	same := [][2]string{
		{"Han@Rebels.test", "han@rebels.TEST"},
		{"  han@rebels.test\n", "han@rebels.test"},
		{"ŁUKASZ@rebels.test", "łukasz@rebels.test"},
		{"ΣΊΣΥΦΟΣ@rebels.test", "σίσυφος@rebels.test"},
		{"Ünal@rebels.test", "ünal@rebels.test"},
	}
	for _, pair := range same {
		if org.Key(pair[0]) != org.Key(pair[1]) {
			t.Errorf("%q and %q should be one: %q, %q", pair[0], pair[1], org.Key(pair[0]), org.Key(pair[1]))
		}
	}
	different := [][2]string{
		{"han+ci@rebels.test", "han@rebels.test"},
		{"han.solo@rebels.test", "hansolo@rebels.test"},
		{"mıke@rebels.test", "mike@rebels.test"},      // the dotless i
		{"MİKE@rebels.test", "mike@rebels.test"},      // the dotted capital I
		{"\u212Aylo@rebels.test", "kylo@rebels.test"}, // the Kelvin sign
		{"ro\u017Fe@rebels.test", "rose@rebels.test"}, // the long s
		{"h\u0430n@rebels.test", "han@rebels.test"},   // a Cyrillic a
		{"han@rebels.test", "han @rebels.test"},
	}
	for _, pair := range different {
		if org.Key(pair[0]) == org.Key(pair[1]) {
			t.Errorf("%q and %q must stay two", pair[0], pair[1])
		}
	}
}

func FuzzKeyIsStable(f *testing.F) {
	for _, s := range []string{"Han@Rebels.test", " ς Σ ", "ǅ", "\u1E9E", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if key := org.Key(s); org.Key(key) != key {
			t.Errorf("the key of %q is %q, and its key is %q", s, key, org.Key(key))
		}
	})
}

func TestIsAddress(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"han@rebels.test": true, " han@rebels.test ": true, "łukasz@rebels.test": true, "a@b": true,
		"rene\u0301@rebels.test": false, "ren\u00e9@rebels.test": true, "क\u093e@rebels.test": true,
		"": false, "han": false, "@": false, "han@": false, "@rebels.test": false,
		"han@rebels@test": false, "han solo@rebels.test": false, "han@rebels.test\x00": false, "han@reb\nels.test": false,
	} {
		if got := org.IsAddress(s); got != want {
			t.Errorf("IsAddress(%q) is %t, want %t", s, got, want)
		}
	}
}
