package org

import (
	"context"
	"time"
)

// Store keeps everything. Do runs f in one read-write transaction: all of it
// happens or, when f returns an error or the process dies, none. Transactions
// that write are serialized, so what f reads stays true until it is done. View runs
// f in one transaction that only reads, and may begin it, and f, again before the
// first answer that is not from memory.
type Store interface {
	Do(ctx context.Context, f func(Tx) error) error
	View(ctx context.Context, f func(Tx) error) error
}

// Tx is what can be asked of the store within a transaction. A look-up that
// finds nothing returns [ErrNotFound]; a list that is empty is nil without error.
// After any other error nothing more may be asked: not every store can go on.
// Keys of people are compared by [Key]: the store keeps the key beside what was
// sent.
type Tx interface {
	organizations
	records
	groups
	people
	access
	ledger
	crowd
}

type organizations interface {
	AddOrganization(ctx context.Context, o Organization) error
	SaveOrganization(ctx context.Context, o Organization) error
	Organization(ctx context.Context, id string) (Organization, error)
	OrganizationBySlug(ctx context.Context, slug string) (Organization, error)
	Organizations(ctx context.Context) ([]Organization, error)
	// DeleteOrganization deletes it with everything in it but its log, and the accounts
	// of which nothing else is known.
	DeleteOrganization(ctx context.Context, id string) error

	AddProvider(ctx context.Context, p Provider) error
	SaveProvider(ctx context.Context, p Provider) error
	Provider(ctx context.Context, id string) (Provider, error)
	Providers(ctx context.Context, organization string) ([]Provider, error)

	AddCredential(ctx context.Context, c Credential) error
	SaveCredential(ctx context.Context, c Credential) error
	DeleteCredential(ctx context.Context, id string) error
	Credentials(ctx context.Context, provider string) ([]Credential, error)
	CredentialByToken(ctx context.Context, token string) (Credential, error)
}

type records interface {
	AddRecord(ctx context.Context, r Record) error
	SaveRecord(ctx context.Context, r Record) error
	DeleteRecord(ctx context.Context, id string) error
	Record(ctx context.Context, provider, id string) (Record, error)
	RecordByUserName(ctx context.Context, provider, userName string) (Record, error)
	// RecordsOf lists the records of the organization linked to the account.
	RecordsOf(ctx context.Context, organization, account string) ([]Record, error)
	// FindRecords lists a provider's records that match, in the order in which they
	// were added, from offset (0-based), at most limit; and how many match in all (with
	// match.After, how many there are in the page).
	FindRecords(ctx context.Context, provider string, match RecordMatch, offset, limit int) ([]Record, int, error)
	// RecordsIn lists all records of an organization, ordered by user name.
	RecordsIn(ctx context.Context, organization string) ([]Record, error)
}

// RecordMatch narrows a list of records; a nil field matches everything.
// UserName is compared by Key, as is what it begins with; ID and ExternalID exactly.
type RecordMatch struct {
	ID, UserName, ExternalID *string
	UserNameStart            *string
	Active                   *bool
	After                    int64 // only records whose Place is greater; 0: all
}

// groups are read without their Members, but for GroupMembers.
type groups interface {
	AddGroup(ctx context.Context, g Group) error
	SaveGroup(ctx context.Context, g Group) error
	DeleteGroup(ctx context.Context, id string) error // one that nobody is in, and that is in none
	Group(ctx context.Context, provider, id string) (Group, error)
	// FindGroups lists a provider's groups that match, in the order in which they were
	// added, from offset (0-based), at most limit; and how many match in all (with
	// match.After, how many there are in the page).
	FindGroups(ctx context.Context, provider string, match GroupMatch, offset, limit int) ([]Group, int, error)
	// GroupsIn lists all groups of an organization, ordered by name.
	GroupsIn(ctx context.Context, organization string) ([]Group, error)
	// GroupsWith lists the groups that these records and groups are directly in, by the
	// id of who is in them, each list ordered by name.
	GroupsWith(ctx context.Context, members []string) (map[string][]Group, error)
	// GroupsOfAccount lists the groups of an organization that an active record of the
	// account is directly in, ordered by name.
	GroupsOfAccount(ctx context.Context, organization, account string) ([]Group, error)

	PutMember(ctx context.Context, group string, m GroupMember) error
	DropMember(ctx context.Context, group, member string) error
	// GroupMembers lists who is in a group: people, then groups, each by id.
	GroupMembers(ctx context.Context, group string) ([]GroupMember, error)
	// GroupSizes counts who is in each group of an organization; one that nobody is in is
	// left out.
	GroupSizes(ctx context.Context, organization string) (map[string]int, error)
	// HeldAmong lists which of these ids are members of the group.
	HeldAmong(ctx context.Context, group string, ids []string) ([]string, error)
	// Nominees lists the provider's records and groups with these ids, in their order;
	// what is not there is left out.
	Nominees(ctx context.Context, provider string, ids []string) ([]Nominee, error)
}

