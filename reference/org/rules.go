package org

import "fmt"

// Rules are the decisions in which products differ, one field for a key of the
// behaviour profile (the yaml name). The zero value is not usable: start from
// [Standard].
//
// The first group picks steps: they say which steps the events have, so they have to
// stand before [NewBehaviour] is called. The others are read by the steps whenever they
// run.
type Rules struct {
	SCIMCreate            string `yaml:"scim_create"`               // tracking · invitation · account
	SeesPreexisting       bool   `yaml:"sees_preexisting_accounts"` // who joins gets a record
	BillingStarts         string `yaml:"billing_starts"`            // first_login · scim_create · invite_accepted · membership
	Deactivate            string `yaml:"deactivate"`                // remove_membership · suspend
	RecordAfterDeactivate string `yaml:"record_after_deactivate"`   // inactive · gone
	Reactivate            string `yaml:"reactivate"`                // record_only · restore · unsupported
	RoleSource            string `yaml:"role_source"`               // saml · scim_over_saml
	SCIMProfileUpdate     string `yaml:"scim_profile_update"`       // record_only · account · frozen_when_inactive

	CreateOnInactive         string   `yaml:"create_on_inactive"`          // conflict · reactivate
	CreateForExistingMember  string   `yaml:"create_for_existing_member"`  // link · conflict
	LinkKey                  string   `yaml:"link_key"`                    // name_id_or_email · email
	JIT                      string   `yaml:"jit"`                         // on · off · record_required
	Unsolicited              string   `yaml:"unsolicited"`                 // accept · refuse
	SignedPart               string   `yaml:"signed_part"`                 // either · assertion · response · both
	ConfirmationAddress      string   `yaml:"confirmation_address"`        // ignore · enforce
	LoginWhenRecordInactive  string   `yaml:"login_when_record_inactive"`  // reject · rejit
	LoginAfterManualRemoval  string   `yaml:"login_after_manual_removal"`  // rejit · reject
	DeactivateWithoutRecord  string   `yaml:"deactivate_without_record"`   // 404 · noop
	DeactivateLastAdmin      string   `yaml:"deactivate_last_admin"`       // refuse · apply
	DemoteLastAdmin          string   `yaml:"demote_last_admin"`           // skip · apply · reject_login
	DeleteVerb               string   `yaml:"delete_verb"`                 // deactivate_then_drop · 405
	RevokeSessions           string   `yaml:"revoke_sessions"`             // immediate · never
	RevokeTokens             string   `yaml:"revoke_tokens"`               // immediate · never
	RolesAfterReturn         string   `yaml:"roles_after_return"`          // from_assertion · previous · default
	TokensResurrect          bool     `yaml:"tokens_resurrect"`            // a return revives old tokens
	SeatReleased             string   `yaml:"seat_released"`               // on_removal · never
	LoginOverwrites          []string `yaml:"login_overwrites"`            // of admin, teams, name, email
	MissingAdmin             string   `yaml:"missing_attribute.admin"`     // clear · keep
	MissingTeams             string   `yaml:"missing_attribute.teams"`     // keep · clear
	MissingName              string   `yaml:"missing_attribute.name"`      // keep · clear
	MissingEmail             string   `yaml:"missing_attribute.email"`     // name_id · reject
	EmptyAdmin               string   `yaml:"empty_attribute.admin"`       // clear · keep
	EmptyTeams               string   `yaml:"empty_attribute.teams"`       // clear · keep
	TeamsMode                string   `yaml:"teams_mode"`                  // replace · replace_managed · add_only · ignore
	DefaultTeams             string   `yaml:"default_teams"`               // join_at_first_login · none
	DefaultTeamsSurvive      bool     `yaml:"default_teams_survive"`       //
	BareTeamRole             string   `yaml:"bare_team_role"`              // team_default · member
	UnknownTeam              string   `yaml:"unknown_team"`                // ignore · reject
	UnknownRole              string   `yaml:"unknown_role"`                // member · ignore_entry · reject · default
	DuplicateTeam            string   `yaml:"duplicate_team"`              // highest · first · last · reject
	MultiValue               string   `yaml:"multi_value"`                 // join · first
	SCIMGroups               string   `yaml:"scim_groups"`                 // unsupported · push: what a provider is made with
	TokenRotation            string   `yaml:"token_rotation"`              // overlap · replace
	SCIMWhenProviderDisabled string   `yaml:"scim_when_provider_disabled"` // reject · deactivate_only
}

// Standard returns the rules of the profile two-layer.
func Standard() Rules {
	return Rules{
		SCIMCreate:            "tracking",
		BillingStarts:         "first_login",
		Deactivate:            "remove_membership",
		RecordAfterDeactivate: "inactive",
		Reactivate:            "record_only",
		RoleSource:            "saml",
		SCIMProfileUpdate:     "record_only",

		CreateOnInactive:         "conflict",
		CreateForExistingMember:  "link",
		LinkKey:                  "name_id_or_email",
		JIT:                      "on",
		Unsolicited:              "accept",
		SignedPart:               "either",
		ConfirmationAddress:      "ignore",
		LoginWhenRecordInactive:  "reject",
		LoginAfterManualRemoval:  "rejit",
		DeactivateWithoutRecord:  "404",
		DeactivateLastAdmin:      "refuse",
		DemoteLastAdmin:          "skip",
		DeleteVerb:               "deactivate_then_drop",
		RevokeSessions:           "immediate",
		RevokeTokens:             "immediate",
		RolesAfterReturn:         "from_assertion",
		SeatReleased:             "on_removal",
		LoginOverwrites:          []string{"admin", "teams", "name", "email"},
		MissingAdmin:             "clear",
		MissingTeams:             "keep",
		MissingName:              "keep",
		MissingEmail:             "name_id",
		EmptyAdmin:               "clear",
		EmptyTeams:               "clear",
		TeamsMode:                "replace",
		DefaultTeams:             "join_at_first_login",
		DefaultTeamsSurvive:      true,
		BareTeamRole:             "team_default",
		UnknownTeam:              "ignore",
		UnknownRole:              "member",
		DuplicateTeam:            "highest",
		MultiValue:               "join",
		SCIMGroups:               "unsupported",
		TokenRotation:            "overlap",
		SCIMWhenProviderDisabled: "reject",
	}
}

// check says which rules cannot stand beside each other in this product.
func (r Rules) check() error {
	for _, c := range []struct {
		wrong       bool
		key, beside string
	}{
		{r.BillingStarts == "scim_create" && r.SCIMCreate != "account", "billing_starts: scim_create", "scim_create: account"},
		{r.BillingStarts == "invite_accepted" && r.SCIMCreate != "invitation", "billing_starts: invite_accepted", "scim_create: invitation"},
		{r.Deactivate == "suspend" && r.RecordAfterDeactivate != "inactive", "deactivate: suspend", "record_after_deactivate: inactive"},
		{r.Deactivate == "suspend" && r.LoginWhenRecordInactive != "reject", "deactivate: suspend", "login_when_record_inactive: reject"},
	} {
		if c.wrong {
			return fmt.Errorf("profile: the reference does %s only beside %s", c.key, c.beside)
		}
	}
	return nil
}
