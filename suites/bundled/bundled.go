// Package bundled starts the reference, the product that comes with Rollcall, and
// says where it is.
//
// It is the one place where suite and reference meet. What it hands out is a
// [target.Target] like that of any other product: the specs reach the reference
// over HTTP and know nothing else of it. Starting takes about a millisecond, so a
// self-test can have a fresh one for every defect.
package bundled

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/reference"
	"rollcall.example/reference/defect"
	"rollcall.example/reference/org"
	"rollcall.example/simulator/provision"
	"rollcall.example/suites/target"
)

// Slug is the name in addresses of the organization that the reference starts with.
const Slug = "rollcall"

// Options say which reference to start. The zero value is a fresh one without a
// defect, driven in every dialect.
type Options struct {
	Defect   string           // name of a defect to build in; empty for none
	Dialects []string         // dialects to drive it in; empty for all
	Data     string           // file or postgres:// address that keeps its data; empty: nothing is kept
	Scratch  bool             // keep nothing at the address either
	Listen   string           // host:port; empty: a free port on loopback
	Profile  fixtures.Profile // what it declares, and does; zero: what the defect is about, or two-layer. A defect that is about one takes no other
	Groups   bool             // the provider that it is founded with offers groups, whatever the profile says
	Secret   bool             // that provider takes encrypted assertions only
	Key      string           // the name of the test key that the Okta it trusts signs with; empty: RSA with 2048 bits, as Okta's
	OktaURL  string           // where the Okta that it trusts answers; empty: it is met in process
}

// Bundled is a reference that is running.
type Bundled struct {
	Target target.Target
	App    *reference.App

	okta   target.Okta
	groups bool
	secret bool
	server *http.Server
	served chan error
}

// Defects lists the names of the defects that can be built in, sorted.
func Defects() []string { return defect.Names() }

// oktaTenant is the identity provider that the organization trusts. It is the same
// one in every run: a file of data made today is still good tomorrow.
func (o Options) oktaTenant() target.Okta {
	created := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	return target.Okta{Subdomain: Slug, App: "Rollcall", Key: cmp.Or(o.Key, "okta"), Created: created, BaseURL: o.OktaURL}
}

// Start starts a reference with one organization, which is on the Enterprise plan,
// trusts an enabled Okta and has a founder and three teams. It fails on an
// unknown defect or dialect, on a profile that the reference does not keep, on data
// that cannot be read and on an address that is taken. Whoever starts it closes it.
func Start(ctx context.Context, o Options) (*Bundled, error) {
	variation, err := o.variation()
	if err != nil {
		return nil, err
	}
	described, err := o.describe()
	if err != nil {
		return nil, err
	}
	rules, err := org.RulesFrom(described.Profile.Keys)
	if err != nil {
		return nil, err
	}
	key, err := fixtures.Key("service-provider")
	if err != nil {
		return nil, err
	}
	app, err := reference.New(ctx, reference.Options{Data: o.Data, Scratch: o.Scratch, Rules: &rules, Key: key}, variation...)
	if err != nil {
		return nil, err
	}
	b := &Bundled{Target: described, App: app, okta: o.oktaTenant(), groups: o.Groups, secret: o.Secret, served: make(chan error, 1)}
	if err := b.open(ctx, o.Listen); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Listen listens at host:port. Its error says in one line why it cannot.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	var of *net.OpError
	var refused *os.SyscallError
	switch {
	case err == nil:
		return listener, nil
	case errors.As(err, &refused):
		err = refused.Err
	case errors.As(err, &of):
		err = of.Err
	}
	return nil, fmt.Errorf("nothing can be served at %s: %w", address, err)
}

// open serves the app and founds the organization, unless the data has it.
func (b *Bundled) open(ctx context.Context, listen string) error {
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	listener, err := Listen(ctx, listen)
	if err != nil {
		return err
	}
	b.App.SetBaseURL("http://" + listener.Addr().String())
	b.server = &http.Server{Handler: b.App, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute}
	go func() { b.served <- b.server.Serve(listener) }()

	connection, err := b.settle(ctx)
	if err != nil {
		return err
	}
	b.Target.Connections = []target.Connection{connection}
	b.Target.Probe = &target.ProbeConfig{HTTP: &target.ProbeAddress{URL: b.App.ProbeURL(), Token: b.App.ProbeToken()}}
	return nil
}

// settle returns the connection to the organization, founded if need be. Of several
// processes that start on the same data, one founds it.
func (b *Bundled) settle(ctx context.Context) (target.Connection, error) {
	connection, err := b.reach(ctx)
	if org.KindOf(err) != org.NotFound {
		return connection, err
	}
	connection, err = b.found(ctx)
	if org.KindOf(err) != org.Conflict {
		return connection, err
	}
	return b.reach(ctx)
}

