// Package org is the product itself, without wires: organizations whose people
// come and go through an identity provider.
//
// A person exists in three layers, each with a life of its own:
//
//   - a tracking [Record] is what SCIM creates: a name, an address, and whether
//     the person is active. It gives nothing and costs nothing.
//   - an [Account] with a [Membership] is what a person really has. The first
//     SAML sign-in makes both; deactivation over SCIM, or an administrator,
//     takes the membership away. The account is global and stays.
//   - a [Seat] is what is billed. It starts with the membership and ends with it.
//
// A provider may push groups as well, where it is set to. A [Group] is like a record: it
// gives nothing by itself. It is mapped to a team, and whoever of its people is a member
// has a place there; the others get theirs with their first sign-in. It makes nobody a
// member and starts no seat. The places are the group's: no assertion changes them.
// Groups may hold groups, but not themselves; only those who are directly in a group are
// in its team.
//
// What happens to a person (provisioned, signed in, deactivated, removed) is an
// ordered list of named steps over one transaction: see [Events]. Where products
// differ, the decision is a value in [Rules]. Adapters (scim, web, store) stand
// around this package and know it; it knows none of them.
package org

import (
	"strings"
	"time"
)

// Organization is a customer of the product.
type Organization struct {
	ID      string // UUID
	Slug    string // in URLs; unique
	Name    string
	Plan    Plan
	Flags   []string      // feature flags switched on for this organization, sorted
	Clock   time.Duration // how far its clock has been moved ahead
	Created time.Time
}

// HasFlag says whether the feature flag is on for the organization.
func (o Organization) HasFlag(flag string) bool {
	for _, f := range o.Flags {
		if f == flag {
			return true
		}
	}
	return false
}

// Now is what the organization's own clock shows when the real one shows clock.
func (o Organization) Now(clock time.Time) time.Time { return clock.Add(o.Clock) }

// Plan is what an organization pays for. Only Enterprise includes SCIM.
type Plan string

// The plans.
const (
	Pro        Plan = "pro"
	Enterprise Plan = "enterprise"
)

// FlagSCIMForCustomSAML lets a custom SAML provider use SCIM; Okta's needs no flag.
const FlagSCIMForCustomSAML = "scim_for_custom_saml"

// Provider is one connection of an organization to an identity provider.
type Provider struct {
	ID           string // UUID; part of its SCIM base URL and metadata URL
	Organization string // Organization.ID
	Kind         ProviderKind
	State        ProviderState
	Tested       bool // a test sign-in has succeeded, so it may be enabled
	IdPEntityID  string
	IdPSSOURL    string
	IdPCerts     [][]byte // DER; every one of them is trusted
	Groups       bool     // SCIM may push groups, which are mapped to teams
	// DecryptionKey is what its assertions have to be encrypted for, PEM; empty where
	// they come plain. The domain only keeps it.
	DecryptionKey string
	Created       time.Time

	IdPSSOPostURL            string // where it takes sign-in requests by POST; empty where it does not
	IdPSLOURL, IdPSLOPostURL string // where it takes logout messages, by Redirect and by POST
	SignsRequests            bool   // it takes only sign-in requests that we sign
}

// ProviderKind tells Okta's own integration from a custom SAML one.
type ProviderKind string

// The kinds of provider.
const (
	Okta       ProviderKind = "okta"
	CustomSAML ProviderKind = "custom_saml"
)

// Title names the kind for people, as in "sign-in through Okta".
func (k ProviderKind) Title() string {
	if k == Okta {
		return "Okta"
	}
	return "custom SAML"
}

// ProviderState is where a provider stands in its life.
type ProviderState string

// The states of a provider. Sign-in and SCIM work only while it is enabled.
const (
	Created  ProviderState = "created"
	Enabled  ProviderState = "enabled"
	Disabled ProviderState = "disabled"
)

// Credential is a SCIM API token of a provider. Several are valid at once only
// during the overlap after a rotation.
type Credential struct {
	ID       string
	Provider string    // Provider.ID
	Token    string    // the secret itself: shown to administrators only, never logged
	Created  time.Time //
	Expires  time.Time // zero: never
}

