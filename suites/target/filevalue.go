package target

import (
	"errors"
	"path/filepath"
	"strings"

	"rollcall.example/fixtures"
	"rollcall.example/suites/target/strict"
)

// chosenProfile is a profile: its name, its file, or one written down in place that
// extends another.
type chosenProfile struct{ fixtures.Profile }

// ReadYAML implements [strict.Reader].
func (c *chosenProfile) ReadYAML(n strict.Node) {
	switch name, isText := n.Text(); {
	case isText:
		c.named(n, name)
	case n.IsMap():
		c.inline(n)
	default:
		n.Wrong("the profiles are: "+strings.Join(fixtures.ProfileNames(), ", "), "profile is %s, and should be the name of a profile, its file, or {extends: …, keys: {…}}", n.Is())
	}
}

func (c *chosenProfile) named(n strict.Node, name string) {
	if extension := filepath.Ext(name); extension == ".yaml" || extension == ".yml" || strings.ContainsAny(name, `/\`) {
		name = n.Absolute(name)
	}
	found, err := fixtures.LoadProfile(name)
	var placed *fixtures.ProfileError
	switch {
	case errors.As(err, &placed):
		n.Elsewhere(strict.Mistake{File: placed.File, Line: placed.Line, Column: placed.Column, Text: placed.Text, Message: placed.Err.Error()})
	case err != nil:
		n.Wrong("", "profile: %v", err)
	}
	c.Profile = found
}

// inlineProfile is a profile that is written down in the target file.
type inlineProfile struct {
	Name    string                `yaml:"name"`
	Extends chosenProfile         `yaml:"extends"`
	Keys    map[string]profileKey `yaml:"keys" read:"required"`
}

// profileKey is the value of a key, as YAML has it.
type profileKey struct {
	node  strict.Node
	value any
}

// ReadYAML implements [strict.Reader].
func (k *profileKey) ReadYAML(n strict.Node) {
	value, err := n.Any()
	if err != nil {
		n.Wrong("", "%s: %v", n.Key(), err)
	}
	*k = profileKey{n, value}
}

func (c *chosenProfile) inline(n strict.Node) {
	var written inlineProfile
	n.Into(&written)
	c.Profile = written.Extends.Profile
	if c.Name == "" {
		c.Profile = defaultProfile()
	}
	name := written.Name
	if name == "" {
		name = c.Name + ", changed"
	}
	for key, value := range written.Keys {
		changed, err := c.With(name, map[string]any{key: value.value})
		if err != nil {
			value.node.WrongEntry("", "%v", err)
			continue
		}
		c.Profile = changed
	}
}

// keptIdP is the directory of an identity that was made before.
type keptIdP struct{ *Okta }

// ReadYAML implements [strict.Reader].
func (k *keptIdP) ReadYAML(n strict.Node) {
	path, ok := n.Text()
	if !ok || path == "" {
		n.Wrong("rollcall idp init makes one", "idp is %s, and should be the directory of an identity", n.Is())
		return
	}
	kept, err := KeptOkta(n.Absolute(path))
	if err != nil {
		n.Wrong(hintOf(err), "%v", err)
		return
	}
	k.Okta = &kept
}
