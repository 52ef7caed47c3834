package scim_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall.example/reference/scim"
	"rollcall.example/reference/scim/filter"
)

// Where a peer says something else of a filter, the table says why ours is right.
func TestFiltersAsPeersReadThem(t *testing.T) {
	t.Parallel()
	c, others := newClient(t), startPeers(t)
	for _, person := range judgedPeople {
		c.seed(person)
	}
	people := c.everybody()
	for _, row := range judgedFilters {
		if got := c.finds(row.filter); got != row.ours {
			t.Errorf("%s: ours says %q, want %q", row.filter, got, row.ours)
		}
		differs := false
		for peer, want := range map[string]string{byHand: row.byHand, byABNF: row.byABNF} {
			got := others.finds(t, peer, row.filter, people)
			if differs = differs || got != row.ours; got == row.ours {
				got = same
			}
			if got != want {
				t.Errorf("%s: %s says %q, the table has %q", row.filter, peer, got, want)
			}
		}
		if differs != (row.why != agreed) {
			t.Errorf("%s: the table says %q", row.filter, row.why)
		}
	}
}

// everybody is all users as the server shows them.
func (c *client) everybody() (people []json.RawMessage) {
	c.t.Helper()
	var page struct{ Resources []json.RawMessage }
	if err := json.Unmarshal([]byte(c.do("GET", "/Users", "").want(c.t, http.StatusOK).body), &page); err != nil {
		c.t.Fatal(err)
	}
	return page.Resources
}

// finds says whom a filter finds, by number.
func (c *client) finds(text string) string {
	c.t.Helper()
	a := c.do("GET", "/Users?filter="+url.QueryEscape(text), "")
	if a.status == http.StatusBadRequest {
		a.refused(c.t, http.StatusBadRequest, "invalidFilter")
		return refused
	}
	return strings.Join(a.want(c.t, http.StatusOK).ids(c.t), " ")
}

// finds says whom of the people a filter finds, by number, as a peer has it.
func (p *peers) finds(t tester, peer, text string, people []json.RawMessage) string {
	t.Helper()
	said := p.ask(t, peer, map[string]any{"filter": text, "resources": people})
	if said.Refused != "" {
		return refused
	}
	var found []string
	for i, matches := range said.Matches {
		if matches {
			found = append(found, itoa(i+1))
		}
	}
	return strings.Join(found, " ")
}

// ground is what a peer and we read alike; what lies beyond is in the table.
type ground struct {
	peer    string
	over    []commonAttribute
	parts   []commonAttribute // what stands in brackets behind emails, if they may stand here
	within  int               // how deep that may be
	negates bool              // not is read
	grouped bool              // each side of an operator stands in parentheses, which the others may lack
}

// commonAttribute is an attribute with comparisons and values that everybody judges
// alike: of small letters, and ne only where there is a value.
type commonAttribute struct {
	name, ops string
	values    []string
}

var (
	commonAttributes = []commonAttribute{
		{"userName", "eq ne co sw ew gt ge lt le pr", []string{`"a1"`, `"ab"`, `"b2"`, `"b"`, `"and"`}},
		{"active", "eq ne pr", []string{"true", "false"}},
		{"title", "eq co sw ew gt ge lt le pr", []string{`"a"`, `"a b"`, `"b \"(] or\" x"`, `"pr"`}},
		{"name.givenName", "eq co sw ew gt ge lt le pr", []string{`"a"`, `"ba"`}},
		{"emails.value", "eq co sw ew gt ge lt le pr", []string{`"a@x"`, `"b@x"`}},
		{"emails.type", "eq co pr", []string{`"work"`, `"home"`}},
		{"emails.primary", "eq pr", []string{"true"}},
	}
	commonExtensions = []commonAttribute{
		{scim.EnterpriseSchema + ":department", "eq co sw ew gt ge lt le pr", []string{`"a"`, `"b"`}},
		{scim.BadgeSchema + ":number", "eq gt ge lt le pr", []string{"7", "0", "0.7e1"}},
	}
	commonParts = []commonAttribute{
		{"value", "eq ne co sw ew gt ge lt le pr", []string{`"a@x"`, `"b@x"`}},
		{"type", "eq ne co pr", []string{`"work"`, `"home"`}},
		{"primary", "eq pr", []string{"true"}},
	}
	grounds = []ground{
		{peer: byHand, over: slices.Concat(commonAttributes, commonExtensions), parts: commonParts, negates: true},
		{peer: byABNF, over: commonAttributes, parts: commonParts, within: 2, grouped: true},
	}
)

