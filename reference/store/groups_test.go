package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

func group(name string) org.Group {
	return org.Group{ID: name, Organization: "acme", Provider: "okta", DisplayName: name,
		Role: org.TeamMember, Version: 1, Created: noon, Modified: noon}
}

func TestGroupsRoundTrip(t *testing.T) { onEach(t, testGroupsRoundTrip) }

func testGroupsRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	bare := group("bare")
	full := org.Group{ID: "full", Organization: "acme", Provider: "okta", DisplayName: " \"Größe\"; -- ", ExternalID: "00g1",
		Attributes: map[string]any{"urn:x": map[string]any{"description": "<&>", "list": []any{"a", true}}},
		Team:       "pilots", TeamMade: true, Role: org.TeamMaintainer, Version: 7, Created: noon, Modified: noon.Add(time.Microsecond)}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddGroup(ctx, full) },
			func() error { return tx.AddGroup(ctx, bare) },
		)
	})
	byID := func(provider, id string) func(context.Context, org.Tx) (org.Group, error) {
		return func(ctx context.Context, tx org.Tx) (org.Group, error) { return tx.Group(ctx, provider, id) }
	}
	same(t, s, "a bare group", bare, byID("okta", "bare"))
	same(t, s, "a full group", full, byID("okta", "full"))
	missing(t, s, "a group through another provider", byID("other", "full"))
	missing(t, s, "an id in another case", byID("okta", "FULL"))
	same(t, s, "all groups by name", []org.Group{full, bare}, func(ctx context.Context, tx org.Tx) ([]org.Group, error) {
		return tx.GroupsIn(ctx, "acme")
	})
	same(t, s, "no groups elsewhere", nil, func(ctx context.Context, tx org.Tx) ([]org.Group, error) {
		return tx.GroupsIn(ctx, "globex")
	})

	do(t, s, func(tx org.Tx) error { return tx.DeleteTeam(ctx, "pilots") })
	full.Team, full.TeamMade = "", false
	same(t, s, "a group whose team is gone", full, byID("okta", "full"))
	full.DisplayName, full.Attributes, full.Version = "New", nil, 8
	do(t, s, func(tx org.Tx) error { return tx.SaveGroup(ctx, full) })
	same(t, s, "a saved group", full, byID("okta", "full"))
	do(t, s, func(tx org.Tx) error { return tx.DeleteGroup(ctx, "full") })
	missing(t, s, "a deleted group", byID("okta", "full"))
}

func TestMembersRoundTrip(t *testing.T) { onEach(t, testMembersRoundTrip) }

func testMembersRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	han, leia := record("han"), record("leia")
	han.Account, han.DisplayName = "han", "Han Solo"
	leia.Account, leia.Active = "leia", false
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddRecord(ctx, leia) },
			func() error { return tx.AddRecord(ctx, han) },
			func() error { return tx.AddGroup(ctx, group("fleet")) },
			func() error { return tx.AddGroup(ctx, group("aces")) },
			func() error { return tx.PutMember(ctx, "fleet", org.GroupMember{ID: "leia"}) },
			func() error { return tx.PutMember(ctx, "fleet", org.GroupMember{ID: "han"}) },
			func() error { return tx.PutMember(ctx, "fleet", org.GroupMember{ID: "aces", Group: true}) },
			func() error { return tx.PutMember(ctx, "aces", org.GroupMember{ID: "han"}) },
		)
	})
	inHan, inLeia := org.GroupMember{ID: "han", Display: "Han Solo"}, org.GroupMember{ID: "leia", Display: "leia@acme.example"}
	inAces := org.GroupMember{ID: "aces", Group: true, Display: "aces"}
	members := func(ctx context.Context, tx org.Tx) ([]org.GroupMember, error) { return tx.GroupMembers(ctx, "fleet") }
	same(t, s, "people, then groups", []org.GroupMember{inHan, inLeia, inAces}, members)
	same(t, s, "who of them is in it", []string{"han", "aces"}, func(ctx context.Context, tx org.Tx) ([]string, error) {
		return tx.HeldAmong(ctx, "fleet", []string{"aces", "nobody", "han"})
	})
	same(t, s, "nobody of none", nil, func(ctx context.Context, tx org.Tx) ([]string, error) { return tx.HeldAmong(ctx, "fleet", nil) })
	same(t, s, "who may come in", []org.Nominee{
		{GroupMember: inAces, Name: "aces"}, {GroupMember: inLeia, Name: "leia@acme.example", Account: "leia"},
		{GroupMember: inHan, Name: "han@acme.example", Account: "han", Active: true},
	}, func(ctx context.Context, tx org.Tx) ([]org.Nominee, error) {
		return tx.Nominees(ctx, "okta", []string{"aces", "leia", "nobody", "han"})
	})
	same(t, s, "nobody of another provider", nil, func(ctx context.Context, tx org.Tx) ([]org.Nominee, error) {
		return tx.Nominees(ctx, "other", []string{"han", "aces"})
	})
	same(t, s, "who holds whom", map[string][]org.Group{"han": {group("aces"), group("fleet")}, "aces": {group("fleet")}},
		func(ctx context.Context, tx org.Tx) (map[string][]org.Group, error) {
			return tx.GroupsWith(ctx, []string{"han", "aces", "fleet"})
		})
	ofAccount := func(account string) func(context.Context, org.Tx) ([]org.Group, error) {
		return func(ctx context.Context, tx org.Tx) ([]org.Group, error) {
			return tx.GroupsOfAccount(ctx, "acme", account)
		}
	}
	same(t, s, "an account's groups", []org.Group{group("aces"), group("fleet")}, ofAccount("han"))
	same(t, s, "no groups of an inactive record's account", nil, ofAccount("leia"))

	same(t, s, "how many are in each", map[string]int{"fleet": 3, "aces": 1}, func(ctx context.Context, tx org.Tx) (map[string]int, error) {
		return tx.GroupSizes(ctx, "acme")
	})

	do(t, s, func(tx org.Tx) error {
		return errors.Join(tx.DropMember(ctx, "fleet", "han"), tx.DropMember(ctx, "fleet", "aces"))
	})
	same(t, s, "who is left", []org.GroupMember{inLeia}, members)
	do(t, s, func(tx org.Tx) error { return tx.DeleteOrganization(ctx, "acme") })
	same(t, s, "nobody of a dissolved organization", nil, members)
}

