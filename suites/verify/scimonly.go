package verify

import (
	"errors"
	"fmt"
	"net/url"

	"rollcall.example/fixtures"
	"rollcall.example/suites/target"
)

// SCIMOnly is a target of which nothing is known but its SCIM endpoint: whatever
// SCIM alone can show is judged, everything else is unobserved. It has PATCH and
// DELETE unless it says otherwise; what else it has is learned, see [Discover]. The
// address may hold no credentials, since reports print it.
func SCIMOnly(baseURL, token string, dialects []string) (target.Target, error) {
	address, err := url.Parse(baseURL)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return target.Target{}, errors.New("the SCIM base URL is not an absolute http or https address, as https://acme.test/scim/v2")
	}
	if address.User != nil || address.RawQuery != "" || address.Fragment != "" {
		return target.Target{}, errors.New("the SCIM base URL may have no credentials, query or fragment")
	}
	if err := target.CheckSCIMBase(baseURL); err != nil {
		return target.Target{}, fmt.Errorf("the SCIM base URL %s cannot be right: %w", baseURL, err)
	}
	profile, err := fixtures.ReadProfile("two-layer")
	if err != nil {
		return target.Target{}, err
	}
	return target.Target{
		Name: address.Host,
		Connections: []target.Connection{{
			SCIM: target.SCIM{BaseURL: baseURL, Token: token},
			Okta: target.AnyOkta(),
		}},
		Profile:  profile,
		Dialects: dialects,
		Network:  target.Network{Timeout: target.DefaultTimeout},
		Features: []string{target.SCIMUsers, target.SCIMPatch, target.SCIMDelete, target.LookRecords},
		Discover: true,
	}, nil
}
