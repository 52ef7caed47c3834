package web

import (
	"testing"

	"rollcall.example/reference/org"
)

func TestEventsInWords(t *testing.T) {
	t.Parallel()
	const through = "sign-in through Okta"
	for want, e := range map[string]org.Event{
		"role admin → member: sign-in through Okta": {
			Action: org.MemberUpdated, Before: "admin", After: "member", Cause: through},
		"joined the organization as member: sign-in through Okta": {
			Action: org.MemberCreated, After: "member", Cause: through},
		"left team core (maintainer): sign-in through Okta": {
			Action: org.TeamMemberDeleted, Before: "core/maintainer", Cause: through},
		"role in team core (member) → core (maintainer): changed by ben@acme.test": {
			Action: org.TeamMemberUpdated, Before: "core/member", After: "core/maintainer", Cause: "changed by ben@acme.test"},
		"tracking record active → inactive: deactivated over SCIM": {
			Action: org.RecordDeactivated, Before: "active", After: "inactive", Cause: "deactivated over SCIM"},
		"account changed email a@acme.test → b@acme.test, name none → Rey: sign-in through Okta": {
			Action: org.AccountUpdated, Before: `{"email":"a@acme.test","name":""}`, After: `{"email":"b@acme.test","name":"Rey"}`, Cause: through},
		"tracking record created: created over SCIM": {
			Action: org.RecordCreated, After: `{"active":true}`, Cause: "created over SCIM"},
		"joined group Aces of the sky: changed over SCIM": {
			Action: org.GroupMemberCreated, After: "3f0c1f7e Aces of the sky", Cause: "changed over SCIM"},
		"SSO provider changed http://www.okta.com/exk1: set by system": {
			Action: org.ProviderUpdated, Before: "http://www.okta.com/exk1", After: "http://www.okta.com/exk1", Cause: "set by system"},
		"seat started":      {Action: org.SeatStarted, After: "an id"},
		"something unheard": {Action: "SOMETHING_UNHEARD"},
	} {
		if got := describe(e); got != want {
			t.Errorf("%s reads\n%q, want\n%q", e.Action, got, want)
		}
	}
}
