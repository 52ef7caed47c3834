package target

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/suites/target/strict"
)

// DefaultDeadline is how long a run may take where the target does not say.
const DefaultDeadline = time.Hour

// Target is a product under test.
type Target struct {
	Name        string           `json:"name"`
	Connections []Connection     `json:"connections"` // one tenant of the product each; the first is the one most specs use
	Probe       *ProbeConfig     `json:"probe,omitempty"`
	Profile     fixtures.Profile `json:"profile"`
	Dialects    []string         `json:"dialects"` // the Okta dialects to drive it in
	Features    []string         `json:"features"` // what it declares; the rest is unsupported
	// Discover says that it declares none, so that those of SCIM are learned from what
	// the product says of itself.
	Discover bool `json:"discover,omitempty"`
	// Lacks says of features that were not learned why not, by feature.
	Lacks       map[string]string `json:"lacks,omitempty"`
	Propagation time.Duration     `json:"propagation"`
	Network     Network           `json:"network,omitzero"`
	// Disposable says that the product is thrown away after the run, as the bundled
	// reference is: nothing has to be cleared away in it.
	Disposable bool `json:"disposable,omitempty"`
	// Unwitnessed says that nobody will read what went over the wire in a spec that did
	// not pass, as where only the verdicts count: then it is not kept.
	Unwitnessed bool `json:"unwitnessed,omitempty"`
	// Process is which of several processes of a run has this copy of the target;
	// what each makes is named so that they never meet.
	Process int `json:"process,omitempty"`
	// Run says which run this is; [Begin] fills it in.
	Run Run `json:"run,omitzero"`
}

// Connection is one tenant of the product: its two sides that Okta talks to, and
// the addresses where a person can see whether they are in.
type Connection struct {
	Organization string `json:"organization" yaml:"organization"` // the product's own id of the tenant, for the probe
	SCIM         SCIM   `json:"scim" yaml:"scim"`
	SAML         SAML   `json:"saml" yaml:"saml"`
	Doors        Doors  `json:"doors" yaml:"doors"`
	Teams        []Team `json:"teams,omitempty" yaml:"teams"`
	Okta         Okta   `json:"okta"`
}

// Okta is the identity provider that the tenant trusts, in terms from which the
// fake Okta makes exactly the same one again: nothing in it is secret but the
// key, which is known here by its name in package fixtures, or by the directory in
// which it is kept.
type Okta struct {
	Subdomain string    `json:"subdomain"`
	App       string    `json:"app"`
	Key       string    `json:"key,omitempty"`
	Created   time.Time `json:"created"`
	// Kept is the directory of an identity that `rollcall idp init` made, in place
	// of Key and Created; see [KeptOkta].
	Kept string `json:"kept,omitempty"`
	// BaseURL is where it answers, for real browsers; empty where it is only ever
	// met in process.
	BaseURL string `json:"base_url,omitempty"`
}

// SCIM is where and how to call the product's SCIM endpoint.
type SCIM struct {
	BaseURL string `json:"base_url" yaml:"base_url" read:"url,required"`
	Token   string `json:"token,omitempty" read:"secret"` // bearer token; empty where the product issues none
	Auth    *Auth  `json:"auth,omitempty" yaml:"auth"`    // other credentials, in place of a token
}

// Credentials are what requests are sent with: the token, or what stands in its place.
func (s SCIM) Credentials() Auth {
	if s.Auth != nil {
		return *s.Auth
	}
	return Auth{Bearer: s.Token}
}

// Usable says whether there is an endpoint to call and something to come in with.
func (s SCIM) Usable() bool { return s.BaseURL != "" && !s.Credentials().Empty() }

// SAML is the product as a service provider. EntityID and ACS may be left to the
// metadata; see [Target.Resolve].
type SAML struct {
	Metadata string `json:"sp_metadata" yaml:"sp_metadata" read:"place"` // address or file
	EntityID string `json:"entity_id" yaml:"entity_id"`                  // the audience; picks one entity where the metadata has several
	ACS      string `json:"acs" yaml:"acs" read:"url"`
	SignIn   string `json:"sign_in" yaml:"sign_in" read:"url"` // where a person starts; empty where sign-in cannot start at the product
	// SignedSignIn is where a sign-in starts whose request the product signs, and
	// ForceAuthn where one starts that asks Okta to see the person anew; empty where that
	// is SignIn, or nowhere.
	SignedSignIn string `json:"signed_sign_in,omitempty" yaml:"signed_sign_in" read:"url"`
	ForceAuthn   string `json:"force_authn,omitempty" yaml:"force_authn" read:"url"`
	// SLO is where the product takes logout messages; empty leaves it to the metadata.
	SLO string `json:"slo,omitempty" yaml:"slo" read:"url"`
	// SignOut is where a person signs out at the product.
	SignOut *SignOut `json:"sign_out,omitempty" yaml:"sign_out"`
	// IdPInitiated says that a sign-in may start at Okta.
	IdPInitiated bool `json:"idp_initiated,omitempty" yaml:"idp_initiated"`
	// SignedIn tells who is in; nil leaves it to the doors.
	SignedIn *SignedIn `json:"signed_in,omitempty" yaml:"signed_in"`
	// WhoAmI is short for a SignedIn that asks this address and finds the e-mail
	// address of whoever is in under body.email. Only a target file has it.
	WhoAmI string `json:"-" yaml:"whoami" read:"url"`
	// WantsEncryption says that the product takes encrypted assertions only. The key to
	// encrypt for stands in the metadata.
	WantsEncryption bool `json:"wants_encrypted_assertions,omitempty" yaml:"wants_encrypted_assertions"`
	// EncryptionCertificate is the certificate that assertions are encrypted for, DER in
	// base64; empty where they go plain. See [Target.Resolve] and [Live.Encrypted].
	EncryptionCertificate string `json:"encryption_certificate,omitempty"`
}

