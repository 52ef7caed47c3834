package spec

import (
	"context"
	"strings"

	"rollcall.example/suites/target"
)

// TeamNamed finds a team that the organization was founded with. Without it the
// spec is untestable.
func (p *Product) TeamNamed(ctx context.Context, name string) target.Team {
	for _, team := range p.Connection(ctx).Teams {
		if strings.EqualFold(team.Slug, strings.ReplaceAll(name, " ", "-")) {
			return team
		}
	}
	conclude(EntryUntestable, "the organization was founded without its team "+name, 1)
	return target.Team{}
}
