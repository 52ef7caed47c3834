package org

import "context"

// addGroups reads the groups with who is in them.
func (c *census) addGroups(ctx context.Context, tx Tx, organizationID string) (err error) {
	if c.groups, err = tx.GroupsIn(ctx, organizationID); err != nil {
		return err
	}
	for i := range c.groups {
		if err := withMembers(ctx, tx, &c.groups[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *census) checkGroups() {
	holder := map[[2]string]string{}
	for _, g := range c.groups {
		name := [2]string{g.Provider, Key(g.DisplayName)}
		if other, taken := holder[name]; taken {
			c.report("groups %s and %s have the same name %s", other, g.ID, g.DisplayName)
		}
		holder[name] = g.ID
	}
	c.checkHeld()
	c.checkCycles()
	c.checkGranted()
}

// checkHeld looks for members of a group whom its provider does not know.
func (c *census) checkHeld() {
	home := map[string]string{}
	for _, r := range c.records {
		home[r.ID] = r.Provider
	}
	for _, g := range c.groups {
		home[g.ID] = g.Provider
	}
	for _, g := range c.groups {
		for _, m := range g.Members {
			if home[m.ID] != g.Provider {
				c.report("group %s holds %s, whom its provider does not know", g.DisplayName, m.ID)
			}
		}
	}
}

// checkCycles looks for groups that are in themselves: what is left when those that
// hold no other are taken away, again and again.
func (c *census) checkCycles() {
	holds := map[string][]string{}
	for _, g := range c.groups {
		for _, m := range g.Members {
			if m.Group {
				holds[g.ID] = append(holds[g.ID], m.ID)
			}
		}
	}
	for shrinking := true; shrinking; {
		shrinking = false
		for id, nested := range holds {
			if !holdsAny(holds, nested) {
				delete(holds, id)
				shrinking = true
			}
		}
	}
	for _, g := range c.groups {
		if len(holds[g.ID]) > 0 {
			c.report("group %s is in itself, or holds one that is", g.DisplayName)
		}
	}
}

func holdsAny(holds map[string][]string, groups []string) bool {
	for _, id := range groups {
		if len(holds[id]) > 0 {
			return true
		}
	}
	return false
}

// checkGranted looks for places that a group is said to give and that none does. A
// suspended person keeps theirs for the time when they are back.
func (c *census) checkGranted() {
	type place struct{ team, account string }
	given := map[place]bool{}
	owner := map[string]string{}
	for _, r := range c.records {
		if r.Active || c.rules.Deactivate == "suspend" {
			owner[r.ID] = r.Account
		}
	}
	for _, g := range c.groups {
		for _, m := range g.Members {
			given[place{g.Team, owner[m.ID]}] = true
		}
	}
	for _, p := range c.granted {
		if !given[place{p.Team, p.Account}] {
			c.report("%s has a place in team %s that no group gives", c.people[p.Account].name, p.Team)
		}
	}
}
