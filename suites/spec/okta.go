package spec

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/onsi/ginkgo/v2"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/journal"
	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// Person is somebody at the customer, as Okta knows them.
type Person = simulator.Person

// Group is a group at Okta.
type Group = simulator.Group

// Okta is the administrator's side of a story: a tenant with one app, which is
// the product. Every spec has a tenant, and people, of its own.
type Okta struct {
	*stage
	tenant *simulator.Tenant
	app    *simulator.App
	said   map[*Person]simulator.AppProfile // what Say set before the app was assigned
	hired  int
}

// hireOkta makes the tenant that the connection trusts and connects the app.
func (s *stage) hireOkta(okta *Okta) error {
	identity, err := s.connection.Okta.Identity()
	if err != nil {
		return err
	}
	tenant, err := simulator.New(simulator.Options{
		Subdomain: s.connection.Okta.Subdomain,
		Identity:  identity,
		Clock:     simulator.NewClock(nil),
		Journal:   s.journal,
		Transport: s.live.Transport(),

		PageTimeout: s.live.Timeout(),
	})
	if err != nil {
		return err
	}
	settings := s.settings()
	if settings.SAML.Encrypt, err = s.connection.SAML.Encryption(); err != nil {
		return err
	}
	*okta = Okta{stage: s, tenant: tenant, app: tenant.NewApp(settings), said: map[*Person]simulator.AppProfile{}}
	return nil
}

// settings is the app as the product's guide for administrators sets it up.
func (s *stage) settings() simulator.AppSettings {
	c := s.connection
	return simulator.AppSettings{
		Label:            c.Okta.App,
		SCIM:             s.live.Okta(c.SCIM),
		Integration:      c.SCIM.Usable(),
		CreateUsers:      true,
		UpdateAttributes: true,
		DeactivateUsers:  true,
		PushGroups:       true,
		Dialect:          provision.Dialect(s.dialect),
		UserNameFormat:   simulator.Email,
		SAML: simulator.SAML{
			ACS: c.SAML.ACS, Recipient: c.SAML.ACS, Destination: c.SAML.ACS, Audience: c.SAML.EntityID,
			NameIDFormat: idp.FormatEmailAddress,
			Statements:   s.statements(),
		},
	}
}

// statements are the attributes of the product's guide, and the address where the
// product declares that it does not take the NameID for one.
func (s *stage) statements() []simulator.Statement {
	statements := simulator.BuildkiteStatements()
	if s.live.Profile.States("missing_attribute.email", "reject") {
		statements = append(statements, simulator.Statement{Name: "email", Value: simulator.User("email")})
	}
	return statements
}

// Hire adds an active person to the tenant. The address is theirs alone, in this
// run and every other.
func (o *Okta) Hire(name string) *Person {
	first, last, _ := strings.Cut(name, " ")
	email := fmt.Sprintf("%s.%s@rollcall.test", addressed(name), o.tag)
	if o.hired++; o.hired > 1 {
		email = fmt.Sprintf("%s.%s.%d@rollcall.test", addressed(name), o.tag, o.hired)
	}
	o.live.Hired(o.connection, email)
	return o.tenant.Hire(simulator.Profile{FirstName: first, LastName: last, DisplayName: name, Email: email, Login: email})
}

// Namesake hires somebody else under the person's address, as where an address that
// became free is given out again.
func (o *Okta) Namesake(p *Person) *Person {
	profile := p.Profile()
	profile.FirstName, profile.DisplayName = "Another "+profile.FirstName, "Another "+profile.DisplayName
	return o.tenant.Hire(profile)
}

// addressed turns a name into the local part of an address: han.solo.
func addressed(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsUpper(r), unicode.IsLower(r), unicode.IsDigit(r):
			if r = unicode.ToLower(r); r < unicode.MaxASCII {
				return r
			}
			return 'x'
		}
		return '.'
	}, name), ".")
}

// Assign gives people the app: Okta looks for a record and creates or links one.
func (o *Okta) Assign(ctx context.Context, people ...*Person) {
	for _, p := range people {
		o.did(o.app.Assign(ctx, p, o.said[p]))
	}
}

