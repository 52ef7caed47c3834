package saml

import "rollcall.example/suites/spec"

var _ = spec.Section("A response whose signature is made by other means", func(okta *spec.Okta, _ *spec.Product) {
	attacks("alg", okta)
})