type people interface {
	AddAccount(ctx context.Context, a Account) error
	SaveAccount(ctx context.Context, a Account) error
	Account(ctx context.Context, id string) (Account, error)
	AccountByEmail(ctx context.Context, email string) (Account, error)
	// AccountsByEmail lists every account with the address: more than one only
	// where something went wrong, and a look must show that.
	AccountsByEmail(ctx context.Context, email string) ([]Account, error)
	// AccountByNameID finds the account that signed in through the provider as nameID.
	AccountByNameID(ctx context.Context, provider, nameID string) (Account, error)
	LinkNameID(ctx context.Context, provider, nameID, account string) error
	// NameIDs lists the names under which the account signed in through the provider.
	NameIDs(ctx context.Context, provider, account string) ([]string, error)

	AddMembership(ctx context.Context, m Membership) error
	SaveMembership(ctx context.Context, m Membership) error
	DeleteMembership(ctx context.Context, id string) error
	Membership(ctx context.Context, organization, account string) (Membership, error)
	Memberships(ctx context.Context, organization string) ([]Membership, error)
	MembershipsOf(ctx context.Context, account string) ([]Membership, error)
	CountAdmins(ctx context.Context, organization string) (int, error)
	// Departed says whether the account was a member of the organization before.
	Departed(ctx context.Context, organization, account string) (bool, error)

	AddTeam(ctx context.Context, t Team) error
	SaveTeam(ctx context.Context, t Team) error
	Team(ctx context.Context, organization, id string) (Team, error)
	Teams(ctx context.Context, organization string) ([]Team, error)
	DeleteTeam(ctx context.Context, id string) error     // one that nobody is in
	PutTeamPlace(ctx context.Context, p TeamPlace) error // adds or changes
	DeleteTeamPlace(ctx context.Context, team, account string) error
	TeamPlaces(ctx context.Context, organization, account string) ([]TeamPlace, error)
	TeamRoster(ctx context.Context, team string) ([]TeamPlace, error)
}

type access interface {
	AddSession(ctx context.Context, s Session, secret string) error
	SaveSession(ctx context.Context, s Session) error
	SessionBySecret(ctx context.Context, secret string) (Session, error)
	Sessions(ctx context.Context, organization, account string) ([]Session, error)
	// SessionsNamed lists the sessions, live and ended, that started at the provider under
	// exactly this NameID.
	SessionsNamed(ctx context.Context, provider, nameID string) ([]Session, error)
	// SessionsThrough lists the live sessions that started at the provider.
	SessionsThrough(ctx context.Context, provider string) ([]Session, error)

	AddToken(ctx context.Context, t Token, secret string) error
	SaveToken(ctx context.Context, t Token) error
	TokenBySecret(ctx context.Context, secret string) (Token, error)
	Tokens(ctx context.Context, organization, account string) ([]Token, error)

	// AddRequest notes an authentication request sent through the provider.
	AddRequest(ctx context.Context, provider, id, relayState string, expires time.Time) error
	// Request says whether the request is known, unanswered and not expired at now.
	Request(ctx context.Context, provider, id string, now time.Time) (bool, error)
	AnswerRequest(ctx context.Context, provider, id string) error
	// UseAssertion notes an assertion id and says whether this was its first use.
	UseAssertion(ctx context.Context, issuer, id string, until time.Time) (bool, error)

	// AddLogout notes a logout request sent through the provider.
	AddLogout(ctx context.Context, provider, id string, expires time.Time) error
	// AnswerLogout forgets the logout request, and says whether it was known and not
	// expired at now.
	AnswerLogout(ctx context.Context, provider, id string, now time.Time) (bool, error)

	// OwnKey is one of the product's own keys.
	OwnKey(ctx context.Context, name string) (OwnKey, error)
	AddOwnKey(ctx context.Context, k OwnKey) error
}

type ledger interface {
	AddSeat(ctx context.Context, s Seat) error
	SaveSeat(ctx context.Context, s Seat) error
	OpenSeat(ctx context.Context, organization, account string) (Seat, error)
	Seats(ctx context.Context, organization string) ([]Seat, error)
	SeatsOf(ctx context.Context, organization, account string) ([]Seat, error)

	Audit(ctx context.Context, e Event) error
	// Events lists the organization's audit log after the given Seq, oldest first,
	// at most limit (0: all).
	Events(ctx context.Context, organization string, after int64, limit int) ([]Event, error)
	// RecentEvents lists the log from its newest row, from offset (0-based), at most
	// limit. A person's address narrows it to what names the address, by [Key], and
	// to what else is about the same things, so that a change of address does not cut
	// a history in two; empty for everything.
	RecentEvents(ctx context.Context, organization, person string, offset, limit int) ([]Event, error)
	// LastEvent is the newest row about a subject with one of the actions.
	LastEvent(ctx context.Context, organization, subject string, actions ...Action) (Event, error)
}

// crowd reads about many people in a fixed number of queries. What ends in Among
// is about the accounts that are named, or with nil about everybody who is a member
// of the organization.
type crowd interface {
	// FindPeople is a page of an organization's directory, from offset (0-based), at
	// most limit, and how many match in all:
	// members first, then those who may come, then those who would be refused, each by
	// name. The search is for a part of a name or an address, by [Key].
	FindPeople(ctx context.Context, organization, search string, offset, limit int) ([]Found, int, error)
	CountPeople(ctx context.Context, organization string) (Headcount, error)

	// Teammates lists who is in a team, by name.
	Teammates(ctx context.Context, team string) ([]Teammate, error)
	AccountsAmong(ctx context.Context, organization string, accounts []string) ([]Account, error)
	MembershipsAmong(ctx context.Context, organization string, accounts []string) ([]Membership, error)
	// PlacesAmong lists places in teams, by the slug of the team.
	PlacesAmong(ctx context.Context, organization string, accounts []string) ([]PlaceOf, error)
	// SeatsAmong lists open and ended seats in the order in which they started.
	SeatsAmong(ctx context.Context, organization string, accounts []string) ([]Seat, error)
	// RecordsAmong lists the records that are linked to the accounts.
	RecordsAmong(ctx context.Context, organization string, accounts []string) ([]Record, error)
	// RecordsByID lists the records with these ids.
	RecordsByID(ctx context.Context, organization string, ids []string) ([]Record, error)
}
