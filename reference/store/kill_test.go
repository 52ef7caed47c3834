//go:build unix

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rollcall.example/reference/org"
	"rollcall.example/reference/store"
)

const (
	kills   = 50 // at least, of a process that writes a file itself
	cuts    = 15 // at least, of one whose transactions a server undoes
	workers = 2  // in the child, each with people of its own
	people  = 6  // of each worker
)

// deed is something that happens to a person.
type deed string

const (
	provision  deed = "provision"
	signIn     deed = "sign-in"
	deactivate deed = "deactivate"
	reactivate deed = "reactivate"
	remove     deed = "remove"
	issueToken deed = "issue-token"
	joinGroup  deed = "join-group"
	leaveGroup deed = "leave-group"
)

// standing is how a person stands in the organization: all that a deed changes.
type standing struct {
	Record, Active, Account, Member bool
	InGroup                         bool
	OpenSeats, Seats                int
	Sessions, Tokens                int // live ones
}

// after tells how the person stands once the deed is done: the plain model that the
// data file is held to.
func (s standing) after(d deed) standing {
	switch d {
	case provision:
		s.Record, s.Active = true, true
	case signIn:
		if !s.Member {
			s.OpenSeats, s.Seats = 1, s.Seats+1
		}
		s.Account, s.Member, s.Sessions = true, true, s.Sessions+1
	case reactivate:
		s.Active = true
	case issueToken:
		s.Tokens++
	case joinGroup, leaveGroup:
		s.InGroup = d == joinGroup
	case deactivate:
		s.Active, s.Member, s.OpenSeats, s.Sessions, s.Tokens = false, false, 0, 0, 0
	case remove:
		s.Record, s.Active, s.Member, s.OpenSeats, s.Sessions, s.Tokens = false, false, false, 0, 0, 0
		s.InGroup = false
	}
	return s
}

// possible lists what may happen next to somebody who stands so.
func (s standing) possible() []deed {
	push := joinGroup
	if s.InGroup {
		push = leaveGroup
	}
	switch {
	case !s.Record:
		return []deed{provision}
	case !s.Active:
		return []deed{reactivate, remove}
	case !s.Member:
		return []deed{signIn, signIn, signIn, deactivate, push}
	}
	return []deed{signIn, issueToken, deactivate, deactivate, deactivate, remove, push}
}

// product is the reference over a data file, with what a client of it holds.
type product struct {
	store    *store.Store
	service  *org.Service
	caller   org.Caller
	provider org.Provider
}

// enter opens the data file and comes in by the credential, as a client does.
func enter(ctx context.Context, path, provider, token string) (*product, error) {
	s, err := store.Open(ctx, store.Options{Path: path})
	if err != nil {
		return nil, err
	}
	p := &product{store: s, service: org.New(s, org.NewBehaviour(org.Standard()), time.Now)}
	p.caller, err = p.service.Admit(ctx, org.Call{ProviderID: provider, Token: token, Now: time.Now()})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	p.provider = p.caller.Provider
	return p, nil
}

// stand looks how a person stands.
func (p *product) stand(ctx context.Context, address string) (standing, error) {
	organization := p.caller.Organization.ID
	picture, err := p.service.Look(ctx, organization, org.Identifiers{UserNames: []string{address}})
	if err != nil {
		return standing{}, err
	}
	if len(picture.Records) > 1 || len(picture.Accounts) > 1 || len(picture.Memberships) > 1 {
		return standing{}, fmt.Errorf("%s is there more than once: %+v", address, picture)
	}
	s := standing{Record: len(picture.Records) == 1, Account: len(picture.Accounts) == 1,
		Member: len(picture.Memberships) == 1, Seats: len(picture.Seats)}
	s.Active = s.Record && picture.Records[0].Active
	for _, seat := range picture.Seats {
		if seat.Ended.IsZero() {
			s.OpenSeats++
		}
	}
	for _, session := range picture.Sessions {
		if session.Live(picture.Now) {
			s.Sessions++
		}
	}
	for _, token := range picture.Tokens {
		if token.Live() {
			s.Tokens++
		}
	}
	if s.Record {
		groups, err := p.service.GroupsOf(ctx, picture.Records[0].ID)
		s.InGroup = len(groups) > 0
		return s, err
	}
	return s, nil
}

