package saml

import "rollcall.example/suites/spec"

var _ = spec.Section("A response that is not the document it seems", func(okta *spec.Okta, _ *spec.Product) {
	attacks("xml", okta)
})
