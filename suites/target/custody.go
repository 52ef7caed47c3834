package target

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// custody is what one process of a run has made at the product and not cleared away
// yet, in the ledger and in memory.
type custody struct {
	tag    Tag
	ledger *ledger

	mu     sync.Mutex
	things []*Thing
	hired  []expected // who may turn up in what cannot be read
}

// expected is a person who was hired at Okta: nothing is made of them yet.
type expected struct {
	at   Connection
	name string
}

// make notes that something is about to be made, before it is. Something that is
// noted already is returned as it is. Where it cannot be written down it may not be
// made.
func (c *custody) make(wanted Thing) (*Thing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.things {
		if t.Kind == wanted.Kind && strings.EqualFold(t.Name, wanted.Name) && t.Name != "" &&
			t.Organization == wanted.Organization && t.SCIM == wanted.SCIM {
			return t, c.again(t, wanted)
		}
	}
	made := wanted
	made.At = time.Now().UTC()
	made.asked = made.At
	if err := c.ledger.enter(&made); err != nil {
		return nil, err
	}
	c.things = append(c.things, &made)
	return &made, nil
}

// again notes that something which is noted is asked for once more.
func (c *custody) again(t *Thing, wanted Thing) error {
	t.Refused, t.asked = false, time.Now()
	if !wanted.SignedIn || t.SignedIn {
		return nil
	}
	t.SignedIn = true
	return c.ledger.write(line{Entry: t.entry, SignedIn: true}, true)
}

// learn notes what became known of a thing.
func (c *custody) learn(t *Thing, said line) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	said.Entry = t.entry
	t.learn(said)
	return c.ledger.write(said, false)
}

// pending is what is not cleared away yet, in the order in which it was made.
func (c *custody) pending() []*Thing {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.things = slices.DeleteFunc(c.things, func(t *Thing) bool { return t.done })
	return slices.Clone(c.things)
}

// expect notes a person who was hired at Okta.
func (c *custody) expect(at Connection, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hired = append(c.hired, expected{at, name})
}

// expectedAt lists who was hired for the tenant.
func (c *custody) expectedAt(at Connection) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for _, e := range c.hired {
		if e.at.Organization == at.Organization && e.at.SCIM.BaseURL == at.SCIM.BaseURL {
			names = append(names, e.name)
		}
	}
	return names
}

// forgetHired is for the end of a spec, whose people nobody will see again.
func (c *custody) forgetHired() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hired = nil
}
