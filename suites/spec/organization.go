package spec

import (
	"context"
	"errors"
	"fmt"

	"rollcall.example/simulator/idp"
	"rollcall.example/suites/target"
)

// Organization describes one to be made for a single spec.
type Organization struct {
	Plan       string   // enterprise where empty
	Flags      []string //
	Kind       string   // okta where empty; or custom_saml
	State      string   // enabled where empty; or created, disabled
	Leaderless bool     // no administrator of its own
	Groups     bool     // groups can be pushed to it over SCIM
	Encrypted  bool     // it takes encrypted assertions only
	Teams      []target.NewTeam
	// Describe writes the metadata of its identity provider; nil leaves that to the
	// identity provider itself.
	Describe func(idp.Identity) ([]byte, error)
}

// metadata is what the product is told of the identity provider.
func (o Organization) metadata(identity idp.Identity) (string, error) {
	if o.Describe == nil {
		return string(identity.Metadata()), nil
	}
	text, err := o.Describe(identity)
	return string(text), err
}

// Found makes an organization that no other spec knows, with an Okta tenant of its
// own, and returns both sides of it. Specs about plans, flags, providers, clocks,
// totals and last administrators belong in one.
func (p *Product) Found(ctx context.Context, wanted Organization) (*Okta, *Product) {
	okta, product, err := p.found(ctx, wanted, nil)
	broken(err, 1)
	return okta, product
}

// Import founds an organization whose identity provider is described by what change
// makes of its metadata, and says whether the product took that. Where it did not, there
// is nobody on either side.
func (p *Product) Import(ctx context.Context, change func(metadata string) string) (_ *Okta, _ *Product, took bool) {
	okta, product, err := p.found(ctx, Organization{}, change)
	if refusal := new(target.Refusal); errors.As(err, &refusal) {
		return nil, nil, false
	}
	broken(err, 1)
	return okta, product, true
}

func (p *Product) found(ctx context.Context, wanted Organization, change func(string) string) (*Okta, *Product, error) {
	name := fmt.Sprintf("%s-%d", p.tag, founded.Add(1))
	customer := p.connection.Okta.Beside("customer-"+name, "other-tenant")
	identity, err := customer.Identity()
	broken(err, 2)
	metadata, err := wanted.metadata(identity)
	broken(err, 2)
	if change != nil {
		metadata = change(metadata)
	}
	made, err := p.organizer().NewOrganization(ctx, target.NewOrganization{
		Name:  "customer " + name,
		Plan:  orElse(wanted.Plan, "enterprise"),
		Flags: append([]string{}, wanted.Flags...),
		Provider: target.NewProvider{
			Kind: orElse(wanted.Kind, "okta"), State: orElse(wanted.State, "enabled"), Metadata: metadata,
		},
		Founder: !wanted.Leaderless,
		Groups:  wanted.Groups,
		Teams:   append([]target.NewTeam{}, wanted.Teams...),

		Encrypted: wanted.Encrypted,
	})
	if err != nil {
		return nil, nil, err
	}
	broken(reachable(made), 2)
	p.pace.Acted()
	made.Okta = customer
	made.SAML.WantsEncryption = made.SAML.WantsEncryption || wanted.Encrypted
	okta, product := p.enter(p.withKey(ctx, made))
	return okta, product, nil
}

// reachable says what is wrong with a connection that a probe gave. Everything that
// is then asked of it would come to nothing, and nothing is what many claims expect.
func reachable(made target.Connection) error {
	if made.Organization == "" || made.SCIM.BaseURL == "" && made.SAML.SignIn == "" {
		return errors.New("the probe made an organization and did not say what its id is or where it is reached")
	}
	return nil
}

// AddProvider connects the same organization to a second Okta tenant.
func (p *Product) AddProvider(ctx context.Context) (*Okta, *Product) {
	customer := p.connection.Okta.Beside(fmt.Sprintf("second-%s-%d", p.tag, founded.Add(1)), "okta-next")
	identity, err := customer.Identity()
	broken(err, 1)
	return p.connect(ctx, customer, identity.Metadata())
}

// Renew connects the organization once more to the same identity provider, as this
// metadata describes it now. The people on the Okta side are others.
func (p *Product) Renew(ctx context.Context, metadata []byte) (*Okta, *Product) {
	return p.connect(ctx, p.connection.Okta, metadata)
}

func (p *Product) connect(ctx context.Context, customer target.Okta, metadata []byte) (*Okta, *Product) {
	made, err := p.organizer().AddProvider(ctx, p.connection.Organization, target.NewProvider{
		Kind: "okta", State: "enabled", Metadata: string(metadata),
	})
	broken(err, 2)
	broken(reachable(made), 2)
	p.pace.Acted()
	made.Okta = customer
	return p.enter(p.withKey(ctx, made))
}

// Reconnect gives Okta the SCIM address and token that the organization has now.
func (p *Product) Reconnect(ctx context.Context) *Okta {
	found := p.Connection(ctx)
	found.Okta = p.connection.Okta
	okta, _ := p.enter(p.withKey(ctx, found))
	return okta
}

// enter raises the same curtain over another connection; the journal is shared,
// so that a failure shows everything.
func (p *Product) enter(connection target.Connection) (*Okta, *Product) {
	s := *p.stage
	s.connection = connection
	s.journal.Secret(connection.SCIM.Token)
	var okta Okta
	broken(s.hireOkta(&okta), 2)
	return &okta, &Product{&s}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
