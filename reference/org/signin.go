package org

import (
	"context"
	"errors"
	"time"
)

// RequestLifetime is how long a person may take at the identity provider.
const RequestLifetime = 10 * time.Minute

// OrganizationBySlug finds an organization by its name in URLs.
func (s *Service) OrganizationBySlug(ctx context.Context, slug string) (Organization, error) {
	var o Organization
	err := s.store.View(ctx, func(tx Tx) (err error) {
		o, err = organizationBySlug(ctx, tx, slug)
		return err
	})
	return o, err
}

func organizationBySlug(ctx context.Context, tx Tx, slug string) (Organization, error) {
	o, err := tx.OrganizationBySlug(ctx, slug)
	if errors.Is(err, ErrNotFound) {
		return o, refuse(NotFound, "there is no such organization")
	}
	return o, err
}

// Organization finds an organization by its id.
func (s *Service) Organization(ctx context.Context, id string) (Organization, error) {
	var o Organization
	err := s.store.View(ctx, func(tx Tx) (err error) {
		o, err = organization(ctx, tx, id)
		return err
	})
	return o, err
}

// Organizations lists all organizations.
func (s *Service) Organizations(ctx context.Context) ([]Organization, error) {
	var all []Organization
	err := s.store.View(ctx, func(tx Tx) (err error) {
		all, err = tx.Organizations(ctx)
		return err
	})
	return all, err
}

// Provider finds a provider by its id.
func (s *Service) Provider(ctx context.Context, id string) (Provider, error) {
	var p Provider
	err := s.store.View(ctx, func(tx Tx) (err error) {
		p, err = provider(ctx, tx, id)
		return err
	})
	return p, err
}

func provider(ctx context.Context, tx Tx, id string) (Provider, error) {
	p, err := tx.Provider(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return p, refuse(NotFound, "there is no such SSO provider")
	}
	return p, err
}

// Providers lists the SSO providers of an organization, in whatever state.
func (s *Service) Providers(ctx context.Context, organization string) ([]Provider, error) {
	var all []Provider
	err := s.store.View(ctx, func(tx Tx) (err error) {
		all, err = tx.Providers(ctx, organization)
		return err
	})
	return all, err
}

// Entrance is what a browser at the organization's door finds: the organization by
// its name in URLs, and its SSO providers, in whatever state.
func (s *Service) Entrance(ctx context.Context, slug string) (Organization, []Provider, error) {
	var o Organization
	var providers []Provider
	err := s.store.View(ctx, func(tx Tx) (err error) {
		if o, err = organizationBySlug(ctx, tx, slug); err != nil {
			return err
		}
		providers, err = tx.Providers(ctx, o.ID)
		return err
	})
	return o, providers, err
}

// BeginSignIn notes that an authentication request went out through a provider of
// the organization. Its answer is expected within [RequestLifetime].
func (s *Service) BeginSignIn(ctx context.Context, o Organization, providerID, requestID, relayState string) error {
	return s.store.Do(ctx, func(tx Tx) error {
		return tx.AddRequest(ctx, providerID, requestID, relayState, s.Now(o).Add(RequestLifetime))
	})
}
