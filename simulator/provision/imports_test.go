package provision_test

import (
	"fmt"
	"strings"
	"testing"

	"rollcall.example/simulator/provision"
)

// page is a page of a list of that many, with ids from first to last.
func page(total, first, last int) reply {
	var resources []string
	for n := first; n <= last; n++ {
		resources = append(resources, fmt.Sprintf(`{"id":"%d"}`, n))
	}
	return reply{status: 200, body: fmt.Sprintf(`{"totalResults":%d,"startIndex":%d,"itemsPerPage":%d,"Resources":[%s]}`,
		total, first, len(resources), strings.Join(resources, ","))}
}

func TestImport(t *testing.T) {
	t.Parallel()
	pages := func(path string, starts ...int) (want []string) {
		for _, start := range starts {
			want = append(want, fmt.Sprintf("GET /%s?startIndex=%d&count=100", path, start))
		}
		return want
	}
	const past = "/Users from 101, past its end at 2, has itemsPerPage 100 and 0 resources: Okta wants 0 and none"
	for name, test := range map[string]struct {
		groups  bool
		replies []reply
		want    []string
		users   int
		note    string
	}{
		"users":      {false, []reply{page(2, 1, 2), page(2, 101, 100)}, pages("Users", 1, 101), 2, ""},
		"more pages": {false, []reply{page(150, 1, 100), page(150, 101, 150), page(150, 201, 200)}, pages("Users", 1, 101, 201), 150, ""},
		// A page that the product made shorter moves nothing: Okta counts by what it asked for.
		"short pages": {false, []reply{page(150, 1, 50), page(150, 101, 150), page(150, 201, 200)}, pages("Users", 1, 101, 201), 100, ""},
		"nobody":      {false, []reply{page(0, 1, 0)}, pages("Users", 1), 0, ""},
		"and groups":  {true, []reply{page(2, 1, 2), page(2, 101, 100), page(0, 1, 0)}, append(pages("Users", 1, 101), pages("Groups", 1)...), 2, ""},
		"no groups": {true, []reply{page(0, 1, 0), scimError(404, "no groups")}, append(pages("Users", 1), pages("Groups", 1)...), 0,
			"the product has no groups to import (404)"},
		"past the end": {false, []reply{page(2, 1, 2), {status: 200, body: `{"totalResults":2,"itemsPerPage":100,"Resources":[]}`}}, pages("Users", 1, 101), 2, past},
		"a gap": {false, []reply{page(300, 1, 100), page(300, 101, 100)}, pages("Users", 1, 101), 100,
			"/Users from 101 is empty, though totalResults says 300: the import ends there"},
		"the same again": {false, []reply{page(300, 1, 100), page(300, 1, 100)}, pages("Users", 1, 101), 100, "/Users from 101 begins with 1 again: the import ends there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProduct(t, test.replies...)
			read, err := p.jobs(provision.OIN, nil).Import(t.Context(), test.groups)
			if err != nil || read.Problem != nil || len(read.Users) != test.users || strings.Join(read.Notes, "; ") != test.note {
				t.Errorf("%d users, %+v, %v, notes %q", len(read.Users), read.Problem, err, read.Notes)
			}
			p.saw(test.want...)
		})
	}
}

func TestImportRefused(t *testing.T) {
	t.Parallel()
	for text, replies := range map[string][]reply{
		"Import from app CI failed: Error while downloading Users: Internal Server Error. Errors reported by remote server: broken": {scimError(500, "broken")},
		"Import from app CI failed: Error while downloading Users: null":                                                            {{status: 200, body: `{"totalResults":"2"}`}},
		"Import from app CI failed: Error while downloading Groups: Forbidden":                                                      {page(0, 1, 0), {status: 403}},
	} {
		p := newProduct(t, replies...)
		read, err := p.jobs(provision.OIN, nil).Import(t.Context(), true)
		if err != nil || read.Problem == nil || read.Problem.Text("", "CI") != text {
			t.Errorf("%+v, %v, want %s", read.Problem, err, text)
		}
	}
}