// happen does a deed to a person through the service's front door.
func (p *product) happen(ctx context.Context, address string, d deed) error {
	switch d {
	case provision:
		_, err := p.service.CreateRecord(ctx, p.caller, org.Record{UserName: address, Active: true})
		return err
	case signIn:
		_, err := p.service.SignIn(ctx, p.provider, org.Assertion{NameID: address})
		return err
	case issueToken:
		account, err := p.service.AccountByEmail(ctx, address)
		if err != nil {
			return err
		}
		_, _, err = p.service.IssueToken(ctx, "system", p.caller.Organization.ID, account.ID, "ci")
		return err
	}
	found, _, err := p.service.FindRecords(ctx, p.caller, org.RecordMatch{UserName: &address}, 0, 2)
	if err != nil {
		return err
	}
	switch len(found) {
	case 0:
		return errNobody
	case 1:
	default:
		return fmt.Errorf("%d records of %s", len(found), address)
	}
	switch d {
	case remove:
		return p.service.DeleteRecord(ctx, p.caller, found[0].ID)
	case joinGroup, leaveGroup:
		return p.push(ctx, found[0].ID, d == joinGroup)
	}
	_, err = p.service.ChangeRecord(ctx, p.caller, found[0].ID, func(r *org.Record) error {
		r.Active = d == reactivate
		return nil
	})
	return err
}

// push puts somebody into the one group that there is, or takes them out.
func (p *product) push(ctx context.Context, record string, in bool) error {
	groups, _, err := p.service.FindGroups(ctx, p.caller, org.GroupMatch{}, false, 0, 1)
	if err != nil {
		return err
	}
	_, err = p.service.ChangeGroup(ctx, p.caller, groups[0].ID, func(e *org.GroupEdit) error {
		if in {
			e.Add(record)
		} else {
			e.Remove(record)
		}
		return nil
	})
	return err
}

func address(worker, person int) string {
	return fmt.Sprintf("person%d@worker%d.example", person, worker)
}

// The child is told where it comes in, and by which seed it chooses.
const (
	childProvider = "ROLLCALL_STORE_TEST_PROVIDER"
	childToken    = "ROLLCALL_STORE_TEST_TOKEN"
	childSeed     = "ROLLCALL_STORE_TEST_SEED"
)

// workUntilKilled is the child: it does one deed after the other, says before each
// what comes and after each that it is done, and goes on only when that is said.
func workUntilKilled(ctx context.Context, path string) error {
	p, err := enter(ctx, path, os.Getenv(childProvider), os.Getenv(childToken))
	if err != nil {
		return err
	}
	seed, err := strconv.ParseUint(os.Getenv(childSeed), 10, 64)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	failed := make(chan error, workers)
	for w := range workers {
		go func() { failed <- p.work(ctx, w, rand.New(rand.NewPCG(seed, uint64(w)))) }()
	}
	return <-failed
}

func (p *product) work(ctx context.Context, worker int, random *rand.Rand) error {
	for {
		who := address(worker, random.IntN(people))
		now, err := p.stand(ctx, who)
		if err != nil {
			return err
		}
		choice := now.possible()
		what := choice[random.IntN(len(choice))]
		if err := say("begin", who, what); err != nil {
			return err
		}
		if err := p.happen(ctx, who, what); err != nil {
			return fmt.Errorf("%s %s: %w", what, who, err)
		}
		if err := say("done", who, what); err != nil {
			return err
		}
	}
}

// say writes a line in one piece: it is in the pipe whole, or not at all.
func say(when, who string, what deed) error {
	_, err := os.Stdout.WriteString(when + " " + who + " " + string(what) + "\n")
	return err
}

// witness is the parent: it knows how everybody must stand.
type witness struct {
	t       *testing.T
	path    string
	founded org.Founded
	stands  map[string]standing
	midway  map[deed]int // how many deeds a kill came in the midst of, by what they were
	whole   int          // of these, how many turned out to be done
	done    int
	pace    time.Duration // how long a deed takes, about
}

