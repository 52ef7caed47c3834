package target_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"rollcall.example/fixtures"
	"rollcall.example/suites/target"
)

const probeToken = "probe-secret-4711"

// asked is one request as it reached the probe.
type asked struct {
	method, path, bearer, kind, body string
}

// answering is a probe that answers everything so; what it was asked, up to a few
// requests, can be received afterwards.
func answering(t *testing.T, status int, body string) (*target.ContractProbe, <-chan asked) {
	t.Helper()
	seen := make(chan asked, 4)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		seen <- asked{r.Method, r.URL.RequestURI(), r.Header.Get("Authorization"), r.Header.Get("Content-Type"), string(text)}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return target.NewHTTPProbe(target.ProbeAddress{URL: server.URL + "/probe/v1/", Token: probeToken}, server.Client()), seen
}

// deed is one call of the client: what goes over the wire and what it makes of the
// answer. The schema is the contract's own for the body.
type deed struct {
	do                           func(context.Context, *target.ContractProbe) (any, error)
	method, path, schema, answer string
	body                         string
	want                         any
}

var joined = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// only drops the value of a call that returns nothing but an error.
func only(err error) (any, error) { return nil, err }

func deeds() map[string]deed {
	return map[string]deed{
		"Features": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) { return p.Features(ctx) },
			"GET", "", "", `{"version":1,"features":["look.records"]}`, ``, []string{"look.records"},
		},
		"Look": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return p.Look(ctx, "o1", target.Identifiers{UserNames: []string{"han"}, Emails: []string{}})
			},
			"POST", "/look", "LookRequest", `{"records":[{"id":"r1","active":true}],"seats":[]}`,
			`{"organization":"o1","identifiers":{"user_names":["han"],"emails":[],"name_ids":null,"external_ids":null,"record_ids":null,"account_ids":null}}`,
			target.View{Records: []target.Record{{ID: "r1", Active: true}}, Seats: []target.Seat{}},
		},
		"SetRole": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.SetRole(ctx, "o1", "a1", "admin", ""))
			},
			"POST", "/arrange/role", "RoleRequest", ``, `{"organization":"o1","account_id":"a1","role":"admin"}`, nil,
		},
		"SetRole by a member": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.SetRole(ctx, "o1", "a1", "member", "a2"))
			},
			"POST", "/arrange/role", "RoleRequest", ``, `{"organization":"o1","account_id":"a1","role":"member","by":"a2"}`, nil,
		},
		"NewTeam": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return p.NewTeam(ctx, "o1", target.Team{Slug: "Rebel Pilots", Default: true, DefaultRole: "maintainer"})
			},
			"POST", "/arrange/team", "TeamRequest", `{"id":"t1","slug":"rebel-pilots"}`,
			`{"organization":"o1","name":"Rebel Pilots","default":true,"default_role":"maintainer"}`,
			target.Team{ID: "t1", Slug: "rebel-pilots", Default: true, DefaultRole: "maintainer"},
		},
		"Join": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.Join(ctx, "o1", "a1", "t1", "member"))
			},
			"POST", "/arrange/join", "JoinRequest", ``, `{"organization":"o1","account_id":"a1","team":"t1","role":"member"}`, nil,
		},
		"Leave": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.Leave(ctx, "o1", "a1", "t1"))
			},
			"POST", "/arrange/leave", "LeaveRequest", ``, `{"organization":"o1","account_id":"a1","team":"t1"}`, nil,
		},
		"Remove": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.Remove(ctx, "o1", "a1"))
			},
			"POST", "/arrange/remove", "MemberRequest", ``, `{"organization":"o1","account_id":"a1"}`, nil,
		},
		"IssueToken": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return p.IssueToken(ctx, "o1", "a1", "ci")
			},
			"POST", "/arrange/token", "TokenRequest", `{"id":"k1","secret":"s3cret"}`, `{"organization":"o1","account_id":"a1","name":"ci"}`, "s3cret",
		},
		"Disband": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.Disband(ctx, "o1", "t1"))
			},
			"POST", "/arrange/disband", "DisbandRequest", ``, `{"organization":"o1","team":"t1"}`, nil,
		},
		"Dissolve": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.Dissolve(ctx, "customer 1"))
			},
			"DELETE", "/organizations/customer%201", "", ``, ``, nil,
		},
		"NewOrganization": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return p.NewOrganization(ctx, target.NewOrganization{
					Name: "Acme", Plan: "pro", Flags: []string{"scim"}, Founder: true, Teams: []target.NewTeam{{Name: "All", Default: true, DefaultRole: "member"}},
					Provider: target.NewProvider{Kind: "okta", State: "enabled", Metadata: "<xml/>"},
				})
			},
			"POST", "/organizations", "NewOrganization", `{"organization":"o2","scim":{"base_url":"https://x.test/scim","token":"s"}}`,
			`{"name":"Acme","plan":"pro","flags":["scim"],"provider":{"kind":"okta","state":"enabled","idp_metadata":"<xml/>"},"founder":true,
			  "teams":[{"name":"All","default":true,"default_role":"member"}]}`,
			target.Connection{Organization: "o2", SCIM: target.SCIM{BaseURL: "https://x.test/scim", Token: "s"}},
		},
		"Organization": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) { return p.Organization(ctx, "o 1/2?3") },
			"GET", "/organizations/o%201%2F2%3F3", "", `{"organization":"o 1/2?3","teams":[{"id":"t1","slug":"all"}]}`, ``,
			target.Connection{Organization: "o 1/2?3", Teams: []target.Team{{ID: "t1", Slug: "all"}}},
		},
		"AddProvider": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return p.AddProvider(ctx, "o1", target.NewProvider{Kind: "custom_saml", State: "created", Metadata: "<xml/>"})
			},
			"POST", "/organizations/o1/providers", "NewProvider", `{"organization":"o1"}`,
			`{"kind":"custom_saml","state":"created","idp_metadata":"<xml/>"}`, target.Connection{Organization: "o1"},
		},
		"SetPlan": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.SetPlan(ctx, "o1", "pro"))
			},
			"PATCH", "/organizations/o1", "OrganizationChange", ``, `{"plan":"pro"}`, nil,
		},
		"SetFlags": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.SetFlags(ctx, "o1", "scim", "sso"))
			},
			"PATCH", "/organizations/o1", "OrganizationChange", ``, `{"flags":["scim","sso"]}`, nil,
		},
		"SetFlags to none": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) { return only(p.SetFlags(ctx, "o1")) },
			"PATCH", "/organizations/o1", "OrganizationChange", ``, `{"flags":[]}`, nil,
		},
		"SetProvider": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.SetProvider(ctx, "o1", "disabled"))
			},
			"PUT", "/organizations/o1/provider", "ProviderState", ``, `{"state":"disabled"}`, nil,
		},
		"RotateToken": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return p.RotateToken(ctx, "o1", time.Hour, 0)
			},
			"POST", "/organizations/o1/token", "TokenChange", `{"token":"next","base_url":"https://x.test"}`, `{"action":"rotate","overlap_seconds":3600}`, "next",
		},
		"RotateToken for a time": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return p.RotateToken(ctx, "o1", 0, 90*time.Second)
			},
			"POST", "/organizations/o1/token", "TokenChange", `{"token":"next"}`, `{"action":"rotate","overlap_seconds":0,"lifetime_seconds":90}`, "next",
		},
		"ExpireToken": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) { return only(p.ExpireToken(ctx, "o1")) },
			"POST", "/organizations/o1/token", "TokenChange", ``, `{"action":"expire"}`, nil,
		},
		"Advance": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) {
				return only(p.Advance(ctx, "o1", 24*time.Hour))
			},
			"POST", "/organizations/o1/clock", "ClockChange", ``, `{"advance_seconds":86400}`, nil,
		},
		"Audit": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) { return p.Audit(ctx, "o1", 41) },
			"GET", "/organizations/o1/audit?after=41", "", `{"events":[{"seq":42,"at":"2026-01-05T09:00:00Z","action":"SEAT_STARTED","subject_name":"han"}]}`, ``,
			[]target.Event{{Seq: 42, At: joined, Action: target.SeatStarted, SubjectName: "han"}},
		},
		"Seats": {
			func(ctx context.Context, p *target.ContractProbe) (any, error) { return p.Seats(ctx, "o1") },
			"GET", "/organizations/o1/seats", "", `{"open":2,"started":3,"released":1}`, ``, target.SeatTotal{Open: 2, Started: 3, Released: 1},
		},
	}
}

