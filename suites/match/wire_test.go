package match_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"rollcall.example/simulator/provision"
	"rollcall.example/suites/match"
)

func answer(status int, body string) provision.Answer {
	header := http.Header{}
	if body != "" {
		header.Set("Content-Type", "application/scim+json")
	}
	return provision.Answer{Status: status, Header: header, Body: []byte(body)}
}

func scimError(status int, scimType string) provision.Answer {
	return answer(status, fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"%d","scimType":%q}`, status, scimType))
}

func list(total int, users ...string) provision.Answer {
	return answer(200, fmt.Sprintf(`{"totalResults":%d,"Resources":[%s]}`, total, strings.Join(users, ",")))
}

const (
	han      = `{"userName":"han@x.test"}`
	retired  = `{"userName":"Han@x.test","active":false}`
	leia     = `{"userName":"leia@x.test"}`
	asJSON   = "200 OK, application/scim+json: "
	noBody   = "404 Not Found, no body"
	conflict = "409 Conflict, application/scim+json: "
)

func TestMatchersOfSCIMAnswers(t *testing.T) {
	t.Parallel()
	unique := scimError(409, "uniqueness")
	runAll(t, []judged{
		{name: "HaveStatus", matcher: match.HaveStatus(200, 201), holds: answer(201, ""), fails: answer(404, ""), expected: "status 200 or 201", actual: noBody},
		{name: "BeSCIMError", matcher: match.BeSCIMError(409, "uniqueness"), holds: unique, fails: answer(404, ""), expected: "a SCIM error with status 409 and scimType uniqueness", actual: noBody},
		{name: "BeSCIMError of any type", matcher: match.BeSCIMError(409, ""), holds: unique, fails: answer(409, "{}"), expected: "a SCIM error with status 409", actual: conflict + "{}"},
		{name: "BeSCIMError, another type", matcher: match.BeSCIMError(409, "mutability"), holds: scimError(409, "mutability"), fails: unique, expected: "a SCIM error with status 409 and scimType mutability", actual: conflict + string(unique.Body)},
		{name: "BeRefusedOverSCIM", matcher: match.BeRefusedOverSCIM(), holds: scimError(501, ""), fails: answer(404, ""), expected: "a refusal (4xx or 501) with a SCIM error body", actual: noBody},
		{name: "ListUsers", matcher: match.ListUsers(1), holds: list(1, han), fails: answer(404, ""), expected: "a list of 1 users", actual: noBody},
		{name: "ListUsers, none", matcher: match.ListUsers(0), holds: list(0), fails: list(1, han), expected: "a list of 0 users", actual: asJSON + string(list(1, han).Body)},
		{name: "ListOnly", matcher: match.ListOnly("HAN@x.test"), holds: list(1, han), fails: list(1, leia), expected: "a list of only HAN@x.test", actual: asJSON + string(list(1, leia).Body)},
		{name: "ListInactive", matcher: match.ListInactive("han@x.test"), holds: list(1, retired), fails: list(1, han), expected: "a list of only han@x.test, inactive", actual: asJSON + string(list(1, han).Body)},
	})
}

func TestAnswersThatOnlyLookRight(t *testing.T) {
	t.Parallel()
	const schema = `"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"]`
	for name, c := range map[string]struct {
		holds  func(any) (bool, error)
		actual provision.Answer
	}{
		"an error whose status is a number":   {match.BeSCIMError(409, "").Match, answer(409, "{"+schema+`,"status":409}`)},
		"an error that says another status":   {match.BeSCIMError(409, "").Match, answer(409, "{"+schema+`,"status":"400"}`)},
		"an error under another HTTP status":  {match.BeSCIMError(409, "").Match, answer(200, "{"+schema+`,"status":"409"}`)},
		"an error without its schema":         {match.BeSCIMError(409, "").Match, answer(409, `{"status":"409"}`)},
		"a refusal as HTML":                   {match.BeRefusedOverSCIM().Match, answer(403, "<html></html>")},
		"a failure of the server":             {match.BeRefusedOverSCIM().Match, scimError(500, "")},
		"a success that calls itself refused": {match.BeRefusedOverSCIM().Match, scimError(200, "")},
		"a list that says more than it holds": {match.ListUsers(1).Match, list(2, han)},
		"a list that holds more than it says": {match.ListUsers(1).Match, list(1, han, leia)},
		"a list without a total":              {match.ListUsers(0).Match, answer(200, `{"Resources":[]}`)},
		"a list under another status":         {match.ListUsers(0).Match, answer(404, `{"totalResults":0}`)},
		"one of two":                          {match.ListOnly("han@x.test").Match, list(2, han, leia)},
		"one inactive of two":                 {match.ListInactive("han@x.test").Match, list(2, retired, leia)},
		"somebody else, inactive":             {match.ListInactive("leia@x.test").Match, list(1, retired)},
	} {
		if ok, err := c.holds(c.actual); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

// Whatever the body, the message has two lines and is text.
func TestABodyIsShownOnOneLine(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"indented": "{\n  \"status\": \"409\"\n}\n",
		"long":     strings.Repeat("Ł", 1000),
		"bytes":    "\xff\xfe\x00",
	} {
		said := match.HaveStatus(200).FailureMessage(answer(409, body))
		if strings.Count(said, "\n") != 1 || !utf8.ValidString(said) || len(said) > 600 {
			t.Errorf("%s: %q", name, said)
		}
	}
}
