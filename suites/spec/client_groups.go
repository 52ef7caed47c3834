package spec

import (
	"context"

	"rollcall.example/suites/target"
)

// WithGroups is a client, and the product, of a connection where groups are offered: the
// usual one where the product offers them there, and otherwise that of an organization
// which is founded with them.
func (p *Product) WithGroups(ctx context.Context) (*Client, *Product) {
	if !p.live.Profile.States("scim_groups", "unsupported") || !p.live.Has(target.OrgCreate) {
		return p.Client(), p
	}
	okta, product := p.Found(ctx, Organization{Groups: true})
	return okta.Client(), product
}