// TestKilledAtAnyMoment kills a working process again and again. Each time, all of
// what it said was done is there, what it was doing is there whole or not at all,
// and every invariant holds. ROLLCALL_SEED repeats the choices of a failed run;
// where exactly the kills come is up to the machine.
func TestKilledAtAnyMoment(t *testing.T) { onEachNamed(t, testKilledAtAnyMoment) }

func testKilledAtAnyMoment(t *testing.T, path string) {
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("ROLLCALL_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatalf("ROLLCALL_SEED: %v", err)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("repeat with ROLLCALL_SEED=%d", seed)
		}
	})
	w := foundWitness(t, path)
	kills := kills
	if isPostgres(path) {
		kills = cuts
	}
	random := rand.New(rand.NewPCG(seed, 0))
	round := 0
	for ; round < kills || !w.sawEnough(); round++ {
		if round == 4*kills {
			t.Fatalf("after %d kills, too few came in the midst of a deed: %v", round, w.midway)
		}
		w.round(random)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	w.checkFile()
	t.Logf("%d kills, %d deeds done; in the midst of %v, of which %d turned out to be done", round, w.done, w.midway, w.whole)
}

func foundWitness(t *testing.T, path string) *witness {
	t.Helper()
	w := &witness{t: t, path: path, stands: map[string]standing{}, midway: map[deed]int{}, pace: time.Millisecond}
	s, err := store.Open(t.Context(), store.Options{Path: w.path})
	if err != nil {
		t.Fatal(err)
	}
	service := org.New(s, org.NewBehaviour(org.Standard()), time.Now)
	w.founded, err = service.Found(t.Context(), org.NewOrganization{
		Name: "Acme", Founder: "founder@acme.example",
		Teams:    []org.NewTeam{{Name: "Everyone", Default: true}},
		Provider: org.NewProvider{Kind: org.Okta, State: org.Enabled, Groups: true},
	})
	if err == nil {
		caller := org.Caller{Organization: w.founded.Organization, Provider: w.founded.Provider, Credential: w.founded.Credential}
		_, err = service.CreateGroup(t.Context(), caller, org.Group{DisplayName: "Crew"})
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return w
}

// sawEnough says whether kills came in the midst of each of the three events that
// matter most.
func (w *witness) sawEnough() bool {
	for _, d := range []deed{provision, signIn, deactivate} {
		if w.midway[d] < 2 {
			return false
		}
	}
	return true
}

// round lets a child do some deeds, kills it somewhere in the next ones and checks
// what it left.
func (w *witness) round(random *rand.Rand) {
	w.t.Helper()
	c := start(w.t, "work", w.path,
		childProvider+"="+w.founded.Provider.ID, childToken+"="+w.founded.Credential.Token,
		childSeed+"="+strconv.FormatUint(random.Uint64(), 10))
	c.expect("ready")
	kill := func() { _ = c.cmd.Process.Signal(syscall.SIGKILL) }
	hanging := time.AfterFunc(20*time.Second, kill)
	deeds, later := 1+random.IntN(12), random.Float64()
	begun := w.listen(c, func(count int) {
		if count == deeds {
			time.AfterFunc(time.Duration(later*float64(2*w.pace)), kill)
		}
	})
	if !hanging.Stop() {
		w.t.Error("the child stopped working")
	}
	c.killed()
	w.check(begun)
}

// listen takes down what the child says until it is dead, and gives the deeds that
// it began and did not call done. It tells began how many it began so far.
func (w *witness) listen(c *child, began func(count int)) map[string]deed {
	begun, since, count := map[string]deed{}, map[string]time.Time{}, 0
	for c.lines.Scan() {
		when, rest, _ := strings.Cut(c.lines.Text(), " ")
		who, what, _ := strings.Cut(rest, " ")
		switch when {
		case "begin":
			begun[who], since[who] = deed(what), time.Now()
			count++
			began(count)
		case "done":
			delete(begun, who)
			w.stands[who] = w.stands[who].after(deed(what))
			w.done++
			w.pace = (9*w.pace + time.Since(since[who])) / 10
		default:
			w.t.Errorf("the child said %q", c.lines.Text())
		}
	}
	return begun
}

func (w *witness) check(begun map[string]deed) {
	w.t.Helper()
	ctx := w.t.Context()
	p, err := enter(ctx, w.path, w.founded.Provider.ID, w.founded.Credential.Token)
	if err != nil {
		w.t.Fatalf("the data file does not open again: %v", err)
	}
	defer func() {
		if err := p.store.Close(); err != nil {
			w.t.Error(err)
		}
	}()
	wrong, err := p.service.CheckInvariants(ctx, w.founded.Organization.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, violation := range wrong {
		w.t.Error(violation)
	}
	for worker := range workers {
		for person := range people {
			who := address(worker, person)
			w.checkPerson(p, who, begun[who])
		}
	}
	w.checkLog(p)
}

// checkPerson holds a person to what was said of them. Somebody whom a deed was being
// done to when the kill came stands as before it or as after it, never between.
func (w *witness) checkPerson(p *product, who string, begun deed) {
	w.t.Helper()
	got, err := p.stand(w.t.Context(), who)
	if err != nil {
		w.t.Fatal(err)
	}
	before := w.stands[who]
	if begun == "" {
		if got != before {
			w.t.Errorf("%s:\n got %+v\nwant %+v", who, got, before)
		}
		return
	}
	w.midway[begun]++
	after := before.after(begun)
	switch got {
	case after:
		w.whole++
		w.stands[who] = got
	case before:
	default:
		w.t.Errorf("%s, killed in the midst of %s:\n    got %+v\n before %+v\n  after %+v", who, begun, got, before, after)
	}
}

// checkLog counts: the audit log tells of every membership and seat, and of none
// that is not there.
func (w *witness) checkLog(p *product) {
	w.t.Helper()
	events, err := p.service.Audit(w.t.Context(), w.founded.Organization.ID, 0, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	told := map[org.Action]int{}
	for _, e := range events {
		told[e.Action]++
	}
	// The founder is a member with a seat, and in the team.
	members, openSeats, seats, records, places, pushed := 1, 1, 1, 0, 1, 0
	for _, s := range w.stands {
		seats += s.Seats
		openSeats += s.OpenSeats
		if s.Member {
			members++
			places++
		}
		if s.InGroup {
			pushed++
		}
		if s.Member && s.InGroup {
			places++
		}
		if s.Record {
			records++
		}
	}
	for what, test := range map[string]struct{ got, want int }{
		"memberships":  {told[org.MemberCreated] - told[org.MemberDeleted], members},
		"seats":        {told[org.SeatStarted], seats},
		"open seats":   {told[org.SeatStarted] - told[org.SeatReleased], openSeats},
		"team members": {told[org.TeamMemberCreated] - told[org.TeamMemberDeleted], places},
		"in the group": {told[org.GroupMemberCreated] - told[org.GroupMemberDeleted], pushed},
		"records":      {told[org.RecordCreated] - told[org.RecordDeleted], records},
	} {
		if test.got != test.want {
			w.t.Errorf("the audit log tells of %d %s, there are %d", test.got, what, test.want)
		}
	}
}

// checkFile asks the database whether the file is sound.
func (w *witness) checkFile() {
	w.t.Helper()
	raw(w.t, w.path, func(db *sql.DB) {
		expectCounts(w.t, db)
		if isPostgres(w.path) {
			return
		}
		var said string
		if err := db.QueryRowContext(w.t.Context(), "PRAGMA integrity_check").Scan(&said); err != nil || said != "ok" {
			w.t.Errorf("the file is not sound: %s, %v", said, err)
		}
		var dangling int
		err := db.QueryRowContext(w.t.Context(), "SELECT count(*) FROM pragma_foreign_key_check").Scan(&dangling)
		if err != nil || dangling != 0 {
			w.t.Errorf("%d rows refer to what is not there, %v", dangling, err)
		}
	})
}
