package provision_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/provision"
)

// record is what a product gives back: with attributes of its own, in an order
// of its own.
func record(active string) string {
	return `{"id":"7","x-own":{"b":1,"a":[2]},"active":` + active + `,"userName":"HAN@acme.test","name":{"formatted":"H","givenName":"H"},` +
		`"emails":[{"value":"old@acme.test","type":"home"},{"type":"work","value":"han@old.test","primary":true,"display":"d"}],"groups":[{"value":"g"}],` +
		`"locale":"de","meta":{"version":"W/\"1\""}}`
}

// pushed is the same record with Okta's profile over it.
func pushed(active string) string {
	return `{"id":"7","x-own":{"b":1,"a":[2]},"active":` + active + `,"userName":"han@acme.test","name":{"formatted":"H","givenName":"Han","familyName":"Solo"},` +
		`"emails":[{"value":"old@acme.test","type":"home"},{"type":"work","value":"han@acme.test","primary":true,"display":"d"}],"groups":[{"value":"g"}],` +
		`"locale":"en-US","meta":{"version":"W/\"1\""},"displayName":"Han <& Solo>"}`
}

const profilePatch = `PATCH /Users/7 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":` +
	`{"userName":"han@acme.test","name":{"givenName":"Han","familyName":"Solo"},"emails":[{"primary":true,"value":"han@acme.test","type":"work"}],` +
	`"displayName":"Han <& Solo>","locale":"en-US"}}]}`

func TestAssignCreates(t *testing.T) {
	t.Parallel()
	for _, dialect := range provision.Dialects() {
		for name, nothing := range map[string]reply{"an empty list": {status: 200, body: none}, "404": scimError(404, "nobody")} {
			t.Run(string(dialect)+" after "+name, func(t *testing.T) {
				t.Parallel()
				p := newProduct(t, nothing, reply{status: 201, body: `{"id":"7"}`})
				result, err := p.jobs(dialect, nil).Assign(t.Context(), han)
				if err != nil || result.Problem != nil || result.ID != "7" || !result.Created || result.Linked || len(result.Notes) > 0 {
					t.Errorf("%+v, %v", result, err)
				}
				p.saw(lookup, creates)
			})
		}
	}
}

func TestAssignLeavesOutWhatIsEmpty(t *testing.T) {
	t.Parallel()
	p := newProduct(t, reply{status: 200, body: none}, reply{status: 201, body: `{"id":"7"}`})
	user := provision.User{UserName: "x", GivenName: "X", Email: "x@acme.test"}
	if _, err := p.jobs(provision.OIN, nil).Assign(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	const want = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x","name":{"givenName":"X"},` +
		`"emails":[{"primary":true,"value":"x@acme.test","type":"work"}],"groups":[],"active":true}`
	if p.got[1].body != want {
		t.Errorf("got  %s\nwant %s", p.got[1].body, want)
	}
}

func TestAssignLinks(t *testing.T) {
	t.Parallel()
	read := reply{status: 200, body: record("false")}
	ok := reply{status: 200, body: `{}`}
	for _, test := range []struct {
		name    string
		dialect provision.Dialect
		replies []reply
		want    []string
	}{
		{"oin inactive", provision.OIN, []reply{found(record("false")), read, ok, ok},
			[]string{lookup, "GET /Users/7", "PUT /Users/7 " + pushed("false"), "PATCH /Users/7 " + patchOn}},
		{"oin active", provision.OIN, []reply{found(record("true")), {status: 200, body: record("true")}, ok},
			[]string{lookup, "GET /Users/7", "PUT /Users/7 " + pushed("true")}},
		{"aiw inactive", provision.AIW, []reply{found(record("false")), read, ok},
			[]string{lookup, "GET /Users/7", "PUT /Users/7 " + pushed("true")}},
		{"oin-patch-user inactive", provision.OINPatchUser, []reply{found(record("false")), {status: 204}, {status: 204}},
			[]string{lookup, profilePatch, "PATCH /Users/7 " + patchOn}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newProduct(t, test.replies...)
			result, err := p.jobs(test.dialect, nil).Assign(t.Context(), han)
			if err != nil || result.Problem != nil || result.ID != "7" || result.Created || !result.Linked {
				t.Errorf("%+v, %v", result, err)
			}
			p.saw(test.want...)
		})
	}
}

