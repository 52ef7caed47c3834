package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

// same fails unless the store gives back what is wanted, in a transaction that
// writes and in one that reads.
func same[T any](t *testing.T, s *store.Store, what string, want T, ask func(context.Context, org.Tx) (T, error)) {
	t.Helper()
	for name, transact := range map[string]func(context.Context, func(org.Tx) error) error{"Do": s.Do, "View": s.View} {
		var got T
		err := transact(t.Context(), func(tx org.Tx) (err error) {
			got, err = ask(t.Context(), tx)
			return err
		})
		if err != nil {
			t.Errorf("%s in %s: %v", what, name, err)
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%s in %s:\n got %+v\nwant %+v", what, name, got, want)
		}
	}
}

// missing fails unless the store says that what is asked for is not there.
func missing[T any](t *testing.T, s *store.Store, what string, ask func(context.Context, org.Tx) (T, error)) {
	t.Helper()
	err := s.Do(t.Context(), func(tx org.Tx) error {
		got, err := ask(t.Context(), tx)
		if !reflect.ValueOf(&got).Elem().IsZero() {
			t.Errorf("%s: got %+v with the error", what, got)
		}
		return err
	})
	if !errors.Is(err, org.ErrNotFound) {
		t.Errorf("%s: got %v, want org.ErrNotFound", what, err)
	}
}

func TestOrganizationsRoundTrip(t *testing.T) { onEach(t, testOrganizationsRoundTrip) }

func testOrganizationsRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	same(t, s, "no organizations", nil, func(ctx context.Context, tx org.Tx) ([]org.Organization, error) {
		return tx.Organizations(ctx)
	})
	bare := org.Organization{ID: "bare", Slug: "bare", Plan: org.Pro}
	full := org.Organization{ID: "full", Slug: "größe", Name: "Ünïcode \x01 & 船 👩‍🚀", Plan: org.Enterprise,
		Flags: []string{"a", "b\"c"}, Clock: 400*24*time.Hour + 7, Created: noon}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddOrganization(ctx, full) },
			func() error { return tx.AddOrganization(ctx, bare) },
		)
	})
	byID := func(id string) func(context.Context, org.Tx) (org.Organization, error) {
		return func(ctx context.Context, tx org.Tx) (org.Organization, error) { return tx.Organization(ctx, id) }
	}
	same(t, s, "a bare organization", bare, byID("bare"))
	same(t, s, "a full organization", full, byID("full"))
	same(t, s, "an organization by slug", full, func(ctx context.Context, tx org.Tx) (org.Organization, error) {
		return tx.OrganizationBySlug(ctx, "größe")
	})
	same(t, s, "all organizations", []org.Organization{bare, full}, func(ctx context.Context, tx org.Tx) ([]org.Organization, error) {
		return tx.Organizations(ctx)
	})

	full.Slug, full.Name, full.Plan, full.Flags, full.Clock = "new", "New", org.Pro, nil, 0
	do(t, s, func(tx org.Tx) error { return tx.SaveOrganization(ctx, full) })
	same(t, s, "a saved organization", full, byID("full"))
	missing(t, s, "an unknown organization", byID("nobody"))
	missing(t, s, "the old slug", func(ctx context.Context, tx org.Tx) (org.Organization, error) {
		return tx.OrganizationBySlug(ctx, "größe")
	})
}

func TestTextsThatNoDatabaseKeeps(t *testing.T) { onEach(t, testTextsThatNoDatabaseKeeps) }

