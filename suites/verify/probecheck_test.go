package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/suites/bundled"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// honest is the reference's probe in this program. A liar is one with a method of its
// own.
type honest struct{ *target.ContractProbe }

func insideOf(product target.Target) honest {
	return honest{target.NewHTTPProbe(*product.Probe.HTTP, http.DefaultClient)}
}

// lookingOtherwise changes what a look shows.
type lookingOtherwise struct {
	honest
	change func(ctx context.Context, organization string, who target.Identifiers) (target.View, error)
}

func (l lookingOtherwise) Look(ctx context.Context, organization string, who target.Identifiers) (target.View, error) {
	return l.change(ctx, organization, who)
}

// viewing returns a probe whose views are changed.
func viewing(h honest, change func(*target.View)) target.Probe {
	return lookingOtherwise{h, func(ctx context.Context, organization string, who target.Identifiers) (target.View, error) {
		view, err := h.Look(ctx, organization, who)
		change(&view)
		return view, err
	}}
}

// claiming claims other features.
type claiming struct {
	honest
	change func([]string) []string
}

func (c claiming) Features(ctx context.Context) ([]string, error) {
	features, err := c.honest.Features(ctx)
	return c.change(features), err
}

// arranging does something else than it was asked to.
type arranging struct {
	honest
	nothing map[string]bool // what it says that it did
	breaks  bool            // whether it breaks down over somebody who is not there
}

func (a arranging) SetRole(ctx context.Context, organization, account, role, by string) error {
	if a.nothing["role"] {
		return nil
	}
	err := a.honest.SetRole(ctx, organization, account, role, by)
	var refused *target.StatusError
	if a.breaks && errors.As(err, &refused) {
		refused.Status = 500
	}
	return err
}

func (a arranging) Join(ctx context.Context, organization, account, team, role string) error {
	if a.nothing["join"] {
		return nil
	}
	return a.honest.Join(ctx, organization, account, team, role)
}

func (a arranging) Leave(ctx context.Context, organization, account, team string) error {
	if a.nothing["leave"] {
		return nil
	}
	return a.honest.Leave(ctx, organization, account, team)
}

func (a arranging) Remove(ctx context.Context, organization, account string) error {
	if a.nothing["remove"] {
		return nil
	}
	return a.honest.Remove(ctx, organization, account)
}

func (a arranging) IssueToken(ctx context.Context, organization, account, name string) (string, error) {
	if a.nothing["token"] {
		return "secret", nil
	}
	return a.honest.IssueToken(ctx, organization, account, name)
}

func (a arranging) RotateToken(ctx context.Context, id string, overlap, lifetime time.Duration) (string, error) {
	if a.nothing["rotate"] {
		found, err := a.Organization(ctx, id)
		return found.SCIM.Token, err
	}
	return a.honest.RotateToken(ctx, id, overlap, lifetime)
}

func (a arranging) NewOrganization(ctx context.Context, wanted target.NewOrganization) (target.Connection, error) {
	if a.nothing["found"] {
		return target.Connection{}, nil
	}
	return a.honest.NewOrganization(ctx, wanted)
}

func without(features ...string) func([]string) []string {
	return func(all []string) []string {
		return slices.DeleteFunc(all, func(f string) bool { return slices.Contains(features, f) })
	}
}

// constant is an answer that is always the same, and a good one.
func constant() target.View {
	at := time.Now()
	return target.View{
		Records:     []target.Record{{ID: "r1", UserName: "han", Active: true}},
		Accounts:    []target.Account{{ID: "a1"}},
		Memberships: []target.Membership{{ID: "m1", AccountID: "a1", Role: "member"}},
		Seats:       []target.Seat{{ID: "s1", AccountID: "a1", Started: at}},
		Sessions:    []target.Session{{ID: "w1", AccountID: "a1", Started: at}},
		Tokens:      []target.Token{},
	}
}

func nothing() target.View {
	return target.View{
		Records: []target.Record{}, Accounts: []target.Account{}, Memberships: []target.Membership{},
		Seats: []target.Seat{}, Sessions: []target.Session{}, Tokens: []target.Token{},
	}
}

func always(view func() target.View) func(honest) target.Probe {
	return func(h honest) target.Probe {
		return lookingOtherwise{h, func(context.Context, string, target.Identifiers) (target.View, error) { return view(), nil }}
	}
}

