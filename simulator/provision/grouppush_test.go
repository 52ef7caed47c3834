package provision_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"rollcall.example/simulator/provision"
)

const (
	groupLookup  = `GET /Groups?filter=displayName%20eq%20%22Rebel%20Alliance%22&startIndex=1&count=100`
	groupPut     = `PUT /Groups/9 {"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"9","displayName":"Rebel Alliance","members":`
	twoMembers   = `[{"value":"1","display":"han@acme.test"},{"value":"2","display":"leia@acme.test"}]`
	groupCreates = `POST /Groups {"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Rebel Alliance","members":`
	groupPatch   = `PATCH /Groups/9 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`
	groupRename  = groupPatch + `{"op":"replace","value":{"id":"9","displayName":"Rebel Alliance"}}]}`
	groupAdds    = groupPatch + `{"op":"add","path":"members","value":` + twoMembers + `}]}`
)

var (
	hanIn  = provision.GroupMember{Value: "1", Display: "han@acme.test"}
	leiaIn = provision.GroupMember{Value: "2", Display: "leia@acme.test"}
	rebels = provision.Group{DisplayName: "Rebel Alliance", Members: []provision.GroupMember{hanIn, leiaIn}}
	nobody = provision.Group{DisplayName: "Rebel Alliance"}
)

// pushing is a job about a group, with what the product answers and what it was sent.
type pushing struct {
	name    string
	dialect provision.Dialect
	style   provision.GroupStyle
	do      func(context.Context, *provision.Jobs) (provision.Result, error)
	replies []reply
	want    []string
}

func (c pushing) run(t *testing.T) provision.Result {
	t.Helper()
	p := newProduct(t, c.replies...)
	jobs := p.jobs(c.dialect, nil)
	jobs.Groups = c.style
	result, err := c.do(t.Context(), jobs)
	if err != nil || result.Problem != nil || result.ID != "9" {
		t.Errorf("%+v, %v", result, err)
	}
	p.saw(c.want...)
	return result
}

