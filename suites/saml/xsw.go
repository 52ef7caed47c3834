package saml

import "rollcall.example/suites/spec"

var _ = spec.Section("A response in which what is signed is not what stands where it should", func(okta *spec.Okta, _ *spec.Product) {
	attacks("xsw", okta)
})