// filter draws a filter.
func (g ground) filter(t *rapid.T, depth int) string {
	switch kind := rapid.IntRange(0, 7).Draw(t, "kind"); {
	case depth > 0 && kind <= 2:
		operator := rapid.SampledFrom([]string{" and ", " or ", " AND "}).Draw(t, "operator")
		return g.side(t, depth-1) + operator + g.side(t, depth-1)
	case depth > 0 && kind == 3 && g.negates:
		return rapid.SampledFrom([]string{"not (", "NOT("}).Draw(t, "not") + g.filter(t, depth-1) + ")"
	case kind == 4 && g.parts != nil:
		inner := g
		inner.over, inner.parts, inner.negates = g.parts, nil, false
		return "emails[" + inner.filter(t, g.within) + "]"
	}
	a := rapid.SampledFrom(g.over).Draw(t, "attribute")
	op := rapid.SampledFrom(strings.Fields(a.ops)).Draw(t, "comparison")
	if op == "pr" {
		return a.name + " pr"
	}
	return a.name + " " + op + " " + rapid.SampledFrom(a.values).Draw(t, "value")
}

// side draws what stands on one side of an operator. It is the text that counts, so what
// binds it together is left to whoever reads it.
func (g ground) side(t *rapid.T, depth int) string {
	of := g.filter(t, depth)
	if g.grouped || rapid.Bool().Draw(t, "grouped") {
		return "(" + of + ")"
	}
	return of
}

// commonPerson makes a user of the values that are asked for.
func commonPerson(t *rapid.T, number string) string {
	pick := func(of []commonAttribute, i int) string { return rapid.SampledFrom(of[i].values).Draw(t, "value") }
	user := `"userName":"` + strings.Trim(pick(commonAttributes, 0), `"`) + number + `","active":` + pick(commonAttributes, 1)
	maybe := func(member string) {
		if rapid.Bool().Draw(t, "has") {
			user += "," + member
		}
	}
	maybe(`"title":` + pick(commonAttributes, 2))
	maybe(`"name":{"givenName":` + pick(commonAttributes, 3) + `}`)
	email := func() string { return `{"value":` + pick(commonParts, 0) + `,"type":` + pick(commonParts, 1) }
	maybe(`"emails":[` + email() + `,"primary":true},` + email() + `}]`)
	maybe(`"` + scim.EnterpriseSchema + `":{"department":` + pick(commonExtensions, 0) + `}`)
	maybe(`"` + scim.BadgeSchema + `":{"number":` + rapid.SampledFrom([]string{"7", "-7"}).Draw(t, "number") + `}`)
	return user
}

// On common ground peers find whom we find.
func TestPeersFindTheSame(t *testing.T) {
	t.Parallel()
	others := startPeers(t)
	rapid.Check(t, func(t *rapid.T) {
		c := newClient(t)
		for i := range 4 {
			c.seed(commonPerson(t, itoa(i+1)))
		}
		people := c.everybody()
		for _, g := range grounds {
			for range 3 {
				text := g.filter(t, 3)
				if ours, theirs := c.finds(text), others.finds(t, g.peer, text, people); ours != theirs {
					t.Fatalf("%s: ours says %q, %s %q, of\n%s", text, ours, g.peer, theirs, people)
				}
			}
		}
	})
}

// pieces are the words of a filter: what damage takes away, repeats or puts elsewhere.
var pieces = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[()\]]|\w+\[|[^\s()\]]+`)

// damaged draws a filter of which one word is gone, doubled, or another one's.
func damaged(t *rapid.T, text string) string {
	words := pieces.FindAllString(text, -1)
	at := rapid.IntRange(0, len(words)-1).Draw(t, "at")
	switch rapid.IntRange(0, 2).Draw(t, "damage") {
	case 0:
		words = slices.Delete(words, at, at+1)
	case 1:
		words = slices.Insert(words, at, words[at])
	default:
		other := rapid.IntRange(0, len(words)-1).Draw(t, "other")
		words[at], words[other] = words[other], words[at]
	}
	var joined strings.Builder
	for i, word := range words {
		if i > 0 && !strings.HasSuffix(words[i-1], "(") && !strings.HasSuffix(words[i-1], "[") && word != ")" && word != "]" {
			joined.WriteByte(' ')
		}
		joined.WriteString(word)
	}
	return joined.String()
}

// What is damaged is refused by peers where it is by us, and read where it is.
func TestPeersRefuseTheSame(t *testing.T) {
	t.Parallel()
	others := startPeers(t)
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		for _, g := range grounds {
			g.negates = false
			text := damaged(t, g.filter(t, 3))
			_, err := filter.Parse(text)
			if err == nil {
				read++
			}
			if theirs := others.finds(t, g.peer, text, []json.RawMessage{}); (theirs == refused) != (err != nil) {
				t.Fatalf("%s: ours says %v, %s %q", text, err, g.peer, theirs)
			}
		}
	})
	if read == 0 {
		t.Error("nothing that was damaged could be read")
	}
}
