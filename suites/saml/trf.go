package saml

import "rollcall.example/suites/spec"

var _ = spec.Section("A response whose signature is made by way of something else", func(okta *spec.Okta, _ *spec.Product) {
	attacks("trf", okta)
})
