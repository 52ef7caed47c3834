package defect

import (
	"context"
	"maps"

	"rollcall.example/reference"
	"rollcall.example/reference/org"
)

// Products that declare to do otherwise than most, and then do as most do. Each of these
// defects is built under a profile of its own, which fixtures/defects names.
var _ = register(ruled(map[string]func(*org.Rules){
	// What SCIM makes and shows.
	"only-tracks":           func(r *org.Rules) { r.SCIMCreate, r.BillingStarts = "tracking", "first_login" },
	"seat-waits":            func(r *org.Rules) { r.BillingStarts = "first_login" },
	"inactive-name-refused": func(r *org.Rules) { r.CreateOnInactive = "conflict" },
	"account-keeps-name":    func(r *org.Rules) { r.SCIMProfileUpdate = "record_only" },
	"inactive-rewritten":    func(r *org.Rules) { r.SCIMProfileUpdate = "record_only" },
	"member-linked-anyway":  func(r *org.Rules) { r.CreateForExistingMember = "link" },
	"member-not-shown":      func(r *org.Rules) { r.SeesPreexisting = false },
	"assertion-believed":    func(r *org.Rules) { r.RoleSource = "saml" },

	// Who comes in.
	"stranger-let-in":      func(r *org.Rules) { r.JIT = "on" },
	"recordless-let-in":    func(r *org.Rules) { r.JIT = "on" },
	"inactive-kept-out":    func(r *org.Rules) { r.LoginWhenRecordInactive = "reject" },
	"removed-let-in":       func(r *org.Rules) { r.LoginAfterManualRemoval = "rejit" },
	"name-id-for-address":  func(r *org.Rules) { r.MissingEmail = "name_id" },
	"linked-by-name-id":    func(r *org.Rules) { r.LinkKey = "name_id_or_email" },
	"default-teams-joined": func(r *org.Rules) { r.DefaultTeams = "join_at_first_login" },

	// Leaving and coming back.
	"suspended-removed":      func(r *org.Rules) { r.Deactivate = "remove_membership" },
	"restores-nothing":       func(r *org.Rules) { r.Reactivate = "record_only" },
	"role-forgotten":         func(r *org.Rules) { r.RolesAfterReturn = "default" },
	"role-not-forgotten":     func(r *org.Rules) { r.RolesAfterReturn = "previous" },
	"reactivated-anyway":     func(r *org.Rules) { r.Reactivate = "record_only" },
	"seat-released-anyway":   func(r *org.Rules) { r.SeatReleased = "on_removal" },
	"sessions-ended-anyway":  func(r *org.Rules) { r.RevokeSessions = "immediate" },
	"tokens-revoked-anyway":  func(r *org.Rules) { r.RevokeTokens = "immediate" },
	"tokens-stay-dead":       func(r *org.Rules) { r.TokensResurrect = false },
	"unknown-not-found":      func(r *org.Rules) { r.DeactivateWithoutRecord = "404" },
	"last-admin-kept-anyway": func(r *org.Rules) { r.DeactivateLastAdmin = "refuse" },
	"deletes-anyway":         func(r *org.Rules) { r.DeleteVerb = "deactivate_then_drop" },
	"record-left-behind":     func(r *org.Rules) { r.RecordAfterDeactivate = "inactive" },

	// What a sign-in overwrites.
	"role-overwritten-anyway":    overwritesAll,
	"teams-overwritten-anyway":   overwritesAll,
	"name-overwritten-anyway":    overwritesAll,
	"email-overwritten-anyway":   overwritesAll,
	"absent-admin-clears-anyway": func(r *org.Rules) { r.MissingAdmin = "clear" },
	"empty-admin-clears-anyway":  func(r *org.Rules) { r.EmptyAdmin = "clear" },
	"absent-teams-kept-anyway":   func(r *org.Rules) { r.MissingTeams = "keep" },
	"empty-teams-cleared-anyway": func(r *org.Rules) { r.EmptyTeams = "clear" },
	"absent-name-kept-anyway":    func(r *org.Rules) { r.MissingName = "keep" },
	"hand-made-places-ended":     func(r *org.Rules) { r.TeamsMode = "replace" },
	"managed-places-kept":        func(r *org.Rules) { r.TeamsMode = "add_only" },
	"places-ended-anyway":        func(r *org.Rules) { r.TeamsMode = "replace" },
	"teams-read-anyway":          func(r *org.Rules) { r.TeamsMode = "replace" },
	"default-teams-kept-anyway":  func(r *org.Rules) { r.DefaultTeamsSurvive = true },
	"last-admin-spared-anyway":   func(r *org.Rules) { r.DemoteLastAdmin = "skip" },
	"last-admin-let-in":          func(r *org.Rules) { r.DemoteLastAdmin = "skip" },
	"bare-role-from-team":        func(r *org.Rules) { r.BareTeamRole = "team_default" },
	"unknown-team-passed-over":   func(r *org.Rules) { r.UnknownTeam = "ignore" },
	"unknown-role-joins-anyway":  func(r *org.Rules) { r.UnknownRole = "member" },
	"unknown-role-passed-over":   func(r *org.Rules) { r.UnknownRole = "ignore_entry" },
	"unknown-role-is-ordinary":   func(r *org.Rules) { r.UnknownRole = "member" },
	"higher-role-counts":         func(r *org.Rules) { r.DuplicateTeam = "highest" },
	"first-role-counts":          func(r *org.Rules) { r.DuplicateTeam = "first" },
	"team-twice-passed-over":     func(r *org.Rules) { r.DuplicateTeam = "highest" },
	"all-values-count":           func(r *org.Rules) { r.MultiValue = "join" },
	"disabled-provider-all-shut": func(r *org.Rules) { r.SCIMWhenProviderDisabled = "reject" },
	"old-token-overlaps-anyway":  func(r *org.Rules) { r.TokenRotation = "overlap" },
}))