func views(change func(*target.View)) func(honest) target.Probe {
	return func(h honest) target.Probe { return viewing(h, change) }
}

func idle(deed string) func(honest) target.Probe {
	return func(h honest) target.Probe { return arranging{honest: h, nothing: map[string]bool{deed: true}} }
}

func asking(change func(*string, *target.Identifiers)) func(honest) target.Probe {
	return func(h honest) target.Probe {
		return lookingOtherwise{h, func(ctx context.Context, organization string, who target.Identifiers) (target.View, error) {
			change(&organization, &who)
			return h.Look(ctx, organization, who)
		}}
	}
}

func TestADishonestProbeIsFoundOut(t *testing.T) {
	looks := 0
	var first string
	for name, c := range map[string]struct {
		lie  func(honest) target.Probe
		by   string // the question that finds it out
		says string
	}{
		"always the same":   {always(constant), "shows empty lists of somebody whom nobody knows", "1 records, 1 accounts"},
		"always nothing":    {always(nothing), "shows the record that SCIM made", "one record was made over SCIM, and it shows 0"},
		"always unobserved": {always(func() target.View { return target.View{} }), "shows empty lists of somebody whom nobody knows", "claims look.records and leaves the list out"},
		"what it was asked": {func(h honest) target.Probe {
			return lookingOtherwise{h, func(_ context.Context, _ string, who target.Identifiers) (target.View, error) {
				view := nothing()
				for _, name := range who.UserNames {
					view.Records = append(view.Records, target.Record{ID: "of " + name, UserName: name, Active: true})
				}
				return view, nil
			}}
		}, "shows empty lists of somebody whom nobody knows", "1 records"},
		"the first whom it saw": {func(h honest) target.Probe {
			var kept *target.View
			return lookingOtherwise{h, func(ctx context.Context, organization string, who target.Identifiers) (target.View, error) {
				view, err := h.Look(ctx, organization, who)
				if len(view.Records) > 0 && kept == nil {
					kept = &view
				}
				if kept != nil {
					return *kept, nil
				}
				return view, err
			}}
		}, "tells two people apart", "it shows the same of the records"},
		"everybody where it is asked for nobody": {asking(func(_ *string, who *target.Identifiers) {
			if len(who.Emails) == 0 && len(who.AccountIDs) == 0 && len(who.UserNames) == 0 {
				who.Emails = []string{"founder@rollcall.test"}
			}
		}), "shows nothing to who asks for nobody", "it shows 1 accounts"},
		"a list less": {views(func(v *target.View) { v.Seats = nil }), "shows empty lists of somebody whom nobody knows", "claims look.seats and leaves the list out"},
		"a list more": {func(h honest) target.Probe { return claiming{h, without(target.LookSeats)} }, "shows empty lists of somebody whom nobody knows", "it shows seats and does not claim look.seats"},
		"an unknown feature": {func(h honest) target.Probe {
			return claiming{h, func(f []string) []string { return append(f, "look.souls") }}
		}, "claims what there is", `there is no feature "look.souls"`},
		"another's feature": {func(h honest) target.Probe {
			return claiming{h, func(f []string) []string { return append(f, target.SCIMPatch) }}
		}, "claims what there is", `there is no feature "scim.patch" that a probe can have`},
		"a feature twice":   {func(h honest) target.Probe { return claiming{h, func(f []string) []string { return append(f, f[0]) }} }, "claims what there is", "twice"},
		"nothing claimed":   {func(h honest) target.Probe { return claiming{h, func([]string) []string { return nil }} }, "claims what there is", "it claims to show nothing"},
		"what it cannot do": {func(h honest) target.Probe { return struct{ target.Probe }{h} }, "claims what there is", "and is no target.Arranger"},
		"one side only": {func(h honest) target.Probe {
			return asking(func(_ *string, who *target.Identifiers) {
				*who = target.Identifiers{Emails: who.Emails, AccountIDs: who.AccountIDs}
			})(h)
		}, "finds somebody by each of their names", "by their user_names, external_ids, record_ids alone"},
		"another organization's": {func(h honest) target.Probe {
			return lookingOtherwise{h, func(ctx context.Context, organization string, who target.Identifiers) (target.View, error) {
				if first == "" {
					first = organization
				}
				return h.Look(ctx, first, who)
			}}
		}, "shows nothing of another organization", "an organization that is not there, it shows 1 records"},
		"active whatever happens": {views(func(v *target.View) {
			for i := range v.Records {
				v.Records[i].Active = true
			}
		}), "shows that somebody left", "it shows an active one"},
		"inactive from the start": {views(func(v *target.View) {
			for i := range v.Records {
				v.Records[i].Active = false
			}
		}), "says of it what SCIM says", "SCIM says active: true, and it says false"},
		"ids of its own": {views(func(v *target.View) {
			for i := range v.Records {
				v.Records[i].ID = "x" + v.Records[i].ID
			}
		}), "says of it what SCIM says", "SCIM says that the record's id is"},
		"one too many": {views(func(v *target.View) {
			if len(v.Records) > 0 {
				v.Records = append(v.Records, target.Record{ID: "r2", UserName: "x", Active: true})
			}
		}), "shows the record that SCIM made", "it shows 2"},
		"one twice": {views(func(v *target.View) { v.Records = append(v.Records, v.Records...) }), "shows the record that SCIM made", "two of the records have the same id"},
		"no id": {views(func(v *target.View) {
			for i := range v.Records {
				v.Records[i].ID = ""
			}
		}), "shows the record that SCIM made", "one of the records has no id"},
		"another one each time": {views(func(v *target.View) {
			for i := range v.Records {
				looks++
				v.Records[i].Name = fmt.Sprint(looks)
			}
		}), "says the same twice", "show different things"},
		"no seats":                 {views(func(v *target.View) { v.Seats = v.Seats[:0] }), "shows what a sign-in made", "it shows no open seat of theirs"},
		"no sessions":              {views(func(v *target.View) { v.Sessions = v.Sessions[:0] }), "shows what a sign-in made", "it shows no live session of theirs"},
		"no accounts":              {views(func(v *target.View) { v.Accounts = v.Accounts[:0] }), "shows what a sign-in made", "it shows no account of theirs"},
		"a record of no account":   {views(func(v *target.View) { eachRecord(v, func(r *target.Record) { r.AccountID = "" }) }), "shows what belongs together", "has no account_id"},
		"a record of nobody's":     {views(func(v *target.View) { eachRecord(v, func(r *target.Record) { r.AccountID = "nobody" }) }), "shows what belongs together", `a record belongs to the account "nobody"`},
		"a seat of nobody's":       {views(func(v *target.View) { eachSeat(v, func(s *target.Seat) { s.AccountID = "nobody" }) }), "shows what belongs together", `a seat is of the account "nobody"`},
		"a seat without a time":    {views(func(v *target.View) { eachSeat(v, func(s *target.Seat) { s.Started = time.Time{} }) }), "shows what belongs together", "no time at which it began"},
		"a seat from long ago":     {views(func(v *target.View) { eachSeat(v, func(s *target.Seat) { s.Started = time.Unix(0, 0) }) }), "shows what belongs together", "said to have begun at 1970-01-01"},
		"a role of its own":        {views(func(v *target.View) { eachMember(v, func(m *target.Membership) { m.Role = "owner" }) }), "shows what belongs together", `the role "owner"`},
		"nobody by their account":  {asking(func(_ *string, who *target.Identifiers) { who.AccountIDs = nil }), "shows what belongs together", "alone it shows no membership"},
		"roles only as said":       {idle("role"), "makes admins and members", "does not show the role admin"},
		"always a member":          {views(func(v *target.View) { eachMember(v, func(m *target.Membership) { m.Role = "member" }) }), "makes admins and members", "does not show the role admin"},
		"teams only as said":       {idle("join"), "puts people into teams and out of them", "does not show them in the team"},
		"teams for ever":           {idle("leave"), "puts people into teams and out of them", "does not show them out of the team"},
		"tokens only as said":      {idle("token"), "issues API tokens", "it issued an API token, and shows none"},
		"yes to whoever it is":     {idle("remove"), "does nothing for an account that is not there", "a removal of an account that is not there"},
		"breaks down over nobody":  {func(h honest) target.Probe { return arranging{honest: h, breaks: true} }, "does nothing for an account that is not there", "it breaks with 500"},
		"members for ever":         {idle("remove"), "removes members", "it removed a member, and shows a membership"},
		"founded only as said":     {idle("found"), "founds organizations", "does not say what its id is"},
		"rotated only as said":     {idle("rotate"), "founds organizations", "organization.token: the token is the same after it was rotated"},
		"a membership that stays":  {staying(), "shows that somebody left", "it shows a membership or an open seat"},
		"nothing changes any more": {frozen(), "shows that somebody left", "nothing that it shows changed"},
	} {
		t.Run(name, func(t *testing.T) {
			first = ""
			product := start(t, bundled.Options{})
			product.Probe = &target.ProbeConfig{Go: c.lie(insideOf(product))}
			r, err := verify.CheckProbe(t.Context(), product, verify.Safety{})
			if err != nil {
				t.Fatal(err)
			}
			found := slices.ContainsFunc(r.Checks, func(q verify.ProbeCheck) bool {
				return q.Name == c.by && q.Verdict == verify.ProbeWrong && strings.Contains(q.Text, c.says)
			})
			if r.Honest || !found {
				t.Errorf("nobody says that %q, %s:\n%s", c.by, c.says, inLines(r))
			}
		})
	}
}

