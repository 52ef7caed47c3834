package target_test

import (
	"testing"

	"rollcall.example/suites/target"
)

// Only what the standard puts below the base URL, as it spells it, cannot be its end.
func TestWhatABaseURLMayEndIn(t *testing.T) {
	t.Parallel()
	for address, right := range map[string]bool{
		"https://acme.test":                 true,
		"https://acme.test/scim/v2/":        true,
		"https://acme.test/tenants/me":      true,
		"https://acme.test/scim/bulk":       true,
		"https://acme.test/directory/users": true,
		"https://acme.test/scim/Users":      false,
		"https://acme.test/scim/Users/":     false,
		"https://acme.test/scim/.search":    false,
		"https://acme.test/Bulk":            false,
		"https://acme.test/scim?tenant=me":  false,
		"https://<host>/scim":               false,
		"https://acme.test:99999/scim":      false,
	} {
		if err := target.CheckSCIMBase(address); (err == nil) != right {
			t.Errorf("%s: %v", address, err)
		}
	}
}