// Okta believes the filter. A product that ignores it gets the wrong person linked.
func TestAssignTakesTheFirstOfMany(t *testing.T) {
	t.Parallel()
	p := newProduct(t, reply{status: 200, body: `{"totalResults":2,"Resources":[{"id":"1"},{"id":"2"}]}`}, reply{status: 204})
	result, err := p.jobs(provision.OINPatchUser, nil).Assign(t.Context(), han)
	if err != nil || result.ID != "1" || len(result.Notes) != 1 || !strings.Contains(result.Notes[0], "2 users") {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestProfileUpdate(t *testing.T) {
	t.Parallel()
	put := []string{"GET /Users/7", "PUT /Users/7 " + pushed("false")}
	for dialect, want := range map[provision.Dialect][]string{provision.OIN: put, provision.AIW: put, provision.OINPatchUser: {profilePatch}} {
		p := newProduct(t, []reply{{status: 200, body: record("false")}, {status: 200}}[2-len(want):]...)
		result, err := p.jobs(dialect, nil).Update(t.Context(), "7", han)
		if err != nil || result.Problem != nil {
			t.Errorf("%s: %+v, %v", dialect, result, err)
		}
		p.saw(want...)
	}
}

// What a product leaks comes back to it, a password too.
func TestUpdateSendsBackWhatItWasGiven(t *testing.T) {
	t.Parallel()
	for empties, locale := range map[provision.Empties]string{
		provision.EmptyNull: `null`, provision.EmptyString: `""`, provision.EmptyOmit: `"de"`,
	} {
		p := newProduct(t, reply{status: 200, body: `{"id":"7","password":"leaked","locale":"de","emails":"none"}`}, reply{status: 200})
		jobs := p.jobs(provision.OIN, nil)
		jobs.Empties = empties
		if _, err := jobs.Update(t.Context(), "7", provision.User{UserName: "h", Email: "h@acme.test"}); err != nil {
			t.Fatal(err)
		}
		p.saw("GET /Users/7", `PUT /Users/7 {"id":"7","password":"leaked","locale":`+locale+
			`,"emails":[{"primary":true,"value":"h@acme.test","type":"work"}],"userName":"h","name":{}}`)
	}
}

func TestStateChanges(t *testing.T) {
	t.Parallel()
	const passwordPatch = `PATCH /Users/7 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"password":"n3w"}}]}`
	jobs := map[string]func(context.Context, *provision.Jobs) (provision.Result, error){
		"deactivate": func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
			return j.Deactivate(ctx, "7", "han")
		},
		"reactivate": func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
			return j.Reactivate(ctx, "7", "han")
		},
		"password": func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
			return j.Password(ctx, "7", "han", "n3w")
		},
	}
	patches := map[string]string{
		"deactivate": "PATCH /Users/7 " + patchOff, "reactivate": "PATCH /Users/7 " + patchOn, "password": passwordPatch,
	}
	puts := map[string]string{
		"deactivate": `PUT /Users/7 {"id":"7","Active":false,"x":1}`, "reactivate": `PUT /Users/7 {"id":"7","Active":true,"x":1}`,
		"password": `PUT /Users/7 {"id":"7","Active":true,"x":1,"password":"n3w"}`,
	}
	for name, run := range jobs {
		for _, dialect := range []provision.Dialect{provision.OIN, provision.OINPatchUser} {
			p := newProduct(t, reply{status: 204})
			if result, err := run(t.Context(), p.jobs(dialect, nil)); err != nil || result.Problem != nil || result.ID != "7" {
				t.Errorf("%s in %s: %+v, %v", name, dialect, result, err)
			}
			p.saw(patches[name])
		}
		p := newProduct(t, reply{status: 200, body: `{"id":"7","Active":true,"x":1}`}, reply{status: 200})
		if result, err := run(t.Context(), p.jobs(provision.AIW, nil)); err != nil || result.Problem != nil {
			t.Errorf("%s in aiw: %+v, %v", name, result, err)
		}
		p.saw("GET /Users/7", puts[name])
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const prefix = "Automatic provisioning of user han@acme.test to app Acme CI failed: "
	list := reply{status: 200, body: none}
	for _, test := range []struct {
		name    string
		replies []reply
		status  int
		text    string
	}{
		{"lookup", []reply{scimError(500, "db is down")}, 500,
			prefix + "Error while verifying if user han@acme.test exists: Internal Server Error. Errors reported by remote server: db is down"},
		{"lookup without a body", []reply{{status: 401}}, 401,
			prefix + "Error while verifying if user han@acme.test exists: Unauthorized"},
		{"lookup with text counters", []reply{{status: 200, body: `{"totalResults":0,"startIndex":"1","itemsPerPage":0}`}}, 200,
			prefix + "Error while verifying if user han@acme.test exists: null"},
		{"conflict", []reply{list, scimError(409, "taken")}, 409,
			prefix + "Error while creating user Han <& Solo>: Conflict. Errors reported by remote server: taken"},
		{"empty answer", []reply{list, {status: 201}}, 201,
			prefix + "Error while creating user Han <& Solo>: Create new user returned empty user."},
		{"no id", []reply{list, {status: 201, body: `{"userName":"han"}`}}, 201,
			prefix + "Error while creating user Han <& Solo>: null"},
		{"found without an id", []reply{found(`{"userName":"han"}`)}, 200,
			prefix + "Error while verifying if user han@acme.test exists: null"},
		{"link, not read", []reply{found(record("true")), scimError(404, "gone")}, 404,
			prefix + "Error while trying to push profile update for han@acme.test: Not Found. Errors reported by remote server: gone"},
		{"link, read something else", []reply{found(record("true")), {status: 200, body: "<html>"}}, 200,
			prefix + "Error while trying to push profile update for han@acme.test: null"},
		{"link, not activated", []reply{found(record("false")), {status: 200, body: record("false")}, {status: 200}, scimError(501, "no patch")}, 501,
			prefix + "Error while trying to activate user han@acme.test: " + http.StatusText(http.StatusNotImplemented) + ". Errors reported by remote server: no patch"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newProduct(t, test.replies...)
			result, err := p.jobs(provision.OIN, nil).Assign(t.Context(), han)
			if err != nil || result.Problem == nil {
				t.Fatalf("%+v, %v", result, err)
			}
			if got := result.Problem.Text("han@acme.test", "Acme CI"); got != test.text || result.Problem.Status != test.status {
				t.Errorf("%d %s\nwant %d %s", result.Problem.Status, got, test.status, test.text)
			}
			if strings.HasSuffix(test.text, "null") && result.Problem.Why == "" {
				t.Error("nothing tells why")
			}
			p.saw(lines(p.got)...)
		})
	}
}

