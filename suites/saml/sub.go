package saml

import "rollcall.example/suites/spec"

var _ = spec.Section("A response whose subject is not confirmed as it has to be", func(okta *spec.Okta, _ *spec.Product) {
	attacks("sub", okta)
})
