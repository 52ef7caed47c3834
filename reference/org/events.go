package org

import "time"

// Events says what happens, step by step. [StandardEvents] makes a new set each
// time, so that a variation made for one product never reaches another.
type Events struct {
	// SCIM's side.
	Call       []Step[Call]         // a SCIM request asks to come in
	Provision  []Step[Provisioning] // SCIM creates a record
	Update     []Step[Updating]     // SCIM changes a record, active aside
	Deactivate []Step[Leaving]      // SCIM sets active to false
	Reactivate []Step[Returning]    // SCIM sets active to true
	Delete     []Step[Leaving]      // SCIM deletes a record
	Self       []Step[Self]         // a member asks what SCIM says of themselves

	CreateGroup []Step[Grouping] // SCIM creates a group
	ChangeGroup []Step[Grouping] // SCIM changes a group, or who is in it
	DeleteGroup []Step[Grouping] // SCIM deletes a group

	// The sign-in's side.
	SignIn       []Step[SignIn]  // a verified assertion arrives at an enabled provider
	TestSignIn   []Step[SignIn]  // the same at a provider that is not enabled yet
	SingleLogout []Step[Parting] // the identity provider ends somebody's sessions
	Session      []Step[Request] // a browser asks for something
	Token        []Step[Request] // an API token asks for something

	// The administrators' side.
	Remove     []Step[Leaving]    // an administrator removes a member
	ChangeRole []Step[RoleChange] // an administrator changes a role
}

// Call is a SCIM request at the door: which provider's base URL it came to and
// with which token. Whose base URL that is, is filled in before the first step;
// the steps find out who calls.
type Call struct {
	ProviderID   string
	Token        string      // empty: none was sent
	Deactivation func() bool // whether the request only deactivates somebody; nil: it does not
	Now          time.Time

	Provider     Provider
	Organization Organization
	Credential   Credential
}

// Provisioning is a record being created.
type Provisioning struct {
	Caller   Caller
	Wanted   Record // what the request asks for
	Now      time.Time
	Existing *Record // one that holds the same user name already
	Record   Record  // what came of it
	Events   []Event // what the audit log will say
}

// Updating is a record's data being changed.
type Updating struct {
	Caller Caller
	Before Record
	After  Record
	Now    time.Time
	Events []Event
}

// Returning is a record being reactivated.
type Returning struct {
	Caller Caller
	Record *Record
	Now    time.Time
	Events []Event
}

// Leaving is somebody losing their place: by deactivation or deletion of their
// record, or removed by an administrator (then Record is nil). Membership is nil
// for somebody who never signed in.
type Leaving struct {
	Organization Organization
	Provider     Provider
	Record       *Record
	Account      *Account
	Membership   *Membership
	Actor        Actor
	ActorName    string
	Cause        string
	Now          time.Time
	Events       []Event
}

// SignIn is a person arriving with a verified assertion.
type SignIn struct {
	Organization Organization
	Provider     Provider
	Assertion    Assertion
	Now          time.Time

	Email      string   // the address that counts, from the attribute or the NameID
	Record     *Record  // at this provider
	Others     []Record // the same person's at the organization's other providers
	Account    *Account
	Named      bool // the account is found under the NameID already
	Membership *Membership
	First      bool // no membership existed before
	Demoted    bool // an admin came out as a member
	Session    Session
	Secret     string // of the session; given to the browser only
	Events     []Event
}

// Parting is an identity provider saying that somebody's sessions are over.
type Parting struct {
	Organization Organization
	Provider     Provider
	Departure    Departure
	Now          time.Time

	Sessions []Session // those that are meant, live and ended
	Events   []Event
}

// Departure is what a verified logout request says of a person.
type Departure struct {
	NameID   string
	NameKind NameKind
	Indexes  []string // of the sessions that are over; none means all of theirs
}

// Request is somebody at the product's own door, by session or by API token.
// The step "known" finds the organization and sets Now by its clock.
type Request struct {
	Secret string
	Now    time.Time

	Session      *Session
	Token        *Token
	Organization Organization
	Account      Account
	Membership   Membership
	Teams        []TeamRoleView
}

// RoleChange is an administrator making or unmaking an admin.
type RoleChange struct {
	Organization Organization
	Account      Account
	Membership   Membership
	Role         Role
	ActorName    string
	Now          time.Time
	Events       []Event
}

// Assertion is what a verified SAML assertion says of a person.
type Assertion struct {
	ID           string
	NameID       string
	Transient    bool // the NameID is good for this one visit: it names nobody known
	NameKind     NameKind
	SessionIndex string
	SessionEnds  time.Time           // by when the identity provider wants the session over; zero: it does not say
	Attributes   map[string][]string // a name that was not sent is absent; sent without a value: an empty slice
}

// lastingName is the NameID if it names the same person the next time, or else empty.
func (a Assertion) lastingName() string {
	if a.Transient {
		return ""
	}
	return a.NameID
}

// Caller is a SCIM client that was let in: an identity provider, or a member who
// came for their own record.
type Caller struct {
	Organization Organization
	Provider     Provider
	Credential   Credential
	Person       *Account // nil for the provider
}
