package simulator_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator"
	"rollcall.example/simulator/provision"
)

// rebels are a group with people in it who are all assigned and provisioned, as 1, 2, …
func (w world) rebels(t *testing.T, names ...string) (*simulator.Group, []*simulator.Person) {
	t.Helper()
	group := w.okta.NewGroup("Rebels")
	var people []*simulator.Person
	for _, name := range names {
		person := w.hire(name, "Rebel")
		ok(t)(w.app.Assign(t.Context(), person))
		people = append(people, person)
	}
	ok(t)(w.okta.AddToGroup(t.Context(), group, people...))
	w.took()
	return group, people
}

func TestPush(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t)
	group, people := w.rebels(t, "Han", "Leia")
	ok(t)(w.app.Push(t.Context(), group))
	w.expect(`GET /Groups displayName eq "Rebels"; POST /Groups; PATCH /Groups/g1`)
	mapping, found := w.app.Mapping(group)
	if !found || mapping.ExternalID != "g1" || mapping.Status != simulator.PushActive || !mapping.LastPush.Equal(noon) ||
		!slices.Equal(mapping.Members, []string{"1", "2"}) || mapping.Target != "Rebels" || !strings.HasPrefix(mapping.ID, "gPm") {
		t.Errorf("%+v", mapping)
	}
	w.shows("g1", "Rebels: 1 2")

	lando, chewie := w.hire("Lando", "Rebel"), w.hire("Chewie", "Rebel")
	ok(t)(w.app.Assign(t.Context(), lando))
	w.took()
	outcome := ok(t)(w.okta.AddToGroup(t.Context(), group, lando, chewie))
	w.expect("PATCH /Groups/g1; PATCH /Groups/g1")
	if len(outcome.Notes) != 1 || outcome.Notes[0] != "1 member of Rebels not provisioned in Acme CI: left out" {
		t.Errorf("notes %q", outcome.Notes)
	}
	w.shows("g1", "Rebels: 1 2 3")
	ok(t)(w.okta.RemoveFromGroup(t.Context(), group, people...))
	w.expect("PATCH /Groups/g1; PATCH /Groups/g1")
	w.shows("g1", "Rebels: 3")
	ok(t)(w.okta.RenameGroup(t.Context(), group, "Alliance"))
	w.expect("PATCH /Groups/g1")
	w.shows("g1", "Alliance: 3")
}

func (w world) shows(id, want string) {
	w.t.Helper()
	if got := w.team(id); got != want {
		w.t.Errorf("the product has %q, want %q", got, want)
	}
}

// Who is provisioned or unassigned later comes and goes with that.
func TestPushFollowsProvisioning(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t, func(s *simulator.AppSettings) { s.Dialect = provision.AIW })
	group, people := w.rebels(t, "Han")
	ok(t)(w.app.Push(t.Context(), group))
	leia := w.hire("Leia", "Organa")
	ok(t)(w.okta.AddToGroup(t.Context(), group, leia))
	w.took()
	ok(t)(w.app.Assign(t.Context(), leia))
	w.expect(`GET /Users userName eq "leia@acme.test"; POST /Users on; PUT /Groups/g1`)
	w.shows("g1", "Rebels: 1 2")
	ok(t)(w.okta.Deactivate(t.Context(), people[0]))
	w.shows("g1", "Rebels: 2")
}

func TestPushByHand(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t)
	group, people := w.rebels(t, "Han", "Leia")
	ok(t)(w.app.Push(t.Context(), group))
	ok(t)(w.app.DeactivatePush(t.Context(), group))
	ok(t)(w.okta.RemoveFromGroup(t.Context(), group, people[0]))
	w.shows("g1", "Rebels: 1 2")
	w.teams.byID["g1"].members = []string{"9"}
	ok(t)(w.app.ActivatePush(t.Context(), group))
	w.shows("g1", "Rebels: 2")
	w.teams.byID["g1"].members, w.teams.byID["g1"].name = nil, "Others"
	ok(t)(w.app.PushNow(t.Context(), group))
	w.shows("g1", "Rebels: 2")

	w.took()
	ok(t)(w.app.Unlink(t.Context(), group, false))
	w.expect("")
	if _, found := w.app.Mapping(group); found {
		t.Error("an unlinked group is still pushed")
	}
	ok(t)(w.app.Push(t.Context(), group))
	w.expect(`GET /Groups displayName eq "Rebels"; GET /Groups/g1; PATCH /Groups/g1; PATCH /Groups/g1`)
	ok(t)(w.app.Unlink(t.Context(), group, true))
	w.expect("DELETE /Groups/g1")
	w.shows("g1", "")
}

func TestLinkGroup(t *testing.T) {
	t.Parallel()
	for rename, want := range map[bool]string{true: "Rebels: 7 1", false: "Old friends: 7 1"} {
		w := newTeamWorld(t)
		group, _ := w.rebels(t, "Han")
		id := w.found("Old friends", "7")
		if _, _, err := w.app.Import(t.Context()); err != nil {
			t.Fatal(err)
		}
		ok(t)(w.app.LinkGroup(t.Context(), group, w.app.ImportedGroups()[0], rename))
		w.shows(id, want)
		leia := w.hire("Leia", "Organa")
		ok(t)(w.app.Assign(t.Context(), leia))
		ok(t)(w.okta.AddToGroup(t.Context(), group, leia))
		w.shows(id, want+" 2")
	}
}

