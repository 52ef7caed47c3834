package spec

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rollcall.example/suites/target"
)

// errNobody is why an arrangement for somebody without an account fails.
var errNobody = errors.New("there is no one account to arrange something for")

// MakeAdmin makes the person an admin by hand, behind Okta's back.
func (p *Product) MakeAdmin(ctx context.Context, who *Person) { p.setRole(ctx, who, "admin") }

// UnmakeAdmin makes the person an ordinary member by hand, behind Okta's back.
func (p *Product) UnmakeAdmin(ctx context.Context, who *Person) { p.setRole(ctx, who, "member") }

// MakeAdminBy lets a member make the person an admin, in their own name.
func (p *Product) MakeAdminBy(ctx context.Context, by, who *Person) {
	p.arrange(ctx, by, func(hand string) error {
		p.arrange(ctx, who, func(account string) error {
			return p.arranger().SetRole(ctx, p.connection.Organization, account, "admin", hand)
		})
		return nil
	})
}

func (p *Product) setRole(ctx context.Context, who *Person, role string) {
	p.arrange(ctx, who, func(account string) error {
		return p.arranger().SetRole(ctx, p.connection.Organization, account, role, "")
	})
}

// NewTeam makes a team; its name is this spec's own.
func (p *Product) NewTeam(ctx context.Context, name string) target.Team {
	return p.NewTeamWith(ctx, target.Team{Slug: name, DefaultRole: "member"})
}

// NewTeamWith makes a team as described. A default team belongs in an
// organization of the spec's own.
func (p *Product) NewTeamWith(ctx context.Context, team target.Team) target.Team {
	team.Slug += " " + p.tag
	made, err := p.arranger().NewTeam(ctx, p.connection.Organization, team)
	broken(err, 1)
	p.pace.Acted()
	return made
}

// Join puts the person into a team by hand.
func (p *Product) Join(ctx context.Context, who *Person, team target.Team, role string) {
	p.arrange(ctx, who, func(account string) error {
		return p.arranger().Join(ctx, p.connection.Organization, account, team.ID, role)
	})
}

// Leave takes the person out of a team by hand.
func (p *Product) Leave(ctx context.Context, who *Person, team target.Team) {
	p.arrange(ctx, who, func(account string) error {
		return p.arranger().Leave(ctx, p.connection.Organization, account, team.ID)
	})
}

// Remove takes the person out of the organization by hand.
func (p *Product) Remove(ctx context.Context, who *Person) {
	p.arrange(ctx, who, func(account string) error {
		return p.arranger().Remove(ctx, p.connection.Organization, account)
	})
}

// IssueToken issues an API token of the person's.
func (p *Product) IssueToken(ctx context.Context, who *Person) Token {
	var secret string
	p.arrange(ctx, who, func(account string) (err error) {
		secret, err = p.arranger().IssueToken(ctx, p.connection.Organization, account, "ci "+p.tag)
		return err
	})
	p.journal.Secret(secret)
	return Token(secret)
}

// arrange does something for the person's one account. Somebody without one makes
// the spec untestable: the product did not let the story get this far.
func (p *Product) arrange(ctx context.Context, who *Person, deed func(account string) error) {
	view := p.once(ctx, who, func(v target.View) bool {
		return len(v.Accounts) == 1 && (v.Memberships == nil || len(v.Memberships) > 0)
	})
	accounts := view.Accounts
	if len(accounts) != 1 {
		conclude(EntryUntestable, fmt.Sprintf("%v: %s has %d", errNobody, who, len(accounts)), 2)
	}
	if view.Memberships != nil && len(view.Memberships) == 0 {
		conclude(EntryUntestable, fmt.Sprintf("there is nothing to arrange for %s, who is no member", who), 2)
	}
	err := deed(accounts[0].ID)
	p.pace.Acted()
	var refusal *target.Refusal
	if errors.As(err, &refusal) {
		conclude(EntryUntestable, refusal.Error(), 2)
	}
	broken(err, 2)
}

