package web

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/web/wire"
)

// provider finds the path's provider with its SCIM credentials. One of another
// organization is not there.
func (s *Server) provider(r *http.Request, v visit) (org.Provider, []org.Credential, error) {
	provider, credentials, err := s.org.SCIMSettings(r.Context(), v.Visitor, r.PathValue("provider"))
	if org.KindOf(err) == org.Forbidden {
		err = &org.Error{Kind: org.NotFound, Message: "there is no such SSO provider"}
	}
	if err != nil {
		return org.Provider{}, nil, err
	}
	return provider, valid(credentials, s.org.Now(v.Organization)), nil
}

// valid drops the credentials that have expired.
func valid(credentials []org.Credential, now time.Time) []org.Credential {
	var kept []org.Credential
	for _, one := range credentials {
		if one.Expires.IsZero() || now.Before(one.Expires) {
			kept = append(kept, one)
		}
	}
	return kept
}

func (s *Server) providersPage(w http.ResponseWriter, r *http.Request, v visit) error {
	providers, err := s.org.Providers(r.Context(), v.Organization.ID)
	if err != nil {
		return err
	}
	return s.show(w, "providers", v, "Single sign-on", providers)
}

// settingsBody is the body of the page "settings".
type settingsBody struct {
	Provider                        org.Provider
	BaseURL                         string
	Tokens                          []org.Credential
	Shown                           bool   // the tokens are shown, not masked
	WithoutTokens                   string // why there are none
	SignIn, ACS, EntityID, Metadata string
	Test                            string // where a test sign-in starts
	Certificates                    []certificate
}

// certificate is a certificate that the provider's assertions may be signed with.
type certificate struct {
	Subject     string
	Until       time.Time
	Fingerprint string
}

// settingsPage shows the provider's settings. The tokens are masked until they are
// asked for, so that they do not end up in everybody's screenshots.
func (s *Server) settingsPage(w http.ResponseWriter, r *http.Request, v visit) error {
	provider, credentials, err := s.provider(r, v)
	if err != nil {
		return err
	}
	at := s.site(r)
	body := settingsBody{
		Provider:      provider,
		BaseURL:       at.SCIM(provider.ID),
		Tokens:        credentials,
		Shown:         r.URL.Query().Get("show") == "token",
		WithoutTokens: s.withoutTokens(v.Organization, provider),
		SignIn:        at.SignIn(v.Organization.Slug),
		ACS:           at.ACS(v.Organization.Slug),
		EntityID:      at.EntityID(),
		Metadata:      at.Metadata(provider.ID),
		Test:          at.SignInThrough(v.Organization.Slug, provider.ID),
		Certificates:  certificates(provider),
	}
	return s.show(w, "settings", v, provider.Kind.Title()+" settings", body)
}

// withoutTokens says what keeps a provider from having SCIM credentials.
func (s *Server) withoutTokens(o org.Organization, provider org.Provider) string {
	switch {
	case provider.State != org.Enabled:
		return "There is a base URL and a token for SCIM once this provider is enabled."
	case o.Plan != org.Enterprise:
		return "Provisioning over SCIM belongs to the Enterprise plan."
	}
	return "All tokens have expired."
}

func certificates(provider org.Provider) []certificate {
	var all []certificate
	for _, der := range provider.IdPCerts {
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			continue
		}
		digest := sha256.Sum256(der)
		all = append(all, certificate{subject(parsed.Subject), parsed.NotAfter, hex.EncodeToString(digest[:])})
	}
	return all
}

// subject names whom a certificate is for, without the attributes that only tell
// where they sit.
func subject(name pkix.Name) string {
	return strings.Join(slices.DeleteFunc(
		append([]string{name.CommonName}, name.Organization...),
		func(part string) bool { return part == "" },
	), ", ")
}

func (s *Server) stateForm(w http.ResponseWriter, r *http.Request, v visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	provider, _, err := s.provider(r, v)
	if err != nil {
		return err
	}
	state := org.ProviderState(form.Get("state"))
	if err := s.org.SetProviderState(r.Context(), v.actor(), provider.ID, state, false); err != nil {
		return err
	}
	return s.backToSettings(w, r, provider, "")
}