// SignOut is an address at which a browser that is signed in asks to be signed out.
type SignOut struct {
	URL    string `json:"url" yaml:"url" read:"url,required"`
	Method string `json:"method,omitempty" yaml:"method"` // GET, also where it is empty, or POST
}

// Offered says whether there is any way to sign in.
func (s SAML) Offered() bool { return s.SignIn != "" || s.IdPInitiated }

// Doors are addresses behind which a person is in or not. All answer 401 to a
// stranger. WhoAmI answers JSON with "email", "role" and "teams" to a member;
// Admin and Settings answer 403 to a member who is not an admin; Team (a template
// with {team}) answers 404 to a member who is not in the team.
type Doors struct {
	WhoAmI   string `json:"whoami,omitempty" yaml:"whoami" read:"url"`
	Admin    string `json:"admin,omitempty" yaml:"admin" read:"url"`
	Settings string `json:"settings,omitempty" yaml:"settings" read:"url"`
	Team     string `json:"team,omitempty" yaml:"team" read:"url"`
}

// Team is a team of the tenant, by the id that the teams attribute uses.
type Team struct {
	ID          string `json:"id" yaml:"id" read:"required"`
	Slug        string `json:"slug" yaml:"slug"`
	Default     bool   `json:"default" yaml:"default"`
	DefaultRole string `json:"default_role" yaml:"default_role"`
}

// Has says whether the target declares the feature, or what it says of its sign-in
// amounts to it, and its profile does not deny it.
func (t Target) Has(feature string) bool {
	return (slices.Contains(t.Features, feature) || t.follows(feature)) && t.Denied(feature) == ""
}

// Denied is what the profile says by which the product cannot have the feature, as "the
// profile acme says unsolicited: refuse"; empty where it says no such thing.
func (t Target) Denied(feature string) string {
	if feature == SAMLIdPInitiated && t.Profile.States("unsolicited", "refuse") {
		return "the profile " + t.Profile.Name + " says unsolicited: refuse"
	}
	return ""
}

// Connection returns the tenant that specs use unless they ask for another.
func (t Target) Connection() Connection {
	if len(t.Connections) == 0 {
		return Connection{}
	}
	return t.Connections[0]
}

// Secrets lists every secret that the target holds, so that a journal can blank
// them wherever they turn up.
func (t Target) Secrets() []string {
	return strict.Secrets(t)
}

// Redacted returns the target without its secrets and without the path of its ledger, for
// whoever shows it to others.
func (t Target) Redacted() Target {
	t.Connections = slices.Clone(t.Connections)
	for i := range t.Connections {
		t.Connections[i].SCIM.Token, t.Connections[i].SCIM.Auth = "", nil
	}
	if t.Probe != nil {
		probe := t.Probe.Redacted()
		t.Probe = &probe
	}
	t.Network.ClientCertificate = nil
	t.Run.Ledger = "" // a place on the machine of whoever ran it
	return t
}

// Check says what is wrong with the target before anything is started.
func (t Target) Check() error {
	if len(t.Connections) == 0 {
		return fmt.Errorf("target: no connection: name a SCIM base URL or a sign-in URL")
	}
	if err := inTime(t.Propagation, t.Network.Deadline); err != nil {
		return fmt.Errorf("target: %w", err)
	}
	for _, c := range t.Connections {
		if c.SCIM.BaseURL == "" && !c.SAML.Offered() {
			return fmt.Errorf("target: a connection has neither a SCIM base URL nor a sign-in URL")
		}
		doors := []string{c.Doors.WhoAmI, c.Doors.Admin, c.Doors.Settings, c.Doors.Team}
		for _, address := range append(doors, c.SCIM.BaseURL, c.SAML.SignIn, c.SAML.ACS, c.SAML.SLO, c.SAML.SignedSignIn, c.SAML.ForceAuthn) {
			if err := checkAddress(address); err != nil {
				return err
			}
		}
		if err := c.checkSAML(); err != nil {
			return err
		}
	}
	if t.Probe == nil {
		return nil
	}
	return t.Probe.Check()
}

// inTime says what is wrong with a bound on what shows late: a spec about what does not
// happen waits that long, and the run has to live to see it.
func inTime(propagation, deadline time.Duration) error {
	if limit := cmp.Or(deadline, DefaultDeadline); propagation >= limit {
		return fmt.Errorf("what happens shows within %s, and a run ends after %s: nothing could be said not to show (propagation, network.deadline)", propagation, limit)
	}
	return nil
}

func checkAddress(address string) error {
	if address == "" || strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://") {
		return nil
	}
	return fmt.Errorf("target: %q is not an http or https address", address)
}
