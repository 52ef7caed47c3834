package store_test

import (
	"errors"
	"strings"
	"testing"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

func TestUniquenessIsAConflict(t *testing.T) { onEach(t, testUniquenessIsAConflict) }

func testUniquenessIsAConflict(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	member := org.Membership{ID: "m", Organization: "acme", Account: "han", Role: org.Member, Created: noon}
	seat := org.Seat{ID: "s", Organization: "acme", Account: "han", Started: noon}
	session := org.Session{ID: "s", Organization: "acme", Account: "han", Started: noon, Expires: noon}
	token := org.Token{ID: "t", Organization: "acme", Account: "han", Created: noon}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddRecord(ctx, record("han")) },
			func() error { return tx.AddRecord(ctx, record("leia")) },
			func() error { return tx.LinkNameID(ctx, "okta", "Han", "han") },
			func() error { return tx.AddMembership(ctx, member) },
			func() error { return tx.AddSeat(ctx, seat) },
			func() error { return tx.AddSession(ctx, session, "secret") },
			func() error { return tx.AddToken(ctx, token, "secret") },
			func() error { return tx.AddCredential(ctx, org.Credential{ID: "c", Provider: "okta", Token: "secret"}) },
			func() error { return tx.AddRequest(ctx, "okta", "_r", "", noon) },
		)
	})
	for name, test := range map[string]struct {
		deed    func(org.Tx) error
		message string
	}{
		"a user name in another case": {func(tx org.Tx) error {
			r := record("HAN")
			r.UserName = " HAN@Acme.Example"
			return tx.AddRecord(ctx, r)
		}, "user name"},
		"renamed to a user name that is taken": {func(tx org.Tx) error {
			r := record("leia")
			r.UserName = "Han@acme.example"
			return tx.SaveRecord(ctx, r)
		}, "user name"},
		"a record's id": {func(tx org.Tx) error {
			r := record("han")
			r.UserName = "new@acme.example"
			return tx.AddRecord(ctx, r)
		}, "exists"},
		"an address in another case": {func(tx org.Tx) error {
			return tx.AddAccount(ctx, org.Account{ID: "han2", Email: "HAN@ACME.EXAMPLE"})
		}, "address"},
		"a NameID in another case": {func(tx org.Tx) error { return tx.LinkNameID(ctx, "okta", "hAN", "leia") }, "NameID"},
		"a second membership": {func(tx org.Tx) error {
			m := member
			m.ID = "m2"
			return tx.AddMembership(ctx, m)
		}, "member"},
		"a second open seat": {func(tx org.Tx) error {
			second := seat
			second.ID = "s2"
			return tx.AddSeat(ctx, second)
		}, "open seat"},
		"a slug": {func(tx org.Tx) error {
			return tx.AddOrganization(ctx, org.Organization{ID: "acme2", Slug: "acme", Plan: org.Pro})
		}, "slug"},
		"a session's secret": {func(tx org.Tx) error {
			second := session
			second.ID = "s2"
			return tx.AddSession(ctx, second, "secret")
		}, "secret"},
		"a token's secret": {func(tx org.Tx) error {
			second := token
			second.ID = "t2"
			return tx.AddToken(ctx, second, "secret")
		}, "secret"},
		"a credential's token": {func(tx org.Tx) error {
			return tx.AddCredential(ctx, org.Credential{ID: "c2", Provider: "other", Token: "secret"})
		}, "token"},
		"a request's id": {func(tx org.Tx) error { return tx.AddRequest(ctx, "okta", "_r", "", noon) }, "request"},
	} {
		err := s.Do(ctx, test.deed)
		var refusal *org.Error
		if !errors.As(err, &refusal) || refusal.Kind != org.Conflict {
			t.Errorf("%s: got %v, want a conflict", name, err)
		} else if !strings.Contains(refusal.Message, test.message) || strings.Contains(refusal.Message, "UNIQUE") {
			t.Errorf("%s: the message %q does not say what is taken", name, refusal.Message)
		}
	}
	expectRecords(t, s, "han", "leia")
}

func TestSameValuesWhereTheyAreAllowed(t *testing.T) { onEach(t, testSameValuesWhereTheyAreAllowed) }