func testTextsThatNoDatabaseKeeps(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	do(t, s, func(tx org.Tx) error { return tx.AddRecord(ctx, record("han")) })
	for _, text := range []string{"han\x00", "\x00", "han\xff", "\xed\xa0\x80"} {
		for name, deed := range map[string]func(org.Tx) error{
			"adding": func(tx org.Tx) error {
				r := record("leia")
				r.DisplayName = text
				return tx.AddRecord(ctx, r)
			},
			"saving": func(tx org.Tx) error {
				r := record("han")
				r.DisplayName = text
				return tx.SaveRecord(ctx, r)
			},
		} {
			if err := s.Do(ctx, deed); org.KindOf(err) != org.Invalid {
				t.Errorf("%s %q: got %v, want it refused as invalid", name, text, err)
			}
		}
		missing(t, s, "looking for it", func(ctx context.Context, tx org.Tx) (org.Record, error) {
			return tx.Record(ctx, "okta", text)
		})
		missing(t, s, "looking for a user name", func(ctx context.Context, tx org.Tx) (org.Record, error) {
			return tx.RecordByUserName(ctx, "okta", text)
		})
	}
	expectRecords(t, s, "han")
}

func TestProvidersRoundTrip(t *testing.T) { onEach(t, testProvidersRoundTrip) }

func testProvidersRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	p := org.Provider{ID: "p", Organization: "globex", Kind: org.CustomSAML, State: org.Created, Tested: true,
		IdPEntityID: "http://www.okta.com/ex?a=b&c", IdPSSOURL: "https://acme.okta.com/sso",
		IdPCerts: [][]byte{{0, 1, 255}, {}, []byte("second")}, Groups: true, DecryptionKey: "a key", Created: noon,
		IdPSSOPostURL: "https://acme.okta.com/sso/post", IdPSLOURL: "https://acme.okta.com/slo", IdPSLOPostURL: "https://acme.okta.com/slo/post", SignsRequests: true}
	bare := org.Provider{ID: "q", Organization: "globex", Kind: org.Okta, State: org.Disabled, Created: noon}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddProvider(ctx, bare) },
			func() error { return tx.AddProvider(ctx, p) },
		)
	})
	byID := func(id string) func(context.Context, org.Tx) (org.Provider, error) {
		return func(ctx context.Context, tx org.Tx) (org.Provider, error) { return tx.Provider(ctx, id) }
	}
	same(t, s, "a full provider", p, byID("p"))
	same(t, s, "a bare provider", bare, byID("q"))
	same(t, s, "the providers", []org.Provider{p, bare}, func(ctx context.Context, tx org.Tx) ([]org.Provider, error) {
		return tx.Providers(ctx, "globex")
	})
	p.State, p.Tested, p.IdPCerts, p.Groups, p.DecryptionKey = org.Enabled, false, nil, false, ""
	p.IdPSSOPostURL, p.IdPSLOURL, p.IdPSLOPostURL, p.SignsRequests = "", "https://acme.okta.com/new", "", false
	do(t, s, func(tx org.Tx) error { return tx.SaveProvider(ctx, p) })
	same(t, s, "a saved provider", p, byID("p"))
	missing(t, s, "an unknown provider", byID("nobody"))
}

func TestCredentialsRoundTrip(t *testing.T) { onEach(t, testCredentialsRoundTrip) }

func testCredentialsRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	old := org.Credential{ID: "old", Provider: "okta", Token: "secret-1", Created: noon, Expires: noon.Add(time.Hour)}
	now := org.Credential{ID: "now", Provider: "okta", Token: "secret-2", Created: noon.Add(time.Second)}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddCredential(ctx, now) },
			func() error { return tx.AddCredential(ctx, old) },
		)
	})
	of := func(provider string) func(context.Context, org.Tx) ([]org.Credential, error) {
		return func(ctx context.Context, tx org.Tx) ([]org.Credential, error) { return tx.Credentials(ctx, provider) }
	}
	by := func(token string) func(context.Context, org.Tx) (org.Credential, error) {
		return func(ctx context.Context, tx org.Tx) (org.Credential, error) { return tx.CredentialByToken(ctx, token) }
	}
	same(t, s, "the credentials", []org.Credential{old, now}, of("okta"))
	same(t, s, "no credentials", nil, of("other"))
	same(t, s, "a credential", old, by("secret-1"))
	missing(t, s, "a token in another case", by("SECRET-1"))

	old.Expires, old.Token = time.Time{}, "secret-3"
	do(t, s, func(tx org.Tx) error { return tx.SaveCredential(ctx, old) })
	same(t, s, "a saved credential", old, by("secret-3"))
	missing(t, s, "the replaced token", by("secret-1"))

	do(t, s, func(tx org.Tx) error { return tx.DeleteCredential(ctx, "old") })
	same(t, s, "the rest", []org.Credential{now}, of("okta"))
	missing(t, s, "a deleted credential", by("secret-3"))
}

