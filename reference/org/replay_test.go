package org_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"rollcall.example/reference/org"
)

// replay rebuilds an organization from nothing but its audit log (H14).
type replay struct {
	records  map[string]map[string]any // by record id
	linked   map[string]string         // account by record id
	accounts map[string]map[string]any
	roles    map[string]string          // by account
	places   map[string]map[string]bool // "core/member" by account
	seats    map[string]string          // open: account by id
	sessions map[string]string          // not ended
	tokens   map[string]string          // not revoked
	groups   map[string]map[string]any  // by group id
	held     map[string]bool            // group id, member id
}

func replayed(t tester, log []org.Event) *replay {
	t.Helper()
	r := &replay{
		map[string]map[string]any{}, map[string]string{}, map[string]map[string]any{}, map[string]string{},
		map[string]map[string]bool{}, map[string]string{}, map[string]string{}, map[string]string{},
		map[string]map[string]any{}, map[string]bool{},
	}
	last := int64(0)
	for _, e := range log {
		if e.Seq <= last {
			t.Fatalf("event %d after %d", e.Seq, last)
		}
		last = e.Seq
		if e.Cause == "" || e.ActorName == "" || e.At.IsZero() {
			t.Fatalf("an event without who, when or why: %+v", e)
		}
		if err := r.apply(e); err != nil {
			t.Fatalf("event %d %s: %v", e.Seq, e.Action, err)
		}
	}
	return r
}

func (r *replay) apply(e org.Event) error {
	switch e.Action {
	case org.RecordCreated, org.AccountCreated, org.RecordUpdated, org.AccountUpdated, org.GroupCreated, org.GroupUpdated:
		return r.fields(e)
	case org.GroupDeleted:
		return take(r.groups, e.Subject)
	case org.GroupMemberCreated:
		return put(r.held, holding(e.After, e.Subject), true)
	case org.GroupMemberDeleted:
		return take(r.held, holding(e.Before, e.Subject))
	case org.RecordDeactivated, org.RecordReactivated:
		return r.flip(e)
	case org.RecordDeleted:
		return take(r.records, e.Subject)
	case org.RecordLinked:
		return put(r.linked, e.Subject, e.After)
	case org.MemberCreated:
		return put(r.roles, e.Subject, e.After)
	case org.MemberUpdated:
		if r.roles[e.Subject] != e.Before || e.Before == e.After {
			return fmt.Errorf("role is %q, the event says %q → %q", r.roles[e.Subject], e.Before, e.After)
		}
		r.roles[e.Subject] = e.After
		return nil
	case org.MemberDeleted:
		return take(r.roles, e.Subject)
	case org.TeamMemberCreated, org.TeamMemberUpdated, org.TeamMemberDeleted:
		return r.place(e)
	case org.SeatStarted:
		return put(r.seats, e.After, e.Subject)
	case org.SeatReleased:
		return take(r.seats, e.Before)
	case org.SessionStarted:
		return put(r.sessions, e.After, e.Subject)
	case org.SessionEnded:
		return take(r.sessions, e.Before)
	case org.TokenIssued:
		return put(r.tokens, e.After, e.Subject)
	case org.TokenRevoked:
		return take(r.tokens, e.Before)
	}
	return nil
}

// holding names a member of a group by what the log says of the group.
func holding(label, member string) string {
	group, _, _ := strings.Cut(label, " ")
	return group + " holds " + member
}

func put[V any](m map[string]V, key string, value V) error {
	if _, there := m[key]; there || key == "" {
		return fmt.Errorf("%q is there already", key)
	}
	m[key] = value
	return nil
}

func take[V any](m map[string]V, key string) error {
	if _, there := m[key]; !there {
		return fmt.Errorf("%q is not there", key)
	}
	delete(m, key)
	return nil
}

func (r *replay) fields(e org.Event) error {
	into := r.records
	switch e.Action {
	case org.AccountCreated, org.AccountUpdated:
		into = r.accounts
	case org.GroupCreated, org.GroupUpdated:
		into = r.groups
	}
	var before, after map[string]any
	if err := json.Unmarshal([]byte(e.After), &after); err != nil {
		return err
	}
	if e.Before == "" {
		return put(into, e.Subject, after)
	}
	if err := json.Unmarshal([]byte(e.Before), &before); err != nil {
		return err
	}
	for name, value := range before {
		if got := into[e.Subject][name]; fmt.Sprint(got) != fmt.Sprint(value) {
			return fmt.Errorf("%s is %v, the event says %v", name, got, value)
		}
	}
	maps.Copy(into[e.Subject], after)
	return nil
}

func (r *replay) flip(e org.Event) error {
	record, there := r.records[e.Subject]
	active := e.Action == org.RecordReactivated
	if !there || record["active"] == active {
		return fmt.Errorf("the record is %v", record)
	}
	record["active"] = active
	return nil
}

