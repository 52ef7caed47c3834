package org

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// callSteps decide whether a SCIM request comes in.
type callSteps struct{ rules *Rules }

// One message for every token that does not open this door, so that a stranger
// does not learn which part was right.
func badToken() error {
	return refuse(Unauthenticated, "the token is missing or not valid for this base URL")
}

func (callSteps) token(ctx context.Context, tx Tx, e *Call) error {
	if e.Token == "" {
		return badToken()
	}
	credential, err := tx.CredentialByToken(ctx, e.Token)
	if errors.Is(err, ErrNotFound) {
		return badToken()
	}
	e.Credential = credential
	return err
}

func (callSteps) binding(_ context.Context, _ Tx, e *Call) error {
	if e.Credential.Provider != e.ProviderID {
		return badToken()
	}
	return nil
}

func (callSteps) expiry(_ context.Context, _ Tx, e *Call) error {
	if !e.Credential.Expires.IsZero() && !e.Now.Before(e.Credential.Expires) {
		return refuse(Unauthenticated, "the token has expired")
	}
	return nil
}

func (callSteps) plan(_ context.Context, _ Tx, e *Call) error {
	if e.Organization.Plan != Enterprise {
		return refuse(Forbidden, "SCIM is part of the Enterprise plan only")
	}
	return nil
}

func (callSteps) flag(_ context.Context, _ Tx, e *Call) error {
	if e.Provider.Kind == CustomSAML && !e.Organization.HasFlag(FlagSCIMForCustomSAML) {
		return refuse(Forbidden, "SCIM for a custom SAML provider is not switched on for this organization")
	}
	return nil
}

func (s callSteps) providerState(_ context.Context, _ Tx, e *Call) error {
	leaving := s.rules.SCIMWhenProviderDisabled == "deactivate_only" && e.Provider.State == Disabled &&
		e.Deactivation != nil && e.Deactivation()
	if e.Provider.State != Enabled && !leaving {
		return refuse(Forbidden, "the SSO provider is not enabled")
	}
	return nil
}

// overwrites says whether a later sign-in may change what the attribute governs.
func (r *Rules) overwrites(attribute string) bool {
	return slices.Contains(r.LoginOverwrites, attribute)
}

// isBlank says whether there is nothing but space.
func isBlank(s string) bool { return strings.TrimSpace(s) == "" }
