package probe

import (
	"context"
	"net/http"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/site"
	"rollcall.example/reference/web/wire"
)

// Connection is how the outside reaches an organization through one provider.
type Connection struct {
	Organization string           `json:"organization"`
	Slug         string           `json:"slug"`
	Provider     string           `json:"provider"`
	SCIM         SCIM             `json:"scim"`
	SAML         SAML             `json:"saml"`
	Doors        Doors            `json:"doors"`
	Teams        []ConnectionTeam `json:"teams"`
}

// SCIM is where the provider's SCIM API is. Token is empty while none is valid.
type SCIM struct {
	BaseURL string `json:"base_url"`
	Token   string `json:"token,omitempty"`
}

// SAML is the product as a service provider.
type SAML struct {
	Metadata string `json:"sp_metadata"`
	EntityID string `json:"entity_id"`
	ACS      string `json:"acs"`
	SignIn   string `json:"sign_in"`
	// SignedSignIn and ForceAuthn start a sign-in with that wish.
	SignedSignIn string  `json:"signed_sign_in"`
	ForceAuthn   string  `json:"force_authn"`
	SignOut      SignOut `json:"sign_out"`
	// Encrypted says that assertions have to be; the key for it is in the metadata.
	Encrypted bool `json:"wants_encrypted_assertions,omitempty"`
}

// SignOut is where a browser asks to be signed out, and how.
type SignOut struct {
	URL    string `json:"url"`
	Method string `json:"method"`
}

// Doors are addresses behind which somebody is in or not. Team has {team} in place
// of a team's id.
type Doors struct {
	Whoami   string `json:"whoami"`
	Admin    string `json:"admin"`
	Settings string `json:"settings"`
	Team     string `json:"team"`
}

// ConnectionTeam is a team, by the id that the teams attribute names.
type ConnectionTeam struct {
	ID          string       `json:"id"`
	Slug        string       `json:"slug"`
	Default     bool         `json:"default"`
	DefaultRole org.TeamRole `json:"default_role"`
}

// Connect describes an organization as it is now, through the provider or, with an
// empty id, through the first that it got.
func Connect(ctx context.Context, product *org.Service, at site.Site, organization, provider string) (Connection, error) {
	o, err := product.Organization(ctx, organization)
	if err != nil {
		return Connection{}, err
	}
	through, err := findProvider(ctx, product, organization, provider)
	if err != nil {
		return Connection{}, err
	}
	_, credentials, err := product.Connection(ctx, through.ID)
	if err != nil {
		return Connection{}, err
	}
	teams, err := product.Teams(ctx, organization)
	if err != nil {
		return Connection{}, err
	}
	return Connection{
		Organization: o.ID,
		Slug:         o.Slug,
		Provider:     through.ID,
		SCIM:         SCIM{at.SCIM(through.ID), current(through, credentials, product.Now(o))},
		SAML: SAML{
			Metadata: at.Metadata(through.ID),
			EntityID: at.EntityID(),
			ACS:      at.ACS(o.Slug),
			SignIn:   at.SignInThrough(o.Slug, through.ID),

			SignedSignIn: at.SignInThrough(o.Slug, through.ID) + "&signed=true",
			ForceAuthn:   at.SignInThrough(o.Slug, through.ID) + "&force_authn=true",
			SignOut:      SignOut{at.SignOut(), http.MethodPost},
			Encrypted:    through.DecryptionKey != "",
		},
		Doors: doors(at, o.Slug, through.ID),
		Teams: all(teams, connectionTeam),
	}, nil
}

func doors(at site.Site, slug, provider string) Doors {
	return Doors{
		Whoami:   at.Whoami(),
		Admin:    at.Audit(slug),
		Settings: at.Settings(slug, provider),
		Team:     at.Teams(slug) + "/{team}",
	}
}

func connectionTeam(t org.Team) ConnectionTeam {
	return ConnectionTeam{t.ID, t.Slug, t.Default, t.DefaultRole}
}

// connect answers with the connection to an organization as it is now.
func (p *Probe) connect(w http.ResponseWriter, r *http.Request, status int, organization, provider string) error {
	connection, err := Connect(r.Context(), p.org, p.site(r), organization, provider)
	if err == nil {
		wire.Write(w, status, connection)
	}
	return err
}

// findProvider finds a provider of the organization: the one named or, without a
// name, the first that it got.
func findProvider(ctx context.Context, product *org.Service, organization, id string) (org.Provider, error) {
	providers, err := product.Providers(ctx, organization)
	if err != nil {
		return org.Provider{}, err
	}
	var first *org.Provider
	for i, one := range providers {
		if id != "" && one.ID != id {
			continue
		}
		if first == nil || one.Created.Before(first.Created) {
			first = &providers[i]
		}
	}
	if first == nil {
		return org.Provider{}, &org.Error{Kind: org.NotFound, Message: "the organization has no such provider"}
	}
	return *first, nil
}

// current picks the token to use now: of those that are valid, the one that was
// issued last, since two are valid during an overlap. It is empty while the
// provider is not enabled.
func current(provider org.Provider, credentials []org.Credential, now time.Time) string {
	if provider.State != org.Enabled {
		return ""
	}
	var latest org.Credential
	for _, one := range credentials {
		expired := !one.Expires.IsZero() && !now.Before(one.Expires)
		if !expired && !one.Created.Before(latest.Created) {
			latest = one
		}
	}
	return latest.Token
}
