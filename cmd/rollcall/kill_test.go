package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/target"
	"rollcall.example/suites/verify"
)

// killings is how many runs are killed, each at a moment of its own.
const killings = 18

// A run that is killed at any moment leaves only what a sweep then takes away: what
// others have at the product is as it was, and nothing of the run's is live.
func TestSweepAfterAKill(t *testing.T) {
	t.Parallel()
	product, err := bundled.Start(t.Context(), bundled.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = product.Close() }()
	product.Target.Disposable = false
	inhabit(t, product)
	before := inventory(t, product)
	for _, shown := range []string{"member lando@rebels.test admin", "record han@rebels.test", "team bespin", "token ci", "1 sessions"} {
		if !strings.Contains(before, shown) {
			t.Fatalf("the inventory does not show %q:\n%s", shown, before)
		}
	}
	began, made := 0, 0
	for n := range killings {
		run := killed{ledger: filepath.Join(t.TempDir(), "ledger.jsonl"), lines: 2 + rand.IntN(150), seed: 1 + rand.Int64N(1000), procs: 1 + n%2, orphans: n%4 == 3, politely: n%6 == 4}
		run.kill(t, product.Target)
		if run.sweep(t, product.Target) {
			began++
		}
		if after := inventory(t, product); after != before {
			t.Fatalf("killed %+v:\n%s", run, difference(before, after))
		}
		made += run.made
	}
	t.Logf("%d of %d runs had begun; %d things were left and swept", began, killings, made)
	if began < killings*2/3 || made < killings/2 {
		t.Errorf("of %d runs %d had begun and left %d things: that shows little", killings, began, made)
	}
}

// inhabit gives the product people, a team and an organization of its own.
func inhabit(t *testing.T, product *bundled.Bundled) {
	t.Helper()
	ctx, svc := t.Context(), product.App.Org()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	id := product.Target.Connection().Organization
	organization, err := svc.Organization(ctx, id)
	ok(err)
	providers, err := svc.Providers(ctx, id)
	ok(err)
	caller := org.Caller{Organization: organization, Provider: providers[0]}
	team, err := svc.CreateTeam(ctx, "", id, org.NewTeam{Name: "Bespin"})
	ok(err)
	for n, name := range []string{"han@rebels.test", "leia@rebels.test", "lando@rebels.test"} {
		if n < 2 {
			_, err := svc.CreateRecord(ctx, caller, org.Record{UserName: name, Active: true})
			ok(err)
		}
		if n > 0 {
			_, err := svc.SignIn(ctx, providers[0], org.Assertion{ID: "_" + name, NameID: name, Attributes: map[string][]string{"admin": {"true"}, "teams": {team.ID}}})
			ok(err)
		}
	}
	lando, err := svc.AccountByEmail(ctx, "lando@rebels.test")
	ok(err)
	_, _, err = svc.IssueToken(ctx, "", id, lando.ID, "ci")
	ok(err)
	_, err = svc.Found(ctx, org.NewOrganization{Name: "Empire", Founder: "vader@empire.test", Teams: []org.NewTeam{{Name: "Deathstar"}}})
	ok(err)
}

