package match

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"rollcall.example/suites/target"
)

// HaveRecord holds for exactly one tracking record.
func HaveRecord() types.GomegaMatcher {
	return sight{[]string{"records"}, "one tracking record", func(v target.View) bool { return len(v.Records) == 1 }}
}

// HaveNoRecord holds where there is no tracking record, active or not.
func HaveNoRecord() types.GomegaMatcher {
	return lacking{sight{[]string{"records"}, "no tracking record", func(v target.View) bool { return len(v.Records) == 0 }}}
}

// HaveActiveRecord holds for exactly one tracking record, which is active.
func HaveActiveRecord() types.GomegaMatcher {
	return sight{[]string{"records"}, "one active tracking record", func(v target.View) bool {
		return len(v.Records) == 1 && v.Records[0].Active
	}}
}

// HaveInactiveRecord holds for exactly one tracking record, which is inactive.
func HaveInactiveRecord() types.GomegaMatcher {
	return sight{[]string{"records"}, "one inactive tracking record", func(v target.View) bool {
		return len(v.Records) == 1 && !v.Records[0].Active
	}}
}

// HaveRecordOf holds for exactly one tracking record with this name and address.
// An empty argument is not compared.
func HaveRecordOf(name, email string) types.GomegaMatcher {
	return sight{[]string{"records"}, "one tracking record of " + whose(name, email), func(v target.View) bool {
		return len(v.Records) == 1 &&
			(name == "" || v.Records[0].Name == name) &&
			(email == "" || v.Records[0].Email == email)
	}}
}

// HaveLinkedRecord holds for one tracking record that is linked to the person's
// one account.
func HaveLinkedRecord() types.GomegaMatcher {
	return sight{[]string{"records", "accounts"}, "one tracking record linked to the account", func(v target.View) bool {
		return len(v.Records) == 1 && len(v.Accounts) == 1 && v.Records[0].AccountID == v.Accounts[0].ID
	}}
}

// HaveNoLinkedRecord holds for tracking records, at least one, of which none is linked
// to an account.
func HaveNoLinkedRecord() types.GomegaMatcher {
	return lacking{sight{[]string{"records"}, "a tracking record linked to no account", func(v target.View) bool {
		linked := func(r target.Record) bool { return r.AccountID != "" }
		return len(v.Records) > 0 && !slices.ContainsFunc(v.Records, linked)
	}}}
}

// HaveAccount holds for exactly one account.
func HaveAccount() types.GomegaMatcher {
	return sight{[]string{"accounts"}, "one account", func(v target.View) bool { return len(v.Accounts) == 1 }}
}

// HaveNoAccount holds where there is no account.
func HaveNoAccount() types.GomegaMatcher {
	return lacking{sight{[]string{"accounts"}, "no account", func(v target.View) bool { return len(v.Accounts) == 0 }}}
}

// HaveAccountOf holds for exactly one account with this name and address. An
// empty argument is not compared.
func HaveAccountOf(name, email string) types.GomegaMatcher {
	return sight{[]string{"accounts"}, "one account of " + whose(name, email), func(v target.View) bool {
		return len(v.Accounts) == 1 &&
			(name == "" || v.Accounts[0].Name == name) &&
			(email == "" || strings.EqualFold(v.Accounts[0].Email, email))
	}}
}

// BeMember holds for exactly one membership, whatever its role.
func BeMember() types.GomegaMatcher {
	return sight{[]string{"memberships"}, "one membership", func(v target.View) bool { return len(v.Memberships) == 1 }}
}

// BeNoMember holds where there is no membership.
func BeNoMember() types.GomegaMatcher {
	return lacking{sight{[]string{"memberships"}, "no membership", func(v target.View) bool { return len(v.Memberships) == 0 }}}
}

// HaveRole holds for exactly one membership, with this role.
func HaveRole(role string) types.GomegaMatcher {
	return sight{[]string{"memberships"}, "one membership with role " + role, func(v target.View) bool {
		return len(v.Memberships) == 1 && v.Memberships[0].Role == role
	}}
}

