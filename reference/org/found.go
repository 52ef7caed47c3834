package org

import (
	"context"
	"errors"
	"slices"
	"time"
)

// NewOrganization is an organization to found.
type NewOrganization struct {
	Name     string
	Slug     string // empty: made from the name
	Plan     Plan   // empty: Enterprise
	Flags    []string
	Founder  string // address of the first admin; empty: nobody yet
	Teams    []NewTeam
	Provider NewProvider // with an empty Kind no provider is made
}

// NewProvider is an SSO provider to add.
type NewProvider struct {
	Kind        ProviderKind
	State       ProviderState // empty: Created
	IdPEntityID string
	IdPSSOURL   string
	IdPCerts    [][]byte // DER
	Groups      bool     // SCIM may push groups, whatever the rules have
	// DecryptionKey is what assertions have to be encrypted for, PEM; empty: they come plain.
	DecryptionKey string
	// The rest of where it takes messages, and how, is that of [Provider].
	IdPSSOPostURL, IdPSLOURL, IdPSLOPostURL string
	SignsRequests                           bool
	// ValidUntil is until when this description is good; zero is for ever. One that was
	// good until now, or earlier, makes no provider.
	ValidUntil time.Time
}

// Founded is what came of founding an organization.
type Founded struct {
	Organization  Organization
	Provider      Provider   // zero when none was asked for
	Credential    Credential // zero while the provider is not enabled
	Teams         []Team     // in the order asked for
	Founder       Account    // zero without a founder, as are the next two
	Session       Session
	SessionSecret string
}

// Found makes an organization with all that it starts with, in one transaction.
// The founder is an admin with a seat and a session that came without single
// sign-on, so the organization can be administered whatever the provider does.
func (s *Service) Found(ctx context.Context, wanted NewOrganization) (Founded, error) {
	var f Founded
	err := s.store.Do(ctx, func(tx Tx) (err error) {
		f = Founded{}
		now := s.clock()
		if f.Organization, err = addOrganization(ctx, tx, now, wanted); err != nil {
			return err
		}
		for _, team := range wanted.Teams {
			made, err := createTeam(ctx, tx, f.Organization, now, System, team)
			if err != nil {
				return err
			}
			f.Teams = append(f.Teams, made)
		}
		if wanted.Founder != "" {
			if err := f.enrolFounder(ctx, tx, now, wanted.Founder); err != nil {
				return err
			}
		}
		if wanted.Provider.Kind == "" {
			return nil
		}
		f.Provider, f.Credential, err = s.addProvider(ctx, tx, f.Organization, now, System, wanted.Provider)
		return err
	})
	if err != nil {
		return Founded{}, err
	}
	return f, nil
}

func addOrganization(ctx context.Context, tx Tx, now time.Time, wanted NewOrganization) (Organization, error) {
	o := Organization{
		ID: newID(), Slug: wanted.Slug, Name: wanted.Name, Plan: wanted.Plan,
		Flags: slices.Sorted(slices.Values(wanted.Flags)), Created: now,
	}
	if isBlank(o.Name) {
		return o, refuse(Invalid, "an organization needs a name")
	}
	if o.Slug == "" {
		o.Slug = slug(o.Name)
	}
	if o.Slug != slug(o.Slug) || o.Slug == "" {
		return o, refuse(Invalid, "the slug must consist of lower-case letters, digits and hyphens")
	}
	if o.Plan == "" {
		o.Plan = Enterprise
	}
	if err := validPlan(o.Plan); err != nil {
		return o, err
	}
	if _, err := tx.OrganizationBySlug(ctx, o.Slug); !errors.Is(err, ErrNotFound) {
		if err == nil {
			err = refuse(Conflict, "there is an organization %q already", o.Slug)
		}
		return o, err
	}
	if err := tx.AddOrganization(ctx, o); err != nil {
		return o, err
	}
	return o, tx.Audit(ctx, Event{
		Organization: o.ID, At: now, Action: OrganizationCreated, Actor: BySystem, ActorName: System,
		Subject: o.ID, SubjectName: o.Slug, After: "plan " + string(o.Plan), Cause: "founded",
	})
}

// enrolFounder makes the first admin.
func (f *Founded) enrolFounder(ctx context.Context, tx Tx, now time.Time, address string) error {
	if !IsAddress(address) {
		return refuse(Invalid, "the founder must be given by an e-mail address")
	}
	j := joining{Organization: f.Organization, Now: now}
	j.Event = func(action Action) Event {
		return Event{
			Organization: f.Organization.ID, At: now, Action: action, Actor: BySystem, ActorName: System,
			Subject: j.Account.ID, SubjectName: j.Account.Email, Cause: "founded the organization",
		}
	}
	if err := j.account(ctx, tx, address); err != nil {
		return err
	}
	f.Founder = j.Account
	if _, err := j.membership(ctx, tx, Admin); err != nil {
		return err
	}
	if err := j.seat(ctx, tx, "founded the organization"); err != nil {
		return err
	}
	if err := j.defaultTeams(ctx, tx); err != nil {
		return err
	}
	f.Session = Session{
		ID: newID(), Organization: f.Organization.ID, Account: f.Founder.ID,
		Started: now, Expires: now.Add(SessionLifetime),
	}
	f.SessionSecret = newSecret()
	if err := tx.AddSession(ctx, f.Session, f.SessionSecret); err != nil {
		return err
	}
	j.say(SessionStarted, f.Session.ID)
	return writeAll(ctx, tx, j.Events)
}

// account takes the account of this address, which it makes where there is none.
func (j *joining) account(ctx context.Context, tx Tx, address string) error {
	known, err := tx.AccountByEmail(ctx, address)
	if !errors.Is(err, ErrNotFound) {
		j.Account = known
		return err
	}
	j.Account = Account{ID: newID(), Email: address, Created: j.Now}
	if err := tx.AddAccount(ctx, j.Account); err != nil {
		return err
	}
	j.say(AccountCreated, spell(accountFields(j.Account)))
	return nil
}
