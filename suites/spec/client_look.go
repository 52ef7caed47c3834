package spec

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/onsi/gomega"

	"rollcall.example/simulator/provision"
)

// Sightings is a resource as it was seen in every way in which a client can look at
// it. A claim about it is a claim about each.
type Sightings struct {
	Name string
	All  []provision.Sighting
}

// Seen is what was seen in each way.
func (s Sightings) Seen() []provision.Sighting { return s.All }

// ReadBack looks at a resource by its id, in the list and by a filter: what was
// written has to show in all three. Where it cannot be found in one of them the spec is
// untestable; see [Client.Everywhere].
func (c *Client) ReadBack(ctx context.Context, r *Resource) Sightings {
	seen := c.everywhere(ctx, r)
	for _, s := range seen.All {
		if s.Document == nil {
			conclude(EntryUntestable, fmt.Sprintf("%s cannot be looked at %s: %s", r, s.Where, s.Problem), 1)
		}
	}
	return seen
}

// Everywhere is [Client.ReadBack] where the claim is that the resource is there.
func (c *Client) Everywhere(ctx context.Context, r *Resource) Sightings { return c.everywhere(ctx, r) }

func (c *Client) everywhere(ctx context.Context, r *Resource) Sightings {
	seen := []provision.Sighting{c.byID(ctx, r), c.byFilter(ctx, r)}
	if listed, looked := c.inList(ctx, r); looked {
		seen = append(seen, listed)
	}
	return Sightings{r.String(), seen}
}

func (c *Client) byID(ctx context.Context, r *Resource) provision.Sighting {
	answer, err := c.exchange(ctx, "GET", r.Path, nil, nil)
	broken(err, 4)
	shown, err := answer.Document()
	switch {
	case !answer.OK():
		return provision.Sighting{Where: "by id", Problem: "it was answered " + answerInWords(answer)}
	case err != nil:
		return provision.Sighting{Where: "by id", Problem: err.Error()}
	}
	return provision.Sighting{Where: "by id", Document: shown}
}

func (c *Client) byFilter(ctx context.Context, r *Resource) provision.Sighting {
	answer, err := c.exchange(ctx, "GET", r.Collection(), nil, []Asking{Param("filter", r.Filter())})
	broken(err, 4)
	return pick("by filter "+r.Filter(), answer, r)
}

// pick finds the resource in a list.
func pick(where string, answer provision.Answer, r *Resource) provision.Sighting {
	listed, err := answer.Documents()
	switch {
	case !answer.OK():
		return provision.Sighting{Where: where, Problem: "it was answered " + answerInWords(answer)}
	case err != nil:
		return provision.Sighting{Where: where, Problem: err.Error()}
	}
	for _, shown := range listed {
		if shown.Text("id") == r.ID {
			return provision.Sighting{Where: where, Document: shown}
		}
	}
	return provision.Sighting{Where: where, Problem: fmt.Sprintf("it is not among the %d that are listed", len(listed))}
}

// What is looked through of a list: its end first, where newcomers mostly stand, then
// all of it, unless that is a very large directory.
const (
	listTail  = 5
	listPage  = 100
	listPages = 50
)

// inList looks for the resource in the list of everything. False where the directory
// is too large to be looked through: then its absence would mean nothing.
func (c *Client) inList(ctx context.Context, r *Resource) (provision.Sighting, bool) {
	const where = "in the list"
	first, err := c.exchange(ctx, "GET", r.Collection(), nil, []Asking{Param("count", "1")})
	broken(err, 4)
	list, err := first.List()
	if err != nil || !first.OK() {
		return pick(where, first, r), true
	}
	total := list.TotalResults
	tail := c.page(ctx, r, max(1, total-listTail+1), listTail)
	if seen := pick(where, tail, r); seen.Document != nil {
		return seen, true
	}
	if total > listPage*listPages {
		return provision.Sighting{}, false
	}
	for start, pages := 1, 0; start <= total && pages < listPages; pages++ {
		answer := c.page(ctx, r, start, listPage)
		seen := pick(where, answer, r)
		listed, err := answer.Documents()
		if seen.Document != nil || err != nil || len(listed) == 0 {
			return seen, true
		}
		start += len(listed)
	}
	return provision.Sighting{Where: where, Problem: fmt.Sprintf("it is not among the %d of the whole list", total)}, true
}

func (c *Client) page(ctx context.Context, r *Resource, start, count int) provision.Answer {
	answer, err := c.exchange(ctx, "GET", r.Collection(), nil,
		[]Asking{Param("startIndex", strconv.Itoa(start)), Param("count", strconv.Itoa(count))})
	broken(err, 4)
	return answer
}