func TestRecordsRoundTrip(t *testing.T) { onEach(t, testRecordsRoundTrip) }

func testRecordsRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	bare := org.Record{ID: "bare", Organization: "acme", Provider: "okta", UserName: "x"}
	full := org.Record{ID: "full", Organization: "acme", Provider: "okta", UserName: " Łukasz.ÉTÉ@Acme.Example ",
		ExternalID: "00u1AbC", GivenName: "Łukasz", FamilyName: "O'Été", DisplayName: "\"quoted\"; --",
		Emails: []org.Email{{Value: "a@b", Type: "work", Primary: true}, {Value: "c@d"}},
		Attributes: map[string]any{"title": "<Cap\x00tain> & \"船\"", "n": json.Number("12345678901234567890.50"), "yes": true,
			"list": []any{map[string]any{"value": "a"}, "b", nil}, "urn:x:2.0:user": map[string]any{"a": "b"}},
		Active: true, Account: "han", Version: 7, Created: noon, Modified: noon.Add(time.Microsecond)}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddRecord(ctx, full) },
			func() error { return tx.AddRecord(ctx, bare) },
		)
	})
	byID := func(provider, id string) func(context.Context, org.Tx) (org.Record, error) {
		return func(ctx context.Context, tx org.Tx) (org.Record, error) { return tx.Record(ctx, provider, id) }
	}
	byName := func(name string) func(context.Context, org.Tx) (org.Record, error) {
		return func(ctx context.Context, tx org.Tx) (org.Record, error) {
			return tx.RecordByUserName(ctx, "okta", name)
		}
	}
	same(t, s, "a bare record", bare, byID("okta", "bare"))
	same(t, s, "a full record", full, byID("okta", "full"))
	same(t, s, "a record by its user name in another case", full, byName("łUKASZ.été@ACME.example"))
	missing(t, s, "a record through another provider", byID("other", "full"))
	missing(t, s, "an id in another case", byID("okta", "FULL"))
	same(t, s, "the records of an account", []org.Record{full}, func(ctx context.Context, tx org.Tx) ([]org.Record, error) {
		return tx.RecordsOf(ctx, "acme", "han")
	})
	same(t, s, "no records of an account elsewhere", nil, func(ctx context.Context, tx org.Tx) ([]org.Record, error) {
		return tx.RecordsOf(ctx, "globex", "han")
	})
	same(t, s, "no records of nobody", nil, func(ctx context.Context, tx org.Tx) ([]org.Record, error) {
		return tx.RecordsOf(ctx, "acme", "")
	})
	same(t, s, "all records by user name", []org.Record{bare, full}, func(ctx context.Context, tx org.Tx) ([]org.Record, error) {
		return tx.RecordsIn(ctx, "acme")
	})

	full.UserName, full.Account, full.Active, full.Emails, full.Attributes, full.Version = "a@b", "", false, nil, nil, 8
	do(t, s, func(tx org.Tx) error { return tx.SaveRecord(ctx, full) })
	same(t, s, "a saved record", full, byName("A@B"))
	missing(t, s, "the old user name", byName("łukasz.été@acme.example"))

	do(t, s, func(tx org.Tx) error { return tx.DeleteRecord(ctx, "full") })
	missing(t, s, "a deleted record", byID("okta", "full"))
}

func TestFindRecords(t *testing.T) { onEach(t, testFindRecords) }