func TestEveryCallGoesOverTheWireAsTheContractSays(t *testing.T) {
	t.Parallel()
	document, err := fixtures.Probe()
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("probe:contract", document.Tree); err != nil {
		t.Fatal(err)
	}
	for name, d := range deeds() {
		t.Run(name, func(t *testing.T) {
			status := http.StatusOK
			if d.answer == "" {
				status = http.StatusNoContent
			}
			p, seen := answering(t, status, d.answer)
			got, err := d.do(t.Context(), p)
			if err != nil || !reflect.DeepEqual(got, d.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, d.want)
			}
			if len(seen) != 1 {
				t.Fatalf("%d requests", len(seen))
			}
			request := <-seen
			if want := (asked{d.method, "/probe/v1" + d.path, "Bearer " + probeToken, "application/json", request.body}); request != want {
				t.Errorf("got %+v, want %+v", request, want)
			}
			sameJSON(t, request.body, d.body)
			inContract(t, document, compiler, d, request.body)
		})
	}
}

// sameJSON compares two texts as JSON; nothing at all is only nothing at all.
func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var a, b any
	if want == "" {
		if got != "" {
			t.Errorf("a body without need: %s", got)
		}
		return
	}
	if err := errors.Join(json.Unmarshal([]byte(got), &a), json.Unmarshal([]byte(want), &b)); err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("got body %s, want %s (%v)", got, want, err)
	}
}

