package target_test

import (
	"errors"
	"slices"
	"testing"

	"rollcall.example/suites/target"
)

// A run goes to the product's own API too, where a probe maps it, and to the server
// that grants tokens; only the first of them is changed by it.
func TestEverywhereThatARunGoes(t *testing.T) {
	t.Parallel()
	given := target.Target{
		Connections: []target.Connection{{SCIM: target.SCIM{
			BaseURL: "http://127.0.0.1/scim",
			Auth:    &target.Auth{OAuth2: &target.OAuth2{TokenURL: "https://tokens.test/token", ClientID: "a", ClientSecret: "b"}},
		}}},
		Probe: &target.ProbeConfig{Map: &target.MapConfig{
			Look:    target.MapLook{Accounts: &target.MapList{Get: "https://api.test/users?email={email}"}},
			Arrange: target.MapArrange{Remove: &target.MapDeed{Delete: "https://api.test/members/{account_id}"}},
		}},
	}
	want := []string{"http://127.0.0.1/scim", "https://api.test/members/{account_id}", "https://api.test/users?email={email}", "https://tokens.test/token"}
	if got := given.Addresses(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	var foreign *target.NotOwned
	if _, err := target.Begin(t.Context(), given, target.BeginOptions{}); !errors.As(err, &foreign) || foreign.Host != "api.test" {
		t.Error(err)
	}
}
