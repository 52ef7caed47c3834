package verify_test

import (
	"strings"
	"testing"

	"rollcall.example/simulator/forge"
	"rollcall.example/suites/bundled"
	"rollcall.example/suites/verify"
)

// What somebody reads of an attack, and whether the product did what it owes.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	const attacker, victim = "attacker@rollcall.test", "victim@rollcall.test"
	in := verify.Reaction{Answered: 303}
	for name, c := range map[string]struct {
		outcome verify.Outcome
		says    string
		holds   string // for which expectations, of "refuse harmless warn accept"
	}{
		"refused":              {verify.Outcome{Reaction: verify.Reaction{Answered: 403}}, "refused: the assertion consumer service answered 403 Forbidden", "refuse harmless warn"},
		"the victim":           {verify.Outcome{Reaction: in, In: true, As: victim}, "signed in as the victim", ""},
		"the attacker":         {verify.Outcome{Reaction: in, In: true, As: "Attacker@rollcall.test"}, "signed in as the attacker", "harmless accept"},
		"somebody else":        {verify.Outcome{Reaction: in, In: true, As: "root@acme.test"}, "whom the donor did not name", ""},
		"nobody knows who":     {verify.Outcome{Reaction: in, In: true}, "nothing tells who", "accept"},
		"it fell over":         {verify.Outcome{Reaction: verify.Reaction{Answered: 500, Crash: "answered 500 Internal Server Error"}}, "nobody is signed in, but the product answered 500", "refuse harmless warn"},
		"refused, and wayward": {verify.Outcome{Reaction: verify.Reaction{Answered: 403, Visitors: []string{"GET /lure/x"}}}, "was fetched: GET /lure/x", ""},
	} {
		c.outcome.Attacker, c.outcome.Victim = attacker, victim
		if got := c.outcome.String(); !strings.Contains(got, c.says) {
			t.Errorf("%s: %q does not say %q", name, got, c.says)
		}
		for _, expect := range []forge.Expect{forge.Refuse, forge.Harmless, forge.Warn, forge.Accept} {
			if got, want := c.outcome.Holds(expect), strings.Contains(" "+c.holds+" ", " "+expect.String()+" "); got != want {
				t.Errorf("%s: what is owed to %s holds: %v, want %v", name, expect, got, want)
			}
		}
	}
}

func TestAnAttemptIsMadeBetweenHonestSignIns(t *testing.T) {
	t.Parallel()
	attack, _ := forge.Find("unsigned")
	attempt := verify.Attempt{Attack: attack, Mode: attack.In()[0]}
	for defect, says := range map[string]string{
		"":                  "refused: ",
		"unsigned-believed": "signed in as the victim, victim.",
	} {
		product, err := bundled.Start(t.Context(), bundled.Options{Defect: defect})
		if err != nil {
			t.Fatal(err)
		}
		outcome, left, err := attempt.Post(t.Context(), product.Target, verify.Safety{})
		if err := product.Close(); err != nil {
			t.Error(err)
		}
		if err != nil || len(left) > 0 || !strings.HasPrefix(outcome.String(), says) {
			t.Errorf("with the defect %q: %q, left %v, error %v; want %q", defect, outcome, left, err, says)
		}
	}
}

func TestAnAttemptOnASessionIsMadeBeforeAnHonestLogout(t *testing.T) {
	t.Parallel()
	attack, _ := forge.FindLogout("unsigned-form")
	attempt := verify.LogoutAttempt{Attack: attack}
	for defect, c := range map[string]struct {
		says  string
		holds bool
	}{
		"":                         {"the session goes on: the product answered 40", true},
		"logout-unsigned-believed": {"the victim's session is over", false},
	} {
		product, err := bundled.Start(t.Context(), bundled.Options{Defect: defect})
		if err != nil {
			t.Fatal(err)
		}
		outcome, left, err := attempt.Post(t.Context(), product.Target, verify.Safety{})
		if err := product.Close(); err != nil {
			t.Error(err)
		}
		if err != nil || len(left) > 0 || !strings.HasPrefix(outcome.String(), c.says) || outcome.Holds(attack) != c.holds {
			t.Errorf("with the defect %q: %q, holds %v, left %v, error %v; want %q", defect, outcome, outcome.Holds(attack), left, err, c.says)
		}
	}
}