// lines makes saw check only that all answers were asked for.
func lines(got []sent) []string {
	var texts []string
	for _, request := range got {
		texts = append(texts, request.String())
	}
	return texts
}

// A PATCH that is refused with 501 is not followed by a PUT.
func TestDeactivationRefused(t *testing.T) {
	t.Parallel()
	p := newProduct(t, scimError(501, "no"))
	result, err := p.jobs(provision.OIN, nil).Deactivate(t.Context(), "7", "han@acme.test")
	if err != nil || result.Problem == nil {
		t.Fatalf("%+v, %v", result, err)
	}
	want := "Automatic deprovisioning of user han@acme.test from app CI failed: " +
		"Error while trying to deactivate user han@acme.test: " + http.StatusText(http.StatusNotImplemented) + ". Errors reported by remote server: no"
	if got := result.Problem.Text("han@acme.test", "CI"); got != want {
		t.Errorf("got %s", got)
	}
	p.saw("PATCH /Users/7 " + patchOff)
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	busy := func(after string) reply {
		return reply{status: 429, header: map[string]string{"Retry-After": after}}
	}
	ok := reply{status: 204}
	minutes := func(n ...int) (waits []time.Duration) {
		for _, minute := range n {
			waits = append(waits, time.Duration(minute)*time.Minute)
		}
		return waits
	}
	for name, test := range map[string]struct {
		replies []reply
		waits   []time.Duration
		failed  bool
	}{
		"seconds":       {[]reply{busy("120"), ok}, minutes(2), false},
		"doubles":       {[]reply{busy("60"), busy("1"), busy("1"), ok}, minutes(1, 2, 4), false},
		"nothing given": {[]reply{{status: 429}, ok}, minutes(5), false},
		"a date":        {[]reply{busy("Sun, 22 Nov 2026 10:00:00 GMT"), ok}, minutes(5), false},
		"a fraction":    {[]reply{busy("1.5"), ok}, minutes(5), false},
		"negative":      {[]reply{busy("-1"), ok}, minutes(5), false},
		"never ends":    {slices.Repeat([]reply{busy("60")}, 10), minutes(1, 2, 4, 8, 16, 32, 64, 128, 256), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var waits []time.Duration
			p := newProduct(t, test.replies...)
			result, err := p.jobs(provision.OIN, &waits).Deactivate(t.Context(), "7", "han")
			if err != nil || (result.Problem != nil) != test.failed {
				t.Errorf("%+v, %v", result, err)
			}
			if !slices.Equal(waits, test.waits) {
				t.Errorf("waited %v, want %v", waits, test.waits)
			}
			p.saw(lines(p.got)...)
		})
	}
}

