package target

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rollcall.example/simulator/provision"
)

// Crowd is very many people and groups that a run makes at one tenant. Their names
// follow from their numbers, so that one line in the ledger stands for all of them
// and nobody has to remember any: a run with a hundred thousand people takes no more
// memory, and writes no more down, than one with ten.
type Crowd struct {
	live  *Live
	at    Connection
	thing *Thing // nil at a target that is disposable
}

// Gather writes down that a crowd of so many people and groups is about to be made
// at the tenant. Where the run may change nothing it is an error that says why.
func (l *Live) Gather(at Connection, people, groups int) (*Crowd, error) {
	c := &Crowd{live: l, at: at}
	switch {
	case l.guard == nil:
		return c, nil
	case l.guard.custody == nil:
		return nil, l.guard.refusal
	}
	var err error
	c.thing, err = l.guard.custody.make(Thing{
		Kind: ACrowd, Name: "load." + string(l.tag), Organization: at.Organization, SCIM: at.SCIM.BaseURL, People: people, Groups: groups,
	})
	return c, err
}

// Person is the user name, and the address, of the person with this number.
func (c *Crowd) Person(number int) string { return crowdPerson(c.live.tag, number) }

// Group is the name of the group with this number.
func (c *Crowd) Group(number int) string { return crowdGroup(c.live.tag, number) }

func crowdPerson(tag Tag, number int) string {
	return fmt.Sprintf("load%d.%s@rollcall.test", number, tag)
}

func crowdGroup(tag Tag, number int) string { return fmt.Sprintf("Load %d %s", number, tag) }

// Transport carries the crowd's requests. Nothing stands before it that would look
// whose a resource is: who uses it sends nothing but what makes somebody of the
// crowd, and what changes somebody whom the product showed by the crowd's own name.
func (c *Crowd) Transport() http.RoundTripper {
	if guard := c.live.guard; guard != nil {
		return guard.inner
	}
	return c.live.transport
}

// SendAway takes one person of the crowd away again, by the product's id or, where
// that is empty, by the name. What the product shows under the id is looked at first.
func (c *Crowd) SendAway(ctx context.Context, number int, id string) error {
	return c.away(ctx, "/Users/", c.Person(number), id, desk.find)
}

// Disband takes one group of the crowd away again, as SendAway does a person.
func (c *Crowd) Disband(ctx context.Context, number int, id string) error {
	return c.away(ctx, "/Groups/", c.Group(number), id, desk.findGroup)
}

func (c *Crowd) away(ctx context.Context, below, name, id string, find func(desk, context.Context, *Thing) ([]string, error)) error {
	d, err := (&clearance{live: c.live}).desk(c.at)
	if err != nil {
		return err
	}
	paths := []string{below + url.PathEscape(id)}
	if id == "" {
		if paths, err = find(d, ctx, &Thing{Name: name}); err != nil {
			return c.live.Conceal(err)
		}
	}
	for _, path := range paths {
		if err := d.remove(ctx, path); err != nil {
			return c.live.Conceal(err)
		}
	}
	return nil
}

// Dissolved notes that nobody of the crowd is left at the product.
func (c *Crowd) Dissolved() error {
	if c.thing == nil {
		return nil
	}
	return c.live.guard.custody.learn(c.thing, line{Done: true})
}

// crowd takes away everybody of a crowd whom the product still finds by name.
func (c *clearance) crowd(ctx context.Context, t *Thing) error {
	at, known := c.connection(ctx, t)
	if !known || !at.SCIM.Usable() {
		return fmt.Errorf("the target does not name the tenant %s", orElse(t.SCIM, t.Organization))
	}
	d, err := c.desk(at)
	if err != nil {
		return err
	}
	tag := c.live.guard.custody.tag
	for number := range t.People {
		if err := c.awayByName(ctx, d, crowdPerson(tag, number), desk.find); err != nil {
			return err
		}
	}
	for number := range t.Groups {
		if err := c.awayByName(ctx, d, crowdGroup(tag, number), desk.findGroup); err != nil {
			return err
		}
	}
	return nil
}

func (c *clearance) awayByName(ctx context.Context, d desk, name string, find func(desk, context.Context, *Thing) ([]string, error)) error {
	paths, err := find(d, ctx, &Thing{Name: name})
	for _, path := range paths {
		if err == nil {
			err = d.remove(ctx, path)
		}
	}
	if err != nil {
		return fmt.Errorf("%s and perhaps others of it: %w", name, err)
	}
	return nil
}

// findGroup lists the paths of the groups that the product finds by the name. A tenant
// that has no groups says so of the whole list, and nobody made one there.
func (d desk) findGroup(ctx context.Context, t *Thing) ([]string, error) {
	answer, err := d.client.FindGroup(ctx, t.Name)
	if err != nil {
		return nil, noAnswer(err)
	}
	if isNoEndpoint(answer) {
		return nil, nil
	}
	list, err := answer.List()
	if err != nil || !answer.OK() {
		return nil, fmt.Errorf("the product was asked for it and answered %d without a list of groups", answer.Status)
	}
	var paths []string
	for _, group := range list.Resources {
		if id := group.Called(); id != "" && strings.EqualFold(group.Text("displayName"), t.Name) {
			paths = append(paths, "/Groups/"+url.PathEscape(id))
		}
	}
	return paths, nil
}

// isNoEndpoint says whether a SCIM endpoint answers that it is not there (RFC 7644
// section 3.12), and not something else before it.
func isNoEndpoint(answer provision.Answer) bool {
	said, err := answer.Resource()
	return err == nil && answer.Status == http.StatusNotFound && strings.Contains(string(said.Raw("schemas")), "urn:ietf:params:scim:api:messages:2.0:Error")
}

// forCrowds is how much longer clearing away may take because of the crowds in a
// ledger: each of them is asked for by name.
func (e entries) forCrowds() time.Duration {
	members := 0
	for _, t := range e.things {
		members += t.People + t.Groups
	}
	return time.Duration(members) * clearEachWithin
}

// clearEachWithin is how long finding and removing one of a crowd may take on average.
const clearEachWithin = 200 * time.Millisecond