func TestPushInError(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t)
	group, people := w.rebels(t, "Han", "Leia")
	ok(t)(w.app.Push(t.Context(), group))
	w.refuses(func(method, _ string) (int, string, http.Header) {
		if method == http.MethodPatch {
			return 404, "User not found.", nil
		}
		return 0, "", nil
	})
	const text = "Unable to update Group Push mapping target App group Rebels: " +
		"Error while updating user group Rebels: Not Found. Errors reported by remote server: User not found."
	outcome := ok(t)(w.okta.RemoveFromGroup(t.Context(), group, people[0]))
	mapping, _ := w.app.Mapping(group)
	if len(outcome.Tasks) != 1 || outcome.Tasks[0].Text != text || outcome.Tasks[0].Group != group ||
		mapping.Status != simulator.PushError || mapping.Error != text {
		t.Errorf("%+v, %+v", outcome.Tasks, mapping)
	}
	w.refuses(nil)
	w.took()
	ok(t)(w.okta.RemoveFromGroup(t.Context(), group, people[1]))
	w.expect("")
	w.okta.Clock().Advance(time.Hour)
	ok(t)(w.app.Retry(t.Context(), w.app.Tasks()[0]))
	w.expect("GET /Groups/g1; PATCH /Groups/g1; PATCH /Groups/g1")
	w.shows("g1", "Rebels: ")
	if mapping, _ := w.app.Mapping(group); mapping.Status != simulator.PushActive || mapping.Error != "" || !mapping.LastPush.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v", mapping)
	}
}

func TestAGroupThatCannotBeDeletedStaysPushed(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t)
	group, _ := w.rebels(t)
	ok(t)(w.app.Push(t.Context(), group))
	w.refuses(down)
	ok(t)(w.app.Unlink(t.Context(), group, true))
	if mapping, found := w.app.Mapping(group); !found || mapping.Status != simulator.PushError {
		t.Errorf("%+v", mapping)
	}
	w.refuses(nil)
	ok(t)(w.app.Retry(t.Context(), w.app.Tasks()[0]))
	if len(w.app.Mappings()) != 0 || w.team("g1") != "" {
		t.Error("the retry did not delete the group")
	}
}

func TestPushByRule(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t)
	rebels, _ := w.rebels(t, "Han")
	w.okta.NewGroup("Empire")
	rule := simulator.PushRule{Name: "all rebels", StartsWith: "reb"}
	ok(t)(w.app.PushByRule(t.Context(), rule))
	if mapping, found := w.app.Mapping(rebels); !found || mapping.Rule != "all rebels" || len(w.app.Mappings()) != 1 {
		t.Errorf("%+v", w.app.Mappings())
	}
	pilots := w.okta.NewGroup("Rebel pilots")
	ok(t)(w.okta.AddToGroup(t.Context(), pilots, rebels.Members()...))
	w.shows("g2", "Rebel pilots: 1")

	var refusal *simulator.Refusal
	if _, err := w.app.Unlink(t.Context(), pilots, true); !errors.As(err, &refusal) {
		t.Errorf("a group of a rule was unlinked: %v", err)
	}
	if _, err := w.app.PushByRule(t.Context(), rule); !errors.As(err, &refusal) {
		t.Errorf("there are two rules of one name: %v", err)
	}
	w.took()
	ok(t)(w.app.DeactivateRule(t.Context(), rule.Name))
	ok(t)(w.okta.RenameGroup(t.Context(), pilots, "Rebel aces"))
	w.expect("")
	ok(t)(w.app.ActivateRule(t.Context(), rule.Name))
	w.shows("g2", "Rebel aces: 1")
	ok(t)(w.app.DeleteRule(t.Context(), rule.Name, true))
	if len(w.app.Mappings()) != 0 || w.team("g1")+w.team("g2") != "" {
		t.Error("the groups of the rule were not deleted")
	}
	if _, err := w.app.DeleteRule(t.Context(), rule.Name, true); !errors.As(err, &refusal) {
		t.Errorf("a rule was deleted twice: %v", err)
	}
}

func TestPushIsAFeature(t *testing.T) {
	t.Parallel()
	w := newTeamWorld(t, func(s *simulator.AppSettings) { s.PushGroups = false })
	group, _ := w.rebels(t)
	var refusal *simulator.Refusal
	if _, err := w.app.Push(t.Context(), group); !errors.As(err, &refusal) {
		t.Errorf("error %v", err)
	}
	if _, err := w.app.PushNow(t.Context(), group); !errors.As(err, &refusal) {
		t.Errorf("error %v", err)
	}
	w.app.Configure(pushing)
	ok(t)(w.app.AssignGroup(t.Context(), group))
	if outcome := ok(t)(w.app.Push(t.Context(), group)); len(outcome.Notes) != 1 || !strings.Contains(outcome.Notes[0], "the two race") {
		t.Errorf("notes %q", outcome.Notes)
	}
	if _, err := w.app.Push(t.Context(), group); !errors.As(err, &refusal) {
		t.Errorf("a group was pushed twice: %v", err)
	}
}