func TestGroupsAreHeldTogether(t *testing.T) { onEach(t, testGroupsAreHeldTogether) }

func testGroupsAreHeldTogether(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddRecord(ctx, record("han")) },
			func() error { return tx.AddGroup(ctx, group("fleet")) },
			func() error { return tx.AddGroup(ctx, group("aces")) },
			func() error { return tx.PutMember(ctx, "fleet", org.GroupMember{ID: "han"}) },
			func() error { return tx.PutMember(ctx, "fleet", org.GroupMember{ID: "aces", Group: true}) },
		)
	})
	elsewhere := group("elsewhere")
	elsewhere.Provider, elsewhere.DisplayName = "other", "FLEET"
	do(t, s, func(tx org.Tx) error { return tx.AddGroup(ctx, elsewhere) })
	for what, c := range map[string]struct {
		kind org.Kind // empty: an error of the database
		deed func(org.Tx) error
	}{
		"a name in another case": {org.Conflict, func(tx org.Tx) error {
			g := group("fleet2")
			g.DisplayName = " FLEET"
			return tx.AddGroup(ctx, g)
		}},
		"renamed to a name that is taken": {org.Conflict, func(tx org.Tx) error {
			g := group("aces")
			g.DisplayName = "Fleet"
			return tx.SaveGroup(ctx, g)
		}},
		"a member twice":            {org.Conflict, func(tx org.Tx) error { return tx.PutMember(ctx, "fleet", org.GroupMember{ID: "han"}) }},
		"a group in it twice":       {org.Conflict, func(tx org.Tx) error { return tx.PutMember(ctx, "fleet", org.GroupMember{ID: "aces", Group: true}) }},
		"a group of no provider":    {"", func(tx org.Tx) error { g := group("x"); g.Provider = "nowhere"; return tx.AddGroup(ctx, g) }},
		"a group of no team":        {"", func(tx org.Tx) error { g := group("x"); g.Team = "nowhere"; return tx.AddGroup(ctx, g) }},
		"a role":                    {"", func(tx org.Tx) error { g := group("x"); g.Role = "owner"; return tx.AddGroup(ctx, g) }},
		"a member of no group":      {"", func(tx org.Tx) error { return tx.PutMember(ctx, "nowhere", org.GroupMember{ID: "han"}) }},
		"a member who is nobody":    {"", func(tx org.Tx) error { return tx.PutMember(ctx, "fleet", org.GroupMember{ID: "nobody"}) }},
		"a person taken for one":    {"", func(tx org.Tx) error { return tx.PutMember(ctx, "fleet", org.GroupMember{ID: "han", Group: true}) }},
		"deleted while in a group":  {"", func(tx org.Tx) error { return tx.DeleteRecord(ctx, "han") }},
		"deleted with people in it": {"", func(tx org.Tx) error { return tx.DeleteGroup(ctx, "fleet") }},
		"saving what is not there":  {org.NotFound, func(tx org.Tx) error { return tx.SaveGroup(ctx, group("no")) }},
		"deleting it":               {org.NotFound, func(tx org.Tx) error { return tx.DeleteGroup(ctx, "no") }},
		"dropping nobody":           {org.NotFound, func(tx org.Tx) error { return tx.DropMember(ctx, "aces", "han") }},
		"saving no team":            {org.NotFound, func(tx org.Tx) error { return tx.SaveTeam(ctx, org.Team{ID: "no", DefaultRole: org.TeamMember}) }},
	} {
		if err := s.Do(ctx, c.deed); err == nil || org.KindOf(err) != c.kind {
			t.Errorf("%s: got %v, want a refusal of kind %q", what, err, c.kind)
		}
	}
}