func (r *replay) place(e org.Event) error {
	places := r.places[e.Subject]
	if places == nil {
		places = map[string]bool{}
		r.places[e.Subject] = places
	}
	if e.Before != "" {
		if err := take(places, e.Before); err != nil {
			return err
		}
	}
	if e.After != "" {
		return put(places, e.After, true)
	}
	return nil
}

// spell lists what was rebuilt, one line for each thing, sorted.
func (r *replay) spell() string {
	var lines []string
	for id, f := range r.records {
		lines = append(lines, fmt.Sprintf("record %s %v %v active=%v → %s", id, f["userName"], f["givenName"], f["active"], r.linked[id]))
	}
	for account, role := range r.roles {
		lines = append(lines, fmt.Sprintf("member %s %v %q %s %v", account, r.accounts[account]["email"], r.accounts[account]["name"], role, slices.Sorted(maps.Keys(r.places[account]))))
	}
	for account, places := range r.places {
		if len(places) > 0 && r.roles[account] == "" {
			lines = append(lines, fmt.Sprintf("%s is in %v and no member", account, places))
		}
	}
	for id, f := range r.groups {
		lines = append(lines, fmt.Sprintf("group %s %v %v", id, f["displayName"], f["externalId"]))
	}
	lines = slices.AppendSeq(lines, maps.Keys(r.held))
	for name, all := range map[string]map[string]string{"seat": r.seats, "session": r.sessions, "token": r.tokens} {
		for id, account := range all {
			lines = append(lines, name+" "+id+" of "+account)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// spell lists what there is, in the same way.
func (w *world) spell() string {
	w.Helper()
	var lines []string
	records, err := w.svc.Records(w.ctx, w.org.ID)
	w.ok(err)
	for _, r := range records {
		lines = append(lines, fmt.Sprintf("record %s %v %v active=%v → %s", r.ID, r.UserName, r.GivenName, r.Active, r.Account))
	}
	members, err := w.svc.Members(w.ctx, w.org.ID)
	w.ok(err)
	for _, m := range members {
		var places []string
		for _, t := range m.Teams {
			places = append(places, t.Team.Slug+"/"+string(t.Role))
		}
		slices.Sort(places)
		lines = append(lines, fmt.Sprintf("member %s %v %q %s %v", m.Account.ID, m.Account.Email, m.Account.Name, m.Membership.Role, places))
		sessions, err := w.svc.Sessions(w.ctx, w.org.ID, m.Account.ID)
		w.ok(err)
		for _, s := range sessions {
			if s.Ended.IsZero() {
				lines = append(lines, "session "+s.ID+" of "+s.Account)
			}
		}
		tokens, err := w.svc.Tokens(w.ctx, w.org.ID, m.Account.ID)
		w.ok(err)
		for _, t := range tokens {
			if t.Live() {
				lines = append(lines, "token "+t.ID+" "+t.Name+" of "+t.Account)
			}
		}
	}
	for _, g := range w.groups() {
		lines = append(lines, fmt.Sprintf("group %s %v %v", g.ID, g.DisplayName, g.ExternalID))
		for _, m := range g.Members {
			lines = append(lines, holding(g.ID, m.ID))
		}
	}
	seats, err := w.svc.Seats(w.ctx, w.org.ID)
	w.ok(err)
	for _, s := range seats {
		if s.Ended.IsZero() {
			lines = append(lines, "seat "+s.ID+" of "+s.Account)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// told asks for the log to tell the whole story.
func (w *world) told() {
	w.Helper()
	if got, want := replayed(w, w.log()).spell(), w.spell(); got != want {
		w.Fatalf("the log tells\n%s\nand there is\n%s", got, want)
	}
}

func TestTheLogTellsTheWholeStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.told()
	r := w.assign(han)
	in := w.signIn(han, "name", "Han", "admin", "true", "teams", w.core.ID+","+w.ops.ID+"/member")
	w.told()
	_, _, err := w.svc.IssueToken(w.ctx, han, w.org.ID, in.Account.ID, "ci")
	w.ok(err)
	w.ok(w.rename(r.ID, "solo@rebels.test"))
	w.signIn("solo@rebels.test", "name", "Han “Solo” <&>", "teams", w.core.ID+"/maintainer,"+w.all.ID+"/maintainer")
	w.told()
	w.ok(w.svc.LeaveTeam(w.ctx, "", w.org.ID, w.core.ID, in.Account.ID))
	w.ok(w.svc.SignOut(w.ctx, in.Secret))
	w.told()
	w.ok(w.setActive(r.ID, false))
	w.told()
	w.ok(w.setActive(r.ID, true))
	w.signIn("solo@rebels.test")
	w.ok(w.svc.RemoveMember(w.ctx, "", w.org.ID, in.Account.ID))
	w.ok(w.svc.DeleteRecord(w.ctx, w.caller, r.ID))
	w.told()
	w.assign(han)
	w.signIn(han)
	w.told()
}