// inventory spells everything live at the product, with its ids and times.
func inventory(t *testing.T, product *bundled.Bundled) string {
	t.Helper()
	ctx, svc := t.Context(), product.App.Org()
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	organizations, err := svc.Organizations(ctx)
	for _, o := range organizations {
		add("organization %s %s %v %v %v", o.Slug, o.Plan, o.Flags, o.Clock, o.Created)
		providers, provided := svc.Providers(ctx, o.ID)
		for _, p := range providers {
			add("%s: provider %s %s tested=%v %s", o.Slug, p.ID, p.State, p.Tested, p.IdPSSOURL)
		}
		teams, listed := svc.Teams(ctx, o.ID)
		for _, team := range teams {
			add("%s: team %s %s", o.Slug, team.Slug, team.ID)
		}
		records, kept := svc.Records(ctx, o.ID)
		for _, r := range records {
			add("%s: record %s %+v", o.Slug, r.UserName, r)
		}
		open, counted := svc.OpenSeats(ctx, o.ID)
		add("%s: %d open seats", o.Slug, open)
		wrong, checked := svc.CheckInvariants(ctx, o.ID)
		for _, what := range wrong {
			add("%s: %s", o.Slug, what)
		}
		err = errors.Join(err, provided, listed, kept, counted, checked, members(ctx, svc, o, add))
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// members spells the members of one organization.
func members(ctx context.Context, svc *org.Service, o org.Organization, add func(string, ...any)) error {
	rows, err := svc.Members(ctx, o.ID)
	for _, m := range rows {
		sessions, failed := svc.Sessions(ctx, o.ID, m.Account.ID)
		tokens, failing := svc.Tokens(ctx, o.ID, m.Account.ID)
		err = errors.Join(err, failed, failing)
		var places []string
		for _, place := range m.Teams {
			places = append(places, place.Team.Slug+"/"+string(place.Role))
		}
		slices.Sort(places)
		add("%s: member %s %s in %v, seat since %v, %d sessions, %d tokens", o.Slug, m.Account.Email, m.Membership.Role, places, m.Seat.Started, len(sessions), len(tokens))
		for _, token := range tokens {
			add("%s: token %s %s %v", o.Slug, token.Name, token.ID, token.Revoked)
		}
	}
	return err
}

// difference lists the lines that only one of two texts has.
func difference(before, after string) string {
	was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
	var lines []string
	for _, one := range was {
		if !slices.Contains(is, one) {
			lines = append(lines, "was "+one)
		}
	}
	for _, one := range is {
		if !slices.Contains(was, one) {
			lines = append(lines, "is  "+one)
		}
	}
	return strings.Join(lines, "\n")
}

// killed is one run that is killed when its ledger has so many lines.
type killed struct {
	ledger   string
	lines    int
	seed     int64
	procs    int
	orphans  bool // its workers outlive it
	politely bool // it is interrupted, as by Ctrl-C, and gets its grace
	made     int  // what the sweep found
}

// killedEnv holds, for the process that is to be killed, what it runs: an order.
const killedEnv = "ROLLCALL_TEST_KILLED"

type order struct {
	Target target.Target
	Seed   int64
	Procs  int
	Ledger string
}

func (o order) options() verify.Options {
	return verify.Options{
		Target: o.Target, Seed: o.Seed, Procs: o.Procs, Safety: verify.Safety{Ledger: o.Ledger},
		Areas: []string{"tracking", "jit", "deactivation", "permissions", "setup", "offboarding"},
	}
}

// runToBeKilled is the process that is to be killed.
func runToBeKilled() {
	verify.Work()
	var o order
	err := json.Unmarshal([]byte(os.Getenv(killedEnv)), &o)
	if err == nil {
		_, err = verify.Run(context.Background(), o.options())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// kill starts the run and kills it.
func (k *killed) kill(t *testing.T, at target.Target) {
	t.Helper()
	text, err := json.Marshal(order{at, k.seed, k.procs, k.ledger})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("run-to-be-killed")
	command.Env = append(os.Environ(), killedEnv+"="+string(text))
	command.Stderr = os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	tick := time.NewTicker(200 * time.Microsecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for {
		select {
		case <-tick.C:
			if written, _ := os.ReadFile(k.ledger); strings.Count(string(written), "\n") < k.lines {
				continue
			}
			if k.politely {
				_ = command.Process.Signal(os.Interrupt)
			} else if k.orphans {
				_ = command.Process.Kill()
			} else {
				_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
			}
			<-ended
			return
		case err := <-ended:
			t.Fatalf("the run ended by itself: %v", err)
		case <-deadline:
			_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
			t.Fatal("the run took more than a minute")
		}
	}
}

// sweep sweeps after the run, once all its processes are gone, and says whether there
// was a ledger. A run that was interrupted politely has mostly cleared away by itself.
func (k *killed) sweep(t *testing.T, at target.Target) bool {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for {
		if _, err := os.Stat(k.ledger); err != nil && k.politely {
			return true
		}
		left, err := target.Sweep(t.Context(), k.ledger, at, func(target.Thing, error) { k.made++ })
		switch {
		case errors.Is(err, target.ErrUnderWay):
		case err != nil || len(left) > 0:
			t.Fatalf("sweeping after %+v: %v, left %v", *k, err, left)
		default:
			if _, err := os.Stat(k.ledger); err == nil {
				t.Fatal("the ledger is still there")
			}
			return true
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the processes of the run did not end")
		}
	}
}