func testSameValuesWhereTheyAreAllowed(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	do(t, s, func(tx org.Tx) error {
		elsewhere := record("elsewhere")
		elsewhere.Provider, elsewhere.UserName = "other", "han@acme.example"
		return all(
			func() error { return tx.AddRecord(ctx, record("han")) },
			func() error { return tx.AddRecord(ctx, elsewhere) },
			func() error {
				return tx.AddMembership(ctx, org.Membership{ID: "m1", Organization: "acme", Account: "han", Role: org.Admin})
			},
			func() error {
				return tx.AddMembership(ctx, org.Membership{ID: "m2", Organization: "globex", Account: "han", Role: org.Admin})
			},
			func() error {
				return tx.AddSeat(ctx, org.Seat{ID: "s1", Organization: "acme", Account: "han", Ended: noon})
			},
			func() error {
				return tx.AddSeat(ctx, org.Seat{ID: "s2", Organization: "acme", Account: "han", Ended: noon})
			},
			func() error { return tx.AddSeat(ctx, org.Seat{ID: "s3", Organization: "acme", Account: "han"}) },
			func() error { return tx.AddSeat(ctx, org.Seat{ID: "s4", Organization: "globex", Account: "han"}) },
		)
	})
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) { onEach(t, testWhatMakesNoSenseIsRefused) }

func testWhatMakesNoSenseIsRefused(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	for name, deed := range map[string]func(org.Tx) error{
		"a plan": func(tx org.Tx) error {
			return tx.AddOrganization(ctx, org.Organization{ID: "x", Slug: "x", Plan: "free"})
		},
		"a provider's kind": func(tx org.Tx) error {
			return tx.AddProvider(ctx, org.Provider{ID: "x", Organization: "acme", Kind: "ldap", State: org.Created})
		},
		"a provider's state": func(tx org.Tx) error {
			return tx.AddProvider(ctx, org.Provider{ID: "x", Organization: "acme", Kind: org.Okta, State: "paused"})
		},
		"a role": func(tx org.Tx) error {
			return tx.AddMembership(ctx, org.Membership{ID: "x", Organization: "acme", Account: "han", Role: "owner"})
		},
		"a team's role": func(tx org.Tx) error {
			return tx.AddTeam(ctx, org.Team{ID: "x", Organization: "acme", Slug: "x", DefaultRole: "owner"})
		},
		"a role in a team": func(tx org.Tx) error {
			return tx.PutTeamPlace(ctx, org.TeamPlace{Team: "pilots", Account: "han", Role: "admin", Source: org.ByHand})
		},
		"a source": func(tx org.Tx) error {
			return tx.PutTeamPlace(ctx, org.TeamPlace{Team: "pilots", Account: "han", Role: org.TeamMember, Source: "magic"})
		},
		"an actor": func(tx org.Tx) error {
			return tx.Audit(ctx, org.Event{Organization: "acme", Action: org.PlanChanged, Actor: "ghost"})
		},
		"an event that says nothing": func(tx org.Tx) error {
			return tx.Audit(ctx, org.Event{Organization: "acme", Actor: org.BySCIM})
		},
		"a provider of no organization": func(tx org.Tx) error {
			return tx.AddProvider(ctx, org.Provider{ID: "x", Organization: "nowhere", Kind: org.Okta, State: org.Created})
		},
		"a record of no provider": func(tx org.Tx) error {
			r := record("x")
			r.Provider = "nowhere"
			return tx.AddRecord(ctx, r)
		},
		"a record of no account": func(tx org.Tx) error {
			r := record("x")
			r.Account = "nobody"
			return tx.AddRecord(ctx, r)
		},
		"a membership of nobody": func(tx org.Tx) error {
			return tx.AddMembership(ctx, org.Membership{ID: "x", Organization: "acme", Account: "nobody", Role: org.Member})
		},
		"a seat of nobody": func(tx org.Tx) error {
			return tx.AddSeat(ctx, org.Seat{ID: "x", Organization: "acme", Account: "nobody"})
		},
		"a session of nobody": func(tx org.Tx) error {
			return tx.AddSession(ctx, org.Session{ID: "x", Organization: "acme", Account: "nobody"}, "secret")
		},
		"a place in no team": func(tx org.Tx) error {
			return tx.PutTeamPlace(ctx, org.TeamPlace{Team: "nowhere", Account: "han", Role: org.TeamMember, Source: org.ByHand})
		},
		"a NameID of nobody": func(tx org.Tx) error { return tx.LinkNameID(ctx, "okta", "x", "nobody") },
	} {
		err := s.Do(ctx, deed)
		if err == nil || org.KindOf(err) != "" {
			t.Errorf("%s: got %v, want an error of the database", name, err)
		}
	}
}

