package org

import (
	"context"
	"time"
)

// AddProvider adds an SSO provider to an organization. The credential is zero
// while the provider is not enabled: SCIM credentials exist only for a provider
// that may use them.
func (s *Service) AddProvider(ctx context.Context, actor, organizationID string, wanted NewProvider) (Provider, Credential, error) {
	var p Provider
	var c Credential
	err := s.inOrganization(ctx, organizationID, func(tx Tx, o Organization, now time.Time) (err error) {
		p, c, err = s.addProvider(ctx, tx, o, now, named(actor), wanted)
		return err
	})
	return p, c, err
}

func (s *Service) addProvider(ctx context.Context, tx Tx, o Organization, now time.Time, actor string, wanted NewProvider) (Provider, Credential, error) {
	p := Provider{
		ID: newID(), Organization: o.ID, Kind: wanted.Kind, State: wanted.State,
		IdPEntityID: wanted.IdPEntityID, IdPSSOURL: wanted.IdPSSOURL, IdPCerts: wanted.IdPCerts,
		IdPSSOPostURL: wanted.IdPSSOPostURL, IdPSLOURL: wanted.IdPSLOURL, IdPSLOPostURL: wanted.IdPSLOPostURL,
		SignsRequests: wanted.SignsRequests,
		Groups:        wanted.Groups || s.behaviour.Rules.SCIMGroups == "push",
		DecryptionKey: wanted.DecryptionKey, Created: now,
	}
	if p.State == "" {
		p.State = Created
	}
	p.Tested = p.State != Created
	if p.Kind != Okta && p.Kind != CustomSAML {
		return p, Credential{}, refuse(Invalid, "the provider's kind must be %q or %q", Okta, CustomSAML)
	}
	if p.State != Created && p.State != Enabled && p.State != Disabled {
		return p, Credential{}, refuse(Invalid, "the provider's state must be %q, %q or %q", Created, Enabled, Disabled)
	}
	if !wanted.ValidUntil.IsZero() && !now.Before(wanted.ValidUntil) {
		return p, Credential{}, refuse(Invalid, "the identity provider's metadata was good until %s; get it anew", wanted.ValidUntil.Format(time.RFC3339))
	}
	if err := tx.AddProvider(ctx, p); err != nil {
		return p, Credential{}, err
	}
	created := p.event(ProviderCreated, now, actor)
	created.After = string(p.State)
	if err := tx.Audit(ctx, created); err != nil || p.State != Enabled {
		return p, Credential{}, err
	}
	c, err := issueCredential(ctx, tx, p, now, 0)
	return p, c, err
}

// event starts an event about the provider itself.
func (p Provider) event(action Action, now time.Time, actor string) Event {
	return Event{
		Organization: p.Organization, At: now, Action: action, Actor: actorOf(actor), ActorName: actor,
		Provider: p.ID, Subject: p.ID, SubjectName: string(p.Kind), Cause: "set by " + actor,
	}
}

// issueCredential makes a SCIM token; a lifetime of zero means for ever.
func issueCredential(ctx context.Context, tx Tx, p Provider, now time.Time, lifetime time.Duration) (Credential, error) {
	c := Credential{ID: newID(), Provider: p.ID, Token: newSecret(), Created: now}
	if lifetime > 0 {
		c.Expires = now.Add(lifetime)
	}
	return c, tx.AddCredential(ctx, c)
}

// inProvider runs f in a writing transaction with the provider and its time.
func (s *Service) inProvider(ctx context.Context, id string, f func(tx Tx, p Provider, now time.Time) error) error {
	return s.store.Do(ctx, func(tx Tx) error {
		p, err := provider(ctx, tx, id)
		if err != nil {
			return err
		}
		o, err := organization(ctx, tx, p.Organization)
		if err != nil {
			return err
		}
		return f(tx, p, s.Now(o))
	})
}

