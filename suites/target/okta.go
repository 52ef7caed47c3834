package target

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"rollcall.example/simulator/idp"
)

// certified keeps an identity for each key and time, for its certificate: signing
// one takes longer than all the rest of a spec's setting up.
var certified sync.Map // of certificate to idp.Identity

type certificate struct {
	key     string
	created time.Time
}

// Identity makes the identity provider that o describes. Without a base URL its
// addresses are never reached over a network: the browser meets them in process.
func (o Okta) Identity() (idp.Identity, error) {
	base, err := o.base()
	if err != nil {
		return idp.Identity{}, err
	}
	base.Logout = true
	identity, err := base.Named(o.Subdomain, o.App, o.BaseURL)
	if err != nil {
		return idp.Identity{}, fmt.Errorf("target: %w", err)
	}
	return identity, nil
}

func (o Okta) base() (idp.Identity, error) {
	if o.Kept != "" {
		return keptIdentity(o.Kept)
	}
	of := certificate{o.Key, o.Created.UTC()}
	if known, ok := certified.Load(of); ok {
		return known.(idp.Identity), nil
	}
	key, err := keyNamed(o.Key)
	if err != nil {
		return idp.Identity{}, err
	}
	base, err := idp.NewIdentity(strings.TrimPrefix(o.Key, NewKey), "certificate", key, o.Created, "")
	if err != nil {
		return idp.Identity{}, fmt.Errorf("target: %w", err)
	}
	certified.Store(of, base)
	return base, nil
}
