package saml

import "rollcall.example/suites/spec"

var _ = spec.Section("A response whose canonical form is not what it seems", func(okta *spec.Okta, _ *spec.Product) {
	attacks("c14n", okta)
})