// SetProviderState enables or disables a provider. Enabling asks for a test
// sign-in before (Immutable without one), unless forced, and issues a SCIM token
// where there is none. Disabling ends every session that came through the provider.
func (s *Service) SetProviderState(ctx context.Context, actor, providerID string, state ProviderState, force bool) error {
	if state != Enabled && state != Disabled {
		return refuse(Invalid, "a provider can be set to %q or %q", Enabled, Disabled)
	}
	actor = named(actor)
	return s.inProvider(ctx, providerID, func(tx Tx, p Provider, now time.Time) error {
		if p.State == state {
			return nil
		}
		if state == Enabled && !p.Tested && !force {
			return refuse(Immutable, "the provider needs a successful test sign-in before it can be enabled")
		}
		action := ProviderEnabled
		if state == Disabled {
			action = ProviderDisabled
		}
		e := p.event(action, now, actor)
		e.Before, e.After = string(p.State), string(state)
		p.State = state
		if err := tx.SaveProvider(ctx, p); err != nil {
			return err
		}
		if err := tx.Audit(ctx, e); err != nil {
			return err
		}
		if state == Disabled {
			return rescind(ctx, tx, p, now, actor)
		}
		return ensureCredential(ctx, tx, p, now)
	})
}

func ensureCredential(ctx context.Context, tx Tx, p Provider, now time.Time) error {
	credentials, err := tx.Credentials(ctx, p.ID)
	if err != nil || len(credentials) > 0 {
		return err
	}
	_, err = issueCredential(ctx, tx, p, now, 0)
	return err
}