func TestGroupPush(t *testing.T) {
	t.Parallel()
	made := reply{status: 201, body: `{"id":"9","displayName":"Rebel Alliance"}`}
	read := reply{status: 200, body: `{"id":"9","displayName":"Old","members":[{"value":"0","type":"User","display":"mon"},{"value":"2","display":"leia@acme.test"}]}`}
	empty, done := reply{status: 200, body: none}, reply{status: 204}
	push := func(group provision.Group) func(context.Context, *provision.Jobs) (provision.Result, error) {
		return func(ctx context.Context, j *provision.Jobs) (provision.Result, error) { return j.PushGroup(ctx, group) }
	}
	swap := func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
		return j.ChangeMembers(ctx, "9", provision.Group{DisplayName: "Rebel Alliance", Members: []provision.GroupMember{leiaIn}},
			[]provision.GroupMember{hanIn, {Value: `5"\`}}, []provision.GroupMember{leiaIn})
	}
	now := func(group provision.Group) func(context.Context, *provision.Jobs) (provision.Result, error) {
		return func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
			return j.ReplaceMembers(ctx, "9", group)
		}
	}
	link := func(rename bool) func(context.Context, *provision.Jobs) (provision.Result, error) {
		return func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
			return j.LinkGroup(ctx, "9", rebels, rename)
		}
	}
	rename := func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
		return j.RenameGroup(ctx, "9", rebels)
	}
	const (
		removes  = `{"op":"remove","path":"members[value eq \"1\"]"},{"op":"remove","path":"members[value eq \"5\\\"\\\\\"]"}`
		addsLeia = `{"op":"add","path":"members","value":[{"value":"2","display":"leia@acme.test"}]}`
	)
	oin, aiw, both := provision.OIN, provision.AIW, provision.OINPatchUser
	for _, test := range []pushing{
		{"create", oin, provision.GroupStyle{}, push(rebels), []reply{empty, made, done}, []string{groupLookup, groupCreates + "[]}", groupAdds}},
		{"create after 404", both, provision.GroupStyle{}, push(rebels), []reply{scimError(404, "no such group"), made, done},
			[]string{groupLookup, groupCreates + "[]}", groupAdds}},
		{"create inline", oin, provision.GroupStyle{InlineMembers: true}, push(rebels), []reply{empty, made}, []string{groupLookup, groupCreates + twoMembers + "}"}},
		{"create without members", oin, provision.GroupStyle{}, push(nobody), []reply{empty, made}, []string{groupLookup, groupCreates + "[]}"}},
		{"create in aiw", aiw, provision.GroupStyle{}, push(rebels), []reply{empty, made, done},
			[]string{groupLookup, groupCreates + "[]}", groupPut + twoMembers + "}"}},
		{"create where there is one", oin, provision.GroupStyle{}, push(rebels), []reply{found(`{"id":"9"}`), read, done, done},
			[]string{groupLookup, "GET /Groups/9", groupRename, groupAdds}},
		{"rename", oin, provision.GroupStyle{}, rename, []reply{done}, []string{groupRename}},
		{"rename in aiw", aiw, provision.GroupStyle{OmitID: true, ReadFirst: true}, rename, []reply{read, done},
			[]string{"GET /Groups/9", strings.Replace(groupPut, `"id":"9",`, "", 1) + twoMembers + "}"}},
		{"members", oin, provision.GroupStyle{}, swap, []reply{done, done}, []string{groupRename, groupPatch + removes + "," + addsLeia + "]}"}},
		{"members in batches", oin, provision.GroupStyle{Batch: 2}, swap, []reply{done, done, done},
			[]string{groupRename, groupPatch + removes + "]}", groupPatch + addsLeia + "]}"}},
		{"members in aiw", aiw, provision.GroupStyle{}, swap, []reply{done}, []string{groupPut + `[{"value":"2","display":"leia@acme.test"}]}`}},
		{"push now", oin, provision.GroupStyle{}, now(rebels), []reply{read, done, done},
			[]string{"GET /Groups/9", groupRename, groupPatch + `{"op":"replace","path":"members","value":` + twoMembers + `}]}`}},
		{"push now in batches", oin, provision.GroupStyle{Batch: 1}, now(rebels), []reply{read, done, done, done},
			[]string{"GET /Groups/9", groupRename, groupPatch + `{"op":"replace","path":"members","value":[{"value":"1","display":"han@acme.test"}]}]}`,
				groupPatch + addsLeia + "]}"}},
		{"push now of nobody", oin, provision.GroupStyle{Batch: 1}, now(nobody), []reply{read, done, done},
			[]string{"GET /Groups/9", groupRename, groupPatch + `{"op":"replace","path":"members","value":[]}]}`}},
		{"push now without a path", oin, provision.GroupStyle{Pathless: true}, now(nobody), []reply{read, done},
			[]string{"GET /Groups/9", groupPatch + `{"op":"replace","value":{"members":[],"id":"9","displayName":"Rebel Alliance"}}]}`}},
		{"push now in aiw", aiw, provision.GroupStyle{}, now(nobody), []reply{read, done}, []string{"GET /Groups/9", groupPut + "[]}"}},
		{"link", oin, provision.GroupStyle{}, link(false), []reply{read, done}, []string{"GET /Groups/9", groupAdds}},
		{"link and rename", oin, provision.GroupStyle{}, link(true), []reply{read, done, done}, []string{"GET /Groups/9", groupRename, groupAdds}},
		{"link in aiw", aiw, provision.GroupStyle{}, link(false), []reply{read, done}, []string{"GET /Groups/9",
			strings.Replace(groupPut, "Rebel Alliance", "Old", 1) + `[{"value":"0","display":"mon"},{"value":"2","display":"leia@acme.test"},{"value":"1","display":"han@acme.test"}]}`}},
		{"unlink", oin, provision.GroupStyle{}, func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
			return j.DeleteGroup(ctx, "9", "Rebel Alliance")
		}, []reply{done}, []string{"DELETE /Groups/9"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t)
		})
	}
}

func TestGroupRefusals(t *testing.T) {
	t.Parallel()
	const unable = "Unable to update Group Push mapping target App group Rebel Alliance: "
	remote := ". Errors reported by remote server: "
	nothing := reply{status: 200, body: none}
	push := func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
		return j.PushGroup(ctx, rebels)
	}
	now := func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
		return j.ReplaceMembers(ctx, "9", rebels)
	}
	remove := func(ctx context.Context, j *provision.Jobs) (provision.Result, error) {
		return j.DeleteGroup(ctx, "9", rebels.DisplayName)
	}
	for _, test := range []struct {
		name    string
		do      func(context.Context, *provision.Jobs) (provision.Result, error)
		replies []reply
		text    string
	}{
		{"lookup", push, []reply{scimError(401, "who are you")}, unable + "Error while verifying if group Rebel Alliance exists: Unauthorized" + remote + "who are you"},
		{"lookup with text counters", push, []reply{{status: 200, body: `{"totalResults":"0"}`}}, unable + "Error while verifying if group Rebel Alliance exists: null"},
		{"lookup without an id", push, []reply{found(`{"displayName":"x"}`)}, unable + "Error while verifying if group Rebel Alliance exists: null"},
		{"creation", push, []reply{nothing, scimError(400, "no groups")}, unable + "Error while creating user group Rebel Alliance: Bad Request" + remote + "no groups"},
		{"empty creation", push, []reply{nothing, {status: 201}}, unable + "Error while creating user group Rebel Alliance: null"},
		{"unknown member", push, []reply{nothing, {status: 201, body: `{"id":"9"}`}, scimError(404, "User not found.")},
			unable + "Error while updating user group membership for group Rebel Alliance: Not Found" + remote + "User not found."},
		{"gone", now, []reply{scimError(404, "no group")}, unable + "Error while trying to get the group Rebel Alliance with the externalId 9: Not Found" + remote + "no group"},
		{"something else", now, []reply{{status: 200, body: "<html>"}}, unable + "Error while trying to get the group Rebel Alliance with the externalId 9: null"},
		{"name", now, []reply{{status: 200, body: `{}`}, scimError(409, "taken")}, unable + "Error while updating user group Rebel Alliance: Conflict" + remote + "taken"},
		{"deletion", remove, []reply{scimError(403, "not yours")},
			"Unable to delete Group Push mapping target App group Rebel Alliance: Error while deleting user group Rebel Alliance: Forbidden" + remote + "not yours"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newProduct(t, test.replies...)
			result, err := test.do(t.Context(), p.jobs(provision.OIN, nil))
			if err != nil || result.Problem == nil {
				t.Fatalf("%+v, %v", result, err)
			}
			if got := result.Problem.Text("Rebel Alliance", "CI"); got != test.text {
				t.Errorf("got  %s\nwant %s", got, test.text)
			}
			p.saw(lines(p.got)...)
		})
	}
}

func TestDeletedAlready(t *testing.T) {
	t.Parallel()
	p := newProduct(t, scimError(404, "no group"))
	result, err := p.jobs(provision.OIN, nil).DeleteGroup(t.Context(), "9", "Rebels")
	if err != nil || result.Problem != nil || len(result.Notes) != 1 {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestGroupLookupInThePlusEncoding(t *testing.T) {
	t.Parallel()
	p := newProduct(t, reply{status: 200, body: none})
	if _, err := client(t, provision.Options{BaseURL: p.url, Plus: true}).FindGroup(t.Context(), `A "B"+`); err != nil {
		t.Fatal(err)
	}
	p.saw(`GET /Groups?filter=displayName+eq+%22A+%5C%22B%5C%22%2B%22&startIndex=1&count=100`)
}

// Okta goes on pushing a group after 429 as it does with people.
func TestGroupPushWaits(t *testing.T) {
	t.Parallel()
	var waits []time.Duration
	p := newProduct(t, reply{status: 429, header: map[string]string{"Retry-After": "60"}}, reply{status: 204})
	result, err := p.jobs(provision.OIN, &waits).RenameGroup(t.Context(), "9", rebels)
	if err != nil || result.Problem != nil || len(waits) != 1 || waits[0] != time.Minute {
		t.Errorf("%+v, %v, waited %v", result, err, waits)
	}
	p.saw(groupRename, groupRename)
}