// Admit gives people the app for sign-on only, as it was before anybody set up
// SCIM: no record is made, and Okta remembers none. Where the product declares to let
// nobody in that way, those who have no record are assigned like everybody else; what is
// about people without one asks for jit=on.
func (o *Okta) Admit(ctx context.Context, people ...*Person) {
	for _, p := range people {
		if o.lacksRecord(ctx, p) {
			o.Assign(ctx, p)
		} else {
			o.signOnOnly(ctx, p)
		}
	}
}

// lacksRecord says whether the person needs a record to come in, and has none.
func (o *Okta) lacksRecord(ctx context.Context, p *Person) bool {
	if jit, stated := o.live.Profile.Keys["jit"]; !stated || jit == "on" {
		return false
	}
	list, err := o.Find(ctx, p.Login()).List()
	return err == nil && len(list.Resources) == 0
}

// signOnOnly assigns the app while the integration is off.
func (o *Okta) signOnOnly(ctx context.Context, p *Person) {
	integration := o.app.Settings().Integration
	o.Configure(func(s *simulator.AppSettings) { s.Integration = false })
	o.Assign(ctx, p)
	o.Configure(func(s *simulator.AppSettings) { s.Integration = integration })
}

// Unassign takes the app away from people: Okta deactivates their records.
func (o *Okta) Unassign(ctx context.Context, people ...*Person) {
	for _, p := range people {
		o.did(o.app.Unassign(ctx, p))
	}
}

// Provision runs Provision User for somebody who is assigned already; it needs
// lifecycle management, which this switches on.
func (o *Okta) Provision(ctx context.Context, p *Person) {
	o.Configure(func(s *simulator.AppSettings) { s.LifecycleManagement = true })
	o.did(o.app.ProvisionUser(ctx, p))
}

// NewGroup makes a group. Its name is this spec's own.
func (o *Okta) NewGroup(name string) *Group { return o.tenant.NewGroup(name + " " + o.tag) }

// AssignGroup gives the app to everybody in the group, now and later.
func (o *Okta) AssignGroup(ctx context.Context, g *Group) { o.did(o.app.AssignGroup(ctx, g)) }

// UnassignGroup takes the app away from those who had it through the group.
func (o *Okta) UnassignGroup(ctx context.Context, g *Group) { o.did(o.app.UnassignGroup(ctx, g)) }

// Join puts people into a group.
func (o *Okta) Join(ctx context.Context, g *Group, people ...*Person) {
	o.did(o.tenant.AddToGroup(ctx, g, people...))
}

// Leave takes people out of a group.
func (o *Okta) Leave(ctx context.Context, g *Group, people ...*Person) {
	o.did(o.tenant.RemoveFromGroup(ctx, g, people...))
}

// Suspend suspends a person at Okta, which tells the product nothing.
func (o *Okta) Suspend(ctx context.Context, p *Person) { o.did(o.tenant.Suspend(ctx, p)) }

// Unsuspend lets a suspended person back in, which tells the product nothing.
func (o *Okta) Unsuspend(ctx context.Context, p *Person) { o.did(o.tenant.Unsuspend(ctx, p)) }

// Deactivate deactivates a person at Okta, which takes all their apps away.
func (o *Okta) Deactivate(ctx context.Context, p *Person) { o.did(o.tenant.Deactivate(ctx, p)) }

// Activate brings a deactivated person back; apps that came by group come back too.
func (o *Okta) Activate(ctx context.Context, p *Person) { o.did(o.tenant.Activate(ctx, p)) }

// Update changes a person's profile, which Okta pushes to the product.
func (o *Okta) Update(ctx context.Context, p *Person, change func(*simulator.Profile)) {
	o.did(o.tenant.Update(ctx, p, change))
}

// Rename changes the person's first and last name.
func (o *Okta) Rename(ctx context.Context, p *Person, first, last string) {
	o.Update(ctx, p, func(profile *simulator.Profile) {
		profile.FirstName, profile.LastName, profile.DisplayName = first, last, first+" "+last
	})
}

// ChangeEmail gives the person another address, which is their user name too.
func (o *Okta) ChangeEmail(ctx context.Context, p *Person, email string) {
	o.live.Hired(o.connection, email)
	o.Update(ctx, p, func(profile *simulator.Profile) { profile.Email, profile.Login = email, email })
}