// staying shows memberships for ever once it has seen them.
func staying() func(honest) target.Probe {
	kept := map[string][]target.Membership{}
	return func(h honest) target.Probe {
		return lookingOtherwise{h, func(ctx context.Context, organization string, who target.Identifiers) (target.View, error) {
			view, err := h.Look(ctx, organization, who)
			key := organization + strings.Join(who.Emails, ",")
			if len(view.Memberships) > 0 {
				kept[key] = view.Memberships
			} else if len(kept[key]) > 0 {
				view.Memberships = kept[key]
			}
			return view, err
		}}
	}
}

// frozen shows everybody as they were when it saw them signed in.
func frozen() func(honest) target.Probe {
	kept := map[string]target.View{}
	return func(h honest) target.Probe {
		return lookingOtherwise{h, func(ctx context.Context, organization string, who target.Identifiers) (target.View, error) {
			view, err := h.Look(ctx, organization, who)
			key := organization + strings.Join(who.Emails, ",")
			if before, ok := kept[key]; ok {
				return before, nil
			}
			if len(view.LiveTokens()) > 0 {
				kept[key] = view
			}
			return view, err
		}}
	}
}

func eachRecord(v *target.View, change func(*target.Record)) {
	for i := range v.Records {
		change(&v.Records[i])
	}
}