// BeInTeam holds for a member who is in the team, with this role ("" for any).
func BeInTeam(team target.Team, role string) types.GomegaMatcher {
	expected := "in team " + team.Slug
	if role != "" {
		expected += " as " + role
	}
	return sight{[]string{"memberships", "teams"}, expected, func(v target.View) bool {
		return len(v.Memberships) == 1 && slices.ContainsFunc(v.Memberships[0].Teams, func(p target.TeamPlace) bool {
			return strings.EqualFold(p.ID, team.ID) && (role == "" || p.Role == role)
		})
	}}
}

// BeOutOfTeam holds for a member who is not in the team.
func BeOutOfTeam(team target.Team) types.GomegaMatcher {
	return lacking{sight{[]string{"memberships", "teams"}, "a member outside team " + team.Slug, func(v target.View) bool {
		return len(v.Memberships) == 1 && !slices.ContainsFunc(v.Memberships[0].Teams, func(p target.TeamPlace) bool {
			return strings.EqualFold(p.ID, team.ID)
		})
	}}}
}

// HaveTeams holds for a member who is in exactly these teams, default teams aside.
func HaveTeams(teams ...target.Team) types.GomegaMatcher {
	var want, say []string
	for _, team := range teams {
		want, say = append(want, strings.ToLower(team.ID)), append(say, team.Slug)
	}
	slices.Sort(want)
	expected := "a member in no team"
	if len(say) > 0 {
		expected = "a member in exactly " + strings.Join(say, ", ")
	}
	return lacking{sight{[]string{"memberships", "teams"}, expected, func(v target.View) bool {
		if len(v.Memberships) != 1 {
			return false
		}
		var have []string
		for _, place := range v.Memberships[0].Teams {
			if !place.Default {
				have = append(have, strings.ToLower(place.ID))
			}
		}
		slices.Sort(have)
		return slices.Equal(have, want)
	}}}
}

// HaveSeat holds for exactly one open seat.
func HaveSeat() types.GomegaMatcher {
	return sight{[]string{"seats"}, "one open seat", func(v target.View) bool { return len(v.OpenSeats()) == 1 }}
}

// HaveNoSeat holds where no seat is open.
func HaveNoSeat() types.GomegaMatcher {
	return lacking{sight{[]string{"seats"}, "no open seat", func(v target.View) bool { return len(v.OpenSeats()) == 0 }}}
}

// HaveBeenSeated holds for exactly n seats ever started, ended ones included.
func HaveBeenSeated(n int) types.GomegaMatcher {
	return lacking{sight{[]string{"seats"}, fmt.Sprintf("%d seats ever started", n), func(v target.View) bool { return len(v.Seats) == n }}}
}

// HaveSession holds where at least one session is live.
func HaveSession() types.GomegaMatcher {
	return sight{[]string{"sessions"}, "a live session", func(v target.View) bool { return len(v.LiveSessions()) > 0 }}
}

// HaveNoSession holds where no session is live.
func HaveNoSession() types.GomegaMatcher {
	return lacking{sight{[]string{"sessions"}, "no live session", func(v target.View) bool { return len(v.LiveSessions()) == 0 }}}
}

// HaveToken holds where at least one API token is live.
func HaveToken() types.GomegaMatcher {
	return sight{[]string{"tokens"}, "a live API token", func(v target.View) bool { return len(v.LiveTokens()) > 0 }}
}

// HaveNoToken holds where no API token is live.
func HaveNoToken() types.GomegaMatcher {
	return lacking{sight{[]string{"tokens"}, "no live API token", func(v target.View) bool { return len(v.LiveTokens()) == 0 }}}
}

// whose spells a name and an address, either of which may be empty.
func whose(name, email string) string {
	if email == "" {
		return name
	}
	return strings.TrimSpace(name + " <" + email + ">")
}

// BeWhollyInOrOut holds for somebody whose record and membership agree: an active
// record and a membership, or an inactive record and none.
func BeWhollyInOrOut() types.GomegaMatcher {
	return lacking{sight{[]string{"records", "memberships"}, "an active record with a membership, or an inactive one without", func(v target.View) bool {
		return len(v.Records) == 1 && v.Records[0].Active == (len(v.Memberships) == 1) && len(v.Memberships) <= 1
	}}}
}
