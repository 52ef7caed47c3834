package report

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"rollcall.example/suites/target"
)

// Planned is the report of a run that is yet to be made, as far as it is known before:
// the suite, the profile and the product. It can be held against an older one.
func Planned(product target.Target) Report {
	return Report{Suite: Suite{Version: SuiteVersion}, Profile: product.Profile.Name, Target: targetOf(product)}
}

// Comparable says in one line why two reports cannot be compared: they are about
// other suites or profiles. It is nil where they can.
func Comparable(older, newer Report) error {
	switch {
	case older.Suite.Version != newer.Suite.Version:
		return fmt.Errorf("it is of suite %s and this is suite %s: what they ask is not the same", older.Suite.Version, newer.Suite.Version)
	case older.Profile != newer.Profile:
		return fmt.Errorf("it is of profile %s and this is profile %s: what they ask is not the same", older.Profile, newer.Profile)
	}
	return nil
}

// Baselines says in one line why the older report cannot be the baseline of the newer
// one: it is not [Comparable], or it is about another product, whose failures excuse
// nothing here. A product is known by its name.
func Baselines(older, newer Report) error {
	if err := Comparable(older, newer); err != nil {
		return err
	}
	if was, is := older.Target.product(), newer.Target.product(); was != is {
		return fmt.Errorf("it is of the product %s and this is %s: what one fails excuses nothing of the other", harmless(was), harmless(is))
	}
	return nil
}

// product is the name of the product. One without a name goes by the host of its
// address; the port of that says nothing, as a test may have another each time.
func (t Target) product() string {
	if host, ok := t.host(); ok && t.Name == host.Host {
		return host.Hostname()
	}
	return t.Name
}

// host is where the first connection is called.
func (t Target) host() (*url.URL, bool) {
	for _, c := range t.Connections[:min(1, len(t.Connections))] {
		for _, address := range []string{c.SCIM, c.SignIn} {
			if at, err := url.Parse(address); err == nil && at.Host != "" {
				return at, true
			}
		}
	}
	return nil, false
}

// differences are what else was not the same in two runs that can be compared, and may be
// why verdicts differ, each in words.
func differences(older, newer Report) []string {
	var found []string
	add := func(was, is string) {
		if was != is {
			found = append(found, was+" before, "+is+" now")
		}
	}
	add(older.Target.driven(), newer.Target.driven())
	if was, ok := older.Target.host(); ok {
		if is, ok := newer.Target.host(); ok {
			add("at "+was.Hostname(), "at "+is.Hostname())
		}
	}
	for what, had := range map[string][2]bool{
		"a probe":     {older.Target.Probe != "", newer.Target.Probe != ""},
		"--read-only": {older.Configuration.ReadOnly, newer.Configuration.ReadOnly},
		"--heavy":     {older.Configuration.Heavy, newer.Configuration.Heavy},
	} {
		add(with(had[0], what), with(had[1], what))
	}
	slices.Sort(found)
	return found
}

// driven is in which dialects the product is driven.
func (t Target) driven() string {
	if len(t.Dialects) == 0 {
		return "in no dialect"
	}
	return "in " + strings.Join(slices.Sorted(slices.Values(t.Dialects)), ", ")
}

func with(has bool, what string) string {
	if has {
		return "with " + what
	}
	return "without " + what
}