func eachSeat(v *target.View, change func(*target.Seat)) {
	for i := range v.Seats {
		change(&v.Seats[i])
	}
}

func eachMember(v *target.View, change func(*target.Membership)) {
	for i := range v.Memberships {
		change(&v.Memberships[i])
	}
}

func inLines(r verify.ProbeReport) string {
	var text strings.Builder
	for _, c := range r.Checks {
		fmt.Fprintf(&text, "%-10s %s: %s\n", c.Verdict, c.Name, c.Text)
	}
	return text.String()
}

// What is wrong with the way in to a probe over HTTP.
func TestAProbeThatDoesNotKeepItsContract(t *testing.T) {
	for name, c := range map[string]struct {
		change func(next http.Handler, w http.ResponseWriter, r *http.Request)
		by     string
		says   string
	}{
		"it lets everybody in": {func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			r.Header.Set("Authorization", r.Header.Get("X-Right"))
			next.ServeHTTP(w, r)
		}, "lets nobody in with a wrong token", "is answered with a status of 2xx, and 401 belongs there"},
		"it says yes to everything": {func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			kept := httptest.NewRecorder()
			next.ServeHTTP(kept, r)
			if kept.Code == http.StatusUnauthorized {
				w.WriteHeader(kept.Code)
				return
			}
			if kept.Code == http.StatusNotFound && r.Method == http.MethodGet {
				kept = httptest.NewRecorder()
			}
			w.WriteHeader(kept.Code)
			_, _ = w.Write(kept.Body.Bytes())
		}, "does not say yes to everything", "it says yes to GET /no-such-thing-"},
		"it reads nothing": {func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if string(body) == `["nonsense"]` {
				body = []byte(`{"organization": "x", "identifiers": {}}`)
				r.ContentLength = int64(len(body))
				kept := httptest.NewRecorder()
				kept.Code = http.StatusOK
				w.WriteHeader(http.StatusOK)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		}, "does not say yes to everything", `it says yes to POST /look, which the contract does not have with the body ["nonsense"]`},
		"it speaks version 2": {func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				_, _ = io.WriteString(w, `{"version": 2, "features": []}`)
				return
			}
			next.ServeHTTP(w, r)
		}, "speaks version 1 of the contract", "it speaks version 2"},
		"its times are none": {func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			kept := httptest.NewRecorder()
			next.ServeHTTP(kept, r)
			w.WriteHeader(kept.Code)
			_, _ = w.Write(bytes.ReplaceAll(kept.Body.Bytes(), []byte(`"started":"2`), []byte(`"started":"on 2`)))
		}, "shows what a sign-in made", "did not answer what the contract says"},
	} {
		t.Run(name, func(t *testing.T) {
			product := start(t, bundled.Options{})
			at := product.Probe.HTTP
			inner := forwardTo(at.URL)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Header.Set("X-Right", "Bearer "+at.Token)
				c.change(inner, w, r)
			}))
			defer server.Close()
			product.Probe = &target.ProbeConfig{HTTP: &target.ProbeAddress{URL: server.URL, Token: at.Token}}
			r, err := verify.CheckProbe(t.Context(), product, verify.Safety{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Honest || !slices.ContainsFunc(r.Checks, func(q verify.ProbeCheck) bool {
				return q.Name == c.by && q.Verdict == verify.ProbeWrong && strings.Contains(q.Text, c.says)
			}) {
				t.Errorf("nobody says that %q, %s:\n%s", c.by, c.says, inLines(r))
			}
		})
	}
}

