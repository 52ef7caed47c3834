package org

import (
	"context"
	"math"
	"slices"
	"time"
)

func validPlan(plan Plan) error {
	if plan != Pro && plan != Enterprise {
		return refuse(Invalid, "the plan must be %q or %q", Pro, Enterprise)
	}
	return nil
}

// SetPlan changes what the organization pays for. What SCIM made stays; only the
// door closes or opens.
func (s *Service) SetPlan(ctx context.Context, actor, organizationID string, plan Plan) error {
	if err := validPlan(plan); err != nil {
		return err
	}
	return s.changeOrganization(ctx, actor, organizationID, func(o *Organization, e *Event) error {
		e.Action, e.Before, e.After = PlanChanged, string(o.Plan), string(plan)
		o.Plan = plan
		return nil
	})
}

// SetFlag switches a feature flag of the organization on or off.
func (s *Service) SetFlag(ctx context.Context, actor, organizationID, flag string, on bool) error {
	if isBlank(flag) {
		return refuse(Invalid, "a flag needs a name")
	}
	return s.changeOrganization(ctx, actor, organizationID, func(o *Organization, e *Event) error {
		e.Before, e.After = spellFlag(flag, o.HasFlag(flag)), spellFlag(flag, on)
		flags := slices.DeleteFunc(slices.Clone(o.Flags), func(f string) bool { return f == flag })
		if on {
			flags = append(flags, flag)
		}
		slices.Sort(flags)
		o.Flags = flags
		return nil
	})
}

func spellFlag(flag string, on bool) string {
	if on {
		return flag + " on"
	}
	return flag + " off"
}

// AdvanceClock moves the organization's clock ahead by d, which must be positive.
// In all it can go as far ahead as a [time.Duration] reaches, some 292 years.
func (s *Service) AdvanceClock(ctx context.Context, actor, organizationID string, d time.Duration) error {
	if d <= 0 {
		return refuse(Invalid, "the clock only goes forward")
	}
	return s.changeOrganization(ctx, actor, organizationID, func(o *Organization, e *Event) error {
		if d > math.MaxInt64-o.Clock {
			return refuse(Invalid, "the clock is %s ahead already and can go %s further, not %s",
				o.Clock, math.MaxInt64-o.Clock, d)
		}
		e.Before, e.After = "clock +"+o.Clock.String(), "clock +"+(o.Clock+d).String()
		o.Clock += d
		return nil
	})
}

// changeOrganization saves what change does; when its event tells of no
// difference there was none, and nothing is written.
func (s *Service) changeOrganization(ctx context.Context, actor, id string, change func(*Organization, *Event) error) error {
	actor = named(actor)
	return s.inOrganization(ctx, id, func(tx Tx, o Organization, now time.Time) error {
		e := Event{
			Organization: o.ID, At: now, Action: OrganizationUpdated, Actor: actorOf(actor), ActorName: actor,
			Subject: o.ID, SubjectName: o.Slug, Cause: "changed by " + actor,
		}
		if err := change(&o, &e); err != nil {
			return err
		}
		if e.Before == e.After {
			return nil
		}
		if err := tx.SaveOrganization(ctx, o); err != nil {
			return err
		}
		return tx.Audit(ctx, e)
	})
}