func TestWaitingCanBeCancelled(t *testing.T) {
	t.Parallel()
	p := newProduct(t, reply{status: 429})
	jobs := p.jobs(provision.OIN, nil)
	jobs.Pause = func(context.Context, time.Duration) error { return context.Canceled }
	if _, err := jobs.Deactivate(t.Context(), "7", "han"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	const users, groups = "GET /Users?startIndex=1&count=2", "GET /Groups?startIndex=1&count=100"
	list := reply{status: 200, body: none}
	for name, test := range map[string]struct {
		check   provision.GroupsCheck
		replies []reply
		want    []string
		text    string
	}{
		"both":              {provision.GroupsTolerated, []reply{list, list}, []string{users, groups}, ""},
		"no groups":         {provision.GroupsTolerated, []reply{list, scimError(404, "x")}, []string{users, groups}, ""},
		"groups not built":  {provision.GroupsTolerated, []reply{list, scimError(501, "x")}, []string{users, groups}, ""},
		"groups break":      {provision.GroupsTolerated, []reply{list, scimError(500, "x")}, []string{users, groups}, "Internal Server Error. Errors reported by remote server: x"},
		"groups required":   {provision.GroupsRequired, []reply{list, scimError(404, "x")}, []string{users, groups}, "Not Found. Errors reported by remote server: x"},
		"groups not asked":  {provision.GroupsSkipped, []reply{list}, []string{users}, ""},
		"wrong token":       {provision.GroupsTolerated, []reply{{status: 401}}, []string{users}, "Unauthorized"},
		"not a list":        {provision.GroupsTolerated, []reply{{status: 200, body: "ok"}}, []string{users}, "null"},
		"counters are text": {provision.GroupsTolerated, []reply{{status: 200, body: `{"totalResults":"0"}`}}, []string{users}, "null"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProduct(t, test.replies...)
			result, err := p.jobs(provision.OIN, nil).TestCredentials(t.Context(), test.check)
			if err != nil || (result.Problem != nil) != (test.text != "") {
				t.Fatalf("%+v, %v", result, err)
			}
			if test.text != "" {
				want := "Error authenticating: " + test.text + ". The connector configuration could not be tested. "
				if got := result.Problem.Text("", "CI"); !strings.HasPrefix(got, want) {
					t.Errorf("got %s", got)
				}
			}
			p.saw(test.want...)
		})
	}
}
