package simulator_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rollcall.example/simulator"
)

// has puts a user into the product behind Okta's back.
func (p *product) has(userName string, active bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := fmt.Sprint(len(p.order) + 1)
	p.order = append(p.order, id)
	p.users[id] = map[string]any{
		"id": id, "userName": userName, "active": active, "name": map[string]any{"givenName": "Mon", "familyName": "Mothma"},
		"emails": []any{map[string]any{"value": "other@acme.test"}, map[string]any{"value": userName, "primary": true}},
	}
}

func (p *product) loses(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.users, id)
}

func imports(t *testing.T, w world) simulator.Import {
	t.Helper()
	report, _, err := w.app.Import(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestImport(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t, func(s *simulator.AppSettings) { s.Import.ConfirmMatches, s.Import.ConfirmNew = true, true })
	w.has("MON@acme.test", true)
	w.has("gone@acme.test", false)
	w.has("leia@acme.test", true)
	w.found("Council", "1")
	leia := w.hire("Leia", "Organa")

	report := imports(t, w)
	w.expect("GET /Users; GET /Users; GET /Groups; GET /Groups")
	const want = "3 users scanned!\n  2 new users imported\n  0 existing users updated\n  0 existing users unchanged\n  0 users removed\n\n" +
		"1 group scanned!\n  1 new group imported\n  0 existing groups updated\n  0 existing groups unchanged\n  0 groups removed"
	if report.String() != want || report.Skipped != 1 {
		t.Errorf("%s, skipped %d", report, report.Skipped)
	}
	if assignment, found := w.app.Assignment(leia); !found || assignment.ExternalID != "3" || assignment.Status != "PROVISIONED" {
		t.Errorf("%+v", assignment)
	}
	users := w.app.ImportedUsers()
	if len(users) != 2 || users[0].Person == nil || users[0].Person.Name() != "Mon Mothma" || users[0].Person.Email() != "MON@acme.test" || users[1].Person != leia {
		t.Errorf("%+v", users)
	}
	if groups := w.app.ImportedGroups(); len(groups) != 1 || groups[0].Name != "Council" || !slices.Equal(groups[0].Members, []string{"1"}) {
		t.Errorf("%+v", groups)
	}

	w.users["3"]["name"] = map[string]any{"givenName": "Leia", "familyName": "Solo"}
	if got := imports(t, w); got.Users != (simulator.ImportCount{Scanned: 3, Updated: 1, Unchanged: 1}) || got.Groups != (simulator.ImportCount{Scanned: 1, Unchanged: 1}) {
		t.Errorf("%+v", got)
	}
}

// What nobody has confirmed comes to nothing.
func TestImportWaitsForConfirmation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.has("leia@acme.test", true)
	leia := w.hire("Leia", "Organa")
	if report := imports(t, w); report.Users.New != 1 || strings.Contains(report.String(), "group") {
		t.Errorf("%s", report)
	}
	if _, found := w.app.Assignment(leia); found || len(w.okta.People()) != 1 {
		t.Error("somebody was assigned or hired")
	}
}

func TestImportSafeguard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 10 {
		ok(t)(w.app.Assign(t.Context(), w.hire(fmt.Sprintf("P%d", n), "Rebel")))
	}
	w.loses("1")
	w.loses("2")
	w.took()
	if report := imports(t, w); report.Users.Removed != 2 || report.Stopped != "" {
		t.Errorf("%+v", report)
	}
	w.expect("GET /Users; GET /Users")
	if _, found := w.app.Assignment(w.okta.People()[0]); found {
		t.Error("somebody whom the product lost is assigned")
	}
	w.loses("3")
	w.loses("4")
	if report := imports(t, w); report.Users.Removed != 0 || !strings.Contains(report.Stopped, "2 of the 8") || !strings.Contains(report.Stopped, "20 %") {
		t.Errorf("%+v", report)
	}
	w.app.Configure(func(s *simulator.AppSettings) { s.Import.Safeguard = 25 })
	if report := imports(t, w); report.Users.Removed != 2 {
		t.Errorf("%+v", report)
	}
}

func TestProfileSourcing(t *testing.T) {
	t.Parallel()
	for how, want := range map[simulator.Sourcing]simulator.Status{
		simulator.LeaveAlone: simulator.Active, simulator.SuspendToo: simulator.Suspended, simulator.DeactivateToo: simulator.Deprovisioned,
	} {
		w := newWorld(t, func(s *simulator.AppSettings) { s.Import.Inactive = how })
		han := w.hire("Han", "Solo")
		ok(t)(w.app.Assign(t.Context(), han))
		w.users["1"]["active"] = false
		if imports(t, w); han.Status() != want {
			t.Errorf("%v: %s, want %s", how, han.Status(), want)
		}
	}
}

func TestImportRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ok(t)(w.app.Assign(t.Context(), w.hire("Han", "Solo")))
	w.refuses(func(string, string) (int, string, http.Header) { return 500, "broken", nil })
	report, outcome, err := w.app.Import(t.Context())
	if err != nil || len(outcome.Tasks) != 1 || report.Users.Removed != 0 || len(w.app.Tasks()) != 0 {
		t.Errorf("%+v, %+v, %v", report, outcome, err)
	}
	const want = "Import from app Acme CI failed: Error while downloading Users: Internal Server Error. Errors reported by remote server: broken"
	if got := outcome.Tasks[0].Text; got != want {
		t.Errorf("got %s", got)
	}
	w.app.Configure(func(s *simulator.AppSettings) { s.Integration = false })
	w.took()
	imports(t, w)
	w.expect("")
}