// Audit reads the organization's audit log after the given row. What the product
// declares to call otherwise (audit_events) is called as everybody does.
func (p *Product) Audit(ctx context.Context, after int64) []target.Event {
	p.settle(ctx)
	events, err := p.organizer().Audit(ctx, p.connection.Organization, after)
	broken(err, 1)
	return translated(events, p.live.Profile.Keys["audit_events"])
}

// translated calls the events by the names of the probe contract; own is what a profile
// holds for audit_events, from those names to the product's.
func translated(events []target.Event, own any) []target.Event {
	names, _ := own.(map[string]any)
	ours := make(map[string]string, len(names))
	for name, theirs := range names {
		ours[fmt.Sprint(theirs)] = name
	}
	for i, event := range events {
		if name, declared := ours[event.Action]; declared {
			events[i].Action = name
		}
	}
	return events
}

// AuditOf reads what the audit log says of the person, oldest first.
func (p *Product) AuditOf(ctx context.Context, who *Person) []target.Event {
	known := p.subjects(ctx, who)
	var about []target.Event
	for _, event := range p.Audit(ctx, 0) {
		if known[event.Subject] || known[event.SubjectName] {
			about = append(about, event)
		}
	}
	return about
}

// subjects are the names under which an audit log may speak of the person.
func (p *Product) subjects(ctx context.Context, who *Person) map[string]bool {
	view := p.Settled(ctx, who)
	known := map[string]bool{who.Email(): true}
	for _, r := range view.Records {
		known[r.ID] = true
	}
	for _, a := range view.Accounts {
		known[a.ID], known[a.Email] = true, true
	}
	for _, m := range view.Memberships {
		known[m.ID] = true
	}
	return known
}

// Seats counts the seats of the whole organization: only for one of the spec's own.
func (p *Product) Seats(ctx context.Context) target.SeatTotal {
	p.settle(ctx)
	total, err := p.organizer().Seats(ctx, p.connection.Organization)
	broken(err, 1)
	return total
}

// Advance moves time ahead, at the product and at Okta alike.
func (p *Product) Advance(ctx context.Context, okta *Okta, by time.Duration) {
	broken(p.organizer().Advance(ctx, p.connection.Organization, by), 1)
	p.pace.Acted()
	okta.tenant.Clock().Advance(by)
}

// SetPlan moves the organization to another plan.
func (p *Product) SetPlan(ctx context.Context, plan string) {
	broken(p.organizer().SetPlan(ctx, p.connection.Organization, plan), 1)
	p.pace.Acted()
}

// SetFlags sets which feature flags are on.
func (p *Product) SetFlags(ctx context.Context, flags ...string) {
	broken(p.organizer().SetFlags(ctx, p.connection.Organization, flags...), 1)
	p.pace.Acted()
}

// SetProvider enables or disables the provider and says whether the product did.
func (p *Product) SetProvider(ctx context.Context, state string) bool {
	err := p.organizer().SetProvider(ctx, p.connection.Organization, state)
	p.pace.Acted()
	var refusal *target.Refusal
	if errors.As(err, &refusal) {
		return false
	}
	broken(err, 1)
	return true
}

// RotateToken replaces the SCIM token, the old one working on for the overlap,
// and gives the new one to nobody yet.
func (p *Product) RotateToken(ctx context.Context, overlap, lifetime time.Duration) string {
	token, err := p.organizer().RotateToken(ctx, p.connection.Organization, overlap, lifetime)
	broken(err, 1)
	p.pace.Acted()
	p.journal.Secret(token)
	return token
}

// Connection reads where the organization is connected now.
func (p *Product) Connection(ctx context.Context) target.Connection {
	p.settle(ctx)
	found, err := p.organizer().Organization(ctx, p.connection.Organization)
	broken(err, 1)
	p.journal.Secret(found.SCIM.Token)
	return found
}