// Snapshot is a resource as the product showed it at some moment.
type Snapshot struct {
	Status int
	Shown  provision.Document // nil where there was none
}

// Snapshot shows the resource as it is, to be compared later.
func (c *Client) Snapshot(ctx context.Context, r *Resource) Snapshot {
	answer, err := c.exchange(ctx, "GET", r.Path, nil, nil)
	broken(err, 2)
	shown, _ := answer.Document() // a Snapshot of none says so
	return Snapshot{answer.Status, shown}
}

// Difference says in words what is otherwise than before; empty for nothing.
func (s Snapshot) Difference(before Snapshot) string {
	if s.Status != before.Status {
		return fmt.Sprintf("it is answered %d now, and was %d", s.Status, before.Status)
	}
	var words []string
	for _, name := range before.Shown.Difference(s.Shown) {
		was, _ := before.Shown.At(name)
		is, _ := s.Shown.At(name)
		words = append(words, fmt.Sprintf("%s was %v and is %v", name, inJSON(was), inJSON(is)))
	}
	return strings.Join(words, "; ")
}

func inJSON(value any) string {
	text, err := contentOf([]any{value})
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text[1 : len(text)-2]))
}

// Steadily plays a refusal between two controls: the resource can be replaced, then
// comes what is to be refused, which must leave the resource exactly as it was, and the
// resource can be replaced again. It returns the answer of the refusal, to be judged.
func (c *Client) Steadily(ctx context.Context, r *Resource, refused func() provision.Answer) provision.Answer {
	c.honest(ctx, r, "before")
	before := c.Snapshot(ctx, r)
	answer := refused()
	if changed := c.Snapshot(ctx, r).Difference(before); changed != "" {
		gomega.Expect(changed).WithOffset(1).To(gomega.BeEmpty(), "after an answer of %s the resource is another", answerInWords(answer))
	}
	c.honest(ctx, r, "after")
	return answer
}

// honest replaces the resource by what it is written as, with another name of its own
// in it, and looks whether that is so.
func (c *Client) honest(ctx context.Context, r *Resource, when string) {
	path, value := "name.familyName", fmt.Sprintf("Honest %d", c.named.Add(1))
	if r.Collection() == "/Groups" {
		path, value = "displayName", fmt.Sprintf("%s %s", strings.SplitN(r.name(), " honest", 2)[0], "honest "+value[len("Honest "):])
	}
	answer, err := c.exchange(ctx, "PUT", r.Path, r.With(With(path, value)), nil)
	broken(err, 4)
	if !answer.OK() {
		conclude(EntryUntestable, fmt.Sprintf("an honest PUT %s it was answered %s", when, answerInWords(answer)), 2)
	}
	r.Body = r.With(With(path, value))
	if shown := c.byID(ctx, r).Document; shown.Text(path) != value {
		conclude(EntryUntestable, fmt.Sprintf("an honest PUT %s it left %s at %q", when, path, shown.Text(path)), 2)
	}
}

// Unmade plays a creation that is to be refused between two controls: somebody like it
// can be created, then comes what is to be refused, after which nobody of its name is
// there, and then the honest body itself is taken. It returns the answer of the refusal,
// to be judged.
func (c *Client) Unmade(ctx context.Context, honest Body, refused func() provision.Answer) provision.Answer {
	c.alike(ctx, honest)
	answer := refused()
	probe := &Resource{Path: collectionOf(honest) + "/", Body: honest}
	found := c.Filter(ctx, probe.Collection(), probe.Filter())
	if listed, err := found.Documents(); err != nil || !found.OK() {
		conclude(EntryUntestable, "a look-up by name was answered "+answerInWords(found), 1)
	} else if len(listed) > 0 {
		gomega.Expect(listed).WithOffset(1).To(gomega.BeEmpty(), "after an answer of %s it is there all the same", answerInWords(answer))
	}
	if _, err := madeOf(c.Post(ctx, probe.Collection(), honest), honest); err != nil {
		conclude(EntryUntestable, "an honest creation after it came to nothing: "+err.Error(), 1)
	}
	return answer
}

// alike creates somebody, or a group, that has nothing to do with it.
func (c *Client) alike(ctx context.Context, honest Body) {
	body := c.User("Wedge Antilles")
	if collectionOf(honest) == "/Groups" {
		body = c.Group("Rogues", nil)
	}
	if _, err := madeOf(c.Post(ctx, collectionOf(body), body), body); err != nil {
		conclude(EntryUntestable, "an honest creation before it came to nothing: "+err.Error(), 2)
	}
}
