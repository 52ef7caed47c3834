package saml

import "rollcall.example/suites/spec"

var _ = spec.Section("A response whose signature is missing or does not fit", func(okta *spec.Okta, _ *spec.Product) {
	attacks("sig", okta)
})
