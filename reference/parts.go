package reference

import (
	"net/http"
	"slices"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/saml"
	"rollcall.example/reference/scim"
)

// Parts is everything that an [App] is put together from and that a [Defect] may
// vary. All of it is made anew for each App, so that a variation never reaches
// another one in the same process.
type Parts struct {
	Rules   *org.Rules         // decisions in which products differ
	Events  *org.Events        // what happens to people, step by step
	Grammar *org.Grammar       // how SAML attributes are read
	SAML    *saml.Policy       // how an assertion is verified, check by check
	Logout  *saml.LogoutPolicy // how a logout message is verified, check by check
	SCIM    *scim.Protocol     // how SCIM requests are understood and answered

	// Edge stands around the whole HTTP server; the last one is the outermost.
	Edge []func(http.Handler) http.Handler
	// Store stands between the domain and its store; the last one is the nearest
	// to the domain.
	Store []func(org.Store) org.Store
	// Migrations is SQL that is run after the store's own migrations.
	Migrations []string
	// Clock tells the time outside of any organization.
	Clock func() time.Time

	domain *org.Behaviour // what Rules, Events and Grammar point into
}

// Defect makes one thing wrong.
type Defect interface {
	// Install changes the parts. It is called once for each App.
	Install(*Parts)
}

// Option varies an App.
type Option func(*Parts)

// With installs a defect.
func With(d Defect) Option { return func(p *Parts) { d.Install(p) } }

func standardParts(options Options) *Parts {
	domain := org.NewBehaviour(*options.Rules)
	domain.Rules.LoginOverwrites = slices.Clone(options.Rules.LoginOverwrites)
	policy, logout := saml.Standard(), saml.StandardLogout()
	return &Parts{
		Rules:   &domain.Rules,
		Events:  &domain.Events,
		Grammar: &domain.Grammar,
		SAML:    &policy,
		Logout:  &logout,
		SCIM:    scim.Standard(),
		Clock:   options.Clock,
		domain:  domain,
	}
}

func (p *Parts) wrapStore(s org.Store) org.Store {
	for _, wrap := range p.Store {
		s = wrap(s)
	}
	return s
}
