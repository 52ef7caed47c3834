package spec

import (
	"context"

	"rollcall.example/simulator"
	"rollcall.example/simulator/provision"
)

// Push pushes the group to the product by its name, with those of its members who are
// assigned and have a record. From then on it is kept in step.
func (o *Okta) Push(ctx context.Context, g *Group) { o.did(o.app.Push(ctx, g)) }

// PushTo pushes the group to one that the product has, under that one's address, as
// /Groups/42. Who is in it stays; with rename it takes the name that it has at Okta.
func (o *Okta) PushTo(ctx context.Context, g *Group, to *Resource, rename bool) {
	o.did(o.app.LinkGroup(ctx, g, simulator.ImportedGroup{ExternalID: to.ID, Name: to.name()}, rename))
}

// PushNow overwrites the group's name and members in the product with Okta's.
func (o *Okta) PushNow(ctx context.Context, g *Group) { o.did(o.app.PushNow(ctx, g)) }

// Unlink ends the push of the group; the product's group is deleted, or left.
func (o *Okta) Unlink(ctx context.Context, g *Group, remove bool) {
	o.did(o.app.Unlink(ctx, g, remove))
}

// RenameGroup gives the group another name, which is this spec's own as well.
func (o *Okta) RenameGroup(ctx context.Context, g *Group, name string) {
	o.did(o.tenant.RenameGroup(ctx, g, name+" "+o.tag))
}

// PushedAs is the group as the product has it. Where Okta knows no id of it the spec is
// untestable.
func (o *Okta) PushedAs(g *Group) *Resource {
	mapping, _ := o.app.Mapping(g)
	if mapping.ExternalID == "" {
		conclude(EntryUntestable, "the group "+g.Name()+" was pushed, and Okta knows no id of it", 1)
	}
	return &Resource{ID: mapping.ExternalID, Path: "/Groups/" + mapping.ExternalID,
		Body: Body{"schemas": []string{GroupSchema}, "displayName": mapping.Target}}
}

// PushState is what Okta shows of the group's push: ACTIVE, INACTIVE or ERROR; empty
// where it is not pushed.
func (o *Okta) PushState(g *Group) simulator.PushStatus {
	mapping, _ := o.app.Mapping(g)
	return mapping.Status
}

// RecordOf is the person's record under the id that Okta keeps. Where it keeps none the
// spec is untestable.
func (o *Okta) RecordOf(p *Person) *Resource {
	assignment, _ := o.app.Assignment(p)
	if assignment.ExternalID == "" {
		conclude(EntryUntestable, "Okta knows no id of the record of "+p.String(), 1)
	}
	return &Resource{ID: assignment.ExternalID, Path: provision.UserPath(assignment.ExternalID), Body: UserBody(p)}
}

// SetPassword gives the person another password at Okta, which pushes it to the
// product: this switches Sync Password on.
func (o *Okta) SetPassword(ctx context.Context, p *Person, password string) {
	o.Configure(func(s *simulator.AppSettings) { s.SyncPassword = true })
	o.did(o.tenant.SetPassword(ctx, p, password))
}

// Import reads everybody whom the product has, and with groups its groups too. A
// refusal is a task in what is returned second, which Okta does not keep.
func (o *Okta) Import(ctx context.Context, groups bool) (simulator.Import, []string) {
	o.Configure(func(s *simulator.AppSettings) { s.Import.Groups = groups })
	o.settle(ctx)
	report, outcome, err := o.app.Import(ctx)
	o.noted(outcome, err)
	var refused []string
	for _, task := range outcome.Tasks {
		refused = append(refused, task.Text)
	}
	return report, refused
}

// Imported are the product's groups as the last import has read them.
func (o *Okta) Imported() []simulator.ImportedGroup { return o.app.ImportedGroups() }
