package verify

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"rollcall.example/suites/target"
)

// arranger is the probe where it claims the feature and there is somebody to arrange
// something for.
func (e *examiner) arranger(feature string) (target.Arranger, error) {
	if !e.claimed(feature) {
		return nil, unchecked("it does not claim " + feature)
	}
	arranger, ok := e.probe.(target.Arranger)
	if !ok {
		return nil, unchecked("it is no target.Arranger")
	}
	if !e.entered || e.account == "" {
		return nil, noEntry
	}
	return arranger, nil
}

// accountOf is the id of the one account that somebody has.
func (e *examiner) accountOf(who target.Identifiers) (string, error) {
	view, err := e.settled(who)
	switch {
	case err != nil:
		return "", err
	case len(view.Accounts) != 1:
		return "", noEntry
	}
	return view.Accounts[0].ID, nil
}

// shows looks until the person's one membership is as it should be.
func (e *examiner) shows(who target.Identifiers, should string, is func(target.Membership) bool) error {
	if !e.claimed(target.LookMemberships) {
		return unchecked("it does not claim look.memberships, so nobody can see it")
	}
	return e.until(who, func(v target.View) error {
		if len(v.Memberships) == 1 && is(v.Memberships[0]) {
			return nil
		}
		return fmt.Errorf("it did what it was asked to, and does not show %s%s", should, e.pace.Within())
	})
}

func (e *examiner) arrangesRole() error {
	arranger, err := e.arranger(target.ArrangeAdmin)
	if err != nil {
		return err
	}
	for _, role := range []string{"admin", "member"} {
		if err := e.role(arranger, e.account, namesOf(e.han), role, ""); err != nil {
			return err
		}
	}
	return nil
}

// role gives a role and looks whether it shows.
func (e *examiner) role(arranger target.Arranger, account string, who target.Identifiers, role, by string) error {
	if err := arranger.SetRole(e.ctx, e.org, account, role, by); err != nil {
		return err
	}
	e.pace.Acted()
	return e.shows(who, "the role "+role, func(m target.Membership) bool { return m.Role == role })
}

func (e *examiner) arrangesByMember() error {
	arranger, err := e.arranger(target.ArrangeByMember)
	if err != nil {
		return err
	}
	her, err := e.accountOf(namesOf(e.leia))
	if err != nil {
		return err
	}
	for _, step := range []struct {
		account string
		who     target.Identifiers
		role    string
		by      string
	}{
		{her, namesOf(e.leia), "admin", ""},
		{e.account, namesOf(e.han), "admin", her},
		{e.account, namesOf(e.han), "member", her},
		{her, namesOf(e.leia), "member", ""},
	} {
		if err := e.role(arranger, step.account, step.who, step.role, step.by); err != nil {
			return err
		}
	}
	return nil
}

func (e *examiner) arrangesTeam() error {
	arranger, err := e.arranger(target.ArrangeTeam)
	if err != nil {
		return err
	}
	team, err := arranger.NewTeam(e.ctx, e.org, target.Team{Slug: "rebels " + string(e.live.Tag()), DefaultRole: "member"})
	if err != nil {
		return err
	}
	e.pace.Acted()
	in := func(m target.Membership) bool {
		return slices.ContainsFunc(m.Teams, func(p target.TeamPlace) bool { return p.ID == team.ID })
	}
	if err := arranger.Join(e.ctx, e.org, e.account, team.ID, "member"); err != nil {
		return err
	}
	e.pace.Acted()
	if err := e.shows(namesOf(e.han), "them in the team", in); err != nil {
		return err
	}
	if err := arranger.Leave(e.ctx, e.org, e.account, team.ID); err != nil {
		return err
	}
	e.pace.Acted()
	return e.shows(namesOf(e.han), "them out of the team", func(m target.Membership) bool { return !in(m) })
}

func (e *examiner) arrangesToken() error {
	arranger, err := e.arranger(target.ArrangeToken)
	if err != nil {
		return err
	}
	if _, err := arranger.IssueToken(e.ctx, e.org, e.account, "probe check "+string(e.live.Tag())); err != nil {
		return err
	}
	e.pace.Acted()
	if !e.claimed(target.LookTokens) {
		return unchecked("it does not claim look.tokens, so nobody can see it")
	}
	return e.until(namesOf(e.han), func(v target.View) error {
		if len(v.LiveTokens()) == 0 {
			return fmt.Errorf("it issued an API token, and shows none%s", e.pace.Within())
		}
		return nil
	})
}

// refusesUnknown asks for things for an account that nobody has. The guard knows no
// such account either, so this goes past it.
func (e *examiner) refusesUnknown() error {
	arranger, ok := e.bare.Probe().(target.Arranger)
	if !ok || !slices.ContainsFunc([]string{target.ArrangeAdmin, target.ArrangeRemoval, target.ArrangeToken}, e.claimed) {
		return unchecked("it arranges nothing for anybody")
	}
	if e.live.Run.ReadOnly {
		return unchecked("the run only reads")
	}
	nobody := uuid.NewString()
	for _, deed := range []struct {
		feature, name string
		do            func() error
	}{
		{target.ArrangeAdmin, "a role", func() error { return arranger.SetRole(e.ctx, e.org, nobody, "member", "") }},
		{target.ArrangeRemoval, "a removal", func() error { return arranger.Remove(e.ctx, e.org, nobody) }},
		{target.ArrangeToken, "an API token", func() error {
			_, err := arranger.IssueToken(e.ctx, e.org, nobody, "probe check "+string(e.live.Tag()))
			return err
		}},
	} {
		if !e.claimed(deed.feature) {
			continue
		}
		err := deed.do()
		var broken *target.StatusError
		switch {
		case err == nil:
			return fmt.Errorf("asked for %s of an account that is not there, it says that it is done", deed.name)
		case errors.As(err, &broken) && broken.Status >= 500:
			return fmt.Errorf("asked for %s of an account that is not there, it breaks with %d; 404, 409 or 422 belongs there", deed.name, broken.Status)
		}
	}
	return nil
}

