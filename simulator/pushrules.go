package simulator

import (
	"context"
	"slices"
	"strings"
)

// PushRule pushes every group whose name it matches, those of later too. A part that
// is empty matches every name.
type PushRule struct {
	Name       string
	StartsWith string
	EndsWith   string
	Contains   string
}

// pushRule is a rule of an app. The tenant's lock guards it.
type pushRule struct {
	PushRule
	active bool
}

// Matches tells whether the rule pushes a group of that name. Case counts for nothing.
func (p PushRule) Matches(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, strings.ToLower(p.StartsWith)) &&
		strings.HasSuffix(name, strings.ToLower(p.EndsWith)) &&
		strings.Contains(name, strings.ToLower(p.Contains))
}

// PushByRule adds a rule and pushes what it matches. Names of rules are unique.
func (a *App) PushByRule(ctx context.Context, rule PushRule) (Outcome, error) {
	return a.tenant.run(ctx, nil, func(*run) error {
		a.tenant.mu.Lock()
		defer a.tenant.mu.Unlock()
		switch {
		case !a.settings.Integration || !a.settings.PushGroups:
			return &Refusal{Code: "E0000001", Summary: "Group Push is not enabled for the app " + a.settings.Label}
		case a.ruleNamed(rule.Name) != nil:
			return &Refusal{Code: "E0000001", Summary: "There is a rule " + rule.Name + " already"}
		}
		a.rules = append(a.rules, &pushRule{PushRule: rule, active: true})
		return nil
	})
}

// DeactivateRule stops the rule and the push of every group by it. It sends nothing.
func (a *App) DeactivateRule(ctx context.Context, name string) (Outcome, error) {
	return a.withRule(ctx, name, func(_ *run, rule *pushRule) error {
		a.tenant.mu.Lock()
		defer a.tenant.mu.Unlock()
		rule.active = false
		for _, p := range a.pushesBy(name) {
			p.status = PushInactive
		}
		return nil
	})
}

// ActivateRule starts the rule again and pushes every group by it as a whole.
func (a *App) ActivateRule(ctx context.Context, name string) (Outcome, error) {
	return a.withRule(ctx, name, func(r *run, rule *pushRule) error {
		a.tenant.mu.Lock()
		rule.active = true
		again := a.pushesBy(name)
		a.tenant.mu.Unlock()
		for _, p := range again {
			if err := a.activate(r, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteRule takes the rule away and unlinks every group by it. The product's groups
// are deleted or, without remove, left.
func (a *App) DeleteRule(ctx context.Context, name string, remove bool) (Outcome, error) {
	return a.withRule(ctx, name, func(r *run, rule *pushRule) error {
		a.tenant.mu.Lock()
		a.rules = slices.DeleteFunc(a.rules, func(other *pushRule) bool { return other == rule })
		by := a.pushesBy(name)
		a.tenant.mu.Unlock()
		for _, p := range by {
			if err := a.unlink(r, p, remove); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) withRule(ctx context.Context, name string, verb func(*run, *pushRule) error) (Outcome, error) {
	return a.tenant.run(ctx, nil, func(r *run) error {
		a.tenant.mu.Lock()
		rule := a.ruleNamed(name)
		a.tenant.mu.Unlock()
		if rule == nil {
			return &Refusal{Code: "E0000007", Summary: "Not found: Resource not found: " + name + " (GroupPushRule)"}
		}
		return verb(r, rule)
	})
}

// ruleNamed finds a rule. The lock is held.
func (a *App) ruleNamed(name string) *pushRule {
	for _, rule := range a.rules {
		if rule.Name == name {
			return rule
		}
	}
	return nil
}

// pushesBy are the mappings that the rule made. The lock is held.
func (a *App) pushesBy(rule string) []*push {
	return slices.DeleteFunc(slices.Clone(a.pushes), func(p *push) bool { return p.rule != rule })
}

// followRules starts the push of each group that a rule matches and nothing pushes yet.
func (a *App) followRules(r *run) error {
	a.tenant.mu.Lock()
	var begun []*push
	for _, rule := range a.rules {
		for _, group := range a.tenant.groups {
			if rule.active && rule.Matches(group.name) && a.pushOf(group) == nil {
				p := &push{id: a.tenant.newID(pushID), group: group, status: PushActive, rule: rule.Name, named: true}
				a.pushes, begun = append(a.pushes, p), append(begun, p)
			}
		}
	}
	a.tenant.mu.Unlock()
	for _, p := range begun {
		if err := a.pushAll(r, p); err != nil {
			return err
		}
	}
	return nil
}