// reach returns the connection to the organization that is there.
func (b *Bundled) reach(ctx context.Context) (target.Connection, error) {
	there, err := b.App.Org().OrganizationBySlug(ctx, Slug)
	if err != nil {
		return target.Connection{}, err
	}
	if err := b.trustOkta(ctx, there.ID); err != nil {
		return target.Connection{}, err
	}
	reached, err := b.App.Connection(ctx, there.ID, "")
	if err != nil {
		return target.Connection{}, err
	}
	return b.connectionOf(reached)
}

// trustOkta tells data from an earlier run where Okta answers in this one.
func (b *Bundled) trustOkta(ctx context.Context, organization string) error {
	identity, err := b.okta.Identity()
	if err != nil {
		return err
	}
	providers, err := b.App.Org().Providers(ctx, organization)
	if err != nil || len(providers) == 0 || providers[0].IdPSSOURL == identity.SSOURL {
		return err
	}
	_, err = b.App.Org().TrustIdP(ctx, providers[0].ID, org.IdPConfig{
		EntityID: identity.EntityID, SSOURL: identity.SSOURL, Certs: [][]byte{identity.Certificate.Raw},
		SSOPostURL: identity.SSOURL, SLOURL: identity.SLOURL, SLOPostURL: identity.SLOURL,
	})
	return err
}

func (b *Bundled) found(ctx context.Context) (target.Connection, error) {
	identity, err := b.okta.Identity()
	if err != nil {
		return target.Connection{}, err
	}
	provider, err := reference.NewProvider(org.Okta, org.Enabled, identity.Metadata())
	if err != nil {
		return target.Connection{}, err
	}
	provider.Groups = b.groups
	if b.secret {
		if provider.DecryptionKey, err = b.App.DecryptionKey(); err != nil {
			return target.Connection{}, err
		}
	}
	made, err := b.App.Found(ctx, org.NewOrganization{
		Name: "Rollcall", Slug: Slug, Plan: org.Enterprise, Founder: "founder@rollcall.test", Provider: provider,
		Teams: []org.NewTeam{
			{Name: "Everyone", Default: true, DefaultRole: org.TeamMember},
			{Name: "Engineering", DefaultRole: org.TeamMember},
			{Name: "Release", DefaultRole: org.TeamMember},
		},
	})
	if err != nil {
		return target.Connection{}, err
	}
	return b.connectionOf(made.Connection)
}

// connectionOf reads the connection as any probe would give it.
func (b *Bundled) connectionOf(reached any) (target.Connection, error) {
	var c target.Connection
	text, err := json.Marshal(reached)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	c.Okta = b.okta
	return c, err
}

// variation turns the defect into an option of the reference.
func (o Options) variation() ([]reference.Option, error) {
	if o.Defect == "" {
		return nil, nil
	}
	wrong, ok := defect.Find(o.Defect)
	if !ok {
		return nil, fmt.Errorf("there is no defect %q", o.Defect)
	}
	return []reference.Option{reference.With(wrong)}, nil
}

// profile is what the reference declares.
func (o Options) profile() (fixtures.Profile, error) {
	wrong, _ := fixtures.FindDefect(o.Defect)
	if o.Profile.Name == "" {
		return wrong.Variant.Profile()
	}
	if wrong.Variant.Extends != "" || len(wrong.Variant.Keys) > 0 {
		return fixtures.Profile{}, fmt.Errorf("the defect %s comes with a profile, so there cannot be another", o.Defect)
	}
	return o.Profile, nil
}

// describe is the target as far as it is known before it runs.
func (o Options) describe() (target.Target, error) {
	profile, err := o.profile()
	if err != nil {
		return target.Target{}, err
	}
	all := provision.Dialects()
	dialects := make([]string, 0, len(all))
	for _, dialect := range all {
		if len(o.Dialects) == 0 || slices.Contains(o.Dialects, string(dialect)) {
			dialects = append(dialects, string(dialect))
		}
	}
	for _, asked := range o.Dialects {
		if !slices.Contains(dialects, asked) {
			return target.Target{}, fmt.Errorf("there is no dialect %q", asked)
		}
	}
	return target.Target{
		Name: "the reference", Profile: profile, Dialects: dialects, Features: features(),
		Disposable: o.Data == "" || o.Scratch,
	}, nil
}

// features are all but one: the reference canonicalizes exclusively and in no other way,
// so that there is one reading of a message.
func features() []string {
	return slices.DeleteFunc(target.Features(), func(f string) bool { return f == target.SAMLCanonical })
}

// Close ends the reference at once; connections that are open are cut.
func (b *Bundled) Close() error {
	var err error
	if b.server != nil {
		err = b.server.Close()
		if served := <-b.served; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
	}
	return errors.Join(err, b.App.Close())
}
