package match_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/onsi/gomega/types"

	"rollcall.example/suites/match"
	"rollcall.example/suites/target"
)

// judged is one matcher between two things: one that it holds for, one that it does
// not. The words are what its failure says of the second.
type judged struct {
	name         string
	matcher      types.GomegaMatcher
	holds, fails any
	expected     string
	actual       string
	// negated is what is expected where the claim is turned round; "not " and
	// expected where it is empty.
	negated string
}

func (j judged) run(t *testing.T) {
	t.Parallel()
	for _, side := range []struct {
		actual any
		want   bool
	}{{j.holds, true}, {j.fails, false}} {
		got, err := j.matcher.Match(side.actual)
		if err != nil || got != side.want {
			t.Errorf("%+v: got %v, %v; want %v", side.actual, got, err, side.want)
		}
	}
	if got, want := j.matcher.FailureMessage(j.fails), "expected: "+j.expected+"\nactual:   "+j.actual; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	negated := j.negated
	if negated == "" {
		negated = "not " + j.expected
	}
	if got, want := j.matcher.NegatedFailureMessage(j.fails), "expected: "+negated+"\nactual:   "+j.actual; got != want {
		t.Errorf("negated: got\n%s\nwant\n%s", got, want)
	}
}

func runAll(t *testing.T, all []judged) {
	t.Helper()
	for _, j := range all {
		t.Run(j.name, j.run)
	}
}

func TestEveryMatcherNamesWhatItTakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		matcher types.GomegaMatcher
		takes   string
	}{
		"of a view":          {match.HaveRecord(), "product.Look"},
		"of a later view":    {match.BeUnchangedSince(target.View{}, "seats"), "product.Look"},
		"of a log":           {match.HaveNoEventOf(target.SeatStarted), "product.Audit"},
		"of a connection":    {match.HaveSCIMToken(), "product.Connection"},
		"of seats":           {match.StayAt(target.SeatTotal{}), "product.Seats"},
		"of a SCIM answer":   {match.HaveStatus(200), "okta.Call"},
		"of a visit":         {match.BeRefused(), "okta.SignIn"},
		"of a door's answer": {match.BeOpen(), "a door of product"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, wrong := range []any{nil, 7, "text", &target.View{}} {
				ok, err := c.matcher.Match(wrong)
				if ok || err == nil || !strings.Contains(err.Error(), c.takes) {
					t.Errorf("%T: %v, %v", wrong, ok, err)
				}
			}
			if !strings.Contains(c.matcher.NegatedFailureMessage(7), "\nactual:   ") || !strings.Contains(c.matcher.FailureMessage(7), "\nactual:   ") {
				t.Errorf("a wrong argument has no two-line message")
			}
		})
	}
}

// A nil list is not an empty one: the probe does not show it, so nothing is judged.
func TestAListThatIsNotShownIsNotJudged(t *testing.T) {
	t.Parallel()
	everything := target.View{
		Records: []target.Record{}, Accounts: []target.Account{}, Memberships: []target.Membership{},
		Seats: []target.Seat{}, Sessions: []target.Session{}, Tokens: []target.Token{},
	}
	without := map[string]func(*target.View){
		"records":     func(v *target.View) { v.Records = nil },
		"accounts":    func(v *target.View) { v.Accounts = nil },
		"memberships": func(v *target.View) { v.Memberships = nil },
		"seats":       func(v *target.View) { v.Seats = nil },
		"sessions":    func(v *target.View) { v.Sessions = nil },
		"tokens":      func(v *target.View) { v.Tokens = nil },
	}
	for name, c := range needs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for list, hide := range without {
				view := everything
				hide(&view)
				var told []string
				view.Unobserved = func(name string) { told = append(told, name) }
				_, err := c.matcher.Match(view)
				if !slices.Contains(c.lists, list) {
					if err != nil || told != nil {
						t.Errorf("without %s: %v, told %v", list, err, told)
					}
					continue
				}
				if !slices.Equal(told, []string{list}) {
					t.Errorf("without %s: told %v", list, told)
				}
				view.Unobserved = nil
				if ok, err := c.matcher.Match(view); ok || err == nil || err.Error() != "the probe does not show "+list {
					t.Errorf("without %s and nobody to tell: %v, %v", list, ok, err)
				}
			}
		})
	}
}

func TestAListThatDoesNotExistIsNotJudged(t *testing.T) {
	t.Parallel()
	ok, err := match.BeUnchangedSince(person(), "seat").Match(person())
	if ok || err == nil || !strings.Contains(err.Error(), "does not show seat") {
		t.Errorf("%v, %v", ok, err)
	}
}

type needed struct {
	matcher types.GomegaMatcher
	lists   []string
}

// needs says of every matcher over a view which lists it cannot do without.
func needs() map[string]needed {
	records, accounts, memberships, seats := []string{"records"}, []string{"accounts"}, []string{"memberships"}, []string{"seats"}
	return map[string]needed{
		"HaveRecord":         {match.HaveRecord(), records},
		"HaveNoRecord":       {match.HaveNoRecord(), records},
		"HaveActiveRecord":   {match.HaveActiveRecord(), records},
		"HaveInactiveRecord": {match.HaveInactiveRecord(), records},
		"HaveRecordOf":       {match.HaveRecordOf("Han", ""), records},
		"HaveLinkedRecord":   {match.HaveLinkedRecord(), []string{"records", "accounts"}},
		"HaveNoLinkedRecord": {match.HaveNoLinkedRecord(), records},
		"BeWhollyInOrOut":    {match.BeWhollyInOrOut(), []string{"records", "memberships"}},
		"HaveAccount":        {match.HaveAccount(), accounts},
		"HaveNoAccount":      {match.HaveNoAccount(), accounts},
		"HaveAccountOf":      {match.HaveAccountOf("Han", ""), accounts},
		"BeMember":           {match.BeMember(), memberships},
		"BeNoMember":         {match.BeNoMember(), memberships},
		"HaveRole":           {match.HaveRole("admin"), memberships},
		"BeInTeam":           {match.BeInTeam(rebels, ""), memberships},
		"BeOutOfTeam":        {match.BeOutOfTeam(rebels), memberships},
		"HaveTeams":          {match.HaveTeams(rebels), memberships},
		"HaveSeat":           {match.HaveSeat(), seats},
		"HaveNoSeat":         {match.HaveNoSeat(), seats},
		"HaveBeenSeated":     {match.HaveBeenSeated(1), seats},
		"BeSeatedSince":      {match.BeSeatedSince(began), seats},
		"HaveSeatWithCause":  {match.HaveSeatWithCause(), seats},
		"HaveSession":        {match.HaveSession(), []string{"sessions"}},
		"HaveNoSession":      {match.HaveNoSession(), []string{"sessions"}},
		"HaveToken":          {match.HaveToken(), []string{"tokens"}},
		"HaveNoToken":        {match.HaveNoToken(), []string{"tokens"}},
		"BeUnchangedSince":   {match.BeUnchangedSince(person(), "sessions", "tokens"), []string{"sessions", "tokens"}},
	}
}