func (s *Server) rotateForm(w http.ResponseWriter, r *http.Request, v visit) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	overlap, err := strconv.ParseUint(form.Get("overlap"), 10, 32)
	if err != nil {
		return unusable(http.StatusBadRequest, "overlap must be a number of seconds")
	}
	provider, _, err := s.provider(r, v)
	if err != nil {
		return err
	}
	if _, err := s.org.RotateToken(r.Context(), v.actor(), provider.ID, time.Duration(overlap)*time.Second, 0); err != nil {
		return err
	}
	return s.backToSettings(w, r, provider, "?show=token")
}

func (s *Server) expireForm(w http.ResponseWriter, r *http.Request, v visit) error {
	provider, _, err := s.provider(r, v)
	if err != nil {
		return err
	}
	if err := s.org.ExpireToken(r.Context(), v.actor(), provider.ID); err != nil {
		return err
	}
	return s.backToSettings(w, r, provider, "")
}

func (s *Server) backToSettings(w http.ResponseWriter, r *http.Request, provider org.Provider, query string) error {
	http.Redirect(w, r, "/settings/sso/"+provider.ID+query, http.StatusSeeOther)
	return nil
}

// providerBody is a provider's settings.
type providerBody struct {
	ID      string            `json:"id"`
	Kind    org.ProviderKind  `json:"kind"`
	State   org.ProviderState `json:"state"`
	Tested  bool              `json:"tested"`
	Issuer  string            `json:"idp_entity_id"`
	SSOURL  string            `json:"idp_sso_url"`
	BaseURL string            `json:"base_url"`
	Tokens  []providerToken   `json:"tokens"` // none while it is not enabled
}

// providerToken is a SCIM token that is valid now.
type providerToken struct {
	Token   string     `json:"token"`
	Created time.Time  `json:"created"`
	Expires *time.Time `json:"expires"`
}

// getProvider answers GET …/sso/{provider}.
func (s *Server) getProvider(w http.ResponseWriter, r *http.Request, v visit) error {
	provider, credentials, err := s.provider(r, v)
	if err != nil {
		return err
	}
	body := providerBody{
		ID: provider.ID, Kind: provider.Kind, State: provider.State, Tested: provider.Tested,
		Issuer: provider.IdPEntityID, SSOURL: provider.IdPSSOURL,
		BaseURL: s.site(r).SCIM(provider.ID), Tokens: []providerToken{},
	}
	for _, one := range credentials {
		body.Tokens = append(body.Tokens, tokenOfProvider(one))
	}
	wire.Write(w, http.StatusOK, body)
	return nil
}

func tokenOfProvider(c org.Credential) providerToken {
	return providerToken{c.Token, c.Created, ended(c.Expires)}
}

// patchProvider answers PATCH …/sso/{provider}: enable or disable it.
func (s *Server) patchProvider(w http.ResponseWriter, r *http.Request, v visit) error {
	var wanted struct {
		State org.ProviderState `json:"state"`
	}
	if err := wire.Read(w, r, &wanted); err != nil {
		return err
	}
	provider, _, err := s.provider(r, v)
	if err != nil {
		return err
	}
	if err := s.org.SetProviderState(r.Context(), v.actor(), provider.ID, wanted.State, false); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// postProviderToken answers POST …/sso/{provider}/token: a new SCIM token.
func (s *Server) postProviderToken(w http.ResponseWriter, r *http.Request, v visit) error {
	var wanted struct {
		Overlap  uint32 `json:"overlap_seconds"`
		Lifetime uint32 `json:"lifetime_seconds"` // 0: for ever
	}
	if err := wire.Read(w, r, &wanted); err != nil {
		return err
	}
	provider, _, err := s.provider(r, v)
	if err != nil {
		return err
	}
	overlap, lifetime := time.Duration(wanted.Overlap)*time.Second, time.Duration(wanted.Lifetime)*time.Second
	made, err := s.org.RotateToken(r.Context(), v.actor(), provider.ID, overlap, lifetime)
	if err != nil {
		return err
	}
	wire.Write(w, http.StatusCreated, tokenOfProvider(made))
	return nil
}