// Record is a tracking record: what SCIM knows of a person, and no more.
type Record struct {
	ID           string // UUID; the SCIM id
	Organization string
	Provider     string
	UserName     string // as sent; compared by Key. It is the person's address
	ExternalID   string
	GivenName    string
	FamilyName   string
	DisplayName  string
	Emails       []Email // echoed to the client; the address that counts is UserName
	Active       bool
	// Attributes are what the identity provider said beyond the fields above, as JSON
	// values (numbers as json.Number), with names in lower case. The product keeps
	// them, gives them back and decides nothing by them. Nil: none.
	Attributes map[string]any
	Account    string // Account.ID once linked; empty before
	Version    int    // counts changes, from 1
	Created    time.Time
	Modified   time.Time
	Place      int64 // in the list of its provider: later ones are greater. Only a list tells it
}

// FullName is the name that the record's person is shown under; empty if SCIM gave
// none.
func (r Record) FullName() string {
	if full := strings.TrimSpace(r.GivenName + " " + r.FamilyName); full != "" {
		return full
	}
	return r.DisplayName
}

// Email is one entry of a record's e-mail list (RFC 7643 section 4.1.2).
type Email struct {
	Value   string `json:"value"`
	Display string `json:"display,omitempty"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

// Account is a person across all organizations. It goes only with the last of them
// that knew it.
type Account struct {
	ID      string
	Email   string // as sent; unique by Key
	Name    string
	Created time.Time
}

// Membership is an account's place in one organization; at most one each.
type Membership struct {
	ID           string
	Organization string
	Account      string
	Role         Role
	Created      time.Time
}

// Role is what a member may do in the organization.
type Role string

// The roles of a member.
const (
	Admin  Role = "admin"
	Member Role = "member"
)

// Team groups members of an organization.
type Team struct {
	ID           string // UUID: what the teams attribute names
	Organization string
	Slug         string
	Name         string
	Default      bool     // new members join it by themselves
	DefaultRole  TeamRole // the role of those who join without one
}

// TeamRole is what a member may do in a team.
type TeamRole string

// The roles in a team, lowest first.
const (
	TeamMember     TeamRole = "member"
	TeamMaintainer TeamRole = "maintainer"
)

// TeamPlace is an account's place in a team.
type TeamPlace struct {
	Team    string
	Account string
	Role    TeamRole
	Source  PlaceSource // who put them there
}

// PlaceSource tells why somebody is in a team.
type PlaceSource string

// How a person came into a team.
const (
	ByDefault   PlaceSource = "default"
	ByAssertion PlaceSource = "assertion"
	ByHand      PlaceSource = "hand"
	ByGroup     PlaceSource = "scim" // a group that SCIM pushed; no sign-in changes it
)

// Seat is one stretch of being billed for. An account has at most one open seat
// in an organization.
type Seat struct {
	ID           string
	Organization string
	Account      string
	Started      time.Time
	Cause        string // what started it, as "first sign-in"
	Ended        time.Time
	EndCause     string
}

// Session is a signed-in browser, valid for one organization only.
type Session struct {
	ID           string
	Organization string
	Account      string
	Provider     string // Provider.ID; empty for a founder's, which came without single sign-on
	NameID       string
	NameKind     NameKind
	SessionIndex string
	Started      time.Time
	Expires      time.Time
	Ended        time.Time // zero: live
	EndCause     string
}

// NameKind is what belongs to a NameID beside its text: it is the same name only where
// all of it is the same. What was not stated is empty.
type NameKind struct{ Format, Qualifier, SPQualifier string }

// OwnKey is a private key of the product's own.
type OwnKey struct {
	Name    string
	Private []byte // PKCS #8
	Created time.Time
}

// Token is an API access token of an account, opening one organization.
type Token struct {
	ID           string
	Organization string
	Account      string
	Name         string
	Created      time.Time
	Revoked      time.Time // zero: live
	RevokeCause  string
}

// Event is one row of the audit log: who did what to whom, when and why. Rows
// are written in the transaction they tell of and are never changed.
type Event struct {
	Seq          int64 // order in the log; set when written
	Organization string
	At           time.Time
	Action       Action
	Actor        Actor
	ActorName    string // an address, a provider's id, or what acted
	Provider     string // Provider.ID where one was involved
	Subject      string // id of what changed
	SubjectName  string // a person's address, a team's slug
	Before       string // the value before, as "admin"; empty where there was none
	After        string
	Cause        string // why, as "sign-in through Okta"
}

// Actor is what kind of party caused an event.
type Actor string

// The kinds of actor.
const (
	BySCIM   Actor = "scim"
	BySSO    Actor = "sso"
	ByMember Actor = "member"
	BySystem Actor = "system"
)

// Action names what happened, as the audit log spells it.
type Action string

// The actions of the audit log.
const (
	RecordCreated       Action = "SCIM_RECORD_CREATED"
	RecordUpdated       Action = "SCIM_RECORD_UPDATED"
	RecordDeactivated   Action = "SCIM_RECORD_DEACTIVATED"
	RecordReactivated   Action = "SCIM_RECORD_REACTIVATED"
	RecordDeleted       Action = "SCIM_RECORD_DELETED"
	RecordLinked        Action = "SCIM_RECORD_LINKED"
	GroupCreated        Action = "SCIM_GROUP_CREATED"
	GroupUpdated        Action = "SCIM_GROUP_UPDATED"
	GroupDeleted        Action = "SCIM_GROUP_DELETED"
	GroupMemberCreated  Action = "SCIM_GROUP_MEMBER_CREATED"
	GroupMemberDeleted  Action = "SCIM_GROUP_MEMBER_DELETED"
	RequestRefused      Action = "SCIM_REQUEST_REFUSED"
	CredentialRotated   Action = "SCIM_CREDENTIAL_ROTATED"
	AccountCreated      Action = "USER_CREATED"
	AccountUpdated      Action = "USER_UPDATED"
	InvitationSent      Action = "ORGANIZATION_INVITATION_CREATED"
	InvitationAccepted  Action = "ORGANIZATION_INVITATION_ACCEPTED"
	InvitationWithdrawn Action = "ORGANIZATION_INVITATION_DELETED"
	MemberCreated       Action = "ORGANIZATION_MEMBER_CREATED"
	MemberUpdated       Action = "ORGANIZATION_MEMBER_UPDATED"
	MemberDeleted       Action = "ORGANIZATION_MEMBER_DELETED"
	TeamCreated         Action = "TEAM_CREATED"
	TeamUpdated         Action = "TEAM_UPDATED"
	TeamDeleted         Action = "TEAM_DELETED"
	TeamMemberCreated   Action = "TEAM_MEMBER_CREATED"
	TeamMemberUpdated   Action = "TEAM_MEMBER_UPDATED"
	TeamMemberDeleted   Action = "TEAM_MEMBER_DELETED"
	SeatStarted         Action = "SEAT_STARTED"
	SeatReleased        Action = "SEAT_RELEASED"
	SignInSucceeded     Action = "SSO_LOGIN_SUCCEEDED"
	SignInDenied        Action = "SSO_LOGIN_DENIED"
	SignInTested        Action = "SSO_LOGIN_TESTED"
	LogoutDenied        Action = "SSO_LOGOUT_DENIED"
	AttributeIgnored    Action = "SSO_ATTRIBUTE_IGNORED"
	DemotionSkipped     Action = "SSO_DEMOTION_SKIPPED"
	SessionStarted      Action = "AUTHORIZATION_CREATED"
	SessionEnded        Action = "AUTHORIZATION_DELETED"
	TokenIssued         Action = "USER_API_ACCESS_TOKEN_ORGANIZATION_ACCESS_ADDED"
	TokenRevoked        Action = "USER_API_ACCESS_TOKEN_ORGANIZATION_ACCESS_REMOVED"
	ProviderCreated     Action = "SSO_PROVIDER_CREATED"
	ProviderUpdated     Action = "SSO_PROVIDER_UPDATED"
	ProviderEnabled     Action = "SSO_PROVIDER_ENABLED"
	ProviderDisabled    Action = "SSO_PROVIDER_DISABLED"
	OrganizationCreated Action = "ORGANIZATION_CREATED"
	OrganizationUpdated Action = "ORGANIZATION_UPDATED"
	OrganizationDeleted Action = "ORGANIZATION_DELETED"
	PlanChanged         Action = "SUBSCRIPTION_PLAN_CHANGED"
)