// arrangesRemoval removes the one who is still a member.
func (e *examiner) arrangesRemoval() error {
	arranger, err := e.arranger(target.ArrangeRemoval)
	if err != nil {
		return err
	}
	her, err := e.accountOf(namesOf(e.leia))
	if err != nil {
		return err
	}
	if err := arranger.Remove(e.ctx, e.org, her); err != nil {
		return err
	}
	e.pace.Acted()
	if !e.claimed(target.LookMemberships) {
		return unchecked("it does not claim look.memberships, so nobody can see it")
	}
	after, err := e.settled(namesOf(e.leia))
	if err == nil && len(after.Memberships) > 0 {
		return errors.New("it removed a member, and shows a membership")
	}
	return err
}

// founds makes an organization and turns what switches it claims.
func (e *examiner) founds() error {
	organizer, ok := e.probe.(target.Organizer)
	switch {
	case !e.claimed(target.OrgCreate):
		return unchecked("it does not claim " + target.OrgCreate)
	case !ok:
		return unchecked("it is no target.Organizer")
	case e.live.Run.ReadOnly:
		return unchecked("the run only reads")
	}
	identity, err := e.live.Connection().Okta.Beside("probe-check-"+string(e.live.Tag()), "other-tenant").Identity()
	if err != nil {
		return err
	}
	made, err := organizer.NewOrganization(e.ctx, target.NewOrganization{
		Name: "probe check " + string(e.live.Tag()), Plan: "enterprise", Flags: []string{}, Founder: true, Teams: []target.NewTeam{},
		Provider: target.NewProvider{Kind: "okta", State: "enabled", Metadata: string(identity.Metadata())},
	})
	if err != nil {
		return err
	}
	if made.Organization == "" || made.Organization == e.org || made.SCIM.BaseURL == "" && made.SAML.SignIn == "" {
		return errors.New("it founded an organization, and does not say what its id is and where it is reached")
	}
	e.pace.Acted()
	if err := e.foreign(made.Organization); err != nil {
		return err
	}
	for _, part := range e.switches(organizer, made) {
		if !e.claimed(part.feature) {
			continue
		}
		if err := part.turn(); err != nil {
			return fmt.Errorf("%s: %w", part.feature, err)
		}
	}
	return nil
}

// foreign looks for somebody of the one organization in the other.
func (e *examiner) foreign(other string) error {
	if e.leia == nil {
		return nil
	}
	view, err := e.probe.Look(e.ctx, other, namesOf(e.leia))
	if err != nil {
		return err
	}
	view.Accounts = nil // those are of no organization
	if err := somebody(view); err != nil {
		return fmt.Errorf("asked about a new organization, %w of another one's people", err)
	}
	return nil
}

// turning is one thing that can be done to an organization.
type turning struct {
	feature string
	turn    func() error
}

func (e *examiner) switches(o target.Organizer, made target.Connection) []turning {
	ctx, id := e.ctx, made.Organization
	return []turning{
		{target.OrgSeats, func() error {
			total, err := o.Seats(ctx, id)
			if err == nil && total.Open != total.Started-total.Released {
				return fmt.Errorf("%d seats are open, %d were started and %d released", total.Open, total.Started, total.Released)
			}
			return err
		}},
		{target.OrgPlan, func() error { return errors.Join(o.SetPlan(ctx, id, "pro"), o.SetPlan(ctx, id, "enterprise")) }},
		{target.OrgFlag, func() error {
			return errors.Join(o.SetFlags(ctx, id, "scim_for_custom_saml"), o.SetFlags(ctx, id))
		}},
		{target.OrgToken, func() error {
			token, err := o.RotateToken(ctx, id, 0, 0)
			if err == nil && token == made.SCIM.Token {
				return errors.New("the token is the same after it was rotated")
			}
			return err
		}},
		{target.OrgClock, func() error { return o.Advance(ctx, id, time.Hour) }},
		{target.OrgProvider, func() error { return o.SetProvider(ctx, id, "disabled") }},
		{target.OrgAudit, func() error {
			if err := e.pace.Settle(ctx); err != nil {
				return err
			}
			return inOrder(o.Audit(ctx, id, 0))
		}},
	}
}

// inOrder says what is wrong with a log.
func inOrder(log []target.Event, err error) error {
	last := int64(0)
	for _, event := range log {
		switch {
		case event.Seq <= last:
			return fmt.Errorf("row %d of the audit log comes after row %d", event.Seq, last)
		case event.Action == "" || event.At.IsZero():
			return fmt.Errorf("row %d of the audit log says not what happened, or not when", event.Seq)
		}
		last = event.Seq
	}
	return err
}