// inContract holds a request against the document that vendors implement.
func inContract(t *testing.T, document fixtures.ProbeDocument, compiler *jsonschema.Compiler, d deed, body string) {
	t.Helper()
	path, _, _ := strings.Cut(d.path, "?")
	if rest, ok := strings.CutPrefix(path, "/organizations/"); ok {
		_, verb, deeper := strings.Cut(rest, "/")
		if path = "/organizations/{id}"; deeper {
			path += "/" + verb
		}
	}
	if path == "" {
		path = "/"
	}
	if _, ok := document.Operations[path][strings.ToLower(d.method)]; !ok {
		t.Errorf("the contract has no %s %s", d.method, path)
	}
	if d.schema == "" {
		return
	}
	schema, err := compiler.Compile("probe:contract#/components/schemas/" + d.schema)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %v", body, err)
	}
}

func TestARefusalKeepsItsMessage(t *testing.T) {
	t.Parallel()
	for status, c := range map[int]struct{ body, message string }{
		409: {`{"error":"han is the last administrator"}`, "han is the last administrator"},
		422: {"no such\n role\n", "no such role"},
	} {
		for name, d := range deeds() {
			p, _ := answering(t, status, c.body)
			_, err := d.do(t.Context(), p)
			var refusal *target.Refusal
			if !errors.As(err, &refusal) || refusal.Status != status || refusal.Message != c.message {
				t.Errorf("%s, %d: %v", name, status, err)
			} else if !strings.Contains(refusal.Error(), c.message) {
				t.Errorf("%s, %d: %v", name, status, refusal)
			}
		}
	}
}

func TestABrokenProbeIsOneClearError(t *testing.T) {
	t.Parallel()
	page := "<html>\n<body>Sign in first, " + strings.Repeat("żółw ", 100) + "</body>\n</html>"
	for name, c := range map[string]struct {
		status int
		body   string
		says   string
	}{
		"not let in":              {401, `{"error":"unknown token ` + probeToken + `"}`, "answered 401: unknown token [token]"},
		"out of order":            {500, "panic: nil\n\ngoroutine 1\n", "answered 500: panic: nil goroutine 1"},
		"a page of HTML":          {403, page, "answered 403: <html> <body>Sign in first, żółw"},
		"a page that is all fine": {200, page, "did not answer what the contract says"},
		"garbage":                 {200, "\xff\xfe", "did not answer what the contract says"},
		"another shape":           {200, `["` + probeToken + `"]`, "did not answer what the contract says"},
		"nothing":                 {200, "", "did not answer what the contract says"},
		"half an answer":          {200, `{"records":[`, "did not answer what the contract says"},
		"nowhere":                 {302, "", "answered 302"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := answering(t, c.status, c.body)
			_, err := p.Look(t.Context(), "o1", target.Identifiers{})
			var refusal *target.Refusal
			if err == nil || errors.As(err, &refusal) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			wellPut(t, err)
		})
	}
}

