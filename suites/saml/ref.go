package saml

import "rollcall.example/suites/spec"

var _ = spec.Section("A response whose signature is about something else", func(okta *spec.Okta, _ *spec.Product) {
	attacks("ref", okta)
})