// Say sets what the next assertions say of the person in an attribute, as admin
// or teams. The empty text leaves the attribute unset.
func (o *Okta) Say(ctx context.Context, p *Person, attribute, value string) {
	if _, assigned := o.app.Assignment(p); assigned {
		o.did(o.app.SetAppProfile(ctx, p, simulator.AppProfile{attribute: value}))
		return
	}
	if o.said[p] == nil {
		o.said[p] = simulator.AppProfile{}
	}
	o.said[p][attribute] = value
}

// Promote makes the person an admin as far as Okta is concerned.
func (o *Okta) Promote(ctx context.Context, p *Person) { o.Say(ctx, p, "admin", "true") }

// Demote makes the person no admin as far as Okta is concerned.
func (o *Okta) Demote(ctx context.Context, p *Person) { o.Say(ctx, p, "admin", "false") }

// PutInTeams makes Okta send exactly these teams for the person, each as the
// product's guide writes it: an id, or id/role.
func (o *Okta) PutInTeams(ctx context.Context, p *Person, entries ...string) {
	o.Say(ctx, p, "teams", strings.Join(entries, ","))
}

// Configure changes the app's settings.
func (o *Okta) Configure(change func(*simulator.AppSettings)) { o.app.Configure(change) }

// Attributes replaces the attribute statements of the app.
func (o *Okta) Attributes(statements ...simulator.Statement) {
	o.Configure(func(s *simulator.AppSettings) { s.SAML.Statements = statements })
}

// TestCredentials presses the button Test API Credentials and says what Okta
// tells the administrator; empty means that all is well.
func (o *Okta) TestCredentials(ctx context.Context) string {
	o.settle(ctx)
	outcome, err := o.app.TestCredentials(ctx)
	o.noted(outcome, err)
	if len(outcome.Tasks) == 0 {
		return ""
	}
	return outcome.Tasks[0].Text
}

// Tasks lists what the product refused, in Okta's words.
func (o *Okta) Tasks() []string {
	var texts []string
	for _, task := range o.app.Tasks() {
		texts = append(texts, task.Text)
	}
	return texts
}

// Requests lists the SCIM requests sent so far, as "PATCH /Users/…", oldest first.
func (o *Okta) Requests() []journal.Exchange {
	var sent []journal.Exchange
	for _, exchange := range o.journal.Exchanges() {
		if exchange.Actor == "scim" {
			sent = append(sent, exchange)
		}
	}
	return sent
}

// Call sends one SCIM request that Okta itself would not: the path is below the
// base URL, the body anything that JSON can say (nil for none).
func (o *Okta) Call(ctx context.Context, method, path string, body any) provision.Answer {
	return o.call(ctx, o.connection.SCIM, method, path, body)
}

// CallWith is Call with another token; the empty token sends none.
func (o *Okta) CallWith(ctx context.Context, token, method, path string, body any) provision.Answer {
	o.journal.Secret(token)
	return o.call(ctx, target.SCIM{BaseURL: o.connection.SCIM.BaseURL, Token: token}, method, path, body)
}

func (o *Okta) call(ctx context.Context, at target.SCIM, method, path string, body any) provision.Answer {
	if path == provision.UserPath("") {
		conclude(EntryUntestable, "the product showed the user without an id that is a text (RFC 7643 section 3.1), so that nothing has its address", 2)
	}
	client, err := o.client(at)
	broken(err, 2)
	reads := method == http.MethodGet || method == http.MethodHead
	if reads {
		o.settle(ctx)
	}
	answer, err := client.Do(ctx, method, path, nil, body)
	broken(err, 2)
	if !reads {
		o.pace.Acted()
	}
	return answer
}

// Connection is where the app is connected to.
func (o *Okta) Connection() target.Connection { return o.connection }

// Tag is part of every name that this spec makes.
func (o *Okta) Tag() string { return o.tag }

// did notes that something was done, with the tasks of its outcome.
func (o *Okta) did(outcome simulator.Outcome, err error) {
	o.noted(outcome, err)
	o.pace.Acted()
}

// noted notes the tasks of a verb's outcome and ends the spec where the wire broke.
func (o *Okta) noted(outcome simulator.Outcome, err error) {
	broken(err, 3)
	for _, task := range outcome.Tasks {
		ginkgo.AddReportEntry(EntryTask, hidden(task.Explained()), ginkgo.ReportEntryVisibilityFailureOrVerbose)
	}
}