// wellPut holds for an error of one line that says where and keeps secrets.
func wellPut(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if strings.ContainsAny(text, "\n\r") || strings.Contains(text, probeToken) || !utf8.ValidString(text) || len(text) > 400 || !strings.HasPrefix(text, "probe") {
		t.Errorf("%q", text)
	}
}

func TestAProbeThatIsNotThere(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	for _, address := range []string{server.URL, "ftp://probe.test", "http://[::1", "http://probe.test\x7f"} {
		p := target.NewHTTPProbe(target.ProbeAddress{URL: address, Token: probeToken}, http.DefaultClient)
		_, err := p.Features(t.Context())
		if err == nil {
			t.Fatalf("%q answered", address)
		}
		wellPut(t, err)
	}
}

func TestACancelledLookEnds(t *testing.T) {
	t.Parallel()
	p, _ := answering(t, 200, "{}")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Look(ctx, "o1", target.Identifiers{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAnotherVersionOfTheContract(t *testing.T) {
	t.Parallel()
	for body, version := range map[string]string{`{"version":2,"features":["look.records"]}`: "version 2", `{}`: "version 0", `null`: "version 0"} {
		p, _ := answering(t, 200, body)
		_, err := p.Features(t.Context())
		if err == nil || !strings.Contains(err.Error(), version) || !strings.Contains(err.Error(), "speaks 1") {
			t.Errorf("%s: %v", body, err)
		} else {
			wellPut(t, err)
		}
	}
}

// What a story goes on with has to be in the answer.
func TestAnAnswerThatLacksWhatWasMade(t *testing.T) {
	t.Parallel()
	for name, lacks := range map[string]string{"RotateToken": "without a token", "IssueToken": "without a secret", "NewTeam": "without an id"} {
		p, _ := answering(t, 200, "{}")
		_, err := deeds()[name].do(t.Context(), p)
		if err == nil || !strings.Contains(err.Error(), lacks) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAnswerHasAnEnd(t *testing.T) {
	t.Parallel()
	const limit = 16 << 20
	for name, c := range map[string]struct {
		size int
		fine bool
	}{"as long as may be": {limit, true}, "longer": {limit + 1, false}} {
		p, _ := answering(t, 200, strings.Repeat(" ", c.size))
		err := p.SetPlan(t.Context(), "o1", "pro")
		if c.fine != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !strings.Contains(err.Error(), "more than 16 MiB") {
			t.Errorf("%s: %v", name, err)
		}
	}
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"open":`)
	}))
	defer cut.Close()
	_, err := target.NewHTTPProbe(target.ProbeAddress{URL: cut.URL, Token: probeToken}, cut.Client()).Seats(t.Context(), "o1")
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an answer that breaks off: %v", err)
	}
}

// A list that the probe leaves out is not an empty one.
func TestALookTellsNothingFromNone(t *testing.T) {
	t.Parallel()
	p, _ := answering(t, 200, `{"records":[],"accounts":null}`)
	view, err := p.Look(t.Context(), "o1", target.Identifiers{})
	if err != nil || view.Records == nil || view.Accounts != nil || view.Seats != nil {
		t.Errorf("%+v, %v", view, err)
	}
}

func TestEveryFeatureOfTheContractIsKnown(t *testing.T) {
	t.Parallel()
	text, err := fixtures.ProbeText()
	if err != nil {
		t.Fatal(err)
	}
	for _, feature := range target.Features() {
		side, _, _ := strings.Cut(feature, ".")
		if slices.Contains([]string{"look", "arrange", "organization"}, side) && !strings.Contains(string(text), feature) {
			t.Errorf("the contract does not speak of %s", feature)
		}
	}
}
