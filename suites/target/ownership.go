package target

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// OwnEnv is the environment variable that says, as --i-own-this does, that the
// target is whoever's runs it to change.
const OwnEnv = "ROLLCALL_I_OWN_THIS"

// OwnedByEnvironment says whether the environment has it that the target may be
// changed. A target file cannot say so: it travels, and whoever runs it may not be
// who wrote it.
func OwnedByEnvironment() bool { return os.Getenv(OwnEnv) == "1" }

// NotOwned says that nobody has said that the target may be changed.
type NotOwned struct{ Host string }

func (n *NotOwned) Error() string {
	return fmt.Sprintf("%s is not this machine, and a run makes and removes people there", n.Host)
}

// Hint says what to do about it.
func (n *NotOwned) Hint() string {
	return "add --i-own-this, or set " + OwnEnv + "=1, if the product at " + n.Host + " is yours to change"
}

// resolveWithin is how long finding out where a name leads may take.
const resolveWithin = 5 * time.Second

// stayAtHome returns a *[NotOwned] that names the first host of the target which is
// not this machine: SCIM, sign-in, doors or probe. A name is where it leads, each of
// its addresses; one that leads nowhere is elsewhere.
func (t Target) stayAtHome(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, resolveWithin)
	defer cancel()
	seen := map[string]bool{}
	for _, address := range t.addresses() {
		parsed, err := url.Parse(address)
		if err != nil || parsed.Hostname() == "" || seen[parsed.Hostname()] {
			continue
		}
		host := parsed.Hostname()
		seen[host] = true
		if !isHere(ctx, host) {
			return &NotOwned{Host: host}
		}
	}
	return nil
}

// addresses is everywhere that a run goes.
func (t Target) addresses() []string {
	var all []string
	for _, c := range t.Connections {
		all = append(all, c.SCIM.BaseURL, c.SAML.SignIn, c.SAML.ACS, c.SAML.Metadata,
			c.Doors.WhoAmI, c.Doors.Admin, c.Doors.Settings, c.Doors.Team)
		all = append(all, c.SAML.SignedIn.addresses()...)
	}
	if t.Probe != nil && t.Probe.HTTP != nil {
		all = append(all, t.Probe.HTTP.URL)
	}
	if t.Probe != nil {
		all = append(all, t.Probe.Map.addresses()...)
	}
	return all
}

// Addresses is everywhere that a run goes, token endpoints among it, each once.
func (t Target) Addresses() []string {
	all := t.addresses()
	for _, c := range t.Connections {
		if auth := c.SCIM.Auth; auth != nil && auth.OAuth2 != nil {
			all = append(all, auth.OAuth2.TokenURL)
		}
	}
	var once []string
	for _, address := range all {
		if strings.Contains(address, "://") && !slices.Contains(once, address) {
			once = append(once, address)
		}
	}
	return once
}

// addresses is where the product's own API is called.
func (m *MapConfig) addresses() []string {
	if m == nil {
		return nil
	}
	var all []string
	for _, list := range m.Look.named() {
		all = append(all, list.Get, list.Post)
	}
	for _, deed := range m.Arrange.named() {
		all = append(all, deed.Post, deed.Put, deed.Patch, deed.Delete)
	}
	slices.Sort(all)
	return all
}

// addresses is where one looks who is signed in.
func (s *SignedIn) addresses() []string {
	switch {
	case s == nil:
	case s.WhoAmI != nil:
		return []string{s.WhoAmI.URL}
	case s.Status != nil:
		return []string{s.Status.URL}
	case s.Redirect != nil:
		return []string{s.Redirect.URL, s.Redirect.To}
	case s.Text != nil:
		return []string{s.Text.URL}
	}
	return nil
}

// isHere says whether the host is this machine.
func isHere(ctx context.Context, host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Unmap().IsLoopback()
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(found) == 0 {
		return false
	}
	for _, address := range found {
		if !address.Unmap().IsLoopback() {
			return false
		}
	}
	return true
}
