package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"rollcall.example/simulator/journal"
	"rollcall.example/simulator/provision"
)

// The rows of the admin page.
type (
	personRow struct {
		ID, Name, Email, Initials string
		Status                    Status
		CanSignIn, CanStart       bool
		Groups                    []*Group
		OtherGroups               []*Group
	}
	groupRow struct {
		ID, Name string
		Members  []personRow
	}
	appRow struct {
		ID, Label, Name, Link, ACS, BaseURL string
		Dialect                             provision.Dialect
		Boxes                               []box
		LifecycleManagement                 bool
		Groups                              []appGroupRow
		OtherGroups                         []*Group
		Users                               []appUserRow
		PushGroups                          bool
		Pushed                              []Mapping
		NotPushed                           []*Group
		Tasks                               []*Task
	}
	box struct {
		Name string
		On   bool
	}
	appGroupRow struct{ ID, Name, Teams string }
	appUserRow  struct {
		Person     personRow
		Assigned   bool
		Assignment Assignment
		Admin      bool
		Teams      string
	}
	exchangeRow struct {
		Seq           int
		At            string
		Actor, Method string
		URL           string
		Status        int
		Good          bool
	}
)

// overview is the admin page.
func (c *console) overview(w http.ResponseWriter, r *http.Request) {
	notice, _ := c.notices.get(r.URL.Query().Get("notice"))
	data := struct {
		Org, SignedIn, Now string
		Notice             []string
		People             []personRow
		Groups             []groupRow
		Apps               []appRow
		Exchanges          []exchangeRow
		MetadataURL        string
	}{
		Org: c.tenant.Subdomain(), Now: c.tenant.clock.Now().UTC().Format(time.RFC1123), Notice: notice,
		People: c.people(), Groups: c.groups(), Exchanges: c.exchanges(), MetadataURL: c.tenant.options.Identity.MetadataURL,
	}
	if open, ok := c.session(r); ok {
		data.SignedIn = open.person.Name()
	}
	for _, app := range c.tenant.Apps() {
		data.Apps = append(data.Apps, c.app(app))
	}
	c.render(w, http.StatusOK, "overview.html", data)
}

func (c *console) people() []personRow {
	var rows []personRow
	for _, person := range c.tenant.People() {
		rows = append(rows, c.person(person))
	}
	return rows
}

func (c *console) person(person *Person) personRow {
	profile, status := person.Profile(), person.Status()
	row := personRow{
		ID: person.ID, Name: orElse(profile.Name(), profile.Email), Email: profile.Email, Initials: initials(profile),
		Status: status, CanSignIn: status == Active, CanStart: status == Staged || status == Deprovisioned,
	}
	c.tenant.mu.Lock()
	row.Groups = c.tenant.groupsOf(person)
	c.tenant.mu.Unlock()
	row.OtherGroups = without(c.tenant.Groups(), row.Groups)
	return row
}

func initials(profile Profile) string {
	var letters strings.Builder
	for _, part := range []string{profile.FirstName, profile.LastName} {
		for _, first := range part {
			letters.WriteRune(first)
			break
		}
	}
	return letters.String()
}

func (c *console) groups() []groupRow {
	var rows []groupRow
	for _, group := range c.tenant.Groups() {
		row := groupRow{ID: group.ID, Name: group.Name()}
		for _, member := range group.Members() {
			row.Members = append(row.Members, c.person(member))
		}
		rows = append(rows, row)
	}
	return rows
}

func (c *console) app(app *App) appRow {
	settings, teams := app.Settings(), app.Teams()
	row := appRow{
		ID: app.ID, Label: settings.Label, Name: app.Identity().App, Link: app.Link,
		ACS: settings.SAML.ACS, BaseURL: settings.SCIM.BaseURL, Dialect: settings.Dialect,
		LifecycleManagement: settings.LifecycleManagement, Tasks: app.Tasks(),
		Boxes: []box{
			{"API integration", settings.Integration}, {"Create users", settings.CreateUsers},
			{"Update attributes", settings.UpdateAttributes}, {"Deactivate users", settings.DeactivateUsers},
			{"Push groups", settings.PushGroups}, {"Lifecycle management", settings.LifecycleManagement},
		},
	}
	if row.Dialect == "" {
		row.Dialect = provision.OIN
	}
	row.PushGroups, row.Pushed = settings.PushGroups, app.Mappings()
	row.NotPushed = slices.DeleteFunc(c.tenant.Groups(), func(group *Group) bool {
		_, pushed := app.Mapping(group)
		return pushed
	})
	assigned := app.Assigned()
	for _, group := range assigned {
		row.Groups = append(row.Groups, appGroupRow{group.ID, group.Name(), strings.Join(teams[group.Name()], ", ")})
	}
	row.OtherGroups = without(c.tenant.Groups(), assigned)
	for _, person := range c.tenant.People() {
		user := appUserRow{Person: c.person(person)}
		user.Assignment, user.Assigned = app.Assignment(person)
		user.Admin = user.Assignment.Profile["admin"] == "true"
		row.Users = append(row.Users, user)
	}
	return row
}

func without(groups, taken []*Group) []*Group {
	return slices.DeleteFunc(slices.Clone(groups), func(group *Group) bool { return slices.Contains(taken, group) })
}

// exchanges are the last few, the newest first.
func (c *console) exchanges() []exchangeRow {
	const shown = 15
	recorded := c.tenant.journal.Since(max(0, c.tenant.journal.Last()-shown))
	slices.Reverse(recorded)
	var rows []exchangeRow
	for _, exchange := range recorded {
		rows = append(rows, exchangeRowOf(exchange))
	}
	return rows
}

func exchangeRowOf(e journal.Exchange) exchangeRow {
	return exchangeRow{
		Seq: e.Seq, At: e.At.UTC().Format("15:04:05.000"), Actor: e.Actor, Method: e.Request.Method,
		URL: e.Request.URL, Status: e.Status, Good: e.Status > 0 && e.Status < 400,
	}
}
