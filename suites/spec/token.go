package spec

import "rollcall.example/simulator"

// UseToken gives Okta another SCIM token, as its administrator does after a rotation.
func (o *Okta) UseToken(token string) {
	o.journal.Secret(token)
	o.Configure(func(s *simulator.AppSettings) { s.SCIM.Token, s.SCIM.Authorize = token, nil })
}

// shortestSecret is as long as a cookie must be for nobody to guess it. A shorter one
// holds a language, or something else that may stand anywhere.
const shortestSecret = 16

// Secrets are the values of the cookies that the product gave the browser, where they
// are long enough for secrets. They are for looking whether one turns up where it must
// not, and for nothing else.
func (v Visit) Secrets() []string {
	var secrets []string
	for _, cookie := range v.browser.Cookies(v.URL) {
		if len(cookie.Value) >= shortestSecret {
			secrets = append(secrets, cookie.Value)
		}
	}
	return secrets
}
