package spec

import (
	"context"

	"rollcall.example/suites/target"
)

// Product is the other side of a story: the thing under test, which we look at
// and, as one of its own administrators, arrange things in.
type Product struct{ *stage }

// Look shows everything that the product holds of the person, by any of the names
// that they are known by. Where the target has no probe it shows what SCIM shows,
// the records.
func (p *Product) Look(ctx context.Context, who *Person) target.View {
	return p.LookFor(ctx, identifiersOf(who))
}

// LookFor is Look for somebody known by these names only.
func (p *Product) LookFor(ctx context.Context, who target.Identifiers) target.View {
	view, err := p.see(ctx, who)
	broken(err, 2)
	view.Unobserved = func(list string) {
		conclude(EntryUnobserved, "nothing shows "+list+": the target's probe leaves the list out", 1)
	}
	return view
}

func identifiersOf(who *Person) target.Identifiers {
	profile := who.Profile()
	return target.Identifiers{
		UserNames:   []string{profile.Login, profile.Email},
		Emails:      []string{profile.Email},
		NameIDs:     []string{profile.Email},
		ExternalIDs: []string{who.ID},
	}
}

func (p *Product) see(ctx context.Context, who target.Identifiers) (target.View, error) {
	if p.probe != nil {
		return p.probe.Look(ctx, p.connection.Organization, who)
	}
	return p.seeOverSCIM(ctx, who)
}

func (p *Product) seeOverSCIM(ctx context.Context, who target.Identifiers) (target.View, error) {
	view := target.View{Records: []target.Record{}}
	client, err := p.client(p.connection.SCIM.Token)
	if err != nil {
		return view, err
	}
	seen := map[string]bool{}
	for _, name := range who.UserNames {
		answer, err := client.Find(ctx, name)
		if err != nil {
			return view, err
		}
		list, err := answer.List()
		if err != nil {
			continue
		}
		for _, resource := range list.Resources {
			record := recordOf(resource)
			if !seen[record.ID] {
				seen[record.ID] = true
				view.Records = append(view.Records, record)
			}
		}
	}
	return view, nil
}
