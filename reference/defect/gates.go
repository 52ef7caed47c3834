package defect

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Transactions that get one thing about organizations, providers and tokens wrong.

// onClosedGate does something when an organization leaves Enterprise or gives up a flag.
func onClosedGate(p *reference.Parts, do func(context.Context, org.Tx, org.Organization) error) {
	throughTx(p, func(tx org.Tx) org.Tx { return closingTx{tx, do} })
}

type closingTx struct {
	org.Tx
	closed func(context.Context, org.Tx, org.Organization) error
}

func (t closingTx) SaveOrganization(ctx context.Context, o org.Organization) error {
	was, err := t.Organization(ctx, o.ID)
	if was.Plan != o.Plan && o.Plan != org.Enterprise || len(was.Flags) > len(o.Flags) {
		err = errors.Join(err, t.closed(ctx, t.Tx, o))
	}
	return errors.Join(err, t.Tx.SaveOrganization(ctx, o))
}

// rashTx enables every provider when it is created.
type rashTx struct{ org.Tx }

func (t rashTx) AddProvider(ctx context.Context, p org.Provider) error {
	if p.State != org.Created {
		return t.Tx.AddProvider(ctx, p)
	}
	p.State = org.Enabled
	token := org.Credential{ID: uuid.NewString(), Provider: p.ID, Token: uuid.NewString(), Created: p.Created}
	return errors.Join(t.Tx.AddProvider(ctx, p), t.AddCredential(ctx, token))
}

// trustingTx takes every provider for tested.
type trustingTx struct{ org.Tx }

func (t trustingTx) AddProvider(ctx context.Context, p org.Provider) error {
	p.Tested = true
	return t.Tx.AddProvider(ctx, p)
}

// tokenlessTx pretends that a provider without a token has one.
type tokenlessTx struct{ org.Tx }

func (t tokenlessTx) Credentials(ctx context.Context, provider string) ([]org.Credential, error) {
	all, err := t.Tx.Credentials(ctx, provider)
	if len(all) == 0 {
		all = []org.Credential{{Provider: provider}}
	}
	return all, err
}

// openTx shows disabled providers as enabled wherever they are listed.
type openTx struct{ org.Tx }

func (t openTx) Providers(ctx context.Context, organization string) ([]org.Provider, error) {
	all, err := t.Tx.Providers(ctx, organization)
	for i := range all {
		if all[i].State == org.Disabled {
			all[i].State = org.Enabled
		}
	}
	return all, err
}

// lenientTx finds no session that came through a provider.
type lenientTx struct{ org.Tx }

func (lenientTx) SessionsThrough(context.Context, string) ([]org.Session, error) { return nil, nil }

// harshTx takes those out who came through a provider when it is disabled.
type harshTx struct{ org.Tx }

func (t harshTx) SessionsThrough(ctx context.Context, provider string) ([]org.Session, error) {
	sessions, err := t.Tx.SessionsThrough(ctx, provider)
	for _, s := range sessions {
		if m, found := t.Membership(ctx, s.Organization, s.Account); found == nil {
			_ = t.DeleteMembership(ctx, m.ID)
		}
	}
	return sessions, err
}

// hoardingTx keeps SCIM tokens as they are for ever.
type hoardingTx struct{ org.Tx }

func (hoardingTx) SaveCredential(context.Context, org.Credential) error { return nil }
func (hoardingTx) DeleteCredential(context.Context, string) error       { return nil }

// abruptTx drops a SCIM token that is given an end.
type abruptTx struct{ org.Tx }

func (t abruptTx) SaveCredential(ctx context.Context, c org.Credential) error {
	return t.DeleteCredential(ctx, c.ID)
}

// onRotation does something about a SCIM token that follows another one.
func onRotation(p *reference.Parts, do func(context.Context, org.Tx, *org.Credential) error) {
	throughTx(p, func(tx org.Tx) org.Tx { return rotatingTx{tx, do} })
}

type rotatingTx struct {
	org.Tx
	rotated func(context.Context, org.Tx, *org.Credential) error
}

func (t rotatingTx) AddCredential(ctx context.Context, c org.Credential) error {
	before, err := t.Credentials(ctx, c.Provider)
	if len(before) > 0 {
		err = errors.Join(err, t.rotated(ctx, t.Tx, &c))
	}
	return errors.Join(err, t.Tx.AddCredential(ctx, c))
}