func TestAuditLogRefusesChanges(t *testing.T) { onEachNamed(t, testAuditLogRefusesChanges) }

func testAuditLogRefusesChanges(t *testing.T, path string) {
	overwrite := "INSERT OR REPLACE INTO audit SELECT seq, 'globex', at, action, actor, actor_name, provider, subject, subject_name, subject_key, value_before, value_after, cause FROM audit"
	if isPostgres(path) {
		overwrite = "TRUNCATE audit"
	}
	s := open(t, store.Options{Path: path})
	found(t, s)
	do(t, s, func(tx org.Tx) error {
		return tx.Audit(t.Context(), org.Event{Organization: "acme", At: noon, Action: org.PlanChanged, Actor: org.BySystem})
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{
		"UPDATE audit SET cause = 'nothing to see here'",
		"DELETE FROM audit",
		overwrite,
	} {
		opened, err := store.Open(t.Context(), store.Options{Path: path, Extra: []string{change}})
		if err == nil {
			t.Errorf("%s: done", change)
			_ = opened.Close()
		} else if !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", change, err)
		}
	}
	s = open(t, store.Options{Path: path})
	if err := s.View(t.Context(), func(tx org.Tx) error {
		events, err := tx.Events(t.Context(), "acme", 0, 0)
		if len(events) != 1 || events[0].Cause != "" {
			t.Errorf("the log says %+v", events)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestConstraintsCanBeTakenOut proves that Extra does what it is for, and that it is
// the constraints which refuse in the tests above.
func TestConstraintsCanBeTakenOut(t *testing.T) { onEach(t, testConstraintsCanBeTakenOut) }

func testConstraintsCanBeTakenOut(t *testing.T, fresh store.Options) {
	ctx := t.Context()
	fresh.Extra = []string{
		"DROP INDEX records_user_name", "DROP INDEX accounts_email", "DROP INDEX memberships_account",
		"DROP INDEX seats_open", "DROP INDEX name_ids_name_id", "DROP INDEX assertions_once",
	}
	s := open(t, fresh)
	found(t, s)
	do(t, s, func(tx org.Tx) error {
		for _, id := range []string{"1", "2"} {
			r, a := record(id), account(id)
			r.UserName, a.Email = "same@acme.example", "Same@acme.example"
			err := all(
				func() error { return tx.AddRecord(ctx, r) },
				func() error { return tx.AddAccount(ctx, a) },
				func() error {
					return tx.AddMembership(ctx, org.Membership{ID: id, Organization: "acme", Account: "han", Role: org.Member})
				},
				func() error { return tx.AddSeat(ctx, org.Seat{ID: id, Organization: "acme", Account: "han"}) },
				func() error { return tx.LinkNameID(ctx, "okta", "same", id) },
				func() error {
					first, err := tx.UseAssertion(ctx, "okta", "_a", noon)
					if !first {
						t.Error("an assertion was refused without the constraint that refuses it")
					}
					return err
				},
			)
			if err != nil {
				return err
			}
		}
		accounts, err := tx.AccountsByEmail(ctx, "same@acme.example")
		if len(accounts) != 2 {
			t.Errorf("%d accounts with one address, want both", len(accounts))
		}
		return err
	})
	expectRecords(t, s, "1", "2")
	if _, err := store.Open(ctx, store.Options{Path: fresh.Path, Extra: []string{"DROP INDEX no_such_index"}}); err == nil ||
		!strings.Contains(err.Error(), "no_such_index") {
		t.Errorf("extra SQL that fails: got %v", err)
	}
}
