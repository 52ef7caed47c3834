package simulator_test

import (
	"slices"
	"testing"

	"rollcall.example/simulator"
	"rollcall.example/simulator/idp"
)

func TestExpressions(t *testing.T) {
	t.Parallel()
	teams := simulator.TeamsByGroup{"Pilots": {"p/maintainer", "x"}, "Rebels": {"r", "x"}, "Empire": {"e"}}
	subject := simulator.Subject{
		User:   simulator.Profile{FirstName: "Łukasz", LastName: "O'Neil-周", Email: "l@acme.test", Login: "luk"},
		App:    simulator.AppProfile{"admin": "true"},
		Groups: []string{"Rebels", "Pilots"},
	}
	for _, test := range []struct {
		expression simulator.Expression
		want       []string
		text       string
	}{
		{simulator.User("email"), []string{"l@acme.test"}, "user.email"},
		{simulator.User("login"), []string{"luk"}, "user.login"},
		{simulator.User("displayName"), nil, "user.displayName"},
		{simulator.User("shoeSize"), nil, "user.shoeSize"},
		{simulator.AppUser("admin"), []string{"true"}, "appuser.admin"},
		{simulator.AppUser("teams"), nil, "appuser.teams"},
		{simulator.Text(""), []string{""}, `""`},
		{simulator.Join(simulator.User("firstName"), simulator.Text(" "), simulator.User("lastName")), []string{"Łukasz O'Neil-周"}, `user.firstName + " " + user.lastName`},
		{simulator.Join(simulator.User("displayName"), simulator.Text("!")), nil, `user.displayName + "!"`},
		{simulator.List(simulator.Text("a"), simulator.AppUser("teams"), simulator.Text("b")), []string{"a", "b"}, `{"a", appuser.teams, "b"}`},
		{simulator.FirstOf(simulator.AppUser("teams"), teams), []string{"p/maintainer,x,r"}, "appuser.teams ?: teams by group (Empire, Pilots, Rebels)"},
		{simulator.TeamsByGroup{"Empire": {"e"}}, nil, "teams by group (Empire)"},
	} {
		if got := test.expression.Values(subject); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.text, got, test.want)
		}
		if got := test.expression.String(); got != test.text {
			t.Errorf("%s is written %s", test.text, got)
		}
	}
}

func attribute(t *testing.T, claims idp.Claims, name string) []string {
	t.Helper()
	for _, attribute := range claims.Attributes {
		if attribute.Name == name {
			return attribute.Values
		}
	}
	t.Errorf("no attribute %s", name)
	return nil
}

func TestClaimsOfTheBuildkiteSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	han := w.hire("Han", "Solo")
	ok(t)(w.app.Assign(t.Context(), han, simulator.AppProfile{"admin": "true", "teams": ""}))
	claims := w.app.Claims(han)
	var names []string
	for _, attribute := range claims.Attributes {
		names = append(names, attribute.Name)
	}
	if !slices.Equal(names, []string{"name", "admin", "teams"}) {
		t.Errorf("attributes %v; e-mail is the NameID and no attribute", names)
	}
	if got := attribute(t, claims, "name"); !slices.Equal(got, []string{"Han Solo"}) {
		t.Errorf("name %q", got)
	}
	if got := attribute(t, claims, "admin"); !slices.Equal(got, []string{"true"}) {
		t.Errorf("admin %q", got)
	}
	if got := attribute(t, claims, "teams"); got != nil {
		t.Errorf("teams %q, want it not set", got)
	}
	if claims.Destination != w.url+"/acs" || claims.Recipient != claims.Destination || claims.Audience != "https://ci.test" || !claims.Now.Equal(noon) {
		t.Errorf("claims %+v", claims)
	}
	ok(t)(w.app.SetAppProfile(t.Context(), han, simulator.AppProfile{"admin": ""}))
	if got := attribute(t, w.app.Claims(han), "admin"); got != nil {
		t.Errorf("admin %q after it was taken away", got)
	}
	w.app.Configure(func(s *simulator.AppSettings) { s.SAML.Statements = []simulator.Statement{} })
	if got := w.app.Claims(han).Attributes; len(got) != 0 {
		t.Errorf("an empty list of statements gives %v", got)
	}
}

func TestGroupsBringProfilesAndTeams(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	han := w.hire("Han", "Solo")
	rebels, pilots := w.okta.NewGroup("Rebels"), w.okta.NewGroup("Pilots")
	ok(t)(w.okta.AddToGroup(t.Context(), rebels, han))
	ok(t)(w.okta.AddToGroup(t.Context(), pilots, han))
	ok(t)(w.app.AssignGroup(t.Context(), rebels, simulator.AppProfile{"admin": "false"}))
	ok(t)(w.app.AssignGroup(t.Context(), pilots, simulator.AppProfile{"admin": "true"}))
	if got := attribute(t, w.app.Claims(han), "admin"); !slices.Equal(got, []string{"false"}) {
		t.Errorf("admin %q; the group assigned first has the say", got)
	}
	w.app.MapTeams("Rebels", "one/maintainer", "two")
	w.app.MapTeams("Pilots", "three")
	if got := attribute(t, w.app.Claims(han), "teams"); !slices.Equal(got, []string{"three,one/maintainer,two"}) {
		t.Errorf("teams %q", got)
	}
	ok(t)(w.app.SetAppProfile(t.Context(), han, simulator.AppProfile{"teams": "own"}))
	if got := attribute(t, w.app.Claims(han), "teams"); !slices.Equal(got, []string{"own"}) {
		t.Errorf("teams %q; the person's own value goes first", got)
	}
	ok(t)(w.app.SetAppProfile(t.Context(), han, simulator.AppProfile{"teams": ""}))
	ok(t)(w.okta.RemoveFromGroup(t.Context(), pilots, han))
	w.app.MapTeams("Rebels")
	if got := attribute(t, w.app.Claims(han), "teams"); got != nil {
		t.Errorf("teams %q with no mapped group left", got)
	}
	if got := w.app.Teams(); len(got) != 1 || got["Pilots"] == nil {
		t.Errorf("mapping %v", got)
	}
}