func TestFindGroups(t *testing.T) { onEach(t, testFindGroups) }

func testFindGroups(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	do(t, s, func(tx org.Tx) error {
		for i := range 70 {
			g := group(fmt.Sprint("g", i))
			g.ExternalID = fmt.Sprint("00g", i%2)
			if err := tx.AddGroup(ctx, g); err != nil {
				return err
			}
		}
		return errors.Join(tx.AddRecord(ctx, record("han")),
			tx.PutMember(ctx, "g7", org.GroupMember{ID: "han"}), tx.PutMember(ctx, "g9", org.GroupMember{ID: "g7", Group: true}),
			tx.DeleteGroup(ctx, "g3"))
	})
	name, id, external, han, seven := "G7", "g9", "00g1", "han", "g7"
	for what, c := range map[string]struct {
		match         org.GroupMatch
		offset, limit int
		ids           []string
		total         int
	}{
		"the first":     {org.GroupMatch{}, 0, 3, []string{"g0", "g1", "g2"}, 69},
		"over a hole":   {org.GroupMatch{}, 2, 2, []string{"g2", "g4"}, 69},
		"far down":      {org.GroupMatch{}, 67, 5, []string{"g68", "g69"}, 69},
		"beyond":        {org.GroupMatch{}, 80, 5, nil, 69},
		"none at all":   {org.GroupMatch{}, 0, 0, nil, 69},
		"by name":       {org.GroupMatch{DisplayName: &name}, 0, 5, []string{"g7"}, 1},
		"by id":         {org.GroupMatch{ID: &id}, 0, 5, []string{"g9"}, 1},
		"by externalId": {org.GroupMatch{ExternalID: &external}, 1, 2, []string{"g5", "g7"}, 34},
		"by person":     {org.GroupMatch{Member: &han}, 0, 5, []string{"g7"}, 1},
		"by group":      {org.GroupMatch{Member: &seven, ID: &id}, 0, 5, []string{"g9"}, 1},
	} {
		do(t, s, func(tx org.Tx) error {
			page, total, err := tx.FindGroups(ctx, "okta", c.match, c.offset, c.limit)
			var ids []string
			for _, g := range page {
				ids = append(ids, g.ID)
			}
			if !reflect.DeepEqual(ids, c.ids) || total != c.total {
				t.Errorf("%s: found %v of %d, want %v of %d", what, ids, total, c.ids, c.total)
			}
			return err
		})
	}
}

// A group may have more people than one query asks for.
func TestManyMembers(t *testing.T) { onEach(t, testManyMembers) }

func testManyMembers(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	const many = 2345
	ids := make([]string, many)
	do(t, s, func(tx org.Tx) error {
		if err := tx.AddGroup(ctx, group("fleet")); err != nil {
			return err
		}
		for i := range ids {
			ids[i] = fmt.Sprint("p", i)
			if err := errors.Join(tx.AddRecord(ctx, record(ids[i])), tx.PutMember(ctx, "fleet", org.GroupMember{ID: ids[i]})); err != nil {
				return err
			}
		}
		held, err := tx.HeldAmong(ctx, "fleet", ids)
		nominees, err2 := tx.Nominees(ctx, "okta", ids)
		groups, err3 := tx.GroupsWith(ctx, ids)
		if len(held) != many || len(nominees) != many || len(groups) != many {
			t.Errorf("%d are held, %d may come in, %d have groups; want %d", len(held), len(nominees), len(groups), many)
		}
		return errors.Join(err, err2, err3)
	})
}
