package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall.example/reference/org"
)

// wording says how an action of the audit log reads on the page. The change, as
// "admin → member", follows where Change is set; ids and whole objects say nothing
// to people and are left to the API.
type wording struct {
	Text   string
	Change bool
}

var wordings = map[org.Action]wording{
	org.RecordCreated:       {"tracking record created", false},
	org.RecordUpdated:       {"tracking record changed", true},
	org.RecordDeactivated:   {"tracking record", true},
	org.RecordReactivated:   {"tracking record", true},
	org.RecordDeleted:       {"tracking record deleted", false},
	org.RecordLinked:        {"tracking record linked to the account", false},
	org.GroupCreated:        {"group pushed", false},
	org.GroupUpdated:        {"group changed", true},
	org.GroupDeleted:        {"group deleted", false},
	org.GroupMemberCreated:  {"joined group", true},
	org.GroupMemberDeleted:  {"left group", true},
	org.RequestRefused:      {"SCIM request refused", false},
	org.CredentialRotated:   {"SCIM token changed", false},
	org.AccountCreated:      {"account created", false},
	org.AccountUpdated:      {"account changed", true},
	org.MemberCreated:       {"joined the organization as", true},
	org.MemberUpdated:       {"role", true},
	org.MemberDeleted:       {"membership ended", false},
	org.TeamCreated:         {"team created", false},
	org.TeamUpdated:         {"team renamed", true},
	org.TeamDeleted:         {"team disbanded", false},
	org.TeamMemberCreated:   {"joined team", true},
	org.TeamMemberUpdated:   {"role in team", true},
	org.TeamMemberDeleted:   {"left team", true},
	org.SeatStarted:         {"seat started", false},
	org.SeatReleased:        {"seat released", false},
	org.SignInSucceeded:     {"signed in", false},
	org.SignInDenied:        {"sign-in refused", false},
	org.SignInTested:        {"test sign-in succeeded", false},
	org.LogoutDenied:        {"sign-out by the identity provider refused", false},
	org.AttributeIgnored:    {"attribute had no effect", true},
	org.DemotionSkipped:     {"stays admin", false},
	org.SessionStarted:      {"session started", false},
	org.SessionEnded:        {"session ended", false},
	org.TokenIssued:         {"API token issued", false},
	org.TokenRevoked:        {"API token revoked", false},
	org.ProviderCreated:     {"SSO provider added", true},
	org.ProviderUpdated:     {"SSO provider changed", true},
	org.ProviderEnabled:     {"SSO provider", true},
	org.ProviderDisabled:    {"SSO provider", true},
	org.OrganizationCreated: {"organization founded, on", true},
	org.OrganizationUpdated: {"organization changed", true},
	org.OrganizationDeleted: {"organization dissolved", false},
	org.PlanChanged:         {"plan", true},
}

// inTeam are the actions whose values are a team's slug and a role.
var inTeam = map[org.Action]bool{
	org.TeamMemberCreated: true,
	org.TeamMemberUpdated: true,
	org.TeamMemberDeleted: true,
}

// inGroup are the actions whose values are a group's id and its name.
var inGroup = map[org.Action]bool{
	org.GroupMemberCreated: true,
	org.GroupMemberDeleted: true,
}

// name reads "1f0e… Pilots" out as "Pilots".
func name(value string) string {
	_, name, _ := strings.Cut(value, " ")
	return name
}

// place reads "core/maintainer" out as "core (maintainer)".
func place(value string) string {
	team, role, ok := strings.Cut(value, "/")
	if !ok {
		return value
	}
	return team + " (" + role + ")"
}

// describe puts an event in words: "role admin → member: sign-in through Okta".
func describe(e org.Event) string {
	wording, known := wordings[e.Action]
	if !known {
		wording.Text = strings.ToLower(strings.ReplaceAll(string(e.Action), "_", " "))
	}
	text := wording.Text
	if wording.Change {
		before, after := e.Before, e.After
		switch {
		case inTeam[e.Action]:
			before, after = place(before), place(after)
		case inGroup[e.Action]:
			before, after = name(before), name(after)
		}
		text = strings.TrimSpace(text + " " + change(before, after))
	}
	if e.Cause != "" {
		text += ": " + e.Cause
	}
	return text
}

// change spells what a value was and what it is.
func change(before, after string) string {
	was, wasFields := fields(before)
	is, isFields := fields(after)
	if wasFields || isFields {
		return changedFields(was, is)
	}
	switch {
	case before == "", before == after:
		return after
	case after == "":
		return before
	}
	return before + " → " + after
}

// fields reads a value that the log holds as an object.
func fields(value string) (map[string]any, bool) {
	var object map[string]any
	if !strings.HasPrefix(value, "{") || json.Unmarshal([]byte(value), &object) != nil {
		return nil, false
	}
	return object, true
}

func changedFields(was, is map[string]any) string {
	names := map[string]bool{}
	for name := range was {
		names[name] = true
	}
	for name := range is {
		names[name] = true
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		parts = append(parts, fmt.Sprintf("%s %s → %s", name, plain(was[name]), plain(is[name])))
	}
	return strings.Join(parts, ", ")
}

func plain(value any) string {
	switch value := value.(type) {
	case nil:
		return "none"
	case string:
		if value == "" {
			return "none"
		}
		return value
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "?"
	}
	return string(text)
}

// by names who caused an event. SCIM and single sign-on are named after their
// provider, whose id says nothing to people.
func by(e org.Event) string {
	switch e.Actor {
	case org.BySCIM:
		return "SCIM"
	case org.BySSO:
		return "single sign-on"
	case org.BySystem:
		return "the system"
	}
	return e.ActorName
}