// forwardTo passes requests on to a probe.
func forwardTo(base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := http.NewRequestWithContext(r.Context(), r.Method, base+strings.TrimSuffix(r.URL.RequestURI(), "/"), r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		request.Header = r.Header.Clone()
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
	})
}

func TestAnHonestProbeIsBelieved(t *testing.T) {
	for name, change := range map[string]func(*target.Target){
		"over HTTP":       func(*target.Target) {},
		"in this program": func(p *target.Target) { p.Probe = &target.ProbeConfig{Go: insideOf(*p)} },
		"a little one": func(p *target.Target) {
			h := insideOf(*p)
			p.Probe = &target.ProbeConfig{Go: claimingLittle{viewing(h, func(v *target.View) { *v = target.View{Accounts: v.Accounts} })}}
		},
		"of a product to be cleared": func(p *target.Target) { p.Disposable = false },
	} {
		t.Run(name, func(t *testing.T) {
			product := start(t, bundled.Options{})
			change(&product)
			r, err := verify.CheckProbe(t.Context(), product, verify.Safety{Ledger: filepath.Join(t.TempDir(), "ledger")})
			if err != nil || !r.Honest || len(r.Left) > 0 || len(r.Features) == 0 {
				t.Errorf("%v, left %v:\n%s", err, r.Left, inLines(r))
			}
			text, err := json.Marshal(r)
			if err != nil || strings.Contains(string(text), "secret") {
				t.Errorf("%v: %s", err, text)
			}
		})
	}
}

// claimingLittle shows accounts and cannot do anything.
type claimingLittle struct{ target.Probe }

func (claimingLittle) Features(context.Context) ([]string, error) {
	return []string{target.LookAccounts}, nil
}

func TestAProbeThatCannotBeTested(t *testing.T) {
	product := start(t, bundled.Options{})
	silent := product
	silent.Probe = nil
	if _, err := verify.CheckProbe(t.Context(), silent, verify.Safety{}); !errors.Is(err, verify.ErrNoProbe) {
		t.Error(err)
	}
	gone := product
	gone.Probe = &target.ProbeConfig{HTTP: &target.ProbeAddress{URL: "http://127.0.0.1:1", Token: "x"}}
	var unreachable *verify.Unreachable
	if _, err := verify.CheckProbe(t.Context(), gone, verify.Safety{}); !errors.As(err, &unreachable) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verify.CheckProbe(ctx, product, verify.Safety{}); err == nil {
		t.Error("it was tested after all")
	}
}