func overwritesAll(r *org.Rules) { r.LoginOverwrites = org.Standard().LoginOverwrites }

// ruled builds a product of each change of the rules.
func ruled(changes map[string]func(*org.Rules)) defects {
	table := defects{}
	for name, change := range changes {
		table[name] = ruledOtherwise(change)
	}
	return table
}

// ruledOtherwise builds a product that does not do as it declares: some of its rules
// are others, and its events have the steps that belong to those.
func ruledOtherwise(change func(*org.Rules)) install {
	return func(p *reference.Parts) {
		change(p.Rules)
		*p.Events = org.StandardEvents(p.Rules, p.Grammar)
	}
}

// Products that do as they declare, but for one part of it.
var _ = register(defects{
	"account-without-place": func(p *reference.Parts) { org.Without(&p.Events.Provision, "membership") },
	"created-account-passed-over": func(p *reference.Parts) {
		sharedAddresses(p)
		org.Before(&p.Events.SignIn, "create-account", org.Step[org.SignIn]{Name: "anew",
			Do: func(_ context.Context, _ org.Tx, e *org.SignIn) error {
				if e.Record != nil {
					e.Account, e.Membership, e.First, e.Record.Account = nil, nil, true, ""
				}
				return nil
			}})
	},
	"nobody-invited":            func(p *reference.Parts) { org.Without(&p.Events.Provision, "invite") },
	"invitation-stays-open":     func(p *reference.Parts) { org.Without(&p.Events.Deactivate, "withdraw") },
	"invitation-never-accepted": func(p *reference.Parts) { org.Without(&p.Events.SignIn, "accept") },
	"seat-at-invitation":        seatAtProvisioning,
	"seat-before-membership":    seatAtProvisioning,
	"shown-member-unlinked": func(p *reference.Parts) {
		org.After(&p.Events.SignIn, "show", org.Step[org.SignIn]{Name: "unlink",
			Do: func(ctx context.Context, tx org.Tx, e *org.SignIn) error {
				e.Record.Account = ""
				return tx.SaveRecord(ctx, *e.Record)
			}})
	},
	"suspended-let-in": func(p *reference.Parts) {
		org.Without(&p.Events.SignIn, "active")
		org.Without(&p.Events.Session, "suspended")
	},
	"suspended-goes-on": func(p *reference.Parts) {
		for _, step := range []string{"sessions", "tokens"} {
			org.Without(&p.Events.Deactivate, step)
		}
		org.Without(&p.Events.Session, "suspended")
		org.Without(&p.Events.Token, "suspended")
	},
	"stranger-unnamed": func(p *reference.Parts) {
		org.Before(&p.Events.SignIn, "create-account", org.Step[org.SignIn]{Name: "unname",
			Do: func(_ context.Context, _ org.Tx, e *org.SignIn) error {
				if e.Record == nil {
					e.Assertion.Attributes = maps.Clone(e.Assertion.Attributes)
					delete(e.Assertion.Attributes, "name")
				}
				return nil
			}})
	},
})