// rescind ends every session that came through the provider.
func rescind(ctx context.Context, tx Tx, p Provider, now time.Time, actor string) error {
	sessions, err := tx.SessionsThrough(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, session := range sessions {
		account, err := tx.Account(ctx, session.Account)
		if err != nil {
			return err
		}
		const cause = "the SSO provider was disabled"
		if err := endSession(ctx, tx, session, now, cause); err != nil {
			return err
		}
		e := Event{At: now, Actor: actorOf(actor), ActorName: actor, Cause: cause}
		if err := tx.Audit(ctx, sessionEnded(session, account, e)); err != nil {
			return err
		}
	}
	return nil
}

// IdPConfig is what a provider must know of the identity provider.
type IdPConfig struct {
	EntityID string
	SSOURL   string
	Certs    [][]byte // DER; every one of them is trusted
	// The rest of where it takes messages, and how, is that of [Provider].
	SSOPostURL, SLOURL, SLOPostURL string
	SignsRequests                  bool
}

// ConfigureIdP says which identity provider stands behind the provider. An
// enabled one must be disabled first (Immutable). A change asks for a new test.
func (s *Service) ConfigureIdP(ctx context.Context, actor, providerID string, c IdPConfig) (Provider, error) {
	var p Provider
	err := s.inProvider(ctx, providerID, func(tx Tx, found Provider, now time.Time) error {
		p = found
		if p.State == Enabled {
			return refuse(Immutable, "disable the provider before changing it")
		}
		return configure(ctx, tx, &p, now, named(actor), c)
	})
	return p, err
}

// TrustIdP is [Service.ConfigureIdP] for the operator who wires up a provider
// from outside: it works in any state and asks for no new test.
func (s *Service) TrustIdP(ctx context.Context, providerID string, c IdPConfig) (Provider, error) {
	var p Provider
	err := s.inProvider(ctx, providerID, func(tx Tx, found Provider, now time.Time) error {
		p = found
		tested := p.Tested
		if err := configure(ctx, tx, &p, now, System, c); err != nil {
			return err
		}
		p.Tested = tested
		return tx.SaveProvider(ctx, p)
	})
	return p, err
}

func configure(ctx context.Context, tx Tx, p *Provider, now time.Time, actor string, c IdPConfig) error {
	e := p.event(ProviderUpdated, now, actor)
	e.Before, e.After = p.IdPEntityID, c.EntityID
	p.IdPEntityID, p.IdPSSOURL, p.IdPCerts = c.EntityID, c.SSOURL, c.Certs
	p.IdPSSOPostURL, p.IdPSLOURL, p.IdPSLOPostURL, p.SignsRequests = c.SSOPostURL, c.SLOURL, c.SLOPostURL, c.SignsRequests
	p.Tested = false
	if err := tx.SaveProvider(ctx, *p); err != nil {
		return err
	}
	return tx.Audit(ctx, e)
}

// RotateToken issues a new SCIM token; the old ones work for the overlap and not
// after, or not at all where the rules leave no overlap. A lifetime of zero makes a token that does not expire.
func (s *Service) RotateToken(ctx context.Context, actor, providerID string, overlap, lifetime time.Duration) (Credential, error) {
	var c Credential
	err := s.inProvider(ctx, providerID, func(tx Tx, p Provider, now time.Time) (err error) {
		if p.State != Enabled {
			return refuse(Immutable, "the SSO provider is not enabled, so it has no SCIM token")
		}
		if s.behaviour.Rules.TokenRotation == "replace" {
			overlap = 0
		}
		if err := retire(ctx, tx, p, now, overlap); err != nil {
			return err
		}
		if c, err = issueCredential(ctx, tx, p, now, lifetime); err != nil {
			return err
		}
		e := p.event(CredentialRotated, now, named(actor))
		e.After, e.Cause = c.ID, "rotated by "+named(actor)
		return tx.Audit(ctx, e)
	})
	return c, err
}

// retire ends the provider's SCIM tokens once the overlap has passed.
func retire(ctx context.Context, tx Tx, p Provider, now time.Time, overlap time.Duration) error {
	credentials, err := tx.Credentials(ctx, p.ID)
	if err != nil {
		return err
	}
	end := now.Add(overlap)
	for _, c := range credentials {
		switch expired := !c.Expires.IsZero() && !now.Before(c.Expires); {
		case expired || overlap <= 0:
			err = tx.DeleteCredential(ctx, c.ID)
		case c.Expires.IsZero() || end.Before(c.Expires):
			c.Expires = end
			err = tx.SaveCredential(ctx, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ExpireToken lets all SCIM tokens of the provider expire at once.
func (s *Service) ExpireToken(ctx context.Context, actor, providerID string) error {
	return s.inProvider(ctx, providerID, func(tx Tx, p Provider, now time.Time) error {
		credentials, err := tx.Credentials(ctx, p.ID)
		if err != nil {
			return err
		}
		changed := false
		for _, c := range credentials {
			if !c.Expires.IsZero() && !now.Before(c.Expires) {
				continue
			}
			c.Expires, changed = now, true
			if err := tx.SaveCredential(ctx, c); err != nil {
				return err
			}
		}
		if !changed {
			return nil
		}
		e := p.event(CredentialRotated, now, named(actor))
		e.Before, e.After, e.Cause = "valid", "expired", "expired by "+named(actor)
		return tx.Audit(ctx, e)
	})
}

// SCIMSettings are the provider's SCIM credentials, oldest first, for admins of
// its organization only (Forbidden for everybody else). There are none while the
// provider is not enabled.
func (s *Service) SCIMSettings(ctx context.Context, v Visitor, providerID string) (Provider, []Credential, error) {
	var p Provider
	var credentials []Credential
	err := s.store.View(ctx, func(tx Tx) (err error) {
		if p, err = provider(ctx, tx, providerID); err != nil {
			return err
		}
		if err := RequireAdmin(v, p.Organization); err != nil || p.State != Enabled {
			return err
		}
		credentials, err = tx.Credentials(ctx, p.ID)
		return err
	})
	if err != nil {
		return Provider{}, nil, err
	}
	return p, credentials, nil
}

// Connection is [Service.SCIMSettings] for the operator, who is nobody's member.
func (s *Service) Connection(ctx context.Context, providerID string) (Provider, []Credential, error) {
	var p Provider
	var credentials []Credential
	err := s.store.View(ctx, func(tx Tx) (err error) {
		if p, err = provider(ctx, tx, providerID); err != nil {
			return err
		}
		credentials, err = tx.Credentials(ctx, p.ID)
		return err
	})
	return p, credentials, err
}
