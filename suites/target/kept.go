package target

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"rollcall.example/fixtures"
	"rollcall.example/simulator/idp"
	"rollcall.example/simulator/kept"
)

// KeptOkta is the identity provider whose identity the directory keeps. It fails
// where [kept.Open] does.
func KeptOkta(directory string) (Okta, error) {
	found, err := kept.Open(directory, time.Now())
	if err != nil {
		return Okta{}, fmt.Errorf("idp: %w", err)
	}
	return Okta{
		Subdomain: found.Subdomain, App: found.Names.App, Created: found.Created, BaseURL: found.BaseURL, Kept: directory,
	}, nil
}

// keptIdentities spares a process that runs many specs reading the files again. It
// knows a directory by its path: who rolls a key over does so between runs.
var keptIdentities sync.Map // of a directory to idp.Identity

func keptIdentity(directory string) (idp.Identity, error) {
	if known, ok := keptIdentities.Load(directory); ok {
		return known.(idp.Identity), nil
	}
	found, err := kept.Open(directory, time.Now())
	if err != nil {
		return idp.Identity{}, fmt.Errorf("idp: %w", err)
	}
	keptIdentities.Store(directory, found.Identity)
	return found.Identity, nil
}

// NewKey names, in [Okta.Key], a key that the process makes for itself and never
// shows: for the tenants that a product makes for single specs. What follows the
// prefix tells one such key from another.
const NewKey = "new:"

var newKeys = struct {
	sync.Mutex
	made map[string]*rsa.PrivateKey
}{made: map[string]*rsa.PrivateKey{}}

func keyNamed(name string) (idp.Key, error) {
	if !strings.HasPrefix(name, NewKey) {
		return fixtures.AnyKey(name)
	}
	newKeys.Lock()
	defer newKeys.Unlock()
	if key, ok := newKeys.made[name]; ok {
		return key, nil
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	newKeys.made[name] = key
	return key, nil
}

// Beside is an identity provider of its own kind beside this one: of another
// customer, or the same one's second. A public test key will do for it where one
// does for this one; elsewhere it gets a key that nobody has.
func (o Okta) Beside(subdomain, testKey string) Okta {
	other := Okta{Subdomain: subdomain, App: "Rollcall", Key: testKey, Created: o.Created}
	if o.Kept != "" {
		other.Key = NewKey + testKey
	}
	return other
}

// NoIdentity says that a product that is not on this machine would have to trust a
// key that everybody has.
type NoIdentity struct{ Address string }

func (n *NoIdentity) Error() string {
	return fmt.Sprintf("target: %s is not on this machine, and the target names no identity to sign with (idp)", n.Address)
}

// Hint is what to do about it.
func (n *NoIdentity) Hint() string {
	return "make one with rollcall idp init ./idp, upload its metadata to the product, and say idp: ./idp in the target"
}

// checkSAML says what is wrong with the sign-in side.
func (c Connection) checkSAML() error {
	if err := c.SAML.SignedIn.check(); err != nil {
		return err
	}
	if c.SAML.Offered() && c.SAML.Metadata == "" && c.SAML.ACS == "" {
		return errors.New("target: nothing says where to post assertions: give saml.sp_metadata, or saml.acs and saml.entity_id")
	}
	return c.checkIdentity()
}

// checkIdentity refuses test keys, which are public, for a product that others may
// reach.
func (c Connection) checkIdentity() error {
	if c.Okta.Kept != "" || !c.SAML.Offered() {
		return nil
	}
	for _, address := range []string{c.SAML.SignIn, c.SAML.ACS, c.SAML.Metadata} {
		if strings.Contains(address, "://") && !OnLoopback(address) {
			return &NoIdentity{address}
		}
	}
	return nil
}

// OnLoopback says whether an address is this machine's own, by what stands in it.
func OnLoopback(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := parsed.Hostname()
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
}