func testFindRecords(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	do(t, s, func(tx org.Tx) error {
		// They come in the order in which they were added, whatever their clocks say.
		for i := range 10 {
			r := record(fmt.Sprintf("r%d", i))
			r.Created = noon.Add(time.Duration(max(-i, -7)) * time.Second)
			r.ExternalID = fmt.Sprintf("Ext%d", i/5)
			r.Active = i%2 == 0
			if err := tx.AddRecord(ctx, r); err != nil {
				return err
			}
		}
		elsewhere := record("elsewhere")
		elsewhere.Provider = "other"
		return tx.AddRecord(ctx, elsewhere)
	})
	text := func(s string) *string { return &s }
	yes, no := true, false
	for name, test := range map[string]struct {
		match         org.RecordMatch
		offset, limit int
		want          string
		total         int
	}{
		"everything":                   {limit: 100, want: "[r0 r1 r2 r3 r4 r5 r6 r7 r8 r9]", total: 10},
		"exactly everything":           {limit: 10, want: "[r0 r1 r2 r3 r4 r5 r6 r7 r8 r9]", total: 10},
		"the first page":               {limit: 3, want: "[r0 r1 r2]", total: 10},
		"a page between":               {offset: 6, limit: 3, want: "[r6 r7 r8]", total: 10},
		"the last page":                {offset: 9, limit: 3, want: "[r9]", total: 10},
		"beyond the end":               {offset: 10, limit: 3, want: "[]", total: 10},
		"only the number":              {limit: 0, want: "[]", total: 10},
		"negative bounds":              {offset: -5, limit: -1, want: "[]", total: 10},
		"by id":                        {match: org.RecordMatch{ID: text("r4")}, limit: 9, want: "[r4]", total: 1},
		"by id in another case":        {match: org.RecordMatch{ID: text("R4")}, limit: 9, want: "[]"},
		"by user name":                 {match: org.RecordMatch{UserName: text(" R4@ACME.example")}, limit: 9, want: "[r4]", total: 1},
		"by external id":               {match: org.RecordMatch{ExternalID: text("Ext1")}, limit: 2, want: "[r5 r6]", total: 5},
		"by external id, another case": {match: org.RecordMatch{ExternalID: text("ext1")}, limit: 2, want: "[]"},
		"active":                       {match: org.RecordMatch{Active: &yes}, offset: 1, limit: 2, want: "[r2 r4]", total: 5},
		"inactive":                     {match: org.RecordMatch{Active: &no}, limit: 9, want: "[r1 r3 r5 r7 r9]", total: 5},
		"both":                         {match: org.RecordMatch{ExternalID: text("Ext0"), Active: &no}, limit: 9, want: "[r1 r3]", total: 2},
		"all four, in contradiction":   {match: org.RecordMatch{ID: text("r1"), UserName: text("r1@acme.example"), ExternalID: text("Ext0"), Active: &yes}, limit: 9, want: "[]"},
		"all four": {match: org.RecordMatch{ID: text("r1"), UserName: text("r1@acme.example"), ExternalID: text("Ext0"), Active: &no},
			limit: 9, want: "[r1]", total: 1},
		"of another provider": {match: org.RecordMatch{ID: text("elsewhere")}, limit: 9, want: "[]"},
	} {
		err := s.View(ctx, func(tx org.Tx) error {
			page, total, err := tx.FindRecords(ctx, "okta", test.match, test.offset, test.limit)
			ids := []string{}
			for _, r := range page {
				ids = append(ids, r.ID)
			}
			if fmt.Sprint(ids) != test.want || total != test.total {
				t.Errorf("%s: got %v of %d, want %s of %d", name, ids, total, test.want, test.total)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFindByWhatANameBeginsWith holds the range of an index to what it stands for.
func TestFindByWhatANameBeginsWith(t *testing.T) { onEach(t, testFindByWhatANameBeginsWith) }

func testFindByWhatANameBeginsWith(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	names := []string{"han", "HAN.solo", "hanna", "ham", "hao", "h", "han%", "han_x", "Łukasz", "łucja", "\uD7FF", "\uD7FFx", "\uE000",
		"z\U0010FFFF", "z\U0010FFFFy", "\U0010FFFF", "\U0010FFFF\U0010FFFFq", "z"}
	do(t, s, func(tx org.Tx) error {
		for i, name := range names {
			r := record(fmt.Sprintf("r%02d", i))
			r.UserName = name
			if err := tx.AddRecord(ctx, r); err != nil {
				return err
			}
		}
		for _, start := range append([]string{" Han ", "ŁU", "nobody", "\u007f"}, names...) {
			var want, got []string
			for _, name := range names {
				if strings.HasPrefix(org.Key(name), org.Key(start)) {
					want = append(want, name)
				}
			}
			page, total, err := tx.FindRecords(ctx, "okta", org.RecordMatch{UserNameStart: &start}, 0, 100)
			if err != nil {
				return err
			}
			for _, r := range page {
				got = append(got, r.UserName)
			}
			if !slices.Equal(got, want) || total != len(want) {
				t.Errorf("%q: got %q of %d, want %q", start, got, total, want)
			}
			_, counted, err := tx.FindRecords(ctx, "okta", org.RecordMatch{UserNameStart: &start}, 0, 0)
			if err != nil || counted != len(want) {
				t.Errorf("%q: counted %d, want %d: %v", start, counted, len(want), err)
			}
		}
		return nil
	})
}

func TestAccountsRoundTrip(t *testing.T) { onEach(t, testAccountsRoundTrip) }

func testAccountsRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	chewie := org.Account{ID: "chewie", Email: " Chewie@ÉCLAIR.example", Name: "Chewbacca ✈"}
	do(t, s, func(tx org.Tx) error { return tx.AddAccount(ctx, chewie) })
	byID := func(id string) func(context.Context, org.Tx) (org.Account, error) {
		return func(ctx context.Context, tx org.Tx) (org.Account, error) { return tx.Account(ctx, id) }
	}
	byEmail := func(email string) func(context.Context, org.Tx) (org.Account, error) {
		return func(ctx context.Context, tx org.Tx) (org.Account, error) { return tx.AccountByEmail(ctx, email) }
	}
	byNameID := func(provider, nameID string) func(context.Context, org.Tx) (org.Account, error) {
		return func(ctx context.Context, tx org.Tx) (org.Account, error) {
			return tx.AccountByNameID(ctx, provider, nameID)
		}
	}
	same(t, s, "an account", chewie, byID("chewie"))
	same(t, s, "an account by e-mail", chewie, byEmail("CHEWIE@éclair.EXAMPLE "))
	same(t, s, "accounts by e-mail", []org.Account{chewie}, func(ctx context.Context, tx org.Tx) ([]org.Account, error) {
		return tx.AccountsByEmail(ctx, "chewie@éclair.example")
	})
	same(t, s, "no accounts by e-mail", nil, func(ctx context.Context, tx org.Tx) ([]org.Account, error) {
		return tx.AccountsByEmail(ctx, "nobody@acme.example")
	})
	missing(t, s, "an unknown account", byID("nobody"))
	missing(t, s, "an unknown address", byEmail("nobody@acme.example"))
	missing(t, s, "an unknown NameID", byNameID("okta", "Chewie"))

	for range 2 { // the second time does nothing
		do(t, s, func(tx org.Tx) error { return tx.LinkNameID(ctx, "okta", "Chewie", "chewie") })
	}
	do(t, s, func(tx org.Tx) error { return tx.LinkNameID(ctx, "other", "Chewie", "han") })
	same(t, s, "an account by NameID", chewie, byNameID("okta", "cHEWIE"))
	same(t, s, "another account by the same NameID elsewhere", account("han"), byNameID("other", "chewie"))

	chewie.Email, chewie.Name = "c@acme.example", ""
	do(t, s, func(tx org.Tx) error { return tx.SaveAccount(ctx, chewie) })
	same(t, s, "a saved account", chewie, byEmail("C@acme.example"))
	missing(t, s, "the old address", byEmail("chewie@éclair.example"))
}

func TestMembershipsRoundTrip(t *testing.T) { onEach(t, testMembershipsRoundTrip) }

func testMembershipsRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	han := org.Membership{ID: "m1", Organization: "acme", Account: "han", Role: org.Admin, Created: noon.Add(time.Hour)}
	leia := org.Membership{ID: "m2", Organization: "acme", Account: "leia", Role: org.Member, Created: noon}
	abroad := org.Membership{ID: "m3", Organization: "globex", Account: "han", Role: org.Member}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddMembership(ctx, han) },
			func() error { return tx.AddMembership(ctx, leia) },
			func() error { return tx.AddMembership(ctx, abroad) },
		)
	})
	of := func(organization, account string) func(context.Context, org.Tx) (org.Membership, error) {
		return func(ctx context.Context, tx org.Tx) (org.Membership, error) {
			return tx.Membership(ctx, organization, account)
		}
	}
	departed := func(ctx context.Context, tx org.Tx) (bool, error) { return tx.Departed(ctx, "acme", "han") }
	admins := func(ctx context.Context, tx org.Tx) (int, error) { return tx.CountAdmins(ctx, "acme") }
	same(t, s, "a membership", han, of("acme", "han"))
	same(t, s, "the memberships", []org.Membership{leia, han}, func(ctx context.Context, tx org.Tx) ([]org.Membership, error) {
		return tx.Memberships(ctx, "acme")
	})
	same(t, s, "the memberships of an account", []org.Membership{abroad, han}, func(ctx context.Context, tx org.Tx) ([]org.Membership, error) {
		return tx.MembershipsOf(ctx, "han")
	})
	same(t, s, "the number of administrators", 1, admins)
	same(t, s, "not departed", false, departed)

	leia.Role = org.Admin
	do(t, s, func(tx org.Tx) error { return tx.SaveMembership(ctx, leia) })
	same(t, s, "a saved membership", leia, of("acme", "leia"))
	same(t, s, "the number of administrators", 2, admins)

	do(t, s, func(tx org.Tx) error { return tx.DeleteMembership(ctx, "m1") })
	missing(t, s, "a deleted membership", of("acme", "han"))
	same(t, s, "departed", true, departed)
	same(t, s, "not departed elsewhere", false, func(ctx context.Context, tx org.Tx) (bool, error) {
		return tx.Departed(ctx, "globex", "han")
	})

	do(t, s, func(tx org.Tx) error { return tx.AddMembership(ctx, han) })
	same(t, s, "departed once, and back", true, departed)
	do(t, s, func(tx org.Tx) error { return tx.DeleteMembership(ctx, "m1") })
	same(t, s, "departed again", true, departed)
}

func TestTeamsRoundTrip(t *testing.T) { onEach(t, testTeamsRoundTrip) }

func testTeamsRoundTrip(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	all3 := []org.Team{
		{ID: "t1", Organization: "globex", Slug: "a", Name: "Ä", Default: true, DefaultRole: org.TeamMaintainer},
		{ID: "t2", Organization: "globex", Slug: "b", DefaultRole: org.TeamMember},
	}
	do(t, s, func(tx org.Tx) error {
		return all(
			func() error { return tx.AddTeam(ctx, all3[1]) },
			func() error { return tx.AddTeam(ctx, all3[0]) },
		)
	})
	same(t, s, "a team", all3[0], func(ctx context.Context, tx org.Tx) (org.Team, error) { return tx.Team(ctx, "globex", "t1") })
	missing(t, s, "a team of another organization", func(ctx context.Context, tx org.Tx) (org.Team, error) { return tx.Team(ctx, "acme", "t1") })
	same(t, s, "the teams", all3, func(ctx context.Context, tx org.Tx) ([]org.Team, error) { return tx.Teams(ctx, "globex") })

	all3[1].Slug, all3[1].Name, all3[1].Default = "c", "Sea", true
	do(t, s, func(tx org.Tx) error { return tx.SaveTeam(ctx, all3[1]) })
	same(t, s, "the teams, one saved", all3, func(ctx context.Context, tx org.Tx) ([]org.Team, error) { return tx.Teams(ctx, "globex") })

	place := org.TeamPlace{Team: "t1", Account: "han", Role: org.TeamMember, Source: org.ByDefault}
	foreign := org.TeamPlace{Team: "pilots", Account: "han", Role: org.TeamMember, Source: org.ByHand}
	second := org.TeamPlace{Team: "t1", Account: "leia", Role: org.TeamMaintainer, Source: org.ByAssertion}
	put := func(p org.TeamPlace) {
		t.Helper()
		do(t, s, func(tx org.Tx) error { return tx.PutTeamPlace(ctx, p) })
	}
	places := func(ctx context.Context, tx org.Tx) ([]org.TeamPlace, error) {
		return tx.TeamPlaces(ctx, "globex", "han")
	}
	roster := func(ctx context.Context, tx org.Tx) ([]org.TeamPlace, error) { return tx.TeamRoster(ctx, "t1") }
	same(t, s, "an empty roster", nil, roster)
	put(second)
	put(place)
	put(foreign)
	same(t, s, "places within the organization", []org.TeamPlace{place}, places)
	same(t, s, "the roster", []org.TeamPlace{place, second}, roster)
	place.Role, place.Source = org.TeamMaintainer, org.ByGroup
	put(place)
	same(t, s, "a changed place", []org.TeamPlace{place}, places)
	do(t, s, func(tx org.Tx) error { return tx.DeleteTeamPlace(ctx, "t1", "han") })
	same(t, s, "no places", nil, places)
	same(t, s, "the rest of the roster", []org.TeamPlace{second}, roster)
}

func TestSavingAndDeletingWhatIsNotThere(t *testing.T) {
	onEach(t, testSavingAndDeletingWhatIsNotThere)
}

func testSavingAndDeletingWhatIsNotThere(t *testing.T, fresh store.Options) {
	s, ctx := open(t, fresh), t.Context()
	found(t, s)
	for name, deed := range map[string]func(org.Tx) error{
		"SaveOrganization": func(tx org.Tx) error { return tx.SaveOrganization(ctx, org.Organization{ID: "no", Plan: org.Pro}) },
		"SaveProvider": func(tx org.Tx) error {
			return tx.SaveProvider(ctx, org.Provider{ID: "no", Kind: org.Okta, State: org.Created})
		},
		"SaveCredential":   func(tx org.Tx) error { return tx.SaveCredential(ctx, org.Credential{ID: "no"}) },
		"DeleteCredential": func(tx org.Tx) error { return tx.DeleteCredential(ctx, "no") },
		"SaveRecord":       func(tx org.Tx) error { return tx.SaveRecord(ctx, org.Record{ID: "no"}) },
		"DeleteRecord":     func(tx org.Tx) error { return tx.DeleteRecord(ctx, "no") },
		"SaveAccount":      func(tx org.Tx) error { return tx.SaveAccount(ctx, org.Account{ID: "no"}) },
		"SaveMembership":   func(tx org.Tx) error { return tx.SaveMembership(ctx, org.Membership{ID: "no", Role: org.Admin}) },
		"DeleteMembership": func(tx org.Tx) error { return tx.DeleteMembership(ctx, "no") },
		"DeleteTeamPlace":  func(tx org.Tx) error { return tx.DeleteTeamPlace(ctx, "pilots", "han") },
		"SaveSession":      func(tx org.Tx) error { return tx.SaveSession(ctx, org.Session{ID: "no"}) },
		"SaveToken":        func(tx org.Tx) error { return tx.SaveToken(ctx, org.Token{ID: "no"}) },
		"SaveSeat":         func(tx org.Tx) error { return tx.SaveSeat(ctx, org.Seat{ID: "no"}) },
	} {
		if err := s.Do(ctx, deed); !errors.Is(err, org.ErrNotFound) {
			t.Errorf("%s: got %v, want org.ErrNotFound", name, err)
		}
	}
}
